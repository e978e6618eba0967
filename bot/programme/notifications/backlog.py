"""Messages that are late: the maker of each says whether it still holds, and learns when it has arrived.

Late is what waited for its due time, a pause, a platform's pace or closed direct messages, and what is read
elsewhere than it was meant for. A message of no kind goes as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from msgspec import Struct

from bot.chat.actions import Action, SetTimer
from bot.chat.content import Message, Moment, Sentence, dump_message, load_message, say
from bot.chat.routes import Declined, Waiting
from bot.clock import raised_at
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from storage.queries import Row, held
from storage.tables import Person

__all__ = [
    "CALLED",
    "LATE",
    "BacklogReading",
    "Called",
    "ForNow",
    "arrived",
    "for_now",
    "holds",
    "name_of",
    "read_elsewhere",
    "read_here",
    "stopped",
]

LATE: Final = timedelta(minutes=15)
"""How old a message may be and still be taken for said in time."""

CALLED: Final = Timer.REACH_CALLED
"""The kind of the timer that looks at the line which called a person to what waits for them."""

log = structlog.get_logger(__name__)


class Called(Struct, frozen=True, omit_defaults=True):
    """The payload of that timer: whether the person has read what waits, in another answer."""

    read: bool = False


@dataclass(frozen=True, slots=True)
class ForNow:
    """A late message as it is to be sent, None where it no longer holds, and what follows from the asking."""

    row: Row | None
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class BacklogReading:
    """What kept messages say now, in their order, and what follows from their being read."""

    messages: tuple[Message, ...]
    actions: tuple[Action, ...]


def _asked(turn: Turn, row: Any) -> tuple[Message | None, Sequence[Action]]:  # noqa: ANN401 - of the outbox
    """Ask a message's maker for its words now (None: it no longer holds), and for what follows from that."""
    said = load_message(row.message)
    route, subject = turn.routes.messages.get(row.kind or ""), row.subject or ""
    if route is None:
        return said, ()
    try:
        actions = route.late(turn, subject) if route.late is not None else ()
        return route.holds(turn, Waiting(row.key, row.destination, said, subject, row.created_at)), actions
    except Declined:  # what it was about is gone
        return None, ()


def for_now(turn: Turn, row: Row) -> ForNow:
    """Return a claimed row as it is to be sent, reworded if it is late; None lets go of it."""
    late = row.was_held or turn.now - row.created_at > LATE
    if row.kind not in turn.routes.messages or row.operation != "send" or row.attempts or not late:
        return ForNow(row)
    try:
        with turn.session.begin_nested():
            said, actions = _asked(turn, row)
    except Exception as error:  # noqa: BLE001 - a message is not lost over a fault of its maker
        log.error("message.not_asked", row=row.id, error=type(error).__name__, where=raised_at(error))
        return ForNow(row)
    if said is None:
        held.drop(turn.connection, row.id)
        return ForNow(None, tuple(actions))
    words = dump_message(said)
    held.reword(turn.connection, row.id, words)
    return ForNow(row._replace(message=words), tuple(actions))


def arrived(turn: Turn, rows: Iterable[Any]) -> list[Action]:
    """Begin what is counted from the arrival of these messages: they are with their readers."""
    found: list[Action] = []
    for row in rows:
        route = turn.routes.messages.get(row.kind or "")
        if route is not None and route.arrived is not None:
            found += route.arrived(turn, row.subject or "")
    return found


def stopped(turn: Turn, row: Any) -> list[Action]:  # noqa: ANN401 - a row of the outbox
    """Stop what is counted from the arrival of this message: it is refused."""
    route = turn.routes.messages.get(row.kind or "")
    return list(route.stopped(turn, row.subject or "")) if route and route.stopped else []


def read_here(turn: Turn, rows: Iterable[Any]) -> BacklogReading:
    """Return what these unsent messages say now; they count as read, and are not sent any more."""
    said: list[Message] = []
    shown: list[Any] = []
    actions: list[Action] = []
    for row in rows:
        words, asked = _asked(turn, row)
        actions += asked
        if words is None:
            held.drop(turn.connection, row.id)
        elif held.answer(turn.connection, [row.id], turn.now):
            said.append(words)
            shown.append(row)
    return BacklogReading(tuple(said), (*actions, *arrived(turn, shown)))


def read_elsewhere(turn: Turn, person: Person) -> SetTimer:
    """Set the timer that settles the line which called a person: they read what waits in another answer."""
    key = keys.REACH_READ(person.id)
    return SetTimer(key, turn.now, CALLED, subjects.PERSON(person.id), Called(read=True))


def name_of(turn: Turn, row: Any) -> Sentence:  # noqa: ANN401 - a row of the outbox
    """Name a message and until when it is of use, as far as the acting coordinator may know it.

    Its words are left out; in a timer's turn it is what every coordinator may know.
    """
    route, subject = turn.routes.messages.get(row.kind or ""), row.subject or ""
    try:
        named = route.named(turn, subject) if route and route.named else say("A message")
        until = route.until(turn, subject) if route and route.until else None
    except Declined:
        return say("A message")
    if until is None:
        return named
    return say("{message}, until {when}", message=named, when=Moment(until, turn.programme.zone))


def holds(turn: Turn, row: Any) -> bool:  # noqa: ANN401 - a row of the outbox
    """Tell whether a message would still be said now; asking changes nothing."""
    with turn.session.begin_nested() as asked:
        said, _ = _asked(turn, row)
        asked.rollback()
    return said is not None
