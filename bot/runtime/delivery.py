"""Deliver what the outbox owes: in order per destination, no destination holding up another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final

import structlog

from bot.chat.adapter import Adapter, Lost, Refusal, Retry, Unsure
from bot.chat.content import load_message
from bot.chat.events import MessageRef, parse_destination
from bot.clock import raised_at
from storage.database import Database, Work
from storage.queries import Row, outbox

__all__ = ["LEASE", "Outcome", "deliver"]

LEASE: Final = timedelta(minutes=2)
"""How long a claimed message may be on its way before somebody else takes it up."""

MOST: Final = timedelta(minutes=1)
"""How long one message may take; with what the lane sent before it, it stays within the lease."""

REPORT: Final = timedelta(seconds=1)
"""How long a destination is served before what was sent is stored: that much a crash leaves in doubt."""

BATCH: Final = 100
LANES: Final = 200
"""Messages claimed at once, and destinations served at once."""

_WAITS: Final = (5, 30, 120, 600, 3600)
"""Seconds before each new try after an error nobody foresaw."""

log = structlog.get_logger(__name__)

Undeliverable = Callable[[Work, "Outcome", datetime], None]
"""Told of a message that will never arrive, or of which nobody can tell, and now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed row.

    `tried`: it may have been sent. `wait_until`: its whole destination waits until then. `lost`: how much
    a refusal ends.
    """

    row: Row
    state: str
    reference: str | None = None
    error: str | None = None
    tried: bool = True
    wait_until: datetime | None = None
    lost: Lost = "message"


@dataclass(frozen=True, slots=True)
class _Post:
    """What delivering needs: where rows are, who sends, what time it is, who hears of losses."""

    database: Database
    adapters: Mapping[str, Adapter]
    now: Callable[[], datetime]
    undeliverable: Undeliverable
    wake_at: Callable[[datetime], None]


def _nobody(_at: datetime) -> None:
    """Nobody keeps a clock."""


async def deliver(
    database: Database,
    adapters: Mapping[str, Adapter],
    now: Callable[[], datetime],
    undeliverable: Undeliverable,
    wanted: asyncio.Event | None = None,
    wake_at: Callable[[datetime], None] = _nobody,
) -> int:
    """Send everything due; how many rows were settled. Returns when nothing is due and nothing on its way.

    Whoever sets `wanted` meanwhile has new rows taken up at once, however slow the others are. `wake_at`
    is told when a destination that must wait can be tried again.
    """
    post = _Post(database, adapters, now, undeliverable, wake_at)
    wanted = wanted or asyncio.Event()
    lanes: set[asyncio.Task[list[Outcome]]] = set()
    outcomes: list[Outcome] = []
    settled = 0
    try:
        while True:
            wanted.clear()
            rows = await _go_on(post, outcomes, BATCH if len(lanes) < LANES else 0)
            settled += len(outcomes)
            for _, lane in groupby(sorted(rows, key=_by_lane), key=_destination):
                lanes.add(asyncio.create_task(_serve(post, list(lane))))
            if not lanes and not wanted.is_set():
                return settled
            done, lanes = await _next(lanes, wanted)
            # In the order they were owed, so that what follows from losses is the same in every run.
            outcomes = sorted((outcome for task in done for outcome in task.result()), key=_row_id)
    finally:
        for lane_left in lanes:  # only when it ends before its time: their rows stay in doubt
            lane_left.cancel()


async def _next(
    lanes: set[asyncio.Task[list[Outcome]]], wanted: asyncio.Event
) -> tuple[set[asyncio.Task[list[Outcome]]], set[asyncio.Task[list[Outcome]]]]:
    """Wait until a destination is served or something new is wanted: those served, and the others."""
    bell = asyncio.create_task(wanted.wait())
    try:
        await asyncio.wait({*lanes, bell}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        bell.cancel()
    done = {lane for lane in lanes if lane.done()}
    return done, lanes - done


async def _go_on(post: _Post, outcomes: Sequence[Outcome], most: int) -> list[Row]:
    """Store what became of some rows and claim the next ones, in one commit."""

    def turn(work: Work) -> list[Row]:
        at = post.now()
        _settle(work, outcomes, at, post.undeliverable)
        return outbox.claim(work.connection, at, at + LEASE, most) if most else []

    rows: list[Row] = []
    try:
        rows = await post.database.transact(turn)
    except Exception as error:
        if not outcomes:
            raise
        log.error("delivery.not_stored", error=type(error).__name__, where=raised_at(error))
        for outcome in outcomes:
            await _store(post, outcome)
    for outcome in outcomes:
        if outcome.wait_until:
            post.wake_at(outcome.wait_until)
    return rows


async def _store(post: _Post, outcome: Outcome) -> None:
    """Store what became of one row, whatever is wrong with those who want to hear of it."""
    settle = partial(_settle, outcomes=[outcome], at=post.now())
    try:
        await post.database.transact(partial(settle, undeliverable=post.undeliverable))
    except Exception as error:  # noqa: BLE001 - a message that was sent must never count as unsent
        log.error("delivery.not_told", row=outcome.row.id, error=type(error).__name__, where=raised_at(error))
        await post.database.transact(partial(settle, undeliverable=_told_nobody))


def _told_nobody(_work: Work, _outcome: Outcome, _at: datetime) -> None:
    """The log has it."""


def _by_lane(row: Row) -> tuple[str, datetime, int]:
    return row.destination, row.due_at, row.id


def _destination(row: Row) -> str:
    destination: str = row.destination
    return destination


def _row_id(outcome: Outcome) -> int:
    number: int = outcome.row.id
    return number


async def _serve(post: _Post, rows: Sequence[Row]) -> list[Outcome]:
    """Send one destination's rows in order; those that must wait for a while, or for a report, go back."""
    began = post.now()
    outcomes: list[Outcome] = []
    for row in rows:
        unreported = {outcome.row.key for outcome in outcomes}
        if outcomes and (outcomes[-1].wait_until or row.target in unreported or post.now() - began >= REPORT):
            break
        outcomes.append(await _deliver_one(post, row))
    return [*outcomes, *(Outcome(row, "pending", tried=False) for row in rows[len(outcomes) :])]


