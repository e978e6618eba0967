"""Exchanges about an application: who writes to which reader.

There are three kinds of exchange. What student and employer write to each other is read by both sides. What
the coordinators and one person write to each other is read by that person and the coordinators only. What the
student and a mentor write to each other is read by these two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from sqlalchemy import select

from bot.chat.content import Button, Wording
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme import people, projects
from bot.programme.applications import confidential, lookup
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from bot.programme.people.mentors import has_mentored, mentor_of_application
from bot.programme.people.parts import on_employers_side
from storage.tables import Application, Letter, Person, Project

__all__ = [
    "Exchange",
    "Side",
    "all_button",
    "exchange_of",
    "is_live",
    "may_open",
    "message_of",
    "messages_of",
    "side_of",
    "subject_of",
    "talk_button",
    "with_mentor",
    "write_button",
    "writes_as",
]

Side = Literal["student", "employer", "coordinators", "mentor"]

COORDINATORS: Final = "coordinators"
MENTOR: Final = "mentor"
_LIVE: Final = timedelta(minutes=30)
"""The time for which a person who has written is there to read an answer."""

_LABELS: Final = {
    "student": "Write to the student",
    "employer": "Write to the employer",
    COORDINATORS: "Write to a coordinator",
    MENTOR: "Write to the mentor",
}
_NOT_YOURS: Final = "Only the student, the people who posted the project and the coordinators can write here."


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange about an application.

    `person`: who writes with the coordinators; `mentor`: who writes with the student as their mentor. Both
    are None for the exchange between student and employer.
    """

    project: Project
    application: Application
    person: Person | None = None
    mentor: Person | None = None

    @property
    def between_sides(self) -> bool:
        """Return whether it is the exchange between student and employer."""
        return self.person is None and self.mentor is None


def side_of(turn: Turn, project: Project, application: Application) -> Side:
    """Return the side of an application on which the person who acts is.

    Raises:
        Declined: they are on no side.
    """
    if application.person_id == turn.person.id:
        return "student"
    if on_employers_side(turn, project):
        return "employer"
    if "coordinator" in turn.roles:
        return "coordinators"
    mentor = mentor_of_application(turn, application.id) if "mentor" in turn.roles else None
    if mentor is not None and mentor.person_id == turn.person_id:
        return "mentor"
    raise Declined(_NOT_YOURS)


def exchange_of(turn: Turn, stored: Letter) -> Exchange:
    """Return the exchange that a message belongs to."""
    application = lookup.application_of(turn, stored.application_id)
    person = people.person_of(turn, stored.person_id) if stored.person_id else None
    mentor = people.person_of(turn, stored.mentor_id) if stored.mentor_id else None
    return Exchange(projects.project_of(turn, application.project_id), application, person, mentor)


def may_open(turn: Turn, exchange: Exchange) -> bool:
    """Return whether the person who acts may read an exchange."""
    if exchange.mentor is not None:
        is_mentor = exchange.mentor.id == turn.person.id and has_mentored(turn, exchange.application.id)
        return is_mentor or turn.person.id == exchange.application.person_id
    try:
        side = side_of(turn, exchange.project, exchange.application)
    except Declined:
        side = None
    person = exchange.person
    if person is None:
        return side in {"student", "employer"}
    if turn.person.id == person.id:
        return True
    confided = confidential.may_read(turn, turn.person, exchange.project, exchange.application, person)
    return "coordinator" in turn.roles and confided


def message_of(turn: Turn, number: int | str) -> Letter:
    """Return the message with this id in the turn's programme.

    Raises:
        Declined: the programme has no such message.
    """
    wanted = whole_number(str(number))
    stored = turn.session.get(Letter, wanted) if wanted is not None else None
    if stored is None or stored.programme_id != turn.programme_id:
        raise Declined("I cannot find that message any more.")
    return stored


def messages_of(turn: Turn, exchange: Exchange) -> list[Letter]:
    """Return the messages of an exchange, oldest first."""
    with_whom = exchange.person.id if exchange.person else None
    mentor = exchange.mentor.id if exchange.mentor else None
    query = select(Letter).where(
        Letter.programme_id == turn.programme_id,
        Letter.application_id == exchange.application.id,
        Letter.person_id == with_whom if with_whom else Letter.person_id.is_(None),
        Letter.mentor_id == mentor if mentor else Letter.mentor_id.is_(None),
    )
    return list(turn.session.scalars(query.order_by(Letter.id)))


def is_live(turn: Turn, exchange: Exchange, reader: Person) -> bool:
    """Tell whether a reader has just written in an exchange, and so is awake, in their quiet hours too."""
    query = select(Letter.id).where(
        Letter.programme_id == turn.programme_id,
        Letter.application_id == exchange.application.id,
        Letter.sender_id == reader.id,
        Letter.created_at > turn.now - _LIVE,
    )
    return turn.session.scalar(query.limit(1)) is not None


def writes_as(exchange: Exchange, person: Person) -> Side:
    """Return as what a person writes in an exchange, which says how they are named in it."""
    if person.id == exchange.application.person_id:
        return "student"
    if exchange.mentor is not None:
        return "mentor"
    confides = exchange.person is not None and exchange.person.id == person.id
    return "employer" if exchange.person is None or confides else "coordinators"


def subject_of(exchange: Exchange) -> str:
    """Return the subject of the exchange with the coordinators in a task."""
    person = exchange.person.id if exchange.person else 0
    return keys.MESSAGE_TASK(exchange.application.id, person)


def all_button(exchange: Exchange, reader: Person) -> Button:
    """Return a button that opens the whole exchange for this reader."""
    application, person = exchange.application, exchange.person
    if exchange.mentor is not None:
        return Button("All messages", verbs.MESSAGES_ALL(application.id, with_mentor(exchange.mentor)))
    if person is None:
        return Button("All messages", verbs.MESSAGES_ALL(application.id))
    with_whom: object = COORDINATORS if person.id == reader.id else person.id
    return Button("All messages", verbs.MESSAGES_ALL(application.id, with_whom))


def talk_button(application: Application) -> Button:
    """Return the button with which the student of an application confides in coordinators of their choice."""
    return Button("Talk to a coordinator", verbs.CASE_ASK("application", application.id))


def with_mentor(mentor: Person) -> str:
    """Return how a button names the exchange with a mentor."""
    return f"{MENTOR}{mentor.id}"


def write_button(application: Application, to: Side, label: Wording = "") -> Button:
    """Return a button for a message about an application: to a side, the mentor or the coordinators."""
    return Button(label or _LABELS[to], verbs.MESSAGE_WRITE(application.id, to))
