"""The deadline of an application's draft: a reminder before it, extra minutes after it, and the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from bot.chat.actions import Action, CancelTimers, Post, SetTimer
from bot.chat.content import Block, Button, Buttons, Message, Sentence, Text, message, say, text
from bot.chat.events import TimerFired
from bot.chat.routes import MessageRoute, Waiting
from bot.programme import people, projects
from bot.programme.applications import news
from bot.programme.applications.drafts import drafts_of
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.timers import ForPerson, Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.notifications.out_of_reach import LOOK_AGAIN, cohorts_out
from bot.programme.people import files
from storage.tables import Application, DraftCohort, Member, Person, Project, conversations

__all__ = [
    "MESSAGES",
    "abandoned",
    "application_draft_due",
    "application_late_due",
    "close_drafts",
    "closed_early",
    "draft_timers",
    "ended",
    "in_time",
    "late_until",
    "reschedule_drafts",
    "until",
]


# How long before the deadline a draft is mentioned; the first instant that is still well ahead.
_BEFORE: Final = (timedelta(hours=24), timedelta(hours=3), timedelta(hours=1))


# A student who wrote so recently is still writing, and is informed at once of the end, in quiet hours too.
_AT_IT: Final = timedelta(hours=2)


_AHEAD: Final = timedelta(minutes=20)


def late_until(turn: Turn, project: Project) -> datetime:
    """Return the last instant (UTC) at which a draft begun before the deadline may be sent."""
    return project.deadline_at + timedelta(minutes=turn.programme.late_minutes)


def until(turn: Turn, subject: str) -> datetime:
    """Return the deadline of a draft, whose subject is its project's id."""
    return projects.project_of(turn, int(subject)).deadline_at


def closed_early(project: Project) -> bool:
    """Return whether the project was closed before its deadline, by a person and not by the clock."""
    return project.status != "open" and (project.closed_at is None or project.closed_at < project.deadline_at)


def in_time(turn: Turn, project: Project, begun: datetime | None) -> bool:
    """Return whether an application begun at this instant (None: not known) may be sent now."""
    if closed_early(project):
        return False
    if turn.now <= project.deadline_at:
        return True
    return begun is not None and begun <= project.deadline_at and turn.now <= late_until(turn, project)


def draft_timers(turn: Turn, project: Project, person: Person) -> list[Action]:
    """Set the reminder of this draft and the closing of the project's late drafts; set again, they move."""
    left = project.deadline_at - turn.now
    before = next((b for b in _BEFORE if left - b >= _AHEAD), left / 2)
    at = daily_message.before_quiet_hours(turn, person, project.deadline_at - before, project.deadline_at)
    return [
        SetTimer(
            _reminder_key(project, person.id),
            at,
            Timer.APPLICATION_DRAFT,
            subjects.PROJECT(project.id),
            ForPerson(person.id),
        ),
        SetTimer(
            keys.APPLICATION_LATE(project.id),
            # The last instant still counts.
            late_until(turn, project) + timedelta(seconds=1),
            Timer.APPLICATION_LATE,
            subjects.PROJECT(project.id),
        ),
    ]


def _reminder_key(project: Project, person_id: int) -> str:
    return keys.APPLICATION_DRAFT(project.id, person_id)


def reschedule_drafts(turn: Turn, project: Project) -> list[Action]:
    """Move the timers of every draft after a change of the deadline, or close them after an early close."""
    if closed_early(project):
        return close_drafts(turn, project)
    if project.deadline_at <= turn.now:
        return []  # the extra minutes are running, and end by their own timer
    actions: list[Action] = []
    for row in drafts_of(turn, project=project):
        actions += draft_timers(turn, project, people.person_of(turn, row.person_id))
    return actions


def abandoned(turn: Turn, subject: str) -> list[Action]:
    """Stop the reminders of a draft that its owner cancelled."""
    project_id, person_id = int(subject), turn.person.id
    daily_message.retract_notices(turn, subjects.DRAFT(project_id, person_id))
    return [CancelTimers(key=keys.APPLICATION_DRAFT(project_id, person_id))]


def application_draft_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Remind the owner of a draft once, with what is left to do."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(event.subject))
    person = people.person_of(turn, event.read(ForPerson).person)
    if not drafts_of(turn, project=project, person=person.id) or turn.now > project.deadline_at:
        return []
    if _refused(turn, project, person):
        return []  # the draft could not be sent
    subject = subjects.DRAFT(project.id, person.id)
    blocks: list[Block] = [
        text(
            "Your application to **{project}** is not sent yet. It can be sent until {when}.",
            project=projects.title_part(project),
            when=news.shown_date(turn, dates.read(project, "deadline"), person),
        ),
        Buttons((Button("Go on with it", verbs.APPLICATION_BEGIN(project.id), style="primary"),)),
    ]
    key = keys.DRAFT(project.id, person.id, project.deadline_at)
    good = news.latest_useful_instant(turn, project.deadline_at)
    return list(daily_message.notify(turn, person, key, subject, *blocks, useful_until=good))