async def _deliver_one(post: _Post, row: Row) -> Outcome:
    try:
        to = parse_destination(row.destination)
        adapter = post.adapters.get(to.platform)
        if adapter is None:
            return _later(post, row, 3600, f"no adapter for {to.platform}")
        async with asyncio.timeout(MOST.total_seconds()):
            if row.operation == "edit":
                return await _edit(post, row, adapter)
            content = load_message(row.message)
            reference = await adapter.send(to, content, key=_key(row), again=row.attempts > 0)
    except Retry as retry:
        return _later(post, row, max(retry.seconds, 0.1), str(retry), tried=retry.unsure)
    except Refusal as refusal:
        return Outcome(row, "failed", error=refusal.code, lost=refusal.lost)
    except Unsure as unsure:
        if row.operation == "edit" and row.attempts < len(_WAITS):  # the same change twice is one change
            return _later(post, row, _WAITS[row.attempts], "unsure", tried=True)
        return Outcome(row, "unknown", error=str(unsure) or "unsure")
    except Exception as error:  # noqa: BLE001 - unforeseen: it may have been sent, the adapter is told so
        log.error("delivery.failed", row=row.id, error=type(error).__name__, where=raised_at(error))
        if row.attempts >= len(_WAITS):
            return Outcome(row, "failed", error=type(error).__name__)
        return _later(post, row, _WAITS[row.attempts], type(error).__name__, tried=True)
    return Outcome(row, "sent", reference=str(reference))


def _key(row: Row) -> str:
    """What the platform is told, so that sending twice can be noticed: never shared by two messages."""
    return f"{row.programme_id}:{row.key}"


async def _edit(post: _Post, row: Row, adapter: Adapter) -> Outcome:
    if "#" in row.target:
        reference = row.target
    else:
        found = await post.database.read(
            lambda work: outbox.by_key(work.connection, row.programme_id, row.target)
        )
        if found is None or found.state in {"failed", "withdrawn", "unknown"}:
            return Outcome(row, "withdrawn", error="the message it changes was never sent")
        if found.state == "held":
            return Outcome(row, "held", error="the message it changes waits for its space", tried=False)
        if found.reference is None:
            return _later(post, row, 5, "the message it changes is on its way")
        reference = found.reference
    await adapter.edit(MessageRef.parse(reference), load_message(row.message))
    return Outcome(row, "sent", reference=reference)


def _later(post: _Post, row: Row, seconds: float, why: str, *, tried: bool = False) -> Outcome:
    until = post.now() + timedelta(seconds=seconds)
    return Outcome(row, "pending", error=why, tried=tried, wait_until=until)


def _settle(work: Work, outcomes: Sequence[Outcome], at: datetime, undeliverable: Undeliverable) -> None:
    outbox.settle(work.connection, [_settled(outcome, at) for outcome in outcomes])
    for outcome in outcomes:
        if outcome.state in {"failed", "unknown"}:
            undeliverable(work, outcome, at)


def _settled(outcome: Outcome, at: datetime) -> dict[str, object]:
    maybe_sent = outcome.state == "sent" or (outcome.state == "pending" and outcome.tried)
    return {
        "row_id": outcome.row.id,
        "to": outcome.state,
        "reference": outcome.reference,
        "sent_at": (outcome.row.sent_at or at) if maybe_sent else None,
        "error": outcome.error,
        "tries": outcome.row.attempts + outcome.tried,
        "wait_until": outcome.wait_until,
    }
