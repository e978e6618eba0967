"""What people were promised: places, answers, digests, quiet, one message a day, and what stays private."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from adapters.terminal.screen import words_of
from adapters.terminal.workspace import BOT
from bot.chat.answers.days_off import dates_off, weekdays_off
from bot.clock import next_local, quiet_until
from storage.tables import (
    Application,
    Cohort,
    Identity,
    Person,
    Placement,
    Programme,
    Project,
    Role,
    conversations,
    outbox,
    timers,
)
from tests.simulation.observations import Arrival
from tests.simulation.scenario import Town
from tests.simulation.typed_text import SECRET

__all__ = ["check_places", "check_promises"]

_SLACK: Final = timedelta(days=8)
"""How much later an answer may come than its promise: a setting of the programme may have changed it."""

_FOR_EMPLOYERS: Final = ("notices:", "closing:")
"""How the keys begin of what comes to an employer as an employer; most may apply somewhere as well."""

_ON_TIME: Final = timedelta(minutes=1)


def check_places(town: Town) -> None:
    """Offers and acceptances never exceed a project's places."""
    offered, accepted = Application.status == "offered", Application.status == "accepted"
    taken = (
        select(Project.id, Project.places, func.count(Application.id))
        .join(Application, Application.project_id == Project.id)
        .outerjoin(Placement, Placement.application_id == Application.id)
        .where(offered | (accepted & Placement.status.is_distinct_from("ended")))
        .group_by(Project.id, Project.places)
    )
    for project_id, places, count in town.rows(taken):
        if count > places:
            town.book.problem(f"project {project_id} has {places} places, {count} are offered or accepted")


def check_promises(town: Town) -> None:
    """Note every promise that was not kept."""
    check_places(town)
    _answers(town)
    _digests(town)
    _one_a_day(town)
    _quiet(town)
    _secrets(town)
    _drafts(town)


def _answers(town: Town) -> None:
    """No applicant waits past the promise; no offer and no held decision stays for ever."""
    now = town.clock.now()
    (days,) = town.rows(select(Programme.release_days))[0]
    query = select(
        Application.id,
        Application.status,
        Application.held,
        Application.offer_until,
        Project.decide_at,
    ).join(Project, Project.id == Application.project_id)
    for number, status, held, offer_until, decide_at in town.rows(query):
        late = now > decide_at + timedelta(days=days) + _SLACK
        if status in {"admission", "submitted", "shortlisted"} and late:
            town.book.problem(f"application {number} is {status}; an answer was promised by {decide_at}")
        if status == "offered" and offer_until is not None and offer_until < now:
            town.book.problem(f"application {number} has an offer that ran out at {offer_until}")
        if held is not None:
            town.book.problem(f"application {number} has a decision that was never told: {held}")


def _digests(town: Town) -> None:
    """Each cohort has one next digest; none is skipped or doubled while its settings stay."""
    query = select(timers).where(timers.c.kind == "cohort.digest").order_by(timers.c.due_at)
    rows = town.rows(query)
    for cohort in town.rows(select(Cohort.__table__)):
        mine = [row for row in rows if row.subject == f"cohort:{cohort.id}"]
        pending = [row for row in mine if row.state == "pending"]
        if len(pending) != (0 if cohort.ended_at else 1):
            town.book.problem(f"cohort {cohort.id} has {len(pending)} next digests")
        if town.cohorts.get(cohort.id) != (cohort.zone, cohort.digest_at, tuple(cohort.days_off)):
            continue
        days = sorted(date.fromisoformat(row.payload["nominal"]) for row in mine if row.state == "done")
        weekdays, dates = weekdays_off(cohort.days_off), dates_off(cohort.days_off)
        for day, following in pairwise(days):
            if next_local(day, weekdays_off=weekdays, dates_off=dates) != following:
                town.book.problem(f"cohort {cohort.id}: after the digest of {day} came that of {following}")
    posted = [row.key for row in town.rows(select(outbox.c.key).where(outbox.c.key.startswith("digest:")))]
    for key, count in Counter(posted).items():
        if count > 1:
            town.book.problem(f"{key} was posted {count} times")


def _one_a_day(town: Town) -> None:
    """An employer hears at most one thing a day that they did not ask for, what cannot wait aside."""
    employers = {
        user
        for (user,) in town.rows(
            select(Identity.user_id)
            .join(Role, Role.person_id == Identity.person_id)
            .where(Role.role == "employer")
        )
    }
    days: Counter[tuple[str, date]] = Counter()
    for arrival in town.book.arrivals:
        post = town.book.posts.get(arrival.key)
        account = arrival.destination.rpartition("@")[2]
        theirs = account in employers and arrival.key.partition(":")[2].startswith(_FOR_EMPLOYERS)
        if not theirs or post is None or not post.unasked or post.deadline or not arrival.quiet:
            continue
        zone = ZoneInfo(arrival.quiet[0])
        days[account, arrival.owed_at.astimezone(zone).date()] += 1
    for (account, day), count in days.items():
        if count > 1:
            town.book.problem(f"{account} was told {count} things on {day} that they had not asked for")


def _quiet(town: Town) -> None:
    """What was not asked for does not come in the quiet hours, unless it would be too late after them."""
    for arrival in town.book.arrivals:
        post = town.book.posts.get(arrival.key)
        if post is None or not post.unasked or arrival.quiet is None:
            continue
        until = _quiet_until(arrival, arrival.at)
        if until is None or (post.deadline is not None and post.deadline <= until):
            continue
        held = _quiet_until(arrival, arrival.owed_at) or arrival.owed_at
        if arrival.at - held < _ON_TIME:
            town.book.problem(f"{arrival.key} came at {arrival.at}, in quiet hours until {until}")


def _quiet_until(arrival: Arrival, at: datetime) -> datetime | None:
    zone, start, end = arrival.quiet or ("UTC", "00:00", "00:00")
    return quiet_until(at, ZoneInfo(zone), time.fromisoformat(start), time.fromisoformat(end))


def _secrets(town: Town) -> None:
    """Details for accepted interns are seen by them, by the company and by coordinators, by no others."""
    seen = {
        user: (company, placed, role)
        for user, company, placed, role in town.rows(
            select(Identity.user_id, Person.company_id, Placement.id, Role.role)
            .join(Person, Person.id == Identity.person_id)
            .outerjoin(Placement, Placement.person_id == Person.id)
            .outerjoin(Role, (Role.person_id == Person.id) & (Role.role == "coordinator"))
        )
    }
    companies = {user: company for user, (company, _, _) in seen.items()}
    for entry in town.world.entries:
        words = words_of(entry) if entry.author == BOT else ""
        if SECRET not in words:
            continue
        viewer = entry.private_to or entry.place.removeprefix("dm-")
        author = words.partition(SECRET)[2].split()[0].rstrip(".,")
        company, placed, coordinator = seen.get(viewer, (None, None, None))
        theirs = viewer == author or (company is not None and company == companies.get(author))
        if not (theirs or placed or coordinator):
            town.book.problem(f"{entry.key or entry.id} shows {viewer} what {author} wrote for interns only")


def _drafts(town: Town) -> None:
    """One draft of a person is in front, at most."""
    fronts = (
        select(conversations.c.person_id, func.count())
        .where(conversations.c.state == "open")
        .group_by(conversations.c.person_id)
    )
    for person_id, count in town.rows(fronts):
        if count > 1:
            town.book.problem(f"person {person_id} has {count} drafts in front")
