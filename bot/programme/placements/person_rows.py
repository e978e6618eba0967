"""Rows about a person among placements: the work itself, what was handed in, and check-ins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from sqlalchemy import ScalarSelect, Select, and_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from bot.chat.actions import Action
from bot.chat.answers.files import file_of
from bot.chat.content import Block, Moment, Plain, Text, layout, say, text
from bot.programme import people, projects
from bot.programme.applications import terms
from bot.programme.core import keys, subjects
from bot.programme.core.lifecycle import placement_standing
from bot.programme.core.turn import Turn
from bot.programme.notifications.person_rows import erase_about, erase_news
from bot.programme.people import files, sent_messages, unnaming
from bot.programme.people.mentors import mentored_by
from bot.programme.people.parts import looked_after_by
from bot.programme.people.personal_data import (
    MOVING_IS_ENOUGH,
    NOTHING_UNFINISHED,
    ErasureRequest,
    PersonalData,
    Section,
)
from bot.programme.placements.check_ins import answer_term
from bot.programme.placements.mentors import ending as mentor_ending
from bot.programme.projects.person_rows import owned_alone
from storage.dialects import begins
from storage.tables import CheckIn, Mentor, Milestone, Person, Placement, Project, Submission, outbox

__all__ = ["PARTS"]

_Row = TypeVar("_Row", Placement, Submission)


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    query = select(Placement, Project.title).join(Project, Project.id == Placement.project_id)
    entries: list[Block] = []
    for placement, title in turn.session.execute(query.where(Placement.person_id == person.id)):
        status = placement_standing(placement, turn.now)
        agreed = terms.line(turn, terms.terms_of(turn, placement), person)
        said = "- **{project}**: {status}. You agreed to this: {terms}"
        entries.append(text(said, project=title, status=status, terms=agreed))
        if placement.student_line:
            entries.append(Text((Plain(placement.student_line),)))
    yield say("Placements"), entries
    ended = select(Placement.reason).where(Placement.ended_by_id == person.id, Placement.reason != "")
    yield (
        say("Why you ended a placement, for the coordinators"),
        [text(layout("- {words}", words=each)) for each in turn.session.scalars(ended)],
    )
    lines = select(Placement.employer_line).where(Placement.employer_line_by_id == person.id)
    yield (
        say("Closing lines you wrote"),
        [text(layout("- {words}", words=each)) for each in turn.session.scalars(lines)],
    )


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase the person's placements; news of the work goes first, since the rows tell which words it has."""
    person, held = request.person, request.held
    _erase_news(turn, request)
    ended = _ended(turn, person, held)
    own = (Placement.person_id == person.id, Placement.application_id.not_in(held))
    turn.session.execute(update(Placement).where(*own).values(student_line=""))
    turn.session.execute(update(Placement).where(Placement.id.in_(ended)).values(reason=""))
    sent_messages.take_back(turn, [keys.ENDED.stem(number) for number in ended])
    _erase_closing_lines(turn, request)
    return []


def _erase_closing_lines(turn: Turn, request: ErasureRequest) -> None:
    """Erase what the person wrote for the employer's side, also in the closing message of both sides."""
    query = select(Placement).where(Placement.employer_line != "")
    for placement in _of_employer(turn, request, query, Placement.employer_line_by_id):
        said, number = {placement.employer_line: unnaming.ERASED}, placement.id
        closing = begins(outbox.c.key, keys.CLOSING.begin(number))
        changed = begins(outbox.c.target, keys.CLOSING.begin(number))
        sent_messages.erase_copies(turn, or_(closing, changed), said)
        erase_news(turn, request, (), (subjects.CLOSED(number),), said)
        placement.employer_line = ""
    turn.session.flush()


def _of_employer(
    turn: Turn, request: ErasureRequest, query: Select[_Row], writer: InstrumentedAttribute[int | None]
) -> list[_Row]:
    """Return what a query of placements finds, not held, that the person wrote for the employer's side.

    Without a recorded writer, it was the person if only they have ever looked after the project.
    """
    query = query.where(Placement.application_id.not_in(request.held))
    alone = and_(writer.is_(None), Placement.project_id.in_(owned_alone(request.person)))
    # Each is found by its own index; as alternatives in one statement they read every row, and so they
    # do by the index of the programme.
    ways = (writer == request.person.id, alone)
    return [row for mine in ways for row in turn.session.scalars(query.where(mine))]


