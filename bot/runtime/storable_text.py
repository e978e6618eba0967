"""Texts as a database takes them, before anything is done with an event."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

__all__ = ["storable"]

# PostgreSQL's text takes no NUL (postgresql.org/docs/current/datatype-character.html), and UTF-8 knows no
# half of a surrogate pair, which JSON can bring in; neither is a character that anybody typed.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def storable(value: Any) -> Any:  # noqa: ANN401 - an event, or whatever it holds
    """The same event, its texts without what a database cannot store."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, tuple):
        return tuple(map(storable, value))
    if isinstance(value, dict):
        return {storable(key): storable(held) for key, held in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: storable(getattr(value, each.name)) for each in fields(value)})
    return value
