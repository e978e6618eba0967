"""Rows of terms: what was offered with a place, what was accepted, what was asked since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.local_day import Day, When, deadline_of, starts_at
from bot.clock import at_local
from bot.programme import people, projects
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects.from_answers import rules_of, usual_start
from storage.tables import Application, Person, Placement, Project, Terms, TermsColumns, TermsOffer

__all__ = [
    "NAMED",
    "accept",
    "accept_dates",
    "accepted_with",
    "dates_of_offer",
    "latest",
    "moved",
    "offer",
    "offered",
    "open_change",
    "propose",
    "shown",
    "start_of",
    "terms_of",
    "values_of",
    "versions",
]

NAMED: Final = (
    "fee_cents",
    "currency",
    "unpaid_reason",
    "hours",
    "weeks",
    "deliverables",
    "location",
    "starts_at",
    "due_at",
)
"""Columns that terms name."""

_OPEN: Final = ("coordinator", "asked")


def values_of(terms: TermsColumns) -> dict[str, Any]:
    """Return what these terms name, by column."""
    return {name: getattr(terms, name) for name in NAMED}


def _due_of(turn: Turn, student: Person, starts_at: datetime, weeks: int) -> datetime:
    """Return the end of the day so many weeks after a start, in the student's zone."""
    zone = ZoneInfo(people.zone_of(turn, student))
    return deadline_of(starts_at.astimezone(zone).date() + timedelta(weeks=weeks), zone)


def dates_of_offer(
    turn: Turn, project: Project, student: Person, until: datetime
) -> tuple[datetime, datetime]:
    """Return when the work of an offer that runs until `until` starts and is due.

    A start that has passed is of no use: the work then starts on the morning of the weekday after the offer's
    end.
    """
    start = start_of(turn, project, student)
    if start <= turn.now:
        start = _morning(turn, usual_start(rules_of(turn, project), until), student)
    return start, _due_of(turn, student, start, project.weeks)


def start_of(turn: Turn, project: Project, student: Person) -> datetime:
    """Return when the work of a project starts for a student; a day begins in the student's zone."""
    return _morning(turn, dates.read(project, "starts"), student)


def _morning(turn: Turn, start: When, student: Person) -> datetime:
    return starts_at(Day(start.date, people.zone_of(turn, student)) if isinstance(start, Day) else start)


def offer(turn: Turn, project: Project, application: Application, until: datetime) -> TermsOffer:
    """Write down the terms that an offer of a place holds, as the project has them now."""
    student = people.person_of(turn, application.person_id)
    starts_at, due_at = dates_of_offer(turn, project, student, until)
    values = {name: getattr(project, name) for name in NAMED if name != "due_at"}
    values |= {"starts_at": starts_at, "due_at": due_at}
    before = offered(turn, application)
    if before is not None and values_of(before) == values:
        return before
    for each in _offers(turn, application.id, ("offered",)):
        each.state = "replaced"
    return propose(turn, application, values, "offered")


def propose(
    turn: Turn,
    application: Application,
    values: Mapping[str, Any],
    state: str,
    approved_by: int | None = None,
) -> TermsOffer:
    """Put terms before a student, in this state."""
    made = TermsOffer(
        programme_id=turn.programme_id,
        application_id=application.id,
        state=state,
        proposed_by=turn.person_id,
        approved_by=approved_by,
        created_at=turn.now,
        **values,
    )
    turn.session.add(made)
    turn.session.flush()
    return made


def _offers(turn: Turn, application_id: int, states: Collection[str] = ()) -> list[TermsOffer]:
    """Return what was put before the student of an application (in these states), the newest first."""
    query = select(TermsOffer).where(
        TermsOffer.programme_id == turn.programme_id, TermsOffer.application_id == application_id
    )
    if states:
        query = query.where(TermsOffer.state.in_(states))
    return list(turn.session.scalars(query.order_by(TermsOffer.id.desc())))


def offered(turn: Turn, application: Application) -> TermsOffer | None:
    """Return the terms of the latest offer of a place; None for an offer from before terms were kept."""
    return next(iter(_offers(turn, application.id, ("offered",))), None)


def shown(turn: Turn, application: Application, pressed: Sequence[str]) -> TermsOffer | None:
    """Return the terms that the message of a pressed Accept showed: those it names, else the first offered.

    `pressed`: what the button names, nothing on a button from before terms were kept.
    """
    offers = _offers(turn, application.id, ("offered", "replaced"))
    named = [each for each in offers if str(each.id) in pressed]
    return next(iter([*named, *offers[-1:]]), None)


def latest(turn: Turn, application_id: int) -> TermsOffer | None:
    """Return what was put before the student last, whatever came of it."""
    return next(iter(_offers(turn, application_id)), None)


def open_change(turn: Turn, application_id: int) -> TermsOffer | None:
    """Return the change of terms that is not answered yet."""
    return next(iter(_offers(turn, application_id, _OPEN)), None)


def accept(turn: Turn, placement: Placement, values: Mapping[str, Any], agreements: list[Any]) -> Terms:
    """Write down what the student of a placement accepts now: its next version."""
    before = versions(turn, placement)
    made = Terms(
        programme_id=turn.programme_id,
        placement_id=placement.id,
        version=before[-1].version + 1 if before else 1,
        accepted_by=placement.person_id,
        accepted_at=turn.now,
        agreements=agreements,
        **values,
    )
    turn.session.add(made)
    turn.session.flush()
    return made


def accept_dates(turn: Turn, placement: Placement) -> None:
    """Write down dates that both sides moved: a new end makes the placement's next version of terms."""
    before = terms_of(turn, placement)
    if before.due_at != placement.due_at:
        accept(turn, placement, values_of(before) | {"due_at": placement.due_at}, before.agreements)


def versions(turn: Turn, placement: Placement) -> list[Terms]:
    """Return every version that was accepted, the oldest first."""
    query = select(Terms).where(Terms.programme_id == turn.programme_id, Terms.placement_id == placement.id)
    return list(turn.session.scalars(query.order_by(Terms.version)))


def terms_of(turn: Turn, placement: Placement) -> Terms:
    """Return what holds between the two sides of a placement now.

    A placement without written terms gets the project's terms of today, marked as such.
    """
    found = versions(turn, placement)
    if found:
        return found[-1]
    project = projects.project_of(turn, placement.project_id)
    values = {name: getattr(project, name) for name in NAMED if name != "due_at"}
    values |= {"starts_at": placement.starts_at, "due_at": placement.due_at}
    made = accept(turn, placement, values, [])
    made.accepted_at, made.from_project_at = placement.created_at, turn.now
    turn.session.flush()
    return made


def moved(turn: Turn, student: Person, before: TermsColumns, starts_at: datetime, weeks: int) -> datetime:
    """Return when the work is due after a change of its start or its weeks, moved by as many days."""
    zone = ZoneInfo(people.zone_of(turn, student))
    was = _due_of(turn, student, before.starts_at, before.weeks).astimezone(zone).date()
    now = _due_of(turn, student, starts_at, weeks).astimezone(zone).date()
    local = before.due_at.astimezone(zone)
    return at_local(local.date() + (now - was), local.time(), zone)


def accepted_with(turn: Turn, project: Project, application: Application) -> dict[str, Any]:
    """Return the terms that Accept takes up now: the offer's, from today where its start has passed."""
    held = offered(turn, application) or offer(turn, project, application, turn.now)
    values = values_of(held)
    if held.starts_at < turn.now:
        student = people.person_of(turn, application.person_id)
        values |= {"starts_at": turn.now, "due_at": moved(turn, student, held, turn.now, held.weeks)}
    return values
