"""Quiet hours of a person; when they change, messages that wait for their end keep to the new hours."""

from __future__ import annotations

from datetime import time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from bot.chat.events import UserRef, parse_destination
from bot.clock import quiet_until
from bot.programme.core.turn import Turn
from bot.programme.people.addresses import account_of
from storage.prepared import Prepared
from storage.queries import held
from storage.tables import Identity, Person, Programme

__all__ = ["QuietHours", "quiet_of", "reschedule_for_person", "reschedule_for_programme"]

_QUIET = Prepared(
    select(
        Person.id,
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


class QuietHours(NamedTuple):
    """The quiet hours of a person, as times of the clock in their zone."""

    person_id: int
    zone: str
    start: time
    end: time


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
        hours = quiet_of(turn.connection, turn.programme_id, to) if isinstance(to, UserRef) else None
        until = quiet_until(row.due_at, ZoneInfo(hours.zone), hours.start, hours.end) if hours else None
        if until is not None:
            held.put_off(turn.connection, row.id, until)


def quiet_of(connection: Connection, programme_id: int, user: UserRef) -> QuietHours | None:
    """Return the quiet hours of the person with this account; None for an unknown account."""
    who = {"programme_id": programme_id, "platform": user.platform, "user_id": user.id}
    row = _QUIET.first(connection, who)
    if row is None:
        return None
    person_id, zone, their_zone, own_from, quiet_from, own_to, quiet_to = row
    start, end = time.fromisoformat(own_from or quiet_from), time.fromisoformat(own_to or quiet_to)
    return QuietHours(person_id, zone or their_zone, start, end)
