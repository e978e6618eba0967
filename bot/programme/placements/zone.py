"""A student's days: they move with the student to another time zone, and the timers with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select

from bot.chat.actions import Action
from bot.chat.local_day import Day, ends_at
from bot.programme import people
from bot.programme.applications import lookup, terms
from bot.programme.core import dates
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import moved_days
from bot.programme.people import drafts
from bot.programme.placements import extensions, reminders, schedule
from bot.programme.placements.lookup import milestones, sides
from storage.tables import Milestone, Person, Placement, TermsColumns, TermsOffer, conversations

__all__ = ["move_hand_in_days", "reschedule_placements"]


def reschedule_placements(turn: Turn, person: Person | None) -> list[Action]:
    """Set the timers of placements again after a change of a student's quiet hours (None: all)."""
    return [act for placement in _under_way(turn, person) for act in schedule.schedule(turn, placement)]


def move_hand_in_days(turn: Turn, person: Person | None) -> list[Action]:
    """Re-key a student's days after a change of their zone, and set the timers again.

    None is a change of the programme's zone: it moves the days of students whose zone is not known. A day
    that has passed stays as it was.
    """
    _move_offers(turn, person)
    actions: list[Action] = []
    for placement in _under_way(turn, person):
        student = sides(turn, placement).student
        if person is not None or student.zone is None:
            actions += _move_days(turn, placement, people.zone_of(turn, student))
        actions += schedule.schedule(turn, placement)
    return actions


def _under_way(turn: Turn, person: Person | None) -> list[Placement]:
    query = select(Placement).where(Placement.programme_id == turn.programme_id, Placement.status == "active")
    if person is not None:
        query = query.where(Placement.person_id == person.id)
    return list(turn.session.scalars(query.order_by(Placement.id)))


def _move_days(turn: Turn, placement: Placement, zone: str) -> list[Action]:
    """Put the days of a placement that are still to come into a zone, and settle what was said of them."""
    actions: list[Action] = []
    before: set[str] = set()
    news: dict[datetime, datetime] = {}
    given = milestones(turn, placement)
    rows: list[tuple[Placement | Milestone, dates.Name]] = [(placement, "starts"), (placement, "due")]
    rows += [(each, "due") for each in given]
    for row, name in rows:
        day = dates.read(row, name)
        if isinstance(day, Day) and day.zone != zone and dates.instant_of(name, day) > turn.now:
            there = Day(day.date, zone)
            before.add(day.zone)
            news[ends_at(day)] = ends_at(there)
            actions += change(turn, row, **dates.columns(name, there))
    for name in terms.NAMES:
        _move(terms.terms_of(turn, placement), name, zone)
    numbers = [each.id for each in given]
    asked = and_(conversations.c.form == extensions.FORM, conversations.c.subject.in_(map(str, numbers)))
    drafts.move_day(turn, asked, "due", zone)
    reminders.move_date_news(turn, placement, news)
    put = select(TermsOffer.id).where(TermsOffer.application_id == placement.application_id)
    things = {
        "placement": [placement.id],
        "milestone": numbers,
        "application": [placement.application_id],
        "change": turn.session.scalars(put).all(),
    }
    return [*actions, *moved_days.move_days(turn, things, before, zone)]


def _move_offers(turn: Turn, person: Person | None) -> None:
    """Put the days of what a student was offered, or is asked to agree to, into their zone."""
    for offer in terms.open_offers(turn, person):
        student = people.person_of(turn, lookup.application_of(turn, offer.application_id).person_id)
        if person is None and student.zone is not None:
            continue
        for name in terms.NAMES:
            _move(offer, name, people.zone_of(turn, student))
    turn.session.flush()


def _move(held: TermsColumns, name: dates.Name, zone: str) -> None:
    """Put a day of terms into a zone; it is the same day."""
    day = dates.read(held, name)
    if isinstance(day, Day):
        dates.write(held, name, Day(day.date, zone))
