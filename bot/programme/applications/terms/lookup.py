"""Rows of terms: what was offered with a place, what was accepted, what was asked since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.local_day import Day, When, date_of
from bot.programme import people, projects
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverable_list import write_deliverables
from bot.programme.projects.from_answers import rules_of, usual_start
from storage.tables import Application, Person, Placement, Project, Terms, TermsColumns, TermsOffer
from storage.tables.values import Agreement

__all__ = [
    "DATES",
    "NAMED",
    "NAMES",
    "accept",
    "accept_dates",
    "accepted_with",
    "dates_of_offer",
    "latest",
    "moved",
    "offer",
    "offered",
    "open_change",
    "open_offers",
    "propose",
    "same",
    "same_date",
    "shown",
    "start_of",
    "terms_of",
    "values_of",
    "versions",
    "work_of",
]

_WORK: Final = (
    "fee_cents",
    "currency",
    "unpaid_reason",
    "payer",
    "pay_days",
    "fixed",
    "hours",
    "weeks",
    "deliverables",
    "location",
)
_SHARE: Final = "fee_share"
NAMES: Final[tuple[dates.Name, ...]] = ("starts", "due")
"""Dates that terms name."""
DATES: Final = tuple(f"{name}_{part}" for name in NAMES for part in ("at", "day", "zone"))
"""Columns of the dates of terms."""
NAMED: Final = (*_WORK, _SHARE, *DATES)
"""Columns that terms name."""

_OPEN: Final = ("coordinator", "asked")


def values_of(terms: TermsColumns) -> dict[str, Any]:
    """Return what these terms name, by column."""
    return {name: getattr(terms, name) for name in NAMED}


def same(before: TermsColumns, after: TermsColumns) -> bool:
    """Tell whether two terms name the same; a day is the same wherever it is meant."""
    return all(getattr(before, name) == getattr(after, name) for name in (*_WORK, _SHARE)) and all(
        same_date(dates.read(before, name), dates.read(after, name), name) for name in NAMES
    )


def same_date(before: When, after: When, name: dates.Name) -> bool:
    """Tell whether two dates are the same: two days by their dates, others by their instants."""
    if isinstance(before, Day) and isinstance(after, Day):
        return before.date == after.date
    return dates.instant_of(name, before) == dates.instant_of(name, after)


def _due_of(turn: Turn, student: Person, start: When, weeks: int) -> Day:
    """Return the student's day so many weeks after a start."""
    zone = people.zone_of(turn, student)
    return Day(date_of(start, ZoneInfo(zone)) + timedelta(weeks=weeks), zone)


def dates_of_offer(turn: Turn, project: Project, student: Person, until: datetime) -> tuple[When, When]:
    """Return when the work of an offer that runs until `until` starts and is due.

    A start that has passed is of no use: the work then starts on the morning of the weekday after the offer's
    end. An end that cannot move stays, while it is after that start.
    """
    start = start_of(turn, project, student)
    due = _due_of(turn, student, start, project.weeks)
    if dates.instant_of("starts", start) <= turn.now:
        start = _own(turn, usual_start(rules_of(turn, project), until), student)
        if not _stays(project, start, due):
            due = _due_of(turn, student, start, project.weeks)
    return start, due


def _stays(of: Project | TermsColumns, start: When, due: When) -> bool:
    """Return whether an end stays as it is though the start has moved: it cannot move, and is still ahead."""
    return "due" in (of.fixed or ()) and dates.instant_of("due", due) > dates.instant_of("starts", start)


def start_of(turn: Turn, project: Project, student: Person) -> When:
    """Return when the work of a project starts for a student: a day is the student's."""
    return _own(turn, dates.read(project, "starts"), student)


def _own(turn: Turn, when: When, student: Person) -> When:
    return Day(when.date, people.zone_of(turn, student)) if isinstance(when, Day) else when


def offer(turn: Turn, project: Project, application: Application, until: datetime) -> TermsOffer:
    """Write down the terms that an offer of a place holds, as the project has them now."""
    student = people.person_of(turn, application.person_id)
    start, due = dates_of_offer(turn, project, student, until)
    values = _of_project(turn, project, start, due)
    before = offered(turn, application)
    if before is not None and same(before, TermsOffer(**values)):
        return before
    turn.before_writing()
    for each in _offers(turn, application.id, ("offered",)):
        each.state = "replaced"
    return propose(turn, application, values, "offered", proposed_by=turn.person_id)