def _erase_news(turn: Turn, request: ErasureRequest) -> None:
    """Erase news of the work and its dates, and news that repeats why a placement was ended."""
    person, held = request.person, request.held
    own, free = _placements(turn, person), _placements(turn, person, held)
    ended = _ended(turn, person)
    reasons = select(Placement.reason).where(Placement.id.in_(ended), Placement.reason != "")
    of_work = (subjects.PLACEMENT, subjects.CLOSING, subjects.CLOSED, subjects.ENDED)
    named = [about(each) for about in of_work for each in own]
    named += [about(each) for about in (subjects.PLACEMENT, subjects.ENDED) for each in ended]
    of_dates = (subjects.MILESTONE, subjects.DATE, subjects.MOVED)
    named += [about(each) for about in of_dates for each in _milestones(turn, own)]
    gone = [subjects.PLACEMENT(each) for each in free]
    gone += [subjects.MILESTONE(each) for each in _milestones(turn, free)]
    erase_news(turn, request, gone, named, dict.fromkeys(turn.session.scalars(reasons), unnaming.ERASED))
    erase_about(request, {"placement": own, "milestone": _milestones(turn, own)})
    theirs = [*ended, *_looked_after(turn, person)]
    others = {"placement": theirs, "milestone": _milestones(turn, theirs)}
    erase_about(request, others, own=False)


def _looked_after(turn: Turn, person: Person) -> list[int]:
    """Return the placements in the person's projects, which are those of others."""
    query = select(Placement.id).join(Project, Project.id == Placement.project_id)
    return list(turn.session.scalars(query.where(looked_after_by(person))))


def _placements(turn: Turn, person: Person, held: Sequence[int] = ()) -> list[int]:
    own = (Placement.person_id == person.id, Placement.application_id.not_in(held))
    return list(turn.session.scalars(select(Placement.id).where(*own)))


def _milestones(turn: Turn, placements: Sequence[int]) -> list[int]:
    return list(turn.session.scalars(select(Milestone.id).where(Milestone.placement_id.in_(placements))))


def _ended(turn: Turn, person: Person, held: Sequence[int] = ()) -> list[int]:
    """Return the placements of the person, and those that they ended early."""
    mine = or_(Placement.person_id == person.id, Placement.ended_by_id == person.id)
    return list(turn.session.scalars(select(Placement.id).where(mine, Placement.application_id.not_in(held))))


def _under_way(turn: Turn, person: Person) -> list[Block]:
    query = (
        select(Project.title)
        .join(Placement, Placement.project_id == Project.id)
        .where(Placement.person_id == person.id, Placement.status == "active")
    )
    return [text("- placement in **{project}**", project=title) for title in turn.session.scalars(query)]


def _export_work(turn: Turn, person: Person) -> Iterator[Section]:
    query = (
        select(Milestone.title, Submission)
        .join(Submission, Submission.milestone_id == Milestone.id)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(Placement.person_id == person.id)
    )
    entries: list[Block] = []
    for title, work in turn.session.execute(query.order_by(Submission.id)):
        names = [file_of(each).name for each in work.files]
        pieces = ", ".join(piece for piece in (work.text, work.link, *names) if piece)
        said = "- {deliverable}, version {version}: {work}"
        if not pieces:
            said = "- {deliverable}, version {version}: nothing"
        entries.append(
            text(said, deliverable=projects.shown_deliverable(title), version=work.version, work=pieces)
        )
    yield say("Work handed in"), entries
    asked = select(Submission.feedback).where(
        Submission.feedback_by_id == person.id, Submission.feedback != ""
    )
    yield (
        say("Changes you asked for"),
        [text(layout("- {words}", words=each)) for each in turn.session.scalars(asked)],
    )


def _erase_work(turn: Turn, request: ErasureRequest) -> list[Action]:
    own = _placements(turn, request.person, request.held)
    mine = Submission.milestone_id.in_(_milestones(turn, own))
    numbers = turn.session.scalars(select(Submission.id).where(mine)).all()
    turn.session.execute(
        update(Submission)
        .where(mine)
        .values(text="", link="", files=[], feedback="")
        .execution_options(synchronize_session=False)
    )
    files.let_go(turn, "submission", numbers)
    _erase_feedback(turn, request)
    return []


def _erase_feedback(turn: Turn, request: ErasureRequest) -> None:
    """Erase what the person asked to be changed, also in messages that brought it to the student."""
    query = (
        select(Submission)
        .join(Milestone, Milestone.id == Submission.milestone_id)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(Submission.feedback != "")
    )
    for submission in _of_employer(turn, request, query, Submission.feedback_by_id):
        brought = keys.CHANGES(submission.milestone_id, submission.version)
        sent_messages.erase_copies(turn, outbox.c.key == brought)
        submission.feedback = ""
    turn.session.flush()


def _export_check_ins(turn: Turn, person: Person) -> Iterator[Section]:
    zone = people.zone_of(turn, person)
    query = select(CheckIn).where(CheckIn.person_id == person.id, CheckIn.answered_at.is_not(None))
    entries = []
    for each in turn.session.scalars(query.order_by(CheckIn.id)):
        answer = answer_term(each)
        given = layout("{answer}: {line}", answer=answer, line=each.line) if each.line else answer
        asked = Moment(each.asked_at, zone, "day")
        entries.append(text(layout("- {date}: {answer}", date=asked, answer=given)))
    yield say("Check-ins"), entries


