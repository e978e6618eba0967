"""Waits for the answer to an offer: owed by the student, who is reminded; then the offer runs out.

Its time begins when the offer has arrived (`offer_expiry`): until then it is kept, to the project's start.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import Block, text
from bot.chat.routes import Routes, WaitRoute, WaitSides, WaitStep
from bot.programme import people, projects
from bot.programme.applications import lookup, offer_expiry, offer_time, offers
from bot.programme.core import keys, lifecycle, subjects
from bot.programme.core.changes import StatusChanged
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.opening_waits import AwaitedThing, not_fired
from bot.programme.notifications.out_of_reach import capped
from bot.programme.people.reason_codes import OUTAGE
from storage.tables import Application, Person, Project, timers

__all__ = ["ROUTES"]

_OFFER: Final = offer_expiry.WAIT
_ENDS: Final = {
    "accepted": "kept",
    "declined": "kept",
    "expired": "settled",
    "released": "dropped",
    "withdrawn": "dropped",
}
"""How the wait for the answer to an offer ends, by the status that the application goes to."""


def application_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """Open the wait for the answer to an offer that is made, or end it."""
    application = change.noun
    if not isinstance(application, Application):
        return []
    subject = subjects.APPLICATION(application.id)
    if change.after == "offered":
        return waits.begin(turn, _OFFER, subject, subject, offer_expiry.kept_until(turn, application))
    if change.before == "offered":
        return waits.end(turn, _OFFER, subject, _ENDS[change.after])
    return []


def _reminded_at(turn: Turn, about: str, due: datetime) -> datetime:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(about))
    return offer_time.reminded_at(turn, people.person_of(turn, application.person_id), due)


def _zone(turn: Turn, about: str) -> str:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(about))
    return people.zone_of(turn, people.person_of(turn, application.person_id))


def _found(turn: Turn, after: int, most: int) -> Sequence[AwaitedThing]:
    """Return open offers, for an upgrade; the clock runs of those whose timer was set."""
    query = (
        select(Application)
        .where(
            Application.programme_id == turn.programme_id,
            Application.status == "offered",
            Application.id > after,
        )
        .order_by(Application.id)
        .limit(most)
    )
    found = turn.session.scalars(query).all()
    runs = select(timers.c.subject).where(
        not_fired(turn),
        timers.c.kind == Timer.OFFER_EXPIRY,
        timers.c.subject.in_([subjects.APPLICATION(each.id) for each in found]),
    )
    running = set(turn.connection.scalars(runs))
    return [
        AwaitedThing(
            each.id,
            subject := subjects.APPLICATION(each.id),
            subject,
            each.decided_at or each.created_at,
            (each.offer_until if subject in running else None) or offer_expiry.kept_until(turn, each),
        )
        for each in found
    ]


def _project(turn: Turn, subject: str) -> Project:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(subject))
    return projects.project_of(turn, application.project_id)


def _owing(turn: Turn, _about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    found = {each: lookup.application_of(turn, subjects.APPLICATION.id_of(each)) for each in of}
    return {each: [people.person_of(turn, its.person_id)] for each, its in found.items()}


def _waiting(turn: Turn, _about: str, subject: str) -> list[Person]:
    employer = projects.employer_of(turn, _project(turn, subject))
    return [employer] if employer is not None else []


def _said(turn: Turn, subject: str, due: datetime, reader: Person) -> Block:
    return text(
        "The answer to the offer for **{project}**: by {when}",
        project=projects.title_part(_project(turn, subject)),
        when=people.shown_date(turn, due, reader),
    )


def _starts(turn: Turn, subject: str) -> datetime:
    return _project(turn, subject).starts_at


def _later(turn: Turn, about: str, _of: Sequence[str], by: timedelta) -> list[Action]:
    """Let an offer be open so much longer, until the project starts, and not end in the student's night."""
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(about))
    if application.status != "offered" or application.offer_until is None:
        return []
    starts = _starts(turn, about)
    until = capped(application.offer_until, by, starts)
    until = capped(
        until, offer_time.awake(turn, people.person_of(turn, application.person_id), until) - until, starts
    )
    daily_message.retract_by_prefix(turn, keys.OFFER_REMINDER.begin(application.id))
    return [
        *lifecycle.move_offer(turn, application, until, OUTAGE),
        *offer_expiry.run_until(turn, application, until),
    ]


_RULE: Final = WaitRoute(
    waits="employer",
    owes="student",
    steps=(
        WaitStep("soon", offer_expiry.remind, when=_reminded_at, replaces=Timer.OFFER_REMINDER),
        WaitStep("end", offers.expire, replaces=Timer.OFFER_EXPIRY),
    ),
    zone=_zone,
    found=_found,
    sides=WaitSides(_owing, _waiting, _said, _later, _starts),
)

ROUTES = Routes(
    follows={StatusChanged: (application_moved,)},
    timers=dict.fromkeys((step.replaces for step in _RULE.steps), waits.replaced_due),
    waits={_OFFER: _RULE},
)
