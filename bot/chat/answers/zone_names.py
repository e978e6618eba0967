"""The one IANA zone that a few words mean, or a reason why there is none."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.answers.model import Asking, Understood, Unreadable
from bot.chat.answers.reading import read_answer
from bot.chat.answers.readings import reason_of

__all__ = ["read_zone_name"]


def read_zone_name(typed: str, now: datetime) -> str:
    """Return the IANA zone that a city, a country or a zone's name means.

    Raises:
        Unreadable: it means no zone, or several.
    """
    read = read_answer(typed, Asking(kind="zone", now=now, zone=ZoneInfo("UTC")))
    if not isinstance(read, Understood):
        raise Unreadable(reason_of(read))
    return str(read.value)
