"""Kickoff: an accepted offer becomes a placement with its milestones, its timers, and a kickoff message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.actions import Action, Post
from bot.chat.answers.terms import stored_term
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Sentence,
    Text,
    heading,
    layout,
    message,
    note,
    row,
    say,
    text,
)
from bot.chat.local_day import Day, When, date_of
from bot.chat.routes import MessageRoute, Waiting
from bot.programme import people, projects
from bot.programme.applications import messages, news, terms
from bot.programme.core import dates, keys, verbs
from bot.programme.core.changes import StatusChanged
from bot.programme.core.lifecycle import begin
from bot.programme.core.turn import Turn
from bot.programme.placements import schedule
from bot.programme.placements.lookup import milestones, placement_of, sides, title_of
from bot.programme.projects.confidentiality import read_by
from bot.programme.projects.private_details import private_blocks
from storage.tables import Application, Milestone, Person, Placement, TermsColumns
from storage.tables.values import WantedDeliverable

__all__ = ["add_milestone", "application_moved", "due_of", "wanted"]

_DELIVERABLES_SHOWN: Final = 3  # deliverables in the first message; the placement shows all
_DATES: Final = frozenset({"Starts", "Done by"})
"""Terms that the placement states itself, to the minute."""


def application_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """Begin the placement of an application whose student accepted the offered place."""
    if isinstance(change.noun, Application) and change.after == "accepted":
        return _begin(turn, change.noun)
    return []


def _begin(turn: Turn, application: Application) -> list[Action]:
    """Make the placement by its terms; inform both sides, and set its timers."""
    project = projects.project_of(turn, application.project_id)
    values = terms.accepted_with(turn, project, application)
    placement = Placement(
        programme_id=turn.programme_id,
        project_id=project.id,
        application_id=application.id,
        person_id=application.person_id,
        status="active",
        **{name: values[name] for name in terms.DATES},
        created_at=turn.now,
    )
    begun = begin(turn, placement)
    held = terms.offered(turn, application)
    if held is not None:
        held.state, held.answered_at = "agreed", turn.now
    agreed = terms.accept(turn, placement, values, application.agreements)
    for position, each in enumerate(wanted(agreed), 1):
        begun += add_milestone(turn, placement, position, each)
    return [*begun, *_kickoff_messages(turn, placement, application), *schedule.schedule(turn, placement)]


def wanted(agreed: TermsColumns) -> list[WantedDeliverable]:
    """Return the deliverables under these terms: the whole work, where they name none."""
    return agreed.deliverables or [WantedDeliverable(stored_term(projects.WHOLE_WORK))]


def due_of(turn: Turn, placement: Placement, deliverable: WantedDeliverable) -> When:
    """Return when a deliverable of a placement is due, by the placement's dates as they are now.

    A date that does not lie between start and end, as the work began later than was planned, is the end.
    """
    end = dates.read(placement, "due")
    zone = people.zone_of(turn, sides(turn, placement).student)
    start = date_of(dates.read(placement, "starts"), ZoneInfo(zone))
    if deliverable.due_on is not None:
        own = Day(deliverable.due_on, zone)
    elif deliverable.after_days is not None:
        own = Day(start + timedelta(days=deliverable.after_days), zone)
    else:
        return end
    return own if start < own.date and dates.instant_of("due", own) < placement.due_at else end


def add_milestone(
    turn: Turn, placement: Placement, position: int, deliverable: WantedDeliverable
) -> list[Action]:
    """Add a deliverable to a placement, due on its own date or at the placement's end."""
    milestone = Milestone(
        programme_id=turn.programme_id,
        placement_id=placement.id,
        position=position,
        title=deliverable.title,
        done_when=deliverable.done_when,
        **dates.columns("due", due_of(turn, placement, deliverable)),
        status="open",
    )
    return begin(turn, milestone)


def _kickoff_messages(turn: Turn, placement: Placement, application: Application) -> list[Action]:
    both = sides(turn, placement)
    to_student = Post(
        people.address(turn, both.student),
        _kickoff(turn, placement, application),
        keys.KICKOFF(placement.id),
        kind=_KICKOFF,
        subject=str(placement.id),
        is_answer=True,
    )
    to_employer = news.tell_employer(
        turn,
        both.project,
        keys.KICKOFF_NEWS(placement.id),
        schedule.subject(placement),
        text(
            "**{student}** accepted your offer for **{project}**. The work is due by {date}.",
            student=both.student_name,
            project=both.title,
            date=news.shown_date(turn, dates.read(placement, "due"), both.employer),
        ),
        note("Say hello, and name a time for a first call: it is the best start there is."),
        Buttons(
            (
                messages.write_button(application, "student"),
                Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),
            )
        ),
    )
    return [to_student, *to_employer]


def _kickoff(turn: Turn, placement: Placement, application: Application) -> Message:
    both = sides(turn, placement)
    agreed = terms.terms_rows(turn, terms.terms_of(turn, placement), both.student)
    rows = [
        *(each for each in agreed if each.label not in _DATES),
        row("Starts", news.shown_day(turn, dates.read(placement, "starts"), both.student)),
        row("Due", news.shown_date(turn, dates.read(placement, "due"), both.student)),
    ]
    if contact := read_by(both.project, "contact", "team"):
        rows.append(row("Questions", projects.shown_contact(turn, contact, both.project.contact_by_id)))
    wanted_work = milestones(turn, placement)
    listed: list[Block] = [
        _listed(turn, placement, each, both.student) for each in wanted_work[:_DELIVERABLES_SHOWN]
    ]
    if len(wanted_work) > _DELIVERABLES_SHOWN:
        listed.append(note("and one more", "and {count} more", count=len(wanted_work) - _DELIVERABLES_SHOWN))
    private = private_blocks(both.project, text("**For your eyes only**"), lines=2)
    return message(
        heading("You start: {project}", project=both.title),
        text("with **{company}**", company=projects.company_name(turn, both.project)),
        Fields(tuple(rows)),
        text("**What you hand in**"),
        *listed,
        *private,
        note(
            "This is what you agreed on, and it stays so unless you agree to a change. “See the placement” "
            "shows all of it. I remind you before each date."
        ),
        Buttons(
            (
                Button("See the placement", verbs.PLACEMENT_SHOW(placement.id), style="primary"),
                messages.write_button(application, "employer"),
                Button("We talked", verbs.PLACEMENT_TALKED(placement.id)),
            )
        ),
    )


def _listed(turn: Turn, placement: Placement, milestone: Milestone, student: Person) -> Text:
    """Return a deliverable in a line; its date only where it is not the end of the work."""
    title = title_of(milestone, lines=1)
    if milestone.due_at == placement.due_at:
        return text(layout("- {deliverable}", deliverable=title))
    date = news.shown_day(turn, dates.read(milestone, "due"), student)
    return text("- {deliverable}, due on {date}", deliverable=title, date=date)


def _still_starts(turn: Turn, waiting: Waiting) -> Message | None:
    """Return what a side needs to begin, as it is now; None once the placement is over."""
    placement = placement_of(turn, waiting.subject)
    if placement.status != "active":
        return None
    return _kickoff(turn, placement, turn.session.get_one(Application, placement.application_id))


def _named(turn: Turn, subject: str) -> Sentence:
    both = sides(turn, placement_of(turn, subject))
    return say("All that is needed to begin: **{project}**", project=both.title)


def _until(turn: Turn, subject: str) -> datetime:
    return placement_of(turn, subject).due_at


_KICKOFF: Final = "kickoff"
MESSAGES: Final = {_KICKOFF: MessageRoute(_still_starts, _named, until=_until)}
"""The route of the message that begins a placement."""
