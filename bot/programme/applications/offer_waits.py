"""Waits for the answer to an offer: owed by the student, who is reminded; then the offer runs out.

Its time begins when the offer has arrived (`offer_expiry`): until then no clock runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.routes import Routes, Step, WaitRoute
from bot.programme import people
from bot.programme.applications import lookup, offer_expiry, offer_time, offers
from bot.programme.core import subjects
from bot.programme.core.changes import StatusChanged
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.notifications.opening_waits import Found
from storage.tables import Application, timers

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
        return waits.begin(turn, _OFFER, subject, subject, None)
    if change.before == "offered":
        return waits.end(turn, _OFFER, subject, _ENDS[change.after])
    return []


def _reminded_at(turn: Turn, about: str, due: datetime) -> datetime:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(about))
    return offer_time.reminded_at(turn, people.person_of(turn, application.person_id), due)


def _zone(turn: Turn, about: str) -> str:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(about))
    return people.zone_of(turn, people.person_of(turn, application.person_id))


def _found(turn: Turn, after: int, most: int) -> Sequence[Found]:
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
        timers.c.programme_id == turn.programme_id,
        timers.c.kind == Timer.OFFER_EXPIRY,
        timers.c.state == "pending",
        timers.c.subject.in_([subjects.APPLICATION(each.id) for each in found]),
    )
    running = set(turn.connection.scalars(runs))
    return [
        Found(
            each.id,
            subject := subjects.APPLICATION(each.id),
            subject,
            each.decided_at or each.created_at,
            each.offer_until if subject in running else None,
        )
        for each in found
    ]


_RULE: Final = WaitRoute(
    waits="employer",
    owes="student",
    steps=(
        Step("soon", offer_expiry.remind, when=_reminded_at, replaces=Timer.OFFER_REMINDER),
        Step("end", offers.expire, replaces=Timer.OFFER_EXPIRY),
    ),
    zone=_zone,
    found=_found,
)

ROUTES = Routes(
    follows={StatusChanged: (application_moved,)},
    timers=dict.fromkeys((step.replaces for step in _RULE.steps), waits.replaced_due),
    waits={_OFFER: _RULE},
)
