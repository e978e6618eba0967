"""Texts as a database takes them, before anything is done with an event."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

from msgspec import Struct, json
from msgspec.structs import replace

from bot.chat.events import Event

__all__ = ["storable"]

Happened = TypeVar("Happened", bound=Event)

# PostgreSQL's text takes no NUL (postgresql.org/docs/current/datatype-character.html), and UTF-8 knows no
# half of a surrogate pair, which JSON can bring in; neither is a character that anybody typed.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_encode: Final = json.Encoder().encode


def storable(event: Happened) -> Happened:
    """Return the same event, its texts without what a database cannot store."""
    try:
        if b"\\u0000" not in _encode(event):  # as nearly always: then nothing is made again
            return event
    except UnicodeEncodeError:  # half of a surrogate pair
        pass
    made: Happened = _without(event)
    return made


def _without(value: Any) -> Any:  # noqa: ANN401 - an event, or whatever it holds
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, tuple | list | frozenset):
        return type(value)(map(_without, value))
    if isinstance(value, dict):
        return {_without(key): _without(held) for key, held in value.items()}
    if isinstance(value, Struct):
        return replace(value, **{name: _without(getattr(value, name)) for name in value.__struct_fields__})
    return value
