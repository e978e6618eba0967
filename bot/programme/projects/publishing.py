"""A project's public life: published, closed when its deadline has passed, closed by hand, reopened."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, CancelTimers, SetTimer
from bot.chat.content import Block, Button, Buttons, Message, message, note, say, text
from bot.chat.events import TimerFired
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import Names
from bot.programme import people
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.lifecycle import can_move, move
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications.out_of_reach import LOOK_AGAIN, cohorts_out
from bot.programme.projects import cards
from bot.programme.projects.cards import announce, refresh
from bot.programme.projects.display import apply_by, title_part
from bot.programme.projects.lookup import cohort_ids, project_of
from bot.programme.projects.saved_projects import stop_reminders
from storage.tables import Announcement, Cohort, Project

__all__ = ["TIMERS", "close", "publish", "published_words", "reopen", "set_timers"]

_NO_WAIT: Final = timedelta()


def publish(
    turn: Turn, project: Project, *, first: timedelta = _NO_WAIT, pace: timedelta = _NO_WAIT
) -> list[Action]:
    """Open the project, announce it in its cohorts' channels, and let its answers be promised.

    `first`, `pace`: see `announce`.

    Raises:
        Declined: its lifecycle does not allow it.
    """
    project.published_at = turn.now
    project.updated_at = turn.now
    opened = move(turn, project, "open")
    return [*announce(turn, project, first=first, pace=pace), *set_timers(project), *opened]


def published_words(turn: Turn, project: Project) -> Message:
    """Say to the poster that the project is out: where it is announced and what comes next."""
    query = (
        select(Cohort.name)
        .join(Announcement, Announcement.cohort_id == Cohort.id)
        .where(Announcement.project_id == project.id)
    )
    names = sorted(set(turn.session.scalars(query)))
    announced = "**{project}** is published. It is announced to {cohorts}."
    return message(
        text(
            announced if names else "**{project}** is published.",
            project=title_part(project),
            cohorts=Names(tuple(names)),
        ),
        text(
            "Students can apply until {deadline}. You promised them an answer by {decision}; "
            "I will remind you.",
            deadline=apply_by(turn, project, turn.person),
            decision=people.shown_date(turn, dates.read(project, "decide"), turn.person),
        ),
        *_rules_of_silence(turn),
        note("I bring you new applications in one message a day. `/applicants` shows them at any time."),
        Buttons(
            (
                Button("See it", verbs.PROJECT_SHOW(project.id)),
                Button("Edit", verbs.PROJECT_EDIT(project.id)),
                Button(say("Close", context="button"), verbs.PROJECT_CLOSE(project.id)),
            )
        ),
    )


def _rules_of_silence(turn: Turn) -> list[Block]:
    """Say beforehand what follows where work or an applicant gets no answer."""
    return [
        note(
            "Work that is handed in waits one day for your answer, the last deliverable three days longer. "
            "Without one it is settled, and counts as not reviewed.",
            "Work that is handed in waits {count} days for your answer, the last deliverable three days "
            "longer. Without one it is settled, and counts as not reviewed.",
            count=turn.programme.review_days,
        ),
        note(
            "Applicants without an answer are released one day after the decision date, and read why.",
            "Applicants without an answer are released {count} days after the decision date, and read why.",
            count=turn.programme.release_days,
        ),
    ]


def set_timers(project: Project) -> list[Action]:
    """Set, or move, what the project's deadline sets off."""
    subject = subjects.PROJECT(project.id)
    return [SetTimer(keys.PROJECT_DEADLINE(project.id), project.deadline_at, Timer.PROJECT_DEADLINE, subject)]


def close(turn: Turn, project: Project) -> list[Action]:
    """Take no more applications; decisions and their promise stay open.

    Raises:
        Declined: its lifecycle does not allow it.
    """
    project.closed_at = turn.now
    closed = move(turn, project, "closed")
    subject = subjects.PROJECT(project.id)
    return [
        CancelTimers(subject=subject, kind=Timer.PROJECT_DEADLINE),
        CancelTimers(subject=subject, kind=Timer.PROJECT_CLOSE),
        *stop_reminders(turn, project),
        *refresh(turn, project),
        *closed,
    ]


def reopen(turn: Turn, project: Project) -> list[Action]:
    """Take applications again, until a deadline that lies ahead.

    Raises:
        Declined: its lifecycle does not allow it.
    """
    project.closed_at = None
    return [*move(turn, project, "open"), *set_timers(project)]


def _project_deadline_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Close the cards at the deadline; a draft begun before may still be sent for some minutes."""
    project = _timed(turn, event)
    if project is None or project.status != "open" or project.deadline_at > turn.now:
        return []
    late = project.deadline_at + timedelta(minutes=turn.programme.late_minutes)
    subject = subjects.PROJECT(project.id)
    return [
        *refresh(turn, project),
        SetTimer(keys.PROJECT_CLOSE(project.id), late, Timer.PROJECT_CLOSE, subject),
    ]


def _project_close_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Close the project when the time for late drafts is over too."""
    project = _timed(turn, event)
    if project is None or not can_move(project, "closed") or project.deadline_at > turn.now:
        return []
    if cohorts_out(turn, cohort_ids(project)):  # the end of the outage moves the deadline
        again, subject = turn.now + LOOK_AGAIN, subjects.PROJECT(project.id)
        return [SetTimer(keys.PROJECT_CLOSE(project.id), again, Timer.PROJECT_CLOSE, subject)]
    return close(turn, project)


def _timed(turn: Turn, event: TimerFired) -> Project | None:
    try:
        return project_of(turn, subjects.PROJECT.id_of(event.subject), lock=True)
    except Declined:
        return None


TIMERS: Final = Routes(
    timers={Timer.PROJECT_DEADLINE: _project_deadline_due, Timer.PROJECT_CLOSE: _project_close_due},
    messages=cards.MESSAGES,
)
