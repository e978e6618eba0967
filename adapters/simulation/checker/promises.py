"""What people were promised: places, answers, digests, quiet, one message a day, and what stays private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct, convert
from sqlalchemy import func, select

from adapters.simulation.checker.local_time import day_after, quiet_until
from adapters.simulation.deployment import Deployment
from adapters.simulation.typed_text import SECRET
from adapters.terminal.screen import words_of
from adapters.terminal.workspace import BOT
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

__all__ = ["check_places", "check_promises"]

Settings = tuple[str, str, tuple[str, ...]]
"""A cohort's zone, hour of the digest, and days off."""

_SLACK: Final = timedelta(days=8)
"""How much later an answer may come than its promise: a setting of the programme may have changed it."""

_FOR_EMPLOYERS: Final = ("notices:", "closing:")
"""How the keys begin of what comes to an employer as an employer; most may apply somewhere as well."""

_ON_TIME: Final = timedelta(minutes=1)


class _Digest(Struct, frozen=True):
    """What the timer of a digest carries: the date that it is for."""

    nominal: date


def check_places(deployment: Deployment) -> None:
    """Offers and acceptances never exceed a project's places."""
    observed = deployment.observed
    offered, accepted = Application.status == "offered", Application.status == "accepted"
    taken = (
        select(Project.id, Project.places, func.count(Application.id))
        .join(Application, Application.project_id == Project.id)
        .outerjoin(Placement, Placement.application_id == Application.id)
        .where(offered | (accepted & Placement.status.is_distinct_from("ended")))
        .group_by(Project.id, Project.places)
    )
    for project_id, places, count in deployment.rows(taken):
        if count > places:
            observed.problem(f"project {project_id} has {places} places, {count} are offered or accepted")


def check_promises(deployment: Deployment, cohorts: Mapping[int, Settings]) -> None:
    """Note every promise that was not kept; `cohorts` are their settings at the beginning, by id."""
    check_places(deployment)
    _answers(deployment)
    _digests(deployment, cohorts)
    _one_a_day(deployment)
    _quiet(deployment)
    _secrets(deployment)
    _drafts(deployment)


def _answers(deployment: Deployment) -> None:
    """No applicant waits past the promise; no offer and no held decision stays for ever."""
    observed = deployment.observed
    now = deployment.clock.now()
    query = select(
        Application.id,
        Application.status,
        Application.held,
        Application.offer_until,
        Project.decide_at,
        Programme.release_days,
    )
    query = query.join(Project, Project.id == Application.project_id)
    query = query.join(Programme, Programme.id == Application.programme_id)
    for number, status, held, offer_until, decide_at, days in deployment.rows(query):
        late = now > decide_at + timedelta(days=days) + _SLACK
        if status in {"admission", "submitted", "shortlisted"} and late:
            observed.problem(f"application {number} is {status}; an answer was promised by {decide_at}")
        if status == "offered" and offer_until is not None and offer_until < now:
            observed.problem(f"application {number} has an offer that ran out at {offer_until}")
        if held is not None:
            observed.problem(f"application {number} has a decision that was never announced: {held}")


def _digests(deployment: Deployment, cohorts: Mapping[int, Settings]) -> None:
    """Each cohort has one next digest; none is skipped or doubled while its settings stay."""
    observed = deployment.observed
    query = select(timers).where(timers.c.kind == "cohort.digest").order_by(timers.c.due_at)
    rows = deployment.rows(query)
    for cohort in deployment.rows(select(Cohort.__table__)):
        mine = [row for row in rows if row.subject == f"cohort:{cohort.id}"]
        pending = [row for row in mine if row.state == "pending"]
        if len(pending) != (0 if cohort.ended_at else 1):
            observed.problem(f"cohort {cohort.id} has {len(pending)} next digests")
        if cohorts.get(cohort.id) != (cohort.zone, cohort.digest_at, tuple(cohort.days_off)):
            continue
        days = sorted(convert(row.payload, _Digest).nominal for row in mine if row.state == "done")
        for day, following in pairwise(days):
            if day_after(day, tuple(cohort.days_off)) != following:
                observed.problem(f"cohort {cohort.id}: after the digest of {day} came that of {following}")
    posted = [
        row.key for row in deployment.rows(select(outbox.c.key).where(outbox.c.key.startswith("digest:")))
    ]
    for key, count in Counter(posted).items():
        if count > 1:
            observed.problem(f"{key} was posted {count} times")


