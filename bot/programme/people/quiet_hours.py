"""Quiet hours of a person; when they change, messages that wait for their end keep to the new hours."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from bot.chat.events import UserRef, parse_destination
from bot.clock import quiet_until
from bot.programme.core.turn import Turn
from bot.programme.people.addresses import account_of
from storage.prepared import Prepared
from storage.queries import held
from storage.tables import Identity, Person, Programme

__all__ = ["quiet_of", "reschedule_for_person", "reschedule_for_programme"]

_QUIET = Prepared(
    select(
        Person.zone,
        Programme.zone,
        Person.quiet_from,
        Programme.quiet_from,
        Person.quiet_to,
        Programme.quiet_to,
    )
    .join(Identity, Identity.person_id == Person.id)
    .join(Programme, Programme.id == Person.programme_id)
    .where(
        Identity.programme_id == bindparam("programme_id"),
        Identity.platform == bindparam("platform"),
        Identity.user_id == bindparam("user_id"),
    )
)


def reschedule_for_person(turn: Turn, person: Person) -> None:
    """Follow a change of a person's zone or quiet hours: waiting messages come outside the new hours."""
    mine = select(Identity).where(Identity.programme_id == turn.programme_id, Identity.person_id == person.id)
    _put_off(turn, {str(account_of(identity)) for identity in turn.session.scalars(mine)})


def reschedule_for_programme(turn: Turn) -> None:
    """Follow a change of the programme's quiet hours: it concerns the people without own hours."""
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
    found = quiet_of(turn.connection, turn.programme_id, user)
    if found is None:
        return None
    zone, start, end = found
    return ZoneInfo(zone), time.fromisoformat(start), time.fromisoformat(end)


def quiet_of(connection: Connection, programme_id: int, user: UserRef) -> tuple[str, str, str] | None:
    """Return a person's zone and quiet hours ("HH:MM", "HH:MM"); None for an unknown account."""
    who = {"programme_id": programme_id, "platform": user.platform, "user_id": user.id}
    row = _QUIET.first(connection, who)
    if row is None:
        return None
    zone, their_zone, own_from, quiet_from, own_to, quiet_to = row
    return zone or their_zone, own_from or quiet_from, own_to or quiet_to
