"""Retention of answers: they are erased a set number of days after the project is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, SetTimer
from bot.chat.events import TimerFired
from bot.programme import projects
from bot.programme.applications import application_form, lookup, outcomes
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from storage.tables import Application, Placement, Project

__all__ = ["erase_due", "erase_timer"]

_ERASE: Final = Timer.APPLICATION_ERASE
_LOOK_AGAIN_AFTER: Final = timedelta(days=30)  # when to look again at an application that is not over yet


def erase_timer(turn: Turn, project: Project, application: Application) -> SetTimer:
    """Return the timer that erases an application's answers; when it fires, it checks whether it may."""
    over = max(project.decide_at, application_form.ends_at(project))
    return _timer(application, over + timedelta(days=turn.programme.retention_days))


def _timer(application: Application, due: datetime) -> SetTimer:
    subject = subjects.APPLICATION(application.id)
    # The key holds the instant: a timer that sets itself again needs a different key.
    return SetTimer(keys.APPLICATION_ERASE(application.id, due), due, _ERASE, subject)


def erase_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Erase the answers, or set the timer again where the application has not been over for long enough."""
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(event.subject), lock=True)
    over = _over_since(turn, application)
    if over is None:
        return [_timer(application, turn.now + _LOOK_AGAIN_AFTER)]
    due = over + timedelta(days=turn.programme.retention_days)
    if due > turn.now:
        return [_timer(application, due)]
    outcomes.erase(turn, application)
    return []


def _over_since(turn: Turn, application: Application) -> datetime | None:
    """Return when the application was over: at the placement's end, else at the decision (UTC).

    For accepted work without a placement never before the project's end. None while the application goes on.
    """
    if application.status in lookup.UNDECIDED or application.status == "offered":
        return None
    project = projects.project_of(turn, application.project_id)
    over = [application.decided_at or turn.now]
    placement = turn.session.scalar(select(Placement).where(Placement.application_id == application.id))
    if placement is not None:
        if placement.ended_at is None:
            return None
        over.append(placement.ended_at)
    elif application.status == "accepted":
        over.append(application_form.ends_at(project))
    return max(over)