def _one_a_day(deployment: Deployment) -> None:
    """Check that an employer hears at most one thing a day unasked, what cannot wait aside."""
    observed = deployment.observed
    employers = {
        user
        for (user,) in deployment.rows(
            select(Identity.user_id)
            .join(Role, Role.person_id == Identity.person_id)
            .where(Role.role == "employer")
        )
    }
    days: Counter[tuple[str, date]] = Counter()
    for arrival in deployment.observed.arrivals:
        post = deployment.observed.posts.get(arrival.key)
        account = arrival.destination.rpartition("@")[2]
        theirs = account in employers and arrival.key.partition(":")[2].startswith(_FOR_EMPLOYERS)
        held = post is not None and not post.deadline and arrival.key in observed.unasked
        if not theirs or not held or not arrival.quiet:
            continue
        zone = ZoneInfo(arrival.quiet[0])
        days[account, arrival.owed_at.astimezone(zone).date()] += 1
    for (account, day), count in days.items():
        if count > 1:
            observed.problem(f"{account} read {count} things on {day} that they had not asked for")


def _quiet(deployment: Deployment) -> None:
    """Check that nothing comes unasked in the quiet hours, unless it would be too late after them."""
    observed = deployment.observed
    for arrival in deployment.observed.arrivals:
        post = deployment.observed.posts.get(arrival.key)
        if post is None or arrival.key not in observed.unasked or arrival.quiet is None:
            continue
        until = quiet_until(arrival.quiet, arrival.at)
        if until is None or (post.deadline is not None and post.deadline <= until):
            continue
        held = quiet_until(arrival.quiet, arrival.owed_at) or arrival.owed_at
        if arrival.at - held < _ON_TIME:
            observed.problem(f"{arrival.key} came at {arrival.at}, in quiet hours until {until}")


def _secrets(deployment: Deployment) -> None:
    """Details for accepted interns are seen by them, by the company and by coordinators, by no others."""
    observed = deployment.observed
    seen = {
        user: (company, placed, role)
        for user, company, placed, role in deployment.rows(
            select(Identity.user_id, Person.company_id, Placement.id, Role.role)
            .join(Person, Person.id == Identity.person_id)
            .outerjoin(Placement, Placement.person_id == Person.id)
            .outerjoin(Role, (Role.person_id == Person.id) & (Role.role == "coordinator"))
        )
    }
    companies = {user: company for user, (company, _, _) in seen.items()}
    for entry in deployment.entries:
        words = words_of(entry) if entry.author == BOT else ""
        if SECRET not in words:
            continue
        viewer = entry.private_to or entry.place.removeprefix("dm-")
        author = words.partition(SECRET)[2].split()[0].rstrip(".,")
        company, placed, coordinator = seen.get(viewer, (None, None, None))
        theirs = viewer == author or (company is not None and company == companies.get(author))
        if not (theirs or placed or coordinator):
            observed.problem(f"{entry.key or entry.id} shows {viewer} what {author} wrote for interns only")


def _drafts(deployment: Deployment) -> None:
    """One draft of a person is in front, at most."""
    observed = deployment.observed
    fronts = (
        select(conversations.c.person_id, func.count())
        .where(conversations.c.state == "open")
        .group_by(conversations.c.person_id)
    )
    for person_id, count in deployment.rows(fronts):
        if count > 1:
            observed.problem(f"person {person_id} has {count} drafts in front")
