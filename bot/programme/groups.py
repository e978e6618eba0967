"""What the groups of a space (Discord's server roles) mean here: `/stint roles`.

A group gives its role for the event in which the platform names it: whoever loses the group loses the role
with their next act in the space. A direct message names no groups, so there what was last seen counts, for a
week.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from bot.chat.actions import Action, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Option,
    Plain,
    action,
    heading,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, Event
from bot.chat.routes import Declined, Routes
from bot.programme.core.keys import ids_in
from bot.programme.core.turn import Turn, need
from storage.database import Work
from storage.prepared import Prepared
from storage.tables import GroupRole, Identity, Person

__all__ = ["ROUTES", "granted", "lately"]

REMEMBERED: Final = timedelta(days=7)
"""How long a group that was seen in a space counts in a direct message, which cannot say it."""

_SEEN_EVERY: Final = timedelta(hours=1)
_MEANS: Final = {
    "student": "student: comes into a cohort by Apply, as into an open one",
    "employer": "employer: posts projects and answers applicants",
    "coordinator": "coordinator: looks after the programme",
}
_MAPPED: Final = Prepared(
    select(GroupRole.group_id, GroupRole.role).where(
        GroupRole.programme_id == bindparam("programme_id"), GroupRole.platform == bindparam("platform")
    )
)

ROLES: Final = CommandSpec(
    ("stint", "roles"),
    "See and choose what the roles here mean: student, employer, coordinator",
    (
        Argument("group", "the role; without it, I list what is chosen", kind="group"),
        Argument(
            "role",
            "what it means here",
            kind="choice",
            choices=tuple(Option(role, role.capitalize()) for role in _MEANS),
        ),
        Argument("remove", "it means nothing here any more", kind="yes_no"),
    ),
    allowed=frozenset({"coordinator"}),
    needs_groups=True,
    example="/stint roles group:@Mentors role:employer",
)


def granted(work: Work, programme_id: int, known: Any, event: Event) -> frozenset[str]:  # noqa: ANN401 - a row
    """The roles that somebody's groups give them in this event.

    `known` is their account's row: id, groups and groups_at, as last seen.
    """
    if not event.groups and not known.groups:
        return frozenset()
    seen = event.groups
    if not event.place.space:
        old = known.groups_at is None or event.at - known.groups_at > REMEMBERED
        seen = frozenset() if old else frozenset(known.groups)
    where = {"programme_id": programme_id, "platform": event.place.platform}
    meaning = [row for row in _MAPPED.rows(work.connection, where) if row.group_id in seen]
    if event.place.space:
        _remember(work, known, sorted({row.group_id for row in meaning}), event)
    return frozenset(row.role for row in meaning)


def _remember(work: Work, known: Any, groups: list[str], event: Event) -> None:  # noqa: ANN401 - a row
    fresh = known.groups_at is not None and event.at - known.groups_at < _SEEN_EVERY
    if groups == (known.groups or []) and (fresh or not groups):
        return
    seen = update(Identity).where(Identity.id == known.id).values(groups=groups, groups_at=event.at)
    work.connection.execute(seen)


def lately(turn: Turn, role: str) -> list[Person]:
    """Those to whom a group gave this role when they last acted in a space, within the last week."""
    meaning = {(row.platform, row.group_id) for row in _mapped(turn) if row.role == role}
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


def roles_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """`/stint roles`: the list, or a group gets or loses a meaning."""
    group = event.options.get("group", "").strip()
    role = event.options.get("role", "").strip().casefold()
    if not group:
        return [Reply(_listed(turn))]
    if event.options.get("remove", "").casefold() in {"yes", "y", "true", "on", "1"}:
        return _remove(turn, event.actor.platform, group, role)
    if role not in _MEANS:
        raise Declined("What does it mean here? Add `role:student`, `role:employer` or `role:coordinator`.")
    if any(row.group_id == group and row.role == role for row in _mapped(turn, event.actor.platform)):
        raise Declined("That is how it is already. `/stint roles` lists what is chosen.")
    made = GroupRole(
        programme_id=turn.programme_id, platform=event.actor.platform, group_id=group[:120], role=role
    )
    turn.session.add(made)
    turn.session.flush()
    return [Reply(_listed(turn, text(f"Whoever has that role counts as {role} from now on.")))]


def _mapped(turn: Turn, platform: str = "") -> list[GroupRole]:
    query = select(GroupRole).where(GroupRole.programme_id == turn.programme_id).order_by(GroupRole.id)
    return list(turn.session.scalars(query.where(GroupRole.platform == platform) if platform else query))


def _remove(turn: Turn, platform: str, group: str, role: str) -> list[Action]:
    gone = [row for row in _mapped(turn, platform) if row.group_id == group and role in {"", row.role}]
    if not gone:
        raise Declined("That role means nothing here, so there is nothing to take back.")
    for row in gone:
        turn.session.delete(row)
    turn.session.flush()
    return [Reply(_listed(turn, text("That role means nothing here any more.")))]


def remove_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """The button beside an entry of the list."""
    need(turn, "coordinator")
    (number,) = ids_in(event, 1)
    turn.session.execute(
        delete(GroupRole).where(GroupRole.programme_id == turn.programme_id, GroupRole.id == number)
    )
    return [Reply(_listed(turn, text("That role means nothing here any more.")), replace=True)]


def _listed(turn: Turn, *first: Block) -> Message:
    rows = _mapped(turn)
    blocks: list[Block] = [*first, heading("Roles and what they mean here")]
    for row in rows:
        blocks.append(text(f"{row.platform.capitalize()}: ", Plain(row.group_id), f" means {row.role}"))
        blocks.append(Buttons((Button("Take it back", action("roles-remove", row.id)),)))
    if not rows:
        blocks.append(text("No role is chosen yet."))
    lines = "\n".join(f"- {meaning}" for meaning in _MEANS.values())
    return message(*blocks, text(lines), note("Choose one: `/stint roles group:@Mentors role:employer`"))


ROUTES = Routes(commands=((ROLES, roles_command),), buttons={"roles-remove": remove_pressed})