def _erase_check_ins(turn: Turn, request: ErasureRequest) -> list[Action]:
    mine = (CheckIn.person_id == request.person.id, CheckIn.placement_id.not_in(_kept(request)))
    turn.session.execute(update(CheckIn).where(*mine).values(line=""))
    return []


def _export_mentors(turn: Turn, person: Person) -> Iterator[Section]:
    zone = people.zone_of(turn, person)
    query = (
        select(Mentor, Placement, Project.title)
        .join(Placement, Placement.id == Mentor.placement_id)
        .join(Project, Project.id == Placement.project_id)
        .order_by(Mentor.id)
    )
    said = "- {person}, **{project}**, since {when}"
    for column, title in (
        (Mentor.person_id, say("Students whose mentor you are or were")),
        (Placement.person_id, say("Your mentors")),
    ):
        mine = turn.session.execute(query.where(column == person.id)).all()
        other = [
            placement.person_id if column is Mentor.person_id else each.person_id
            for each, placement, _ in mine
        ]
        yield (
            title,
            [
                text(
                    said,
                    person=people.person_name(people.person_of(turn, number)),
                    project=project,
                    when=Moment(each.created_at, zone, "day"),
                )
                for (each, _, project), number in zip(mine, other, strict=True)
            ],
        )


def _erase_mentors(turn: Turn, request: ErasureRequest) -> list[Action]:
    """End the mentor's parts, whose students read so."""
    query = select(Mentor).where(Mentor.person_id == request.person.id)
    found = turn.session.scalars(query).all()
    going_on = [each for each in found if each.status == "active"]
    actions = [act for each in going_on for act in mentor_ending.over(turn, each, "ended", tell=("student",))]
    named = [subjects.MENTOR(each.id) for each in found]
    erase_news(turn, request, (), named)
    erase_about(request, {"mentor": [each.id for each in found]})
    return actions


def _merge_mentors(turn: Turn, first: Person, _second: Person) -> list[Action]:
    """End the part of a mentor who turned out to be the student."""
    query = select(Mentor).join(Placement, Placement.id == Mentor.placement_id)
    own = query.where(
        Mentor.person_id == first.id, Placement.person_id == first.id, Mentor.status == "active"
    )
    return [
        act for each in turn.session.scalars(own).all() for act in mentor_ending.over(turn, each, "ended")
    ]


def _mentored(turn: Turn, person: Person) -> list[Block]:
    query = (
        select(Project.title)
        .join(Placement, Placement.project_id == Project.id)
        .where(Placement.id.in_(mentored_by(person)))
    )
    return [text("- mentor in **{project}**", project=title) for title in turn.session.scalars(query)]


def _kept(request: ErasureRequest) -> ScalarSelect[int]:
    return select(Placement.id).where(Placement.application_id.in_(request.held)).scalar_subquery()


PARTS: Final = (
    PersonalData(
        noun="placements",
        export=_export,
        erase=_erase,
        merge=MOVING_IS_ENOUGH,
        on_left=_under_way,
        moved=(Placement.person_id, Placement.ended_by_id, Placement.employer_line_by_id),
        kept={
            Placement.person_id: "That a placement was begun, completed or ended, without a name.",
            Placement.ended_by_id: "That one of the two sides ended it, without a name.",
            Placement.employer_line_by_id: "That there was a line, without what it said.",
            Placement.employer_line: "A line of before it was noted who wrote it, if others can have.",
        },
    ),
    PersonalData(
        noun="work handed in",
        export=_export_work,
        erase=_erase_work,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(Submission.feedback_by_id,),
        kept={
            Submission.feedback_by_id: "That the work went back for changes, without which.",
            Submission.feedback: "Words of before it was noted who wrote them, if others can have.",
        },
    ),
    PersonalData(
        noun="check-ins",
        export=_export_check_ins,
        erase=_erase_check_ins,
        merge=MOVING_IS_ENOUGH,
        on_left=NOTHING_UNFINISHED,
        moved=(CheckIn.person_id,),
        kept={CheckIn.person_id: "How the work stood, without a name and without words."},
    ),
    PersonalData(
        noun="mentors",
        export=_export_mentors,
        erase=_erase_mentors,
        merge=_merge_mentors,
        on_left=_mentored,
        moved=(Mentor.person_id, Mentor.assigned_by_id),
        kept={
            Mentor.person_id: "That a student had a mentor, without a name.",
            Mentor.assigned_by_id: "That a coordinator assigned a mentor, without a name.",
        },
    ),
)
