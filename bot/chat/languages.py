"""The languages that there are: English, and one for each catalogue in `bot/locale`."""

from __future__ import annotations

import re
from functools import lru_cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.chat.language import ENGLISH, Language

__all__ = ["CHANNELS", "PSEUDO", "language_for"]

CHANNELS: Final = ENGLISH
"""The language of what is said in a channel, which many people read."""

PSEUDO: Final = "en-XA"
"""The tag of the pseudo-language, English with marks around each text, in which untranslated words show."""

_TAG: Final = re.compile(r"(?P<first>[A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")


def language_for(locale: str | None) -> Language:
    """Return the language of a locale (BCP 47): its own, that of its first part, or English."""
    spoken = _TAG.fullmatch(locale or "")
    if spoken is None:
        return ENGLISH
    return _read(spoken[0].replace("_", "-")) or _read(spoken["first"]) or ENGLISH


@lru_cache(maxsize=64)
def _read(tag: str) -> Language | None:
    """Return the language whose catalogue is shipped, None where there is none."""
    stored = files("bot.locale").joinpath(f"{tag}.po")
    if not stored.is_file():
        return None
    with stored.open("rb") as lines:
        catalogue = read_po(lines)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(tag, GNUTranslations(compiled))
