"""Late offers: a place may still be offered for a while to a released student who said yes to that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Button, Buttons, message, text
from bot.chat.events import ButtonPressed
from bot.chat.local_day import Day, ends_at
from bot.chat.routes import Declined, Routes
from bot.programme import people, projects
from bot.programme.applications import lookup, news
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from storage.tables import Application, Project

__all__ = ["ROUTES", "ask", "is_open", "last_day", "last_of"]

_MY_APPLICATIONS: Final = Button("My applications", verbs.APPLICATIONS_LIST())


def last_day(turn: Turn, released_at: datetime) -> Day | None:
    """Return the last day on which a student who was released then may be offered a place; None without."""
    days = turn.programme.late_offer_days
    if not days:
        return None
    zone = turn.programme.zone  # of all who read of it, so that all read of the same day
    return Day(released_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days), zone)


def last_of(turn: Turn, application: Application) -> Day | None:
    """Return the last day on which this student may still be offered a place; None where not at all.

    Only who was released because no answer came: a place that was taken cannot come late.
    """
    if application.status != "released" or application.release_reason != "silence":
        return None
    day = last_day(turn, application.decided_at or turn.now)
    return day if day is not None and ends_at(day) > turn.now else None


def is_open(turn: Turn, application: Application) -> bool:
    """Tell whether a released student wants a place that comes late, and it is not too late for it."""
    return application.late_offer and last_of(turn, application) is not None


def ask(turn: Turn, application: Application) -> list[Block]:
    """Return the question whether a place is still brought to a student who is released; or nothing."""
    until = last_of(turn, application)
    if until is None:
        return []
    student = people.person_of(turn, application.person_id)
    return [
        text(
            "If they come back by {when} with a place, shall I bring it to you?",
            when=news.shown_day(turn, until, student),
        ),
        Buttons(
            (
                Button("Yes, bring it", verbs.LATE_OFFER_YES(application.id)),
                Button("No, thanks", verbs.LATE_OFFER_NO(application.id)),
            )
        ),
    ]


def late_offer_yes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Note that the student wants a place that comes late."""
    project, application, until = _asked(turn, verbs.LATE_OFFER_YES.read(event).application)
    application.late_offer = True
    turn.session.flush()
    said = text(
        "Good. If a place in **{project}** comes by {when}, I bring it to you. You owe nothing for that, and "
        "can apply elsewhere.",
        project=projects.title_part(project),
        when=news.shown_day(turn, until, turn.person),
    )
    no = Button("No, thanks", verbs.LATE_OFFER_NO(application.id))
    return [Reply(message(said, Buttons((no, _MY_APPLICATIONS))), settles=True)]


def late_offer_no_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Note that the student wants no place that comes late."""
    project, application, _ = _asked(turn, verbs.LATE_OFFER_NO.read(event).application)
    application.late_offer = False
    turn.session.flush()
    said = text(
        "Then **{project}** is over for you, and I bring you nothing more about it.",
        project=projects.title_part(project),
    )
    return [Reply(message(said, Buttons((_MY_APPLICATIONS,))), settles=True)]


def _asked(turn: Turn, application_id: int) -> tuple[Project, Application, Day]:
    project, application = lookup.lock_own_application(turn, application_id)
    until = last_of(turn, application)
    if until is None:
        raise Declined(
            "No place can come late here any more. `/applications` shows the state of each application.",
            Buttons((_MY_APPLICATIONS,)),
        )
    return project, application, until


ROUTES = Routes(
    buttons={
        verbs.LATE_OFFER_YES: late_offer_yes_pressed,
        verbs.LATE_OFFER_NO: late_offer_no_pressed,
    }
)
