"""`/stint roles`: what the groups of a space (Discord's server roles) mean here."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete

from bot.chat.actions import Action, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Option,
    heading,
    lines,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, Facts
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import RoleName, role_value
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people.permissions import require_role
from bot.programme.people.roles import group_roles
from storage.tables import GroupRole

__all__ = ["ROUTES"]

_MEANINGS: Final = (
    say("- student: comes into a cohort by Apply, as into an open one"),
    say("- employer: posts projects and answers applicants"),
    say("- coordinator: looks after the programme"),
)
_MEANS: Final = {
    "student": "{group} means student",
    "employer": "{group} means employer",
    "coordinator": "{group} means coordinator",
}
_COUNTS: Final = {
    "student": "With that role a person counts as a student from now on.",
    "employer": "With that role a person counts as an employer from now on.",
    "coordinator": "With that role a person counts as a coordinator from now on.",
}
ROLES: Final = CommandSpec(
    ("stint", "roles"),
    "Choose what the roles here mean: student, employer, coordinator",
    (
        Argument("group", "the role; without it, I list what is chosen", kind="group", writes=True),
        Argument(
            "role",
            "what it means here",
            kind="choice",
            choices=(
                Option("student", "Student"),
                Option("employer", "Employer"),
                Option("coordinator", "Coordinator"),
            ),
        ),
        Argument("remove", "it means nothing here any more", kind="yes_no"),
    ),
    allowed=frozenset({"coordinator"}),
    needs_groups=True,
    example="/stint roles group:@Mentors role:employer",
    reads=True,
)


def roles_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/stint roles`: show the list, or give a group a meaning or take it."""
    group = event.options.get("group", "").strip()
    role = event.options.get("role", "").strip().casefold()
    if not group:
        return [Reply(_listed(turn))]
    if event.options.get("remove", "").casefold() in {"yes", "y", "true", "on", "1"}:
        return _remove(turn, event.actor.platform, group, role)
    if role not in _MEANS:
        raise Declined("What does it mean here? Add `role:student`, `role:employer` or `role:coordinator`.")
    if any(row.group_id == group and row.role == role for row in group_roles(turn, event.actor.platform)):
        raise Declined("That is how it is already. `/stint roles` lists what is chosen.")
    made = GroupRole(
        programme_id=turn.programme_id,
        platform=event.actor.platform,
        group_id=group[:120],
        role=role,
        name=event.named.get(group, Facts()).name[:100] or None,
    )
    turn.session.add(made)
    turn.session.flush()
    return [Reply(_listed(turn, text(_COUNTS[role])))]


def _remove(turn: Turn, platform: str, group: str, role: str) -> list[Action]:
    gone = [row for row in group_roles(turn, platform) if row.group_id == group and role in {"", row.role}]
    if not gone:
        raise Declined("That role means nothing here, so there is nothing to take back.")
    for row in gone:
        turn.session.delete(row)
    turn.session.flush()
    return [Reply(_listed(turn, text("That role means nothing here any more.")))]


def remove_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Remove the entry of the list whose button was pressed."""
    require_role(turn, "coordinator")
    number = verbs.ROLES_REMOVE.read(event).role
    turn.session.execute(
        delete(GroupRole).where(GroupRole.programme_id == turn.programme_id, GroupRole.id == number)
    )
    return [Reply(_listed(turn, text("That role means nothing here any more.")), replace=True)]


def _listed(turn: Turn, *first: Block) -> Message:
    rows = group_roles(turn)
    blocks: list[Block] = [*first, heading("Roles and what they mean here")]
    for row in rows:
        blocks.append(text(_MEANS[row.role], group=_group(turn, row)))
        blocks.append(Buttons((Button("Take it back", verbs.ROLES_REMOVE(row.id)),)))
    if not rows:
        blocks.append(text("No role is chosen yet."))
    return message(
        *blocks, lines(*_MEANINGS), note("Choose one: `/stint roles group:@Mentors role:employer`")
    )


def _group(turn: Turn, row: GroupRole) -> RoleName:
    here = turn.place.space if turn.place is not None and turn.place.platform == row.platform else ""
    return role_value(row.platform, here, row.group_id, row.name or "")


ROUTES = Routes(commands=((ROLES, roles_command),), buttons={verbs.ROLES_REMOVE: remove_pressed})
