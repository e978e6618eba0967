"""The sides of what is waited for in a placement, and what an outage does to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.codec import head_of
from bot.chat.content import Block, text
from bot.chat.routes import WaitSides
from bot.programme import people, projects
from bot.programme.core import dates, subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications.out_of_reach import moved_date
from bot.programme.people.parts import Part, acting_for
from bot.programme.people.reason_codes import OUTAGE
from bot.programme.placements import extensions
from bot.programme.placements.date_rules import is_fixed
from bot.programme.placements.lookup import answered_on, milestone_of, placement_of, sides, title_of
from storage.tables import CheckIn, Milestone, Person, Placement

__all__ = ["CHECK_IN", "DATE", "HAND_IN", "KICKOFF", "REVIEW"]


_PARTS: Final[Mapping[str, Part]] = {"student": "student", "employer": "owner"}
"""The part in which each side of a check-in answers."""


def _placement(turn: Turn, subject: str) -> Placement:
    """Return the placement of a wait's subject: itself, or that of a deliverable."""
    if head_of(subject) == subjects.PLACEMENT:
        return placement_of(turn, subjects.PLACEMENT.id_of(subject))
    return placement_of(turn, _milestone(turn, subject).placement_id)


def _milestone(turn: Turn, subject: str) -> Milestone:
    return milestone_of(turn, subjects.MILESTONE.id_of(subject))


def _of_part(turn: Turn, of: Sequence[str], part: Part) -> dict[str, list[Person]]:
    placements = {each: _placement(turn, each) for each in of}
    known = {its.id: acting_for(turn, its, part) for its in placements.values()}
    return {each: known[its.id] for each, its in placements.items()}


def _by_student(turn: Turn, _about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    return _of_part(turn, of, "student")


def _by_owner(turn: Turn, _about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    return _of_part(turn, of, "owner")


def _by_reviewer(turn: Turn, _about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    return _of_part(turn, of, "reviewer")


def _by_asked(turn: Turn, _about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    """Return for each check-in the people of the side that was asked."""
    rows = {each: turn.session.get_one(CheckIn, subjects.CHECK_IN.id_of(each)) for each in of}
    return {
        each: acting_for(turn, placement_of(turn, row.placement_id), _PARTS[row.side])
        for each, row in rows.items()
    }


def _no_one(_turn: Turn, _about: str, _subject: str) -> list[Person]:
    """Return no person: no date of the answer to a check-in is shown."""
    return []


def _not_shown(_turn: Turn, _subject: str, _due: datetime, _reader: Person) -> Block | None:
    return None


def _student(turn: Turn, _about: str, subject: str) -> list[Person]:
    return [sides(turn, _placement(turn, subject)).student]


def _employer(turn: Turn, _about: str, subject: str) -> list[Person]:
    employer = sides(turn, _placement(turn, subject)).employer
    return [employer] if employer is not None else []


def _due_date(turn: Turn, subject: str) -> datetime:
    return _milestone(turn, subject).due_at


def _review_said(turn: Turn, subject: str, due: datetime, reader: Person) -> Block:
    return text(
        "The review of **{deliverable}** in **{project}**: by {when}",
        deliverable=title_of(_milestone(turn, subject)),
        project=sides(turn, _placement(turn, subject)).title,
        when=answered_on(turn, _placement(turn, subject), due, reader),
    )


def _date_said(turn: Turn, subject: str, due: datetime, reader: Person) -> Block:
    return text(
        "The answer about another date for **{deliverable}** in **{project}**: by {when}",
        deliverable=title_of(_milestone(turn, subject)),
        project=sides(turn, _placement(turn, subject)).title,
        when=people.shown_date(turn, due, reader),
    )


def _kickoff_said(turn: Turn, subject: str, due: datetime, reader: Person) -> Block:
    return text(
        "A first talk about **{project}**: by {when}",
        project=projects.title_part(sides(turn, _placement(turn, subject)).project),
        when=answered_on(turn, _placement(turn, subject), due, reader),
    )


def _hand_in_said(turn: Turn, subject: str, _due: datetime, reader: Person) -> Block:
    milestone = _milestone(turn, subject)
    return text(
        "**{deliverable}** in **{project}**: due by {when}",
        deliverable=title_of(milestone),
        project=sides(turn, _placement(turn, subject)).title,
        when=people.shown_date(turn, dates.read(milestone, "due"), reader),
    )


def _later_work(turn: Turn, _about: str, of: Sequence[str], by: timedelta) -> list[Action]:
    """Let deliverables be due so much later, but for those whose date cannot move."""
    actions: list[Action] = []
    for milestone in (_milestone(turn, each) for each in of):
        placement = placement_of(turn, milestone.placement_id)
        date = moved_date(dates.read(milestone, "due"), by, turn.now)
        if milestone.status == "open" and not is_fixed(turn, placement, milestone):
            actions += extensions.move_date(turn, placement, milestone, date, OUTAGE, answers=False)
    return actions


CHECK_IN: Final = WaitSides(_by_asked, _no_one, _not_shown)
HAND_IN: Final = WaitSides(_by_student, _employer, _hand_in_said, _later_work)
REVIEW: Final = WaitSides(_by_reviewer, _student, _review_said)
DATE: Final = WaitSides(_by_owner, _student, _date_said, latest=_due_date)
KICKOFF: Final = WaitSides(_by_owner, _student, _kickoff_said)
