"""Serve what is due: timers become events, up to a hundred in one transaction.

Handlers that only read (`Routes.reads`: home pages, digests) are asked on a reader. The transaction that
fires their timers writes what they said, if these are due as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

import structlog

from bot.chat.actions import Action, Post
from bot.chat.content import Moment, note
from bot.chat.events import TimerFired, UserRef, parse_destination
from bot.chat.routes import MustWrite
from bot.chat.values import replace
from bot.clock import raised_at
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.people import quiet_of
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.effects import PendingRows, write
from bot.runtime.long_turns import watched
from bot.runtime.turns import PlatformProfile
from storage.database import Database, UnitOfWork
from storage.queries import Row, timers

__all__ = ["read_due", "serve_timers"]

_BATCH: Final = 100
"""Timers in one transaction at most: large enough to share its cost."""

_CLAIMED: Final = 10
"""Timers that are claimed together at most: after them it is seen how long the transaction has taken."""

_LONGEST_SECONDS: Final = 0.05
"""Work after which a transaction takes on no more timers, since each one on the writer waits for it."""

_LATE: Final = timedelta(minutes=15)
"""From here on a timer is late, and its lateness policy applies."""

_RETRY_SECONDS: Final = (60, 300, 1800, 7200, 21600)
"""Seconds before each new try of a timer whose handler failed; after the last it is given up."""

log = structlog.get_logger(__name__)


async def serve_timers(
    database: Database, port: PlatformProfile, now: datetime, seconds: Callable[[], float]
) -> int:
    """Fire every timer due at `now`; return how many. A failing one is put off and holds up no other.

    `seconds` is the clock's monotonic time, by which a transaction ends early (`_LONGEST_SECONDS`).
    """
    served = 0
    said: _Said | None = None
    while True:
        try:
            batch = await database.transact(partial(_fire, port=port, now=now, seconds=seconds, said=said))
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the other timers must fire
            log.warning("timers.batch_failed", error=type(error).__name__)
            causes = await _one_by_one(database, port, now)
            batch = _Batch(causes, more=len(causes) == _BATCH)
        if batch.causes:
            log.info("timers.fired", causes=batch.causes)
        served += len(batch.causes)
        if not batch.more:
            return served
        said = await database.read(partial(read_due, port=port, now=now)) if batch.reads else None


_Said = Mapping[int, tuple[Row, Sequence[Action] | None]]
"""What the handlers of due timers have said on a reader, by their ids; None where they have to write."""


class _Batch(NamedTuple):
    """The timers that a transaction fired, whether more may be due, and whether some are to be read first.

    `causes`: of each timer what its messages name as their cause (`Turn.source`).
    """

    causes: Sequence[str]
    more: bool
    reads: bool = False


def read_due(work: UnitOfWork, port: PlatformProfile, now: datetime) -> _Said:
    """Ask the handlers of due timers that only read; one that fails is left to the writer."""
    said: dict[int, tuple[Row, Sequence[Action] | None]] = {}
    for row in timers.due(work.connection, now, _BATCH):
        if row.kind not in port.routes.reads:
            continue
        context = _context(work, port, now, row, reading=True)
        try:
            said[row.id] = row, tuple(_actions(context, row))
        except Exception as error:  # noqa: BLE001 - it fails again, or does not, where it can write
            if not isinstance(error, MustWrite):
                log.error("read.failed", turn=row.kind, error=type(error).__name__, where=raised_at(error))
            said[row.id] = row, None
    return said


async def _one_by_one(database: Database, port: PlatformProfile, now: datetime) -> list[str]:
    rows = await database.transact(lambda work: timers.claim(work.connection, now, _BATCH))
    for row in rows:
        try:
            await database.transact(partial(_fire_one, port=port, now=now, row_id=row.id))
        except Exception as error:  # noqa: BLE001 - this one is put off, the next is tried
            give_up = row.attempts >= len(_RETRY_SECONDS)
            failed = {"error": type(error).__name__, "where": raised_at(error), "give_up": give_up}
            log.error("timer.failed", key=row.key, **failed)
            until = now + timedelta(seconds=_RETRY_SECONDS[min(row.attempts, len(_RETRY_SECONDS) - 1)])
            await database.transact(partial(_put_off, row=row, until=until, give_up=give_up))
    return [_source(row) for row in rows]


def _fire(
    work: UnitOfWork, port: PlatformProfile, now: datetime, seconds: Callable[[], float], said: _Said | None
) -> _Batch:
    """Fire the due timers of one batch; without `said`, only up to those whose handlers are to be read first.

    They are done before their handlers run, so that a handler may set its own timer again. What the handlers
    ask for is written together.
    """
    programmes, causes = dict[int, tuple[Context, PendingRows]](), list[str]()
    begun, most, more = seconds(), 1, True
    while more and most:
        claimed = timers.claim(work.connection, now, most)
        rows = [row for row in claimed if said is not None or row.kind not in port.routes.reads]
        timers.finish(work.connection, [row.id for row in rows], now)
        for row in rows:
            context = _context(work, port, now, row)
            _, owed = programmes.setdefault(row.programme_id, (context, PendingRows()))
            causes.append(context.turn.source)
            watched(row.kind, seconds, partial(_serve, context, row, said or {}, owed))
        more, reads = len(claimed) == most, len(rows) < len(claimed)
        most = 0 if reads else _room(len(causes), seconds() - begun)
    for context, owed in programmes.values():
        watched("timers", seconds, partial(write, context, owed))
    return _Batch(causes, more or reads, reads)


def _room(fired: int, taken: float) -> int:
    """Return how many more timers fit into a transaction that has fired so many in `taken` seconds."""
    fit = int((_LONGEST_SECONDS - taken) * fired / taken) if taken > 0 else _CLAIMED
    at_least = 1 if taken < _LONGEST_SECONDS else 0
    return min(max(fit, at_least), _CLAIMED, _BATCH - fired)


def _serve(context: Context, row: Row, said: _Said, owed: PendingRows) -> None:
    """Do what a timer's handler said on a reader; where the timer has changed since, it is asked now."""
    was, known = said.get(row.id, (None, None))
    carry_out(context, _actions(context, row) if known is None or was != row else known, owed)


