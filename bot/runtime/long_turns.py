"""Turns that hold the writer for long: they are named in the log, so that they can be split."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

import structlog

from bot.chat.answers.loading import NotLoaded
from bot.chat.codec import head_of
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed, Event, FormSubmitted
from storage.database import Database, UnitOfWork

__all__ = ["LONGEST_SECONDS", "name_of", "note_long", "once_loaded", "watched", "watching"]

LONGEST_SECONDS: Final = 0.1
"""Seconds that a turn may hold the writer; each other turn waits for it."""

_Result = TypeVar("_Result")
log = structlog.get_logger(__name__)


def watched(event: Event | str, seconds: Callable[[], float], turn: Callable[[], _Result]) -> _Result:
    """Return what a turn of an event, or of this name, returns; log its name where it took long.

    `seconds` is monotonic.
    """
    begun = seconds()
    try:
        return turn()
    finally:
        note_long(event, seconds() - begun)


def watching(
    name: str, seconds: Callable[[], float], turn: Callable[[UnitOfWork], _Result]
) -> Callable[[UnitOfWork], _Result]:
    """Return a transaction that no event begins, watched under this name."""
    return lambda work: watched(name, seconds, lambda: turn(work))


async def once_loaded(database: Database, turn: Callable[[UnitOfWork], _Result]) -> _Result:
    """Return what a transaction returns; what it has to load first is loaded while others go on."""
    try:
        return await database.transact(turn)
    except NotLoaded as missing:
        await asyncio.to_thread(missing.load)
        return await once_loaded(database, turn)


def note_long(turn: Event | str, taken: float) -> None:
    """Name a turn, or a kind of timer, in the log if it took more than LONGEST_SECONDS."""
    if taken > LONGEST_SECONDS:
        name = turn if isinstance(turn, str) else name_of(turn)
        log.warning("turn.long", turn=name, milliseconds=round(taken * 1000))


def name_of(event: Event) -> str:
    """Return what a turn is called by, without any word that a person wrote."""
    match event:
        case CommandUsed(path=path):
            return " ".join(path)
        case ButtonPressed(action=action) | ChoiceMade(action=action):
            return head_of(action)
        case FormSubmitted(form=form):
            return form
        case _:
            return type(event).__name__