def _refused(turn: Turn, project: Project, person: Person) -> bool:
    """Return whether a coordinator has not admitted the person to the cohort of their draft."""
    query = select(Member.id).join(DraftCohort, DraftCohort.cohort_id == Member.cohort_id)
    found = query.where(
        Member.programme_id == turn.programme_id,
        Member.person_id == person.id,
        Member.state == "refused",
        DraftCohort.person_id == person.id,
        DraftCohort.project_id == project.id,
    )
    return turn.session.scalar(found) is not None


def application_late_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Close the drafts that are left after the extra minutes, and show their owners similar projects."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(event.subject), lock=True)
    if turn.now <= late_until(turn, project):
        return []  # the deadline was moved; its own timer follows
    if cohorts_out(turn, projects.cohort_ids(project)):  # the end of the outage moves the deadline
        again, subject = turn.now + LOOK_AGAIN, subjects.PROJECT(project.id)
        return [SetTimer(keys.APPLICATION_LATE(project.id), again, Timer.APPLICATION_LATE, subject)]
    return close_drafts(turn, project)


def close_drafts(turn: Turn, project: Project) -> list[Action]:
    """Close every unsent draft of a project, and inform its owner of the reason."""
    actions: list[Action] = []
    for row in drafts_of(turn, project=project):
        person = people.person_of(turn, row.person_id)
        daily_message.retract_notices(turn, subjects.DRAFT(project.id, person.id))
        actions.append(CancelTimers(key=_reminder_key(project, person.id)))
        if person.erased_at is None:
            words = message(*_closed(turn, project, person), *news.similar_blocks(turn, project, person))
            key = keys.DRAFT_CLOSED(row.id)
            writing = turn.now - row.updated_at <= _AT_IT
            to, about = people.address(turn, person), subjects.OF_CLOSED_DRAFT(project.id, person.id)
            actions.append(Post(to, words, key, at_night=writing, kind=_CLOSED, subject=about))
        turn.connection.execute(
            update(conversations).where(conversations.c.id == row.id).values(state="cancelled", draft={})
        )
        files.let_go(turn, "draft", [row.id])
    return actions


def _closed(turn: Turn, project: Project, person: Person) -> list[Block]:
    kept = text("What you wrote is above in our conversation, if you want to use it again.")
    return [_why_closed(turn, project, person), kept]


def _why_closed(turn: Turn, project: Project, person: Person) -> Text:
    if closed_early(project):
        return text(
            "**{project}** was closed before you sent your application, so it was not sent.",
            project=projects.title_part(project),
        )
    return text(
        "The time to apply for **{project}** ended on {when}, so your application was not sent.",
        project=projects.title_part(project),
        when=news.shown_date(turn, dates.read(project, "deadline"), person),
    )


def ended(turn: Turn, subject: str) -> list[Block]:
    """Return why a draft was closed unsent, and that there is time again where the deadline has moved."""
    project = projects.project_of(turn, int(subject))
    if project.status != "open" or turn.now > project.deadline_at:
        return [_why_closed(turn, project, turn.person)]
    return [
        text(
            "Your draft for **{project}** was closed at its earlier deadline. You can apply again "
            "now, until {when}.",
            project=projects.title_part(project),
            when=news.shown_date(turn, dates.read(project, "deadline"), turn.person),
        ),
        Buttons((Button("Apply again", verbs.APPLICATION_BEGIN(project.id), style="primary"),)),
    ]


def _still_closed(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late message about an unsent draft unless its owner has applied, or writes again, since."""
    about = subjects.OF_CLOSED_DRAFT.parse(waiting.subject)
    project, person = projects.project_of(turn, about.project), people.person_of(turn, about.person)
    query = select(Application.id).where(
        Application.programme_id == turn.programme_id,
        Application.project_id == project.id,
        Application.person_id == person.id,
    )
    again = turn.session.scalar(query) is not None or drafts_of(turn, project=project, person=person.id)
    return None if again else waiting.message


def _named(turn: Turn, subject: str) -> Sentence:
    project = projects.project_of(turn, subjects.OF_CLOSED_DRAFT.parse(subject).project)
    return say(
        "A note that a draft application to **{project}** was closed", project=projects.title_part(project)
    )


_CLOSED: Final = "application.closed"


MESSAGES: Final = {_CLOSED: MessageRoute(_still_closed, _named)}
"""The route of messages about drafts that were closed."""
