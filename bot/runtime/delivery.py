"""Deliver what the outbox owes: in order per destination, no destination holding up another.

A lane is a destination's new messages, or its changes (storage/queries/lanes.py). Of each one message is on
its way at a time, and what became of it is stored before the next begins.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

import structlog

from bot.chat.events import Place, parse_destination
from bot.chat.values import replace
from bot.clock import raised_at
from bot.runtime.long_turns import watching
from bot.runtime.sending import LEASE, Office, Outcome, send_row
from storage.database import UnitOfWork
from storage.queries import Row, held, lanes, outbox, unknown_deliveries

__all__ = ["LEASE", "Listeners", "Office", "Outcome", "deliver"]

BATCH: Final = 100
LANES: Final = 200
"""Lanes claimed at once, and lanes in which something is on its way at once."""

AT_ONCE: Final = 25
"""Sends that begin before the event loop gets to what else waits: a hundred held it up for 5 ms."""

QUEUED: Final = 2_000
"""Lanes that may wait for their turn in a space besides."""

SLOW: Final = 2.0
"""Seconds after which a message on its way no longer holds up the next one of its space."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listeners:
    """The further parts of the runtime that are asked about messages and informed of them.

    `undeliverable`: a message will never arrive, or may not have arrived. `wake_at`: a lane that must wait
    can be tried again at this instant (UTC). `due`: gives a claimed row as it is to be sent now, None to let
    go of it. `arrived`: those that were sent, in the transaction that stores it. `settled`: what became of
    some, once that is stored. `ready`: waits until a message to this destination may go. `seconds`: the
    clock's monotonic time, for the log of long turns.
    """

    undeliverable: Callable[[UnitOfWork, Outcome, datetime], None]
    wake_at: Callable[[datetime], None]
    due: Callable[[UnitOfWork, Row, datetime], Row | None]
    arrived: Callable[[UnitOfWork, Sequence[Outcome], datetime], None]
    settled: Callable[[Sequence[Outcome]], None]
    ready: Callable[[str], Awaitable[None]]
    seconds: Callable[[], float]


@dataclass(slots=True)
class _Post:
    """One run of `deliver`: the means of sending, the listeners, and what is under way.

    `wanted`: rings for new rows and for each that is done. `serving`: the rows that were claimed, and until
    when. `turns` let the messages of a space go one after another, where it could not be found out which
    arrived; `queued` rows wait for theirs.
    """

    office: Office
    listeners: Listeners
    wanted: asyncio.Event
    turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    serving: dict[int, datetime] = field(default_factory=dict)
    queued: int = 0


async def deliver(office: Office, listeners: Listeners, wanted: asyncio.Event) -> int:
    """Send everything until nothing is due and nothing on its way; return how many rows were settled.

    Setting `wanted` during the run has new rows taken up at once, however slow the others are.
    """
    post = _Post(office, listeners, wanted)
    serving: set[asyncio.Task[Outcome | None]] = set()
    outcomes: list[Outcome] = []
    settled = 0
    try:
        while True:
            wanted.clear()
            full = len(serving) - post.queued >= LANES or post.queued >= QUEUED
            claimed = await _go_on(post, outcomes, 0 if full else BATCH)
            for first in range(0, len(claimed), AT_ONCE):
                serving |= {
                    asyncio.create_task(_serve(post, row)) for row in claimed[first : first + AT_ONCE]
                }
                await asyncio.sleep(0)
            if not serving and not wanted.is_set():
                return settled
            await wanted.wait()
            done = {task for task in serving if task.done()}
            serving -= done
            settled += len(done)
            # In the order they were stored, so that what follows from losses is the same in every run.
            outcomes = [outcome for task in done if (outcome := task.result())]
            outcomes.sort(key=lambda outcome: outcome.row.id)
    finally:
        for lane_left in serving:  # only when it ends before its time: what began stays in doubt
            lane_left.cancel()


