"""The buttons that people could press: each verb's, for the first few things that there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from bot.chat.codec import Verb
from bot.programme import ROUTES
from bot.programme.core import verbs

__all__ = ["every_button"]

_WORDS: Final = {
    "answer": ("on_track", "nothing"),
    "due": ("202612010900",),
    "kind": ("application", "message", "said", "note", "answer"),
    "question": ("contact", "nothing"),
    "side": ("student", "employer"),
    "to": ("student", "employer", "coordinators"),
    "value": ("0", "99"),
}
"""What a button holds besides numbers, by the argument's name."""

_THINGS: Final = 2


def every_button() -> list[str]:
    """Return the action ids of the programme's verbs, with the ids of the first few rows of every noun."""
    declared = [each for each in vars(verbs).values() if isinstance(each, Verb) and each in ROUTES.buttons]
    return [action for verb in declared for action in _buttons_of(verb)]


def _buttons_of(verb: Verb) -> Iterator[str]:
    for number in range(1, _THINGS + 1):
        choices = [
            (str(number),) if kind is int else _WORDS.get(name, ("1",)) for name, kind in verb.fields.items()
        ]
        for each in product(*choices):
            yield ":".join((str(verb), *each))