def _of_project(turn: Turn, project: Project, start: When, due: When) -> dict[str, Any]:
    """Return the terms that a project has now, with these dates, by column."""
    share = {_SHARE: turn.programme.fee_share}
    return work_of(project) | share | dates.columns("starts", start) | dates.columns("due", due)


def work_of(project: Project) -> dict[str, Any]:
    """Return what a project has now of what terms name, by column: all but the dates and the fee share."""
    work = {name: getattr(project, name) for name in _WORK if name != "deliverables"}
    return work | {"deliverables": projects.wanted_of(project, "open", "team")}


def propose(
    turn: Turn,
    application: Application,
    values: Mapping[str, Any],
    state: str,
    *,
    proposed_by: int | None,
    approved_by: int | None = None,
) -> TermsOffer:
    """Put terms before a student, in this state."""
    turn.before_writing()
    made = TermsOffer(
        programme_id=turn.programme_id,
        deliverables_text=projects.deliverable_in_words(write_deliverables(values["deliverables"])),
        application_id=application.id,
        state=state,
        proposed_by=proposed_by,
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


def open_offers(turn: Turn, student: Person | None) -> list[TermsOffer]:
    """Return what was put before a student (None: before any) and waits for an answer."""
    query = select(TermsOffer).where(
        TermsOffer.programme_id == turn.programme_id, TermsOffer.state.in_(("offered", *_OPEN))
    )
    if student is not None:
        query = query.join(Application, Application.id == TermsOffer.application_id).where(
            Application.person_id == student.id
        )
    return list(turn.session.scalars(query.order_by(TermsOffer.id)))


def accept(turn: Turn, placement: Placement, values: Mapping[str, Any], agreements: list[Agreement]) -> Terms:
    """Write down what the student of a placement accepts now: its next version."""
    before = versions(turn, placement)
    made = Terms(
        programme_id=turn.programme_id,
        placement_id=placement.id,
        version=before[-1].version + 1 if before else 1,
        accepted_by=placement.person_id,
        accepted_at=turn.now,
        agreements=agreements,
        deliverables_text=projects.deliverable_in_words(write_deliverables(values["deliverables"])),
        **values,
    )
    turn.session.add(made)
    turn.session.flush()
    return made


def accept_dates(turn: Turn, placement: Placement) -> None:
    """Write down dates that both sides moved: a new end makes the placement's next version of terms."""
    before, due = terms_of(turn, placement), dates.read(placement, "due")
    if not same_date(dates.read(before, "due"), due, "due"):
        accept(turn, placement, values_of(before) | dates.columns("due", due), before.agreements)


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
    turn.before_writing()
    project = projects.project_of(turn, placement.project_id)
    values = work_of(project) | {name: getattr(placement, name) for name in DATES}
    made = accept(turn, placement, values, [])
    made.accepted_at, made.from_project_at = placement.created_at, turn.now
    turn.session.flush()
    return made


def moved(turn: Turn, student: Person, before: TermsColumns, start: When, weeks: int) -> When:
    """Return when the work is due after a change of its start or its weeks, moved by as many days."""
    was = _due_of(turn, student, dates.read(before, "starts"), before.weeks)
    days = _due_of(turn, student, start, weeks).date - was.date
    return dates.by_days(dates.read(before, "due"), days, ZoneInfo(people.zone_of(turn, student)))


def accepted_with(turn: Turn, project: Project, application: Application) -> dict[str, Any]:
    """Return the terms that Accept takes up now: the offer's, from today where its start has passed."""
    held = offered(turn, application) or offer(turn, project, application, turn.now)
    values = values_of(held)
    if held.starts_at < turn.now:
        student = people.person_of(turn, application.person_id)
        due = dates.read(held, "due")
        if not _stays(held, turn.now, due):
            due = moved(turn, student, held, turn.now, held.weeks)
        values |= dates.columns("starts", turn.now) | dates.columns("due", due)
    return values
