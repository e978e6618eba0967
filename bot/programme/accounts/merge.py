"""Two people who turn out to be one: everything of the second becomes the first one's, in one transaction.

Where both have the same thing, the one that is further stays. What is left of the second person is a row
without a name, account or word of theirs.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.values import replace
from bot.programme.accounts import personal_data, profile
from bot.programme.core.lifecycle import give_part
from bot.programme.core.turn import Turn
from bot.programme.people.parts import decides
from storage.tables import Person

__all__ = ["join"]

_NAMELESS: Final = "Another account"


def join(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Make `second` and `first` one person, `first`; what depends on who they are is set again.

    Raises:
        Declined: both are placed in the same project, so two employers' promises would become one.
    """
    _lock(turn, first, second)
    # What follows is the first person's act from here on: a second's alias made after theirs have moved would
    # stay behind.
    acting = replace(turn, person_id=first.id) if turn.person_id == second.id else turn
    company_id, part = second.company_id, second.company_part
    # Before the second's alias is the first's: the history says which of them left the company.
    give_part(acting, second, None, "owner")
    actions = personal_data.merge(acting, first, second)
    _complete(first, second)
    if first.company_id is None or (first.company_id == company_id and not decides(first)):
        give_part(acting, first, company_id, part)
    _leave_nameless(turn, second)
    return [*actions, *profile.on_zone_changed(turn, first)]


def _lock(turn: Turn, *persons: Person) -> None:
    """Make two accounts that link each other at the same moment do it one after the other."""
    # Always in the same order, so that two such turns never wait for each other.
    ids = sorted(person.id for person in persons)
    query = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    turn.session.execute(query).all()


def _complete(first: Person, second: Person) -> None:
    """Take from the second person what the first never said."""
    if not first.zone_said and (second.zone_said or first.zone is None):
        first.zone, first.zone_said = second.zone or first.zone, second.zone_said
    if first.quiet_from is None:
        first.quiet_from, first.quiet_to = second.quiet_from, second.quiet_to
    first.left_at = None


def _leave_nameless(turn: Turn, second: Person) -> None:
    """Keep the row for the applications that were withdrawn, with no name or account in it."""
    second.name = _NAMELESS
    second.zone = second.quiet_from = second.quiet_to = None
    second.identity_id = None
    second.erased_at = turn.now
    turn.session.flush()
