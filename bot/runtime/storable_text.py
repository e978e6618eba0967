"""Texts as a database takes them, before anything is done with an event."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

__all__ = ["storable"]

# PostgreSQL's text takes no NUL (postgresql.org/docs/current/datatype-character.html), and UTF-8 knows no
# half of a surrogate pair, which JSON can bring in; neither is a character that anybody typed.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def storable(value: Any) -> Any:  # noqa: ANN401 - an event, or whatever it holds
    """Return the same event, its texts without what a database cannot store."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, tuple | list | frozenset):
        return type(value)(map(storable, value))
    if isinstance(value, dict):
        return {storable(key): storable(held) for key, held in value.items()}
    if isinstance(value, Struct):
        return replace(value, **{name: storable(getattr(value, name)) for name in value.__struct_fields__})
    return value