async def _go_on(post: _Post, outcomes: Sequence[Outcome], most: int) -> list[Row]:
    """Store what became of some rows and claim the next ones, in one commit."""
    at = post.office.now()

    def turn(work: UnitOfWork) -> list[Row]:
        _settle(post, work, outcomes, at)
        if not most:
            return []
        waits = partial(_one_by_one_in, post)
        claimed = lanes.claim(work.connection, at, at + LEASE, most, waits=waits, mine=post.serving)
        return [row for each in claimed if (row := post.listeners.due(work, each, at)) is not None]

    rows: list[Row] = []
    try:
        rows = await post.office.database.transact(watching("delivery", post.listeners.seconds, turn))
    except Exception as error:
        if not outcomes:
            raise
        log.error("delivery.not_stored", error=type(error).__name__, where=raised_at(error))
        for outcome in outcomes:
            await _store(post, outcome)
    _stored(post, outcomes)
    post.serving |= {row.id: at + LEASE for row in rows}
    return rows


async def _store(post: _Post, outcome: Outcome) -> None:
    """Store what became of one row, whatever is wrong with the listeners."""
    at = post.office.now()
    settle = watching("delivery", post.listeners.seconds, partial(_settle, post, outcomes=[outcome], at=at))
    for _ in range(2):  # a failure of the database must not leave the listeners uninformed
        try:
            await post.office.database.transact(settle)
        except Exception as error:  # noqa: BLE001 - a message that was sent must never count as unsent
            where = raised_at(error)
            log.error("delivery.not_told", row=outcome.row.id, error=type(error).__name__, where=where)
        else:
            return
    # The log has it.
    await post.office.database.transact(lambda work: _note(work, [outcome], at))


async def _serve(post: _Post, row: Row) -> Outcome | None:
    """Send one row; return what became of it, None if that is stored already or it was not sent."""
    try:
        await post.listeners.ready(row.destination)
        if space := _one_by_one_in(post, row):
            await _in_turn(post, row, post.turns[space])
            return None
        outcome = await send_row(post.office, row)
        if outcome.wait_until is None:
            return outcome
        # A lane that is to be left alone is, also by the next process: that is stored before all else.
        await _report(post, outcome)
        return None
    finally:
        post.wanted.set()


async def _report(post: _Post, outcome: Outcome) -> None:
    """Store what became of a row at once."""
    await _store(post, outcome)
    _stored(post, [outcome])


def _stored(post: _Post, outcomes: Sequence[Outcome]) -> None:
    """Let go of rows whose outcomes are stored, wake the clock for what waits, and inform the listeners."""
    if outcomes:  # one line for all: a line each would take as long as storing them
        log.info("messages.settled", messages=[_logged(outcome) for outcome in outcomes])
    for outcome in outcomes:
        post.serving.pop(outcome.row.id, None)
        if until := outcome.wait_until or outcome.due_at:
            post.listeners.wake_at(until)
    post.listeners.settled(outcomes)


def _logged(outcome: Outcome) -> str:
    """Return what the log says of one message: its id, its state, where it is or why not, and its cause."""
    row, at = outcome.row, outcome.reference or outcome.error or "-"
    return " ".join((str(row.id), row.operation, outcome.state, at, row.cause or "-"))


def _one_by_one_in(post: _Post, row: Row) -> str | None:
    """Return the space whose messages go in turn, if their arrival could not be found out later."""
    to = parse_destination(row.destination)
    adapter = post.office.adapters.get(to.platform)
    if row.operation != "send" or adapter is None or not isinstance(to, Place):
        return None
    return f"{to.platform}/{to.space}" if to.kind in adapter.capabilities.unverifiable else None


async def _in_turn(post: _Post, row: Row, turn: asyncio.Lock) -> None:
    """Send a row after those of its space that came before it: its send is noted when it begins."""
    post.queued += 1
    async with turn:
        post.queued -= 1
        sending = asyncio.create_task(_begin(post, row))
        try:
            await asyncio.wait({sending}, timeout=SLOW)
        except asyncio.CancelledError:
            sending.cancel()  # a task does not end with those who wait for it
            raise
    await sending


