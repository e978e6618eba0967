"""Consequences of a delivery: losses reach the programme, arrivals begin what is counted from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from bot.chat.codec import Key
from bot.chat.content import load_message
from bot.chat.events import UserRef, parse_destination
from bot.chat.routes import Undelivered
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.notifications import backlog
from bot.programme.reachability import closed_dms
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.delivery import Outcome
from bot.runtime.turns import PlatformProfile
from storage.database import UnitOfWork
from storage.queries import Row, outbox

__all__ = ["arrived", "due", "undeliverable"]


def undeliverable(port: PlatformProfile, work: UnitOfWork, outcome: Outcome, at: datetime) -> None:
    """Pass a message that will never arrive (or may not have) to the programme, in the same turn."""
    row = outcome.row
    if row.key.startswith(keys.AGAIN) and outcome.lost in {"message", "target"}:
        outbox.send_again(work.connection, row.programme_id, row.target, row.message, row.id, at)
        return
    if port.routes.undelivered is None:
        return
    turn = _turn(port, work, row, keys.MESSAGE_LOST, at)
    lost = Undelivered(
        row.destination,
        outcome.error or "",
        row.key,
        load_message(row.message),
        outcome.state == "unknown",
        outcome.lost,
        (row.target or "") if row.operation == "edit" else "",
        row.awaited_until,
    )
    carry_out(_context(port, turn), port.routes.undelivered(turn, lost))


def due(port: PlatformProfile, work: UnitOfWork, row: Row, at: datetime) -> Row | None:
    """Return a claimed message as it is to be sent now; see `backlog.for_now`."""
    if not row.kind:
        return row
    turn = _turn(port, work, row, keys.MESSAGE_LATE, at)
    asked = backlog.for_now(turn, row)
    if asked.actions:
        carry_out(_context(port, turn), asked.actions)
    return asked.row


def arrived(port: PlatformProfile, work: UnitOfWork, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Begin what is counted from these messages, now sent; send what waited for their readers."""
    rows = sorted((outcome.row for outcome in outcomes), key=attrgetter("programme_id", "id"))
    for _, own in groupby(rows, key=attrgetter("programme_id")):
        these = list(own)
        turn = _turn(port, work, these[0], keys.MESSAGE_SENT, at)
        context = _context(port, turn)
        carry_out(context, backlog.arrived(turn, these))
        if port.routes.reached is None:
            continue
        to = dict.fromkeys(parse_destination(row.destination) for row in these)
        accounts = [user for user in to if isinstance(user, UserRef)]
        for user in closed_dms.unreachable_among(turn, accounts):
            carry_out(context, port.routes.reached(turn, user))


def _turn(port: PlatformProfile, work: UnitOfWork, row: Row, kind: Key, at: datetime) -> Turn:
    """Return the turn for what became of a message, named by the try: it may be sent once more, and why."""
    again = row.target if row.operation == "send" else None
    return Turn(
        work=work,
        now=at,
        programme_id=row.programme_id,
        answers_only=port.answers_only,
        grouped=port.grouped,
        routes=port.routes,
        source=kind(row.id, row.attempts, again),
        began_by="delivery",
    )


def _context(port: PlatformProfile, turn: Turn) -> Context:
    return Context(turn, port.routes, None, port.capabilities, port.limits, port.homes)
