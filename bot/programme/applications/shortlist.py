"""The shortlist and the waiting list for the employer: put on, taken off, moved up and down."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes
from bot.programme.applications import applicants, lookup
from bot.programme.applications.waiting_list import in_line
from bot.programme.core import verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from storage.tables import Application

__all__ = ["ROUTES"]


def applicant_shortlist_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Put an application on the shortlist, or take it off; the student is not informed."""
    _, application = lookup.lock_reviewed_application(turn, verbs.APPLICANT_SHORTLIST.read(event).application)
    _must_wait(application)
    moved = move(turn, application, "submitted" if application.status == "shortlisted" else "shortlisted")
    return [*moved, *_shown(turn, event, application)]


def applicant_wait_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Put an application at the end of the waiting list."""
    project, application = lookup.lock_managed_application(turn, verbs.APPLICANT_WAIT.read(event).application)
    _must_wait(application)
    if application.waiting is None:
        line = in_line(turn, project)
        application.waiting = max((a.waiting or 0 for a in line), default=0) + 1
    return _shown(turn, event, application)


def applicant_unwait_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take an application off the waiting list."""
    _, application = lookup.lock_managed_application(turn, verbs.APPLICANT_UNWAIT.read(event).application)
    application.waiting = None
    return _shown(turn, event, application)


def applicant_up_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Move an application one place to the front."""
    return _moved(turn, event, -1)


def applicant_down_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Move an application one place back."""
    return _moved(turn, event, 1)


def _moved(turn: Turn, event: ButtonPressed, step: int) -> list[Action]:
    project, application = lookup.lock_managed_application(turn, verbs.APPLICANT_UP.read(event).application)
    line = in_line(turn, project)
    if application not in line:
        raise Declined("This application is not on the waiting list any more.")
    at = line.index(application)
    if 0 <= at + step < len(line):
        line[at], line[at + step] = line[at + step], line[at]
    for place, each in enumerate(line, start=1):
        each.waiting = place
    return _shown(turn, event, application)


def _must_wait(application: Application) -> None:
    if application.held is not None:
        raise Declined("A decision on this one is on its way. Undo it first if you want to change your mind.")
    if application.status not in {"submitted", "shortlisted"}:
        raise Declined("This application has its answer already. Nothing was changed.")


def _shown(turn: Turn, event: ButtonPressed, application: Application) -> list[Action]:
    turn.session.flush()
    return applicants.shown(turn, event, application.id, replace=True)


ROUTES = Routes(
    buttons={
        verbs.APPLICANT_SHORTLIST: applicant_shortlist_pressed,
        verbs.APPLICANT_WAIT: applicant_wait_pressed,
        verbs.APPLICANT_UNWAIT: applicant_unwait_pressed,
        verbs.APPLICANT_UP: applicant_up_pressed,
        verbs.APPLICANT_DOWN: applicant_down_pressed,
    }
)
