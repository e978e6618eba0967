"""Evidence: what a report or a case is about is kept as it was until that has its end.

A request for erasure meanwhile (by its writer, by the end of the time for which answers are kept, by a
withdrawal or by the linking of two accounts) leaves a row that says what is still to be erased; it is erased
when the last report or case about the application has its end.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from sqlalchemy import CompoundSelect, or_, select, union, union_all

from bot.programme.core.turn import Turn
from storage.tables import Application, Case, CheckIn, Erasure, Letter, Person, Placement, Report

__all__ = [
    "What",
    "cancel_erasures",
    "erasures_of",
    "held_among",
    "held_applications",
    "held_of",
    "is_held",
    "postpone",
    "waiting_for",
]

What = Literal["answers", "application", "person"]
"""What is to be erased: a withdrawn application's answers, all that was written about it, or what a person
wrote about it, with their name and account."""

_OPEN: Final = Report.ended_at.is_(None)
_OPEN_CASE: Final = Case.status == "open"


def held_applications(turn: Turn) -> CompoundSelect[int]:
    """Return the ids of the applications about which a report or a case is open, as a query."""
    reported = select(Report.application_id).where(Report.programme_id == turn.programme_id, _OPEN)
    confided = select(Case.application_id).where(
        Case.programme_id == turn.programme_id, Case.application_id.is_not(None), _OPEN_CASE
    )
    return union_all(reported, confided)


def is_held(turn: Turn, application_id: int) -> bool:
    """Tell whether everything about an application is kept as it is now."""
    return bool(held_among(turn, [application_id]))


def held_among(turn: Turn, applications: Collection[int]) -> set[int]:
    """Return which of these applications are kept as they are now."""
    reported = select(Report.application_id).where(
        Report.programme_id == turn.programme_id, Report.application_id.in_(applications), _OPEN
    )
    confided = select(Case.application_id).where(
        Case.programme_id == turn.programme_id, Case.application_id.in_(applications), _OPEN_CASE
    )
    return {int(number) for number in turn.session.execute(union_all(reported, confided)).scalars()}


def held_of(turn: Turn, person: Person) -> list[int]:
    """Return the ids of the held applications in which a person takes part, on either side."""
    mine, held = person.id, held_applications(turn)
    messages = select(Letter.application_id).where(
        Letter.application_id.in_(held), or_(Letter.sender_id == mine, Letter.recipient_id == mine)
    )
    check_ins = (
        select(Placement.application_id)
        .join(CheckIn, CheckIn.placement_id == Placement.id)
        .where(Placement.application_id.in_(held), CheckIn.person_id == mine)
    )
    ended = select(Placement.application_id).where(
        Placement.application_id.in_(held), Placement.ended_by_id == mine
    )
    applied = select(Application.id).where(Application.id.in_(held), Application.person_id == mine)
    found = turn.session.execute(union(messages, check_ins, ended, applied)).scalars()
    return sorted({int(number) for number in found})


def postpone(turn: Turn, application_id: int, what: What, person: Person | None = None) -> None:
    """Note, once, what is to be erased when the last report or case about an application has its end."""
    asked = person.id if person else None
    known = [
        each for each in erasures_of(turn, application_id) if (each.what, each.person_id) == (what, asked)
    ]
    if known:
        return
    turn.session.add(
        Erasure(
            programme_id=turn.programme_id,
            application_id=application_id,
            person_id=asked,
            what=what,
            asked_at=turn.now,
        )
    )
    turn.session.flush()


def erasures_of(turn: Turn, application_id: int) -> list[Erasure]:
    """Return what is still to be erased about an application, in the order of the requests."""
    query = select(Erasure).where(
        Erasure.programme_id == turn.programme_id,
        Erasure.application_id == application_id,
        Erasure.done_at.is_(None),
    )
    return list(turn.session.scalars(query.order_by(Erasure.id)))


def waiting_for(turn: Turn, person: Person) -> list[Erasure]:
    """Return what is still to be erased for a person who asked to be forgotten."""
    query = select(Erasure).where(
        Erasure.programme_id == turn.programme_id, Erasure.person_id == person.id, Erasure.done_at.is_(None)
    )
    return list(turn.session.scalars(query.order_by(Erasure.id)))


def cancel_erasures(turn: Turn, person: Person) -> None:
    """Cancel the erasures of a person who is back and stays: they ask again if they want to be forgotten."""
    for each in waiting_for(turn, person):
        each.done_at = turn.now
    turn.session.flush()
