"""Quiet hours that change: messages that wait for the end of the old ones keep to the new ones as well."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.events import UserRef, parse_destination
from bot.clock import quiet_until
from bot.programme import people
from bot.programme.core.turn import Turn
from storage.queries import held
from storage.tables import Identity, Person

__all__ = ["follow", "follow_all"]


def follow(turn: Turn, person: Person) -> None:
    """A person's zone or quiet hours changed: what waits for them comes in none of the new ones."""
    mine = select(Identity).where(Identity.programme_id == turn.programme_id, Identity.person_id == person.id)
    _put_off(turn, {str(people.account_of(identity)) for identity in turn.session.scalars(mine)})


def follow_all(turn: Turn) -> None:
    """The programme's quiet hours changed: those without hours of their own follow it."""
    _put_off(turn, None)


def _put_off(turn: Turn, destinations: set[str] | None) -> None:
    """Move what is due later at these destinations (None: at every one) out of the hours that are quiet."""
    for row in held.due_later(turn.connection, turn.programme_id, turn.now, destinations):
        to = parse_destination(row.destination)
        hours = _hours_of(turn, to) if isinstance(to, UserRef) else None
        until = quiet_until(row.due_at, *hours) if hours else None
        if until is not None:
            held.put_off(turn.connection, row.id, until)


def _hours_of(turn: Turn, user: UserRef) -> tuple[ZoneInfo, time, time] | None:
    """Return a person's zone and quiet hours; None for an unknown account."""
    found = people.quiet_of(turn.connection, turn.programme_id, user)
    if found is None:
        return None
    zone, start, end = found
    return ZoneInfo(zone), time.fromisoformat(start), time.fromisoformat(end)
