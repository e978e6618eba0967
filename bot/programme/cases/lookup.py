"""Lookup of cases: which is meant, who reads it, and which coordinators can be asked to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme import people, projects
from bot.programme.applications import confidential, lookup, messages
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.people.away import is_away
from bot.programme.people.parts import on_employers_side
from storage.tables import Application, Case, CaseReader, Person, Project

__all__ = [
    "CaseSubject",
    "about_of",
    "candidates",
    "case_of",
    "for_reader",
    "is_other_side",
    "may_read",
    "must_be_open",
    "named",
    "open_of",
    "own_or_read",
    "readers_here",
    "readers_of",
    "subject",
    "ticked",
]

_UNKNOWN: Final = "I cannot find that case. `/stint cases` lists those that you can read."


@dataclass(frozen=True, slots=True)
class CaseSubject:
    """The subject of a case: an application with its project, the writer of a message, or nothing."""

    application: Application | None = None
    project: Project | None = None
    letter_id: int | None = None
    writer: Person | None = None


def named(turn: Turn, kind: str, number: int) -> CaseSubject:
    """Return what a case would be about: `application` or `message` with its id, or `programme`.

    Raises:
        Declined: there is no such thing, or it is not the acting person's.
    """
    if kind == "message":
        stored = messages.received(turn, number)
        about = _of_application(turn, stored.application_id)
        return CaseSubject(
            about.application, about.project, stored.id, people.person_of(turn, stored.sender_id)
        )
    if kind == "application":
        about = _of_application(turn, number)
        if about.application is not None and about.application.person_id != turn.own_id:
            raise Declined("That application is not yours. `/applications` lists yours.")
        return about
    return CaseSubject()


def _of_application(turn: Turn, number: int) -> CaseSubject:
    application = lookup.application_of(turn, number)
    return CaseSubject(application, projects.project_of(turn, application.project_id))


def about_of(turn: Turn, case: Case) -> CaseSubject:
    """Return what a case is about."""
    about = _of_application(turn, case.application_id) if case.application_id else CaseSubject()
    writer = people.person_of(turn, case.about_id) if case.about_id else None
    return CaseSubject(about.application, about.project, case.letter_id, writer)


def candidates(turn: Turn, person: Person, about: CaseSubject) -> list[Person]:
    """Return the coordinators that a person can leave ticked: none of the other side, nor who wrote it."""
    if about.application is None or about.project is None:
        return [each for each in confidential.everybody(turn) if each.id != person.id]
    them = confidential.readers(turn, about.project, about.application, person)
    return [each for each in them if about.writer is None or each.id != about.writer.id]


def case_of(turn: Turn, number: int | str, *, lock: bool = False) -> Case:
    """Return the case with this id in the turn's programme, for any reader.

    Raises:
        Declined: the programme has no such case.
    """
    wanted = whole_number(str(number))
    if wanted is not None:
        query = select(Case).where(Case.programme_id == turn.programme_id, Case.id == wanted)
        if lock:
            turn.before_writing()
            query = query.with_for_update().execution_options(populate_existing=True)
        found = turn.session.scalar(query)
        if found is not None:
            return found
    raise Declined(_UNKNOWN)


def ticked(turn: Turn, case: Case) -> list[Person]:
    """Return the people that the person of a case left ticked, also those who are no coordinators now."""
    query = (
        select(Person)
        .join(CaseReader, CaseReader.person_id == Person.id)
        .where(CaseReader.programme_id == turn.programme_id, CaseReader.case_id == case.id)
    )
    return list(turn.session.scalars(query.order_by(CaseReader.id)))


def readers_of(turn: Turn, case: Case) -> list[Person]:
    """Return the coordinators who read a case: those who were left ticked and can still be its readers."""
    person, about = people.person_of(turn, case.person_id), about_of(turn, case)
    chosen = {each.id for each in ticked(turn, case)}
    return [each for each in candidates(turn, person, about) if each.id in chosen]


def readers_here(turn: Turn, case: Case) -> list[Person]:
    """Return those readers of a case who are not away."""
    return [each for each in readers_of(turn, case) if not is_away(turn, each)]


def may_read(turn: Turn, case: Case) -> bool:
    """Tell whether the person who acts is a coordinator who reads a case: it is not their own."""
    return _is_reader(turn, case) and _role_is_known(turn)


def _is_reader(turn: Turn, case: Case) -> bool:
    if "coordinator" not in turn.roles or case.status == "withdrawn":
        return False
    return turn.person_id in {each.id for each in readers_of(turn, case)}


def _role_is_known(turn: Turn) -> bool:
    """Tell whether the person who acts is a coordinator now, and not only was one when last seen in a space.

    A direct message does not name a server's roles, so they are remembered there for a week.
    """
    in_dm = turn.place is None or turn.place.kind == "dm"
    return not in_dm or "coordinator" in people.roles_of(turn, turn.person)


def for_reader(turn: Turn, number: int | str, *, lock: bool = False) -> Case:
    """Return a case for a coordinator who reads it.

    Raises:
        Declined: there is no such case, or they do not read it: both are answered alike.
    """
    case = case_of(turn, number, lock=lock)
    if not _is_reader(turn, case):
        raise Declined(_UNKNOWN)
    if not _role_is_known(turn):
        raise Declined(
            "You are a coordinator by a role there, and a direct message does not say whether you still have "
            "it. Please use `/stint cases` in the {space}; only you read the answer."
        )
    return case


def own_or_read(turn: Turn, number: int | str, *, lock: bool = False) -> tuple[Case, bool]:
    """Return a case for its person or a coordinator who reads it, and whether it is the acting person's own.

    Raises:
        Declined: as `for_reader`.
    """
    case = case_of(turn, number, lock=lock)
    if case.person_id == turn.own_id:
        return case, True
    return for_reader(turn, number), False


def is_other_side(turn: Turn, case: Case) -> bool:
    """Tell whether the person who acts decides for the company that a student's case is about."""
    about = about_of(turn, case)
    if about.project is None or not case.still:
        return False
    return on_employers_side(turn, about.project)


def must_be_open(case: Case) -> None:
    """Refuse what can be done about an open case only.

    Raises:
        Declined: it is over.
    """
    if case.status != "open":
        raise Declined("This case is closed. Nothing was changed.")


def open_of(turn: Turn, person: Person, about: CaseSubject) -> Case | None:
    """Return the person's open case about an application; None where there is none."""
    if about.application is None:
        return None
    query = select(Case).where(
        Case.programme_id == turn.programme_id,
        Case.application_id == about.application.id,
        Case.person_id == person.id,
        Case.status == "open",
    )
    return turn.session.scalars(query.limit(1)).first()


def subject(case: Case) -> str:
    """Return the subject by which a case's wait and timers are found."""
    return subjects.CASE(case.id)
