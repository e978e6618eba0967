"""Mentors: who mentors the student of a placement, and what of it is theirs to read."""

from __future__ import annotations

from sqlalchemy import Select, select

from bot.programme.core.turn import Turn
from storage.tables import CheckIn, Mentor, Person, Placement, Project

__all__ = [
    "check_ins_read_by",
    "has_mentored",
    "mentor_of",
    "mentor_of_application",
    "mentored_by",
    "reader_of",
    "reads_check_ins",
]


def mentor_of(turn: Turn, placement: Placement) -> Mentor | None:
    """Return the mentor of a placement, if there is one who is here."""
    return turn.session.scalars(_here(turn).where(Mentor.placement_id == placement.id)).first()


def mentor_of_application(turn: Turn, application_id: int) -> Mentor | None:
    """Return the mentor of the placement that an application became, if there is one who is here."""
    query = _here(turn).join(Placement, Placement.id == Mentor.placement_id)
    return turn.session.scalars(query.where(Placement.application_id == application_id)).first()


def _here(turn: Turn) -> Select[Mentor]:
    return (
        select(Mentor)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.programme_id == turn.programme_id, Mentor.status == "active")
        .where(Person.left_at.is_(None), Person.erased_at.is_(None))
    )


def has_mentored(turn: Turn, application_id: int) -> bool:
    """Tell whether the person who acts is or was a mentor of the placement that an application became."""
    query = (
        select(Mentor.id)
        .join(Placement, Placement.id == Mentor.placement_id)
        .where(Placement.application_id == application_id, Mentor.person_id == turn.own_id)
        .where(Mentor.programme_id == turn.programme_id)
    )
    return turn.session.scalars(query.limit(1)).first() is not None


def mentored_by(person: Person) -> Select[int]:
    """Return the ids of the placements that a person mentors."""
    return select(Mentor.placement_id).where(Mentor.person_id == person.id, Mentor.status == "active")


def reads_check_ins(turn: Turn, mentor: Mentor) -> bool:
    """Tell whether a mentor reads check-ins: it was arranged so, and they are not of the placement's company.

    It is asked when something is read, as a mentor may begin to work for the company later.
    """
    if not mentor.reads_check_ins:
        return False
    company = (
        select(Project.company_id)
        .join(Placement, Placement.project_id == Project.id)
        .where(Placement.id == mentor.placement_id)
    )
    return turn.session.get_one(Person, mentor.person_id).company_id != turn.session.scalar(company)


def reader_of(turn: Turn, placement: Placement, asked: CheckIn) -> Person | None:
    """Return the mentor who reads a check-in of the student, unless the student keeps it from them."""
    mentor = mentor_of(turn, placement)
    if mentor is None or asked.side != "student" or asked.asked_at < mentor.created_at:
        return None
    return turn.session.get_one(Person, mentor.person_id) if reads_check_ins(turn, mentor) else None


def check_ins_read_by(turn: Turn, mentor: Mentor) -> list[CheckIn]:
    """Return the student's check-ins that a mentor may read, in their order.

    None that was asked before they were the mentor, none for the coordinators only, and none of the employer.
    """
    if not reads_check_ins(turn, mentor):
        return []
    query = select(CheckIn).where(
        CheckIn.programme_id == turn.programme_id,
        CheckIn.placement_id == mentor.placement_id,
        CheckIn.side == "student",
        CheckIn.answer.is_not(None),
        CheckIn.for_coordinators.is_(False),
        CheckIn.asked_at >= mentor.created_at,
    )
    return list(turn.session.scalars(query.order_by(CheckIn.step)))
