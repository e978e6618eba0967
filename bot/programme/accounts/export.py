"""A person's data, shown to them whole: everything that is stored about whoever asks, in words."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Moment,
    Plain,
    Text,
    action,
    heading,
    note,
    row,
    text,
)
from bot.chat.conversation.draft import load_draft
from bot.chat.events import ButtonPressed
from bot.chat.rendering.screen import paged
from bot.programme import people
from bot.programme.applications import terms
from bot.programme.core.keys import ids_in
from bot.programme.core.lifecycle import LABELS
from bot.programme.core.turn import Turn
from bot.programme.people import files as people_files
from storage.tables import (
    Application,
    CheckIn,
    Cohort,
    Identity,
    Letter,
    Member,
    Milestone,
    Mute,
    Person,
    Placement,
    Project,
    Report,
    SavedProject,
    Submission,
    conversations,
)

__all__ = ["show_data", "turn_page"]


def show_data(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Show everything that is stored about the person who asks, in words, from its first page on."""
    return [Reply(_page(turn, 0))]


def turn_page(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of it, in the place of the one before."""
    (number,) = ids_in(event, 1)
    return [Reply(_page(turn, number), replace=True)]


def _page(turn: Turn, number: int) -> Message:
    person = turn.person
    zone = people.zone_of(turn, person)
    groups: list[list[Block]] = [[heading("What I have stored about you"), _account(turn, person, zone)]]
    for title, entries in (
        ("Cohorts", _cohorts(turn, person)),
        ("Applications", _applications(turn, person)),
        ("Drafts", _drafts(turn, person)),
        ("Messages you wrote through me", _letters(turn, person)),
        ("People from whom you want no more messages", _mutes(turn, person)),
        ("Messages you reported", _reports(turn, person)),
        ("Placements", _placements(turn, person)),
        ("Check-ins", _check_ins(turn, person)),
        ("Work handed in", _submissions(turn, person)),
        ("Saved projects", _saved(turn, person)),
        ("Files I keep", [text("- ", Plain(name)) for name in people_files.names_of(turn, person)]),
        ("Projects you look after", _owned(turn, person)),
    ):
        found = list(entries)
        if found:
            groups += [[heading(title), found[0]], *([entry] for entry in found[1:])]
    days = turn.programme.retention_days
    last: list[Block] = [
        note(
            f"Answers and messages of an application are erased {days} days after its project is over. "
            "I also keep what I sent to you and when, so that nothing reaches you twice."
        ),
        Buttons((Button("Forget me", action("forget-ask"), style="danger"),)),
    ]
    return paged(groups, last, number, lambda page: action("data-page", page))


def _account(turn: Turn, person: Person, zone: str) -> Block:
    accounts = turn.session.scalars(select(Identity).where(Identity.person_id == person.id)).all()
    return Fields(
        (
            row("Name", Plain(person.name)),
            row("Accounts", Plain(", ".join(f"{each.platform} {each.user_id}" for each in accounts))),
            row("Roles", ", ".join(sorted(people.roles_of(turn, person))) or "none"),
            row("Time zone", person.zone or "not said"),
            row("Known since", Moment(person.created_at, zone, "day")),
        )
    )


def _cohorts(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Cohort.name, Member.state).join(Member, Member.cohort_id == Cohort.id)
    for name, state in turn.session.execute(query.where(Member.person_id == person.id)):
        yield text("- ", Plain(name), f": {state}")


def _applications(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Application, Project.title).join(Project, Project.id == Application.project_id)
    for application, title in turn.session.execute(query.where(Application.person_id == person.id)):
        yield text("**", Plain(title), f"**: {LABELS[application.status]}")
        given = [f"{each['label']}: {each['shown']}" for each in application.answers if each.get("shown")]
        if given:
            yield Text((Plain("\n".join(given)),))


def _drafts(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(conversations.c.form, conversations.c.draft).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == person.id,
        conversations.c.state.in_(("open", "waiting")),
    )
    for form, draft in turn.connection.execute(query):
        given = [answer.shown for answer in load_draft(draft).answers.values()]
        yield Text((f"- {form}: ", Plain("; ".join(given) or "nothing answered yet")))


def _letters(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Letter).where(Letter.sender_id == person.id, Letter.text != "").order_by(Letter.id)
    for letter in turn.session.scalars(query):
        yield text("- ", Moment(letter.created_at, people.zone_of(turn, person)), ": ", Plain(letter.text))


def _mutes(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Person.name).join(Mute, Mute.from_id == Person.id).where(Mute.person_id == person.id)
    for name in turn.session.scalars(query.distinct()):
        yield text("- ", Plain(name))


def _reports(turn: Turn, person: Person) -> Iterable[Block]:
    for report in turn.session.scalars(select(Report).where(Report.reporter_id == person.id)):
        state = "answered" if report.ended_at else "waits for an answer"
        yield text("- ", Moment(report.created_at, people.zone_of(turn, person), "day"), f": {state}")


def _placements(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Placement, Project.title).join(Project, Project.id == Placement.project_id)
    for placement, title in turn.session.execute(query.where(Placement.person_id == person.id)):
        agreed = terms.line(terms.terms_of(turn, placement), people.zone_of(turn, person))
        yield text("- **", Plain(title), f"**: {LABELS[placement.status]}. You agreed to ", *agreed)
        if placement.student_line:
            yield Text((Plain(placement.student_line),))
        if placement.reason and placement.ended_by_id == person.id:
            yield text("Written for the coordinators: ", Plain(placement.reason))


def _check_ins(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(CheckIn).where(CheckIn.person_id == person.id, CheckIn.answered_at.is_not(None))
    for each in turn.session.scalars(query.order_by(CheckIn.id)):
        said = (each.answer or "").replace("_", " ")
        yield text(
            "- ", Moment(each.asked_at, people.zone_of(turn, person), "day"), f": {said} ", Plain(each.line)
        )


def _submissions(turn: Turn, person: Person) -> Iterable[Block]:
    query = (
        select(Milestone.title, Submission)
        .join(Submission, Submission.milestone_id == Milestone.id)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(Placement.person_id == person.id)
    )
    for title, work in turn.session.execute(query.order_by(Submission.id)):
        files = [str(each.get("name", "a file")) for each in work.files]
        pieces = [piece for piece in (work.text, work.link, *files) if piece]
        yield text("- ", Plain(title), f", version {work.version}: ", Plain(", ".join(pieces) or "nothing"))


def _saved(turn: Turn, person: Person) -> Iterable[Block]:
    query = select(Project.title).join(SavedProject, SavedProject.project_id == Project.id)
    for title in turn.session.scalars(query.where(SavedProject.person_id == person.id)):
        yield text("- ", Plain(title))


def _owned(turn: Turn, person: Person) -> Iterable[Block]:
    for title in turn.session.scalars(select(Project.title).where(Project.owner_id == person.id)):
        yield text("- ", Plain(title))
