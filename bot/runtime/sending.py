"""Send one row of the outbox, and say what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import Struct

from bot.chat.adapter import Adapter, DeliveryUnknown, Lost, Refusal, Retry
from bot.chat.content import load_message
from bot.chat.events import MessageRef, parse_destination
from bot.clock import raised_at
from storage.database import Database
from storage.queries import Row, outbox, unknown_deliveries
from storage.queries.unknown_deliveries import Known

__all__ = ["LEASE", "Office", "Outcome", "send_row"]

LEASE: Final = timedelta(minutes=2)
"""Time that a claimed message may be on its way before another process takes it up."""

MOST: Final = timedelta(minutes=1)
"""Time that one message may take; that is within its lease."""

_RETRY_SECONDS: Final = (5, 30, 120, 600, 3600)
"""Seconds before each new try after an error that was not foreseen."""

_WAITS, _IN_DOUBT = "the message it changes waits for its space", "the message it changes is in doubt"
_HOLDS: Final = {"held": _WAITS, "unknown": _IN_DOUBT}
"""Why a change is held, by the state of its message."""

_LOOK_AGAIN: Final = 5
"""Seconds after which a change looks again whether its message is there."""

log = structlog.get_logger(__name__)


class Outcome(Struct, frozen=True):
    """The outcome of one claimed row.

    `tried`: it may have been sent. `wait_until`: its whole lane waits until then. `due_at`: it alone does.
    `lost`: how much a refusal ends.
    """

    row: Row
    state: str
    reference: str | None = None
    error: str | None = None
    tried: bool = True
    wait_until: datetime | None = None
    due_at: datetime | None = None
    lost: Lost = "message"


@dataclass(frozen=True, slots=True)
class Office:
    """The means of sending: where rows are, who sends, and what time it is."""

    database: Database
    adapters: Mapping[str, Adapter]
    now: Callable[[], datetime]


async def send_row(office: Office, row: Row) -> Outcome:
    """Send a row whose send was noted to begin; raises nothing but the end of the process."""
    try:
        to = parse_destination(row.destination)
        adapter = office.adapters.get(to.platform)
        if adapter is None:
            return _later(office, row, 3600, f"no adapter for {to.platform}")
        async with asyncio.timeout(MOST.total_seconds()):
            if row.operation == "edit":
                return await _edit(office, row, adapter)
            if row.operation == "find":
                return await _find(office, row, adapter)
            return await _send(office, row, adapter)
    except Retry as retry:
        return _later(office, row, max(retry.seconds, 0.1), str(retry), tried=retry.unsure)
    except Refusal as refusal:
        # A try that sent nothing leaves what became of an earlier one as doubtful as before.
        return Outcome(row, "failed", error=refusal.code, tried=refusal.unsure, lost=refusal.lost)
    except DeliveryUnknown as unsure:
        # The same change twice is one change.
        if row.operation == "edit" and row.attempts < len(_RETRY_SECONDS):
            return _later(office, row, _RETRY_SECONDS[row.attempts], "unsure", tried=True)
        state = "failed" if row.operation == "find" else "unknown"
        return Outcome(row, state, error=str(unsure) or "unsure")
    except Exception as error:  # noqa: BLE001 - unforeseen: it may have been sent, see `tried`
        log.error("delivery.failed", row=row.id, error=type(error).__name__, where=raised_at(error))
        if row.attempts >= len(_RETRY_SECONDS):
            return Outcome(row, "failed", error=type(error).__name__)
        return _later(office, row, _RETRY_SECONDS[row.attempts], type(error).__name__, tried=True)


async def _send(office: Office, row: Row, adapter: Adapter) -> Outcome:
    to, content = parse_destination(row.destination), load_message(row.message)
    key = _key(row.programme_id, row.key, row.target)
    again = row.attempts > 0
    known = await _known(office, row) if again else Known()
    reference = await adapter.send(to, content, key=key, again=again, known=known.ids, since=known.since)
    return Outcome(row, "sent", reference=str(reference))


async def _find(office: Office, row: Row, adapter: Adapter) -> Outcome:
    """Look where the message of the row's target is; the row fails where that cannot be found out."""
    to, content = parse_destination(row.destination), load_message(row.message)
    message = await _changed(office, row)
    key = _key(row.programme_id, row.target, message.target if message else None)
    found = await adapter.find(to, content, key=key, known=(await _known(office, row)).ids)
    if found is None:
        return Outcome(row, "failed", error="not found")
    return Outcome(row, "sent", reference=str(found))


async def _changed(office: Office, row: Row) -> Row | None:
    """Return the row of the message that a row changes, or looks for."""
    return await office.database.read(
        lambda work: outbox.by_key(work.connection, row.programme_id, row.target)
    )


async def _known(office: Office, row: Row) -> Known:
    return await office.database.read(
        lambda work: unknown_deliveries.known_at(work.connection, row.destination, row.id, row.sent_at)
    )


def _key(programme_id: int, key: str, why_again: str | None) -> str:
    """Return the key for the platform, so that sending twice can be noticed: never shared by two messages.

    A message that is sent once more must not be taken for the first.
    """
    return f"{programme_id}:{key}:{why_again}" if why_again else f"{programme_id}:{key}"


async def _edit(office: Office, row: Row, adapter: Adapter) -> Outcome:
    if "#" in row.target:
        reference = row.target
    else:
        found = await _changed(office, row)
        if found is None or found.state in {"failed", "withdrawn", "answered"}:
            return Outcome(row, "withdrawn", error="the message it changes was never sent")
        if why := _HOLDS.get(found.state):
            return Outcome(row, "held", error=why, tried=False)
        if found.reference is None:
            return await _without_reference(office, row, found)
        reference = found.reference
    await adapter.edit(MessageRef.parse(reference), load_message(row.message))
    return Outcome(row, "sent", reference=reference)


async def _without_reference(office: Office, row: Row, message: Row) -> Outcome:
    """Let the change wait for a message that is on its way, or looked for; no other change waits for that."""
    if message.state == "sent":
        sought = await office.database.read(
            lambda work: unknown_deliveries.is_sought(work.connection, row.programme_id, row.target)
        )
        if not sought:
            return Outcome(row, "failed", error="not found", tried=False, lost="target")
        return Outcome(row, "held", error="the message it changes is looked for", tried=False)
    due = office.now() + timedelta(seconds=_LOOK_AGAIN)
    return Outcome(row, "pending", error="the message it changes is on its way", tried=False, due_at=due)


def _later(office: Office, row: Row, seconds: float, why: str, *, tried: bool = False) -> Outcome:
    until = office.now() + timedelta(seconds=seconds)
    return Outcome(row, "pending", error=why, tried=tried, wait_until=until)