def _put_off(work: UnitOfWork, row: Row, until: datetime, *, give_up: bool) -> None:
    timers.postpone(work.connection, row, until, give_up=give_up)


def _fire_one(work: UnitOfWork, port: PlatformProfile, now: datetime, row_id: int) -> None:
    row = timers.take(work.connection, row_id)
    if row is None:
        return
    timers.finish(work.connection, [row.id], now)
    context = _context(work, port, now, row)
    carry_out(context, _actions(context, row))


def _context(
    work: UnitOfWork, port: PlatformProfile, now: datetime, row: Row, *, reading: bool = False
) -> Context:
    turn = Turn(
        work=work,
        now=now,
        programme_id=row.programme_id,
        answers_only=port.answers_only,
        grouped=port.grouped,
        routes=port.routes,
        source="" if reading else _source(row),
        began_by=row.kind,
        reading=reading,
    )
    return Context(turn, port.routes, None, port.capabilities, port.limits, port.homes)


def _source(row: Row) -> str:
    """Return what names this firing: a timer may be set again under its key, and fires then once more."""
    return keys.TIMER(row.id, row.due_at)


def _actions(context: Context, row: Row) -> Sequence[Action]:
    handler = context.routes.timers.get(row.kind)
    if handler is None:
        raise LookupError(f"no handler serves timers of kind {row.kind!r}")
    late = context.turn.now - row.due_at
    if late > _LATE and row.late == "drop":
        return []
    fired = TimerFired(
        key=row.key,
        kind=row.kind,
        subject=row.subject,
        due_at=row.due_at,
        payload=row.payload,
        programme_id=row.programme_id,
        late_by=late.total_seconds(),
    )
    actions = handler(context.turn, fired)
    if late > _LATE and row.late == "send":
        return [_saying_late(context.turn, action, row.due_at) for action in actions]
    return actions


def _saying_late(turn: Turn, action: Action, due_at: datetime) -> Action:
    if not isinstance(action, Post):
        return action
    to = parse_destination(action.to) if isinstance(action.to, str) else action.to
    known = quiet_of(turn.connection, turn.programme_id, to) if isinstance(to, UserRef) else None
    due = Moment(due_at, known.zone if known else turn.programme.zone)
    words = note("This should have come on {due}. I am sorry that it is late.", due=due)
    return replace(action, message=replace(action.message, blocks=(*action.message.blocks, words)))
