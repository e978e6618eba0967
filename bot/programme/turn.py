"""What every handler of the programme is given: one turn's transaction, time, person and programme."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bot.chat.events import Place, Right, UserRef
from bot.chat.routes import Declined
from storage.database import Work
from storage.tables import Person, Programme

__all__ = ["ROLE_NAMES", "Turn", "need"]

ROLE_NAMES = ("coordinator", "employer", "student")


@dataclass(frozen=True, slots=True)
class Turn:
    """One event handled in one transaction.

    Attributes:
        now: the turn's instant, UTC; handlers ask no other clock.
        programme: whose rows this turn may touch; every query is bound to it.
        person: who acted; for a timer, a row made for nobody is None.
        roles: the person's roles. `rights`: what the platform lets them do in the space.
        user, place: the account that acted and where; for a timer None.
    """

    work: Work
    now: datetime
    programme: Programme
    person: Person | None = None
    roles: frozenset[str] = frozenset()
    rights: frozenset[Right] = frozenset()
    user: UserRef | None = None
    place: Place | None = None
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """The ORM session, opened on first use; it refuses commit and rollback."""
        return self.work.session

    @property
    def connection(self) -> Connection:
        """The same transaction's Core connection."""
        return self.work.connection

    @property
    def somebody(self) -> Person:
        """The person who acted.

        Raises:
            Declined: nobody acted (a timer's turn has no person).
        """
        if self.person is None:
            raise Declined("Nobody is here to do that.")
        return self.person


def need(turn: Turn, *roles: str) -> Person:
    """The person who acted, if they hold one of `roles`.

    Raises:
        Declined: they hold none of them; says whom to ask.
    """
    person = turn.somebody
    if turn.roles.isdisjoint(roles):
        wanted = " or ".join(f"{'an' if role[0] in 'aeiou' else 'a'} {role}" for role in roles)
        raise Declined(
            f"Only {wanted} of this programme can do that. "
            "If that should be you, ask a coordinator: `/stint help` shows who they are."
        )
    return person
