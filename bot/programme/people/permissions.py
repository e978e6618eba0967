"""Permissions: which commands and acts the roles of the person who acts allow, and the refusal."""

from __future__ import annotations

from collections.abc import Collection

from bot.chat.commands import CommandSpec
from bot.chat.content import text
from bot.chat.routes import Declined
from bot.chat.sentences import Command
from bot.programme.core.turn import Turn
from bot.programme.people.names import contacts
from bot.programme.people.roles import has_groups
from storage.tables import Person

__all__ = ["may_use", "require_role", "role_refusal"]


def may_use(turn: Turn, spec: CommandSpec) -> bool:
    """Tell whether the person who acts may use a command, and the programme has what it is about."""
    managing = spec.managed and "manage" in turn.rights
    theirs = managing or not spec.allowed or not turn.roles.isdisjoint(spec.allowed)
    return theirs and (not spec.needs_groups or has_groups(turn))


def role_refusal(turn: Turn, roles: Collection[str], command: str = "") -> Declined:
    """Refuse a person who holds none of `roles`, and say which person to ask; `command` was typed."""
    if command:
        said = (
            "{command} is for coordinators and employers. If that should be you, ask {contacts}."
            if "employer" in roles
            else "{command} is for coordinators. If that should be you, ask {contacts}."
        )
        return Declined(text(said, command=Command(command), contacts=contacts(turn)))
    said = (
        "That is for coordinators and employers. If that should be you, ask {contacts}."
        if "employer" in roles
        else "That is for coordinators. If that should be you, ask {contacts}."
    )
    return Declined(text(said, contacts=contacts(turn)))


def require_role(turn: Turn, *roles: str) -> Person:
    """Return the person who acts, if they hold one of `roles`.

    Raises:
        Declined: they hold none of them; the refusal says which person to ask.
    """
    person = turn.person
    if turn.roles.isdisjoint(roles):
        raise role_refusal(turn, roles)
    return person
