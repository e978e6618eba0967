"""Frozen values are changed by making others of them."""

from dataclasses import dataclass

import pytest
from msgspec import Struct

from bot.chat.values import replace


class Spoon(Struct, frozen=True):
    """A Struct."""

    size: int
    name: str = "tea"


@dataclass(frozen=True)
class Fork:
    """A dataclass."""

    size: int
    name: str = "cake"


@pytest.mark.parametrize("kind", [Spoon, Fork])
def test_another_value_is_made(kind: type[Spoon | Fork]) -> None:
    """The fields that are named change, the others stay, and so does the first value."""
    first = kind(1)
    assert replace(first, size=2) == kind(2, first.name)
    assert first == kind(1)


@pytest.mark.parametrize("kind", [Spoon, Fork])
def test_a_field_that_is_not_there_is_refused(kind: type[Spoon | Fork]) -> None:
    """A misspelt field is an error, not lost."""
    with pytest.raises(TypeError):
        replace(kind(1), sise=2)  # type: ignore[call-arg] # that is what is tried