async def _begin(post: _Post, row: Row) -> None:
    """Note that the send of a row begins, if it is still ours to send; send it, and store what came of it."""
    reserved, now = post.serving[row.id], post.office.now()
    message = await post.office.database.transact(
        lambda work: lanes.begin(work.connection, row.id, reserved, now, now + LEASE)
    )
    if message is None:
        post.serving.pop(row.id, None)
    else:
        await _report(post, await send_row(post.office, row._replace(message=message)))


def _settle(post: _Post, work: UnitOfWork, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Store what became of some rows, and in the same transaction what follows from it."""
    sought = _sought(work, outcomes)
    _note(work, outcomes, at)
    for outcome in outcomes:
        if outcome.state in {"failed", "unknown"} and outcome.row.operation != "find":
            post.listeners.undeliverable(work, outcome, at)
    arrived = [each for each in outcomes if each.state == "sent" and each.row.operation == "send"]
    arrived += _found(post, work, sought, at)
    if arrived:
        post.listeners.arrived(work, arrived, at)


def _sought(work: UnitOfWork, outcomes: Sequence[Outcome]) -> list[tuple[Outcome, Any]]:
    """Return the results of looking for messages in doubt, each with the message."""
    return [
        (outcome, message)
        for outcome in outcomes
        if outcome.row.operation == "find" and outcome.state in {"sent", "failed"}
        for message in held.of_keys(work.connection, outcome.row.programme_id, [outcome.row.target])
        if message.state == "unknown"
    ]


def _found(
    post: _Post, work: UnitOfWork, sought: Sequence[tuple[Outcome, Any]], at: datetime
) -> list[Outcome]:
    """Return the messages in doubt that were found now; of those that were not, the listeners learn.

    They learn once of all that a programme looked for, since it lists them together.
    """
    missed = {each.row.programme_id: each for each, _ in sought if each.state == "failed"}
    for outcome in missed.values():
        post.listeners.undeliverable(work, replace(outcome, state="unknown"), at)
    return [replace(outcome, row=message) for outcome, message in sought if outcome.state == "sent"]


def _note(work: UnitOfWork, outcomes: Sequence[Outcome], at: datetime) -> None:
    lanes.record_outcomes(work.connection, [_settled(outcome, at) for outcome in outcomes])
    for outcome in outcomes:
        _follow(work, outcome)


def _follow(work: UnitOfWork, outcome: Outcome) -> None:
    """Go on with what waited for word of a message in doubt, or end it."""
    row, connection = outcome.row, work.connection
    if row.operation == "find":
        if outcome.reference:
            unknown_deliveries.store_place(connection, row.programme_id, row.target, outcome.reference)
        elif outcome.state == "failed":  # they find out that there is nothing to change
            unknown_deliveries.release_edits(connection, row.programme_id, row.target)
    elif row.operation == "send" and outcome.state == "sent" and row.attempts:
        unknown_deliveries.release_edits(connection, row.programme_id, row.key)
    elif row.operation == "edit" and outcome.state == "held":
        found = outbox.by_key(connection, row.programme_id, row.target)
        if found is not None and found.reference is not None:  # it was found in the meantime
            unknown_deliveries.release_edits(connection, row.programme_id, row.target)


def _settled(outcome: Outcome, at: datetime) -> dict[str, object]:
    row = outcome.row
    began = outcome.state in {"sent", "unknown"} or (outcome.tried and outcome.state in {"pending", "failed"})
    return {
        "row_id": row.id,
        "to": outcome.state,
        "reference": outcome.reference,
        "sent_at": row.sent_at or (at if began else None),
        "error": outcome.error,
        "tries": row.attempts + outcome.tried,
        "due": outcome.due_at or row.due_at,
        "wait": (row.destination, row.operation, outcome.wait_until) if outcome.wait_until else None,
    }
