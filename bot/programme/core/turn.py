"""The context of every handler of the programme: one turn's transaction, time, person and programme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bot.chat.actions import Action
from bot.chat.events import Facts, Place, Right, UserRef
from bot.chat.language import ENGLISH, Language
from bot.chat.routes import Declined, MustWrite, Routes
from bot.programme.core.changes import OF_EVERY_NOUN, Change
from storage.database import UnitOfWork
from storage.tables import Person, Programme

__all__ = ["Turn"]


class Turn(Struct, frozen=True):
    """One event handled in one transaction.

    Attributes:
        now: the turn's instant, UTC; handlers ask no other clock.
        programme_id: whose rows this turn may touch; every query is bound to it.
        person_id: who acted; None for a timer, 0 for a newcomer who only looks.
        roles: the person's roles. `granted`: those of them that a group of the space gives.
        rights: what the platform lets them do in the space.
        answers_only: the platforms on which the bot writes to a person only after they acted.
        grouped: the platforms whose spaces have groups that can represent a role.
        user, place: the account that acted and where; None for a timer. `named`: see Event.
        routes: every handler there is: for help, late messages, and the followers of a Change.
        language: the one that the person who acted reads; English for a timer.
        began_by: what began a turn in which no person acts, as the history calls it: the kind of a timer,
            "delivery" for what became of a message, "command" for a command line.
        source: what began the turn, unlike every other of the database; it names what has no other name.
            A turn that only reads has none: what it says is written by another.
        reading: its transaction refuses writes.
        reachable: messages reached the account that acted when the turn began.
        space_company: the id of the company in whose own space it happens; None anywhere else.
    """

    work: UnitOfWork
    now: datetime
    programme_id: int
    person_id: int | None = None
    roles: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    rights: frozenset[Right] = frozenset()
    answers_only: frozenset[str] = frozenset()
    grouped: frozenset[str] = frozenset()
    user: UserRef | None = None
    place: Place | None = None
    named: Mapping[str, Facts] = field(default_factory=dict)
    routes: Routes = field(default_factory=Routes)
    source: str = ""
    began_by: str = ""
    language: Language = ENGLISH
    reading: bool = False
    reachable: bool = True
    space_company: int | None = None

    @property
    def session(self) -> Session:
        """The ORM session, opened on first use; it refuses commit and rollback."""
        return self.work.session

    @property
    def connection(self) -> Connection:
        """The same transaction's Core connection."""
        return self.work.connection

    @property
    def programme(self) -> Programme:
        """The programme's row with its settings."""
        return self.session.get_one(Programme, self.programme_id)

    @property
    def own_id(self) -> int:
        """Return the id of the person who acted.

        Raises:
            Declined: no person acted (a timer's turn has none), or the programme does not know them yet.
        """
        if not self.person_id:
            raise Declined("Only a person can do that.")
        return self.person_id

    @property
    def person(self) -> Person:
        """Return the person who acted; see `own_id`."""
        return self.session.get_one(Person, self.own_id)

    def before_writing(self) -> None:
        """Say that a handler which mostly only reads writes now.

        Raises:
            MustWrite: this turn cannot write; its event is handled again in one that can.
        """
        if self.reading:
            raise MustWrite

    def follow(self, change: Change) -> list[Action]:
        """Announce a change: the handlers of higher rooms that follow it act, in this transaction.

        What is announced of every noun may have no follower.

        Raises:
            KeyError: no handler follows it; the turn was made without routes, or the change is needless.
        """
        kind, follows = type(change), self.routes.follows
        handlers = follows.get(kind, ()) if isinstance(change, OF_EVERY_NOUN) else follows[kind]
        return [action for handler in handlers for action in handler(self, change)]
