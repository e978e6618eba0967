"""Roles: held by a person, or given by the groups of a space (Discord's server roles) for an event.

A group gives its role for the event in which the platform names it: a person who loses the group loses the
role with their next act in the space. A direct message names no groups, so there the groups that were last
seen count, for a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from bot.chat.events import Event
from bot.programme.core.turn import Turn
from storage.prepared import Prepared, Row
from storage.tables import GroupRole, Identity, Person, Role, Space

__all__ = [
    "coordinators",
    "give_role",
    "group_roles",
    "groups_that_count",
    "has_groups",
    "recently_granted",
    "remember_groups",
    "roles_of",
]

REMEMBERED: Final = timedelta(days=7)
"""How long a group that was seen in a space counts in a direct message, which cannot say it."""

# Groups that are still the same are written at most this often, to spare a write per turn.
_SEEN_EVERY: Final = timedelta(hours=1)
_MAPPED: Final = Prepared(
    select(GroupRole.group_id, GroupRole.role).where(
        GroupRole.programme_id == bindparam("programme_id"), GroupRole.platform == bindparam("platform")
    )
)


def roles_of(turn: Turn, person: Person) -> frozenset[str]:
    """Return the roles a person holds."""
    held = select(Role.role).where(Role.programme_id == turn.programme_id, Role.person_id == person.id)
    return frozenset(turn.session.scalars(held))


def give_role(turn: Turn, person: Person, role: str) -> bool:
    """Give a person a role; False when they held it already."""
    if role in roles_of(turn, person):
        return False
    turn.session.add(
        Role(programme_id=turn.programme_id, person_id=person.id, role=role, created_at=turn.now)
    )
    turn.session.flush()
    return True


def coordinators(turn: Turn) -> list[Person]:
    """Return the programme's coordinators, the longest-serving first."""
    held = (
        select(Person)
        .join(Role, Role.person_id == Person.id)
        .where(
            Role.programme_id == turn.programme_id,
            Role.role == "coordinator",
            Person.left_at.is_(None),
        )
        .order_by(Role.id)
    )
    return list(turn.session.scalars(held))


def has_groups(turn: Turn) -> bool:
    """Tell whether the programme has a space with groups that can represent a role."""
    held = select(Space.id).where(
        Space.programme_id == turn.programme_id, Space.platform.in_(turn.grouped), Space.state == "active"
    )
    return bool(turn.grouped) and turn.session.scalars(held.limit(1)).first() is not None


def groups_that_count(connection: Connection, programme_id: int, known: Any, event: Event) -> list[Row]:  # noqa: ANN401 - a row
    """Return the roles that a person's groups give them in this event, and by which group each.

    `known` is their account's row: id, groups and groups_at, as last seen.
    """
    if not event.groups and not known.groups:
        return []
    seen = event.groups
    if not event.place.space:
        old = known.groups_at is None or event.at - known.groups_at > REMEMBERED
        seen = frozenset() if old else frozenset(known.groups)
    where = {"programme_id": programme_id, "platform": event.place.platform}
    return [row for row in _MAPPED.rows(connection, where) if row.group_id in seen]


def remember_groups(connection: Connection, known: Any, count: Sequence[Row], event: Event) -> None:  # noqa: ANN401 - a row
    """Remember for direct messages which groups gave a role where the platform says them: in a space."""
    if not event.place.space:
        return
    groups = sorted({row.group_id for row in count})
    fresh = known.groups_at is not None and event.at - known.groups_at < _SEEN_EVERY
    if groups == (known.groups or []) and (fresh or not groups):
        return
    seen = update(Identity).where(Identity.id == known.id).values(groups=groups, groups_at=event.at)
    connection.execute(seen)


def recently_granted(turn: Turn, role: str) -> list[Person]:
    """Return the people to whose accounts a group gave this role in a space within the last week."""
    meaning = {(row.platform, row.group_id) for row in group_roles(turn) if row.role == role}
    if not meaning:
        return []
    query = (
        select(Person, Identity)
        .join(Identity, Identity.person_id == Person.id)
        .where(
            Identity.programme_id == turn.programme_id,
            Identity.groups_at >= turn.now - REMEMBERED,
            Person.left_at.is_(None),
        )
        .order_by(Person.id)
    )
    found: dict[int, Person] = {}
    for person, identity in turn.session.execute(query):
        if any((identity.platform, group) in meaning for group in identity.groups or ()):
            found[person.id] = person
    return list(found.values())


def group_roles(turn: Turn, platform: str = "") -> list[GroupRole]:
    """Return what the groups of the programme's spaces mean, on one platform or on all."""
    query = select(GroupRole).where(GroupRole.programme_id == turn.programme_id).order_by(GroupRole.id)
    return list(turn.session.scalars(query.where(GroupRole.platform == platform) if platform else query))
