"""Deliver what the outbox owes: in order per destination, no destination holding up another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any, Final

import structlog

from bot.chat.adapter import Adapter, Refusal, Retry, Unsure
from bot.chat.content import load_message
from bot.chat.events import MessageRef, parse_destination
from bot.clock import raised_at
from storage.database import Database, Work
from storage.queries import outbox

__all__ = ["LEASE", "Outcome", "deliver"]

LEASE: Final = timedelta(minutes=2)
"""How long a claimed message may be on its way before somebody else takes it up."""

BATCH: Final = 100
LANES: Final = 200
"""Messages claimed at once, and destinations served at once."""

_WAITS: Final = (5, 30, 120, 600, 3600)
"""Seconds before each new try after an error nobody foresaw."""

log = structlog.get_logger(__name__)

Undeliverable = Callable[[Work, Any, str, bool, datetime], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed row; `hold` is the instant its whole destination waits for."""

    row: Any
    state: str
    reference: str | None = None
    error: str | None = None
    due_at: datetime | None = None
    hold: bool = False


async def deliver(
    database: Database,
    adapters: Mapping[str, Adapter],
    now: Callable[[], datetime],
    undeliverable: Undeliverable,
) -> int:
    """Send everything due; how many rows were settled. Returns when nothing is due and nothing on its way."""
    lanes: set[asyncio.Task[list[Outcome]]] = set()
    outcomes: list[Outcome] = []
    settled = 0
    while True:
        room = BATCH if len(lanes) < LANES else 0
        rows = await database.transact(
            partial(_go_on, outcomes=outcomes, most=room, at=now(), undeliverable=undeliverable)
        )
        settled += len(outcomes)
        for _, lane in groupby(sorted(rows, key=_by_lane), key=_destination):
            lanes.add(asyncio.create_task(_serve(list(lane), database, adapters, now)))
        if not lanes:
            return settled
        done, lanes = await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)
        outcomes = [outcome for task in done for outcome in task.result()]


def _go_on(
    work: Work, outcomes: Sequence[Outcome], most: int, at: datetime, undeliverable: Undeliverable
) -> list[Any]:
    """Store what became of some rows and claim the next ones, in one commit."""
    if outcomes:
        _settle(work, outcomes, at, undeliverable)
    return outbox.claim(work.connection, at, at + LEASE, most) if most else []


def _by_lane(row: Any) -> tuple[str, datetime, int]:  # noqa: ANN401 - an outbox row
    return row.destination, row.due_at, row.id


def _destination(row: Any) -> str:  # noqa: ANN401 - an outbox row
    destination: str = row.destination
    return destination


async def _serve(
    rows: Sequence[Any],
    database: Database,
    adapters: Mapping[str, Adapter],
    now: Callable[[], datetime],
) -> list[Outcome]:
    """Send one destination's rows in order; after one that must wait, the rest waits too."""
    outcomes: list[Outcome] = []
    for row in rows:
        if outcomes and outcomes[-1].hold:
            outcomes.append(Outcome(row, "pending", due_at=outcomes[-1].due_at))
            continue
        outcomes.append(await _deliver_one(row, database, adapters, now))
    return outcomes


async def _deliver_one(
    row: Any,  # noqa: ANN401 - an outbox row
    database: Database,
    adapters: Mapping[str, Adapter],
    now: Callable[[], datetime],
) -> Outcome:
    to = parse_destination(row.destination)
    adapter = adapters.get(to.platform)
    if adapter is None:
        return _later(row, now(), 3600, f"no adapter for {to.platform}")
    again = row.state == "sending"
    try:
        if row.operation == "edit":
            return await _edit(row, database, adapter, now)
        reference = await adapter.send(to, load_message(row.message), key=_key(row), again=again)
    except Retry as retry:
        return _later(row, now(), max(retry.seconds, 0.1), str(retry))
    except Refusal as refusal:
        return Outcome(row, "failed", error=refusal.code)
    except Unsure as unsure:
        return Outcome(row, "unknown", error=str(unsure) or "unsure")
    except Exception as error:  # noqa: BLE001 - unforeseen, so nothing is known to be sent: try again
        log.error("delivery.failed", row=row.id, error=type(error).__name__, where=raised_at(error))
        if row.attempts >= len(_WAITS):
            return Outcome(row, "failed", error=type(error).__name__)
        return _later(row, now(), _WAITS[row.attempts], type(error).__name__)
    return Outcome(row, "sent", reference=str(reference))


def _key(row: Any) -> str:  # noqa: ANN401 - an outbox row
    """What the platform is told, so that sending twice can be noticed: never shared by two messages."""
    return f"{row.programme_id}:{row.key}"


async def _edit(
    row: Any,  # noqa: ANN401 - an outbox row
    database: Database,
    adapter: Adapter,
    now: Callable[[], datetime],
) -> Outcome:
    if "#" in row.target:
        reference = row.target
    else:
        found = await database.read(lambda work: outbox.by_key(work.connection, row.programme_id, row.target))
        if found is None or found.state in {"failed", "withdrawn", "unknown"}:
            return Outcome(row, "withdrawn", error="the message it changes was never sent")
        if found.reference is None:
            return _later(row, now(), 5, "the message it changes is on its way")
        reference = found.reference
    await adapter.edit(MessageRef.parse(reference), load_message(row.message))
    return Outcome(row, "sent", reference=reference)


def _later(row: Any, now: datetime, seconds: float, why: str) -> Outcome:  # noqa: ANN401 - an outbox row
    return Outcome(row, "pending", error=why, due_at=now + timedelta(seconds=seconds), hold=True)


def _settle(work: Work, outcomes: Sequence[Outcome], at: datetime, undeliverable: Undeliverable) -> None:
    outbox.settle(
        work.connection,
        [
            {
                "row_id": o.row.id,
                "to": o.state,
                "reference": o.reference,
                "sent_at": at if o.state == "sent" else None,
                "error": o.error,
                "due_at": o.due_at or o.row.due_at,
            }
            for o in outcomes
        ],
    )
    for outcome in outcomes:
        if outcome.hold and outcome.due_at is not None:
            outbox.hold_lane(work.connection, outcome.row.destination, outcome.due_at)
        if outcome.state in {"failed", "unknown"}:
            undeliverable(work, outcome.row, outcome.error or "", outcome.state == "unknown", at)
