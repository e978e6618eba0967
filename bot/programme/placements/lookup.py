"""Lookup of placements: which placement is meant, who its two sides are, and who may see or move it.

Locks are always taken in the same order: the project, then the placement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeVar

from sqlalchemy import select

from bot.chat.content import Plain, Sentence, layout
from bot.chat.numbers import whole_number
from bot.chat.rendering.screen import in_lines
from bot.chat.routes import Declined
from bot.chat.sentences import Moment, PersonName, ShownDay
from bot.programme import people, projects
from bot.programme.applications.lookup import application_of
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from bot.programme.people.mutes import is_unwanted
from bot.programme.people.parts import is_of_employer
from storage.tables import Milestone, Person, Placement, Project, Submission

__all__ = [
    "Sides",
    "Who",
    "answered_on",
    "employers_zone",
    "is_done",
    "label_of",
    "latest",
    "lock_placement",
    "milestone_of",
    "milestones",
    "must_not_be_paused",
    "placement_of",
    "sides",
    "title_of",
    "unwanted_words",
    "who_acts",
]

_LABEL: Final = 60

Who = Literal["student", "employer", "coordinator"]

Noun = TypeVar("Noun", Placement, Milestone)


@dataclass(frozen=True, slots=True)
class Sides:
    """A placement's project and its two people; an imported project may have no employer yet."""

    project: Project
    student: Person
    employer: Person | None

    @property
    def title(self) -> Plain:
        """Return the project's title, short enough for a sentence."""
        return projects.title_part(self.project)

    @property
    def student_name(self) -> PersonName:
        """Return the student, whose account readers on the other side may be given: they work together."""
        return people.person_name(self.student, mention=True)


def placement_of(turn: Turn, placement_id: int | str, *, lock: bool = False) -> Placement:
    """Return the placement with this id in the turn's programme.

    Raises:
        Declined: the programme has no such placement.
    """
    return _row(turn, Placement, placement_id, lock=lock)


def milestone_of(turn: Turn, milestone_id: int | str, *, lock: bool = False) -> Milestone:
    """Return the milestone with this id in the turn's programme.

    Raises:
        Declined: the programme has no such milestone.
    """
    return _row(turn, Milestone, milestone_id, lock=lock)


def _row(turn: Turn, noun: type[Noun], wanted: int | str, *, lock: bool) -> Noun:
    number = whole_number(str(wanted))
    if number is not None:
        if lock:
            turn.before_writing()
        # The row may have changed while the turn waited for the lock, so its values are read again then.
        found = turn.session.get(noun, number, with_for_update=lock or None, populate_existing=lock)
        if found is not None and found.programme_id == turn.programme_id:
            return found
    raise Declined("I cannot find that placement. `/placement` lists yours.")


def lock_placement(turn: Turn, placement_id: int | str) -> Placement:
    """Return a placement that no other turn decides on until this turn ends; its project is locked first.

    Raises:
        Declined: the programme has no such placement.
    """
    project_id = placement_of(turn, placement_id).project_id
    projects.project_of(turn, project_id, lock=True)
    return placement_of(turn, placement_id, lock=True)


def sides(turn: Turn, placement: Placement) -> Sides:
    """Return the project, the student and the employer of a placement."""
    project = projects.project_of(turn, placement.project_id)
    return Sides(project, people.person_of(turn, placement.person_id), projects.employer_of(turn, project))


def employers_zone(turn: Turn, about: str) -> str:
    """Return the time zone of what the employer of a placement owes, else the programme's."""
    employer = sides(turn, placement_of(turn, subjects.PLACEMENT.id_of(about))).employer
    return people.zone_of(turn, employer) if employer else turn.programme.zone


def answered_on(turn: Turn, placement: Placement, due: datetime, reader: Person | None) -> ShownDay | Moment:
    """Return the day by which the employer owes an answer, as both sides read it: a day of the employer's."""
    zone = employers_zone(turn, subjects.PLACEMENT(placement.id))
    return people.shown_day_there(turn, due, zone, reader)


def who_acts(turn: Turn, placement: Placement) -> Who:
    """Return the side of the person who acts.

    Raises:
        Declined: they are on neither side; the placement is not theirs.
    """
    if placement.person_id == turn.person.id:
        return "student"
    project = projects.project_of(turn, placement.project_id)
    if not projects.reviews(turn, project):
        raise Declined("That placement is not yours. `/placement` lists yours.")
    return "employer" if is_of_employer(turn.person, project) else "coordinator"


def must_not_be_paused(turn: Turn, placement: Placement) -> None:
    """Refuse an act of the company's side while the coordinators have paused the placement.

    Raises:
        Declined: it is paused.
    """
    project = projects.project_of(turn, placement.project_id)
    open_cases.must_not_be_paused(turn, project, placement.application_id)


def unwanted_words(turn: Turn, placement: Placement) -> bool:
    """Return whether the other side asked for no more messages from the person who acts."""
    who = who_acts(turn, placement)
    if who == "coordinator":
        return False
    both = sides(turn, placement)
    reader = both.employer if who == "student" else both.student
    application = application_of(turn, placement.application_id)
    return is_unwanted(turn, application.id, reader, turn.person_id)


def milestones(turn: Turn, placement: Placement) -> list[Milestone]:
    """Return the placement's milestones in order."""
    held = select(Milestone).where(
        Milestone.programme_id == turn.programme_id, Milestone.placement_id == placement.id
    )
    return list(turn.session.scalars(held.order_by(Milestone.position)))


def is_done(milestone: Milestone) -> bool:
    """Tell whether nothing more is wanted of a deliverable: it is accepted, or settled without a review."""
    return milestone.status in {"accepted", "settled"}


def title_of(milestone: Milestone, *, most: int = 0, lines: int = 0) -> Plain | Sentence:
    """Return the title of a deliverable; what an employer wrote is cut to `most` characters or `lines`."""
    title = projects.shown_deliverable(milestone.title)
    if isinstance(title, Sentence):
        return title
    words = in_lines(title.text, lines) if lines else title.text
    return Plain(words[:most] if most else words)


def label_of(milestone: Milestone) -> Sentence:
    """Return a deliverable as a button's label: its position and title, cut to 60 characters."""
    return layout("{number}. {title}", number=milestone.position, title=title_of(milestone, most=_LABEL))


def latest(turn: Turn, milestone: Milestone) -> Submission | None:
    """Return the newest version handed in for a milestone."""
    held = select(Submission).where(
        Submission.programme_id == turn.programme_id, Submission.milestone_id == milestone.id
    )
    return turn.session.scalars(held.order_by(Submission.version.desc())).first()
