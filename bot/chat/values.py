"""Values that never change (msgspec's Structs, dataclasses): others made of them, and their JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

__all__ = ["json_data", "replace"]

Value = TypeVar("Value")

if TYPE_CHECKING:
    from dataclasses import replace  # noqa: TID251 - so mypy checks the changes by the class
else:

    def replace(value: Value, /, **changes: Any) -> Value:  # noqa: ANN401 - each field has its own type
        """Return the same value with some fields changed; `dataclasses.replace` takes no Struct."""
        if isinstance(value, msgspec.Struct):
            return msgspec.structs.replace(value, **changes)
        return dataclasses.replace(value, **changes)  # noqa: TID251 - this is the place


def json_data(value: msgspec.Struct) -> dict[str, Any]:
    """Return a Struct as JSON's own data, equal to what a database gives back of it.

    It must hold no floats: a number that is none (NaN), which a database refuses, would become null here.
    `msgspec.to_builtins` keeps it, and tuples too, which equal no list.
    """
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return data
