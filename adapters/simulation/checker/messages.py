"""The messages that people were promised: each thing that happened has the message that says so, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from adapters.simulation.deployment import Deployment
from adapters.terminal.screen import words_of
from storage.tables import (
    Announcement,
    Application,
    Channel,
    CheckIn,
    Milestone,
    Notice,
    Person,
    Placement,
    Project,
    Submission,
    outbox,
)

__all__ = ["check_messages"]

_DECIDED: Final = {
    "offered": "offer:{}:",
    "expired": "offer-expired:{}:",
    "not_selected": "not-selected:{}",
    "released": "application:{}:released:",
}
"""How the key begins of the message to the student, by the status of an application with this id."""

_SOON: Final = timedelta(hours=1)
"""Time in which the same words to the same person are one message too many."""


def check_messages(deployment: Deployment) -> None:
    """Note everything that happened and of which the message is missing, or came twice."""
    said = _said(deployment)
    for key in _promised(deployment):
        if not any(each.startswith(key) for each in said):
            deployment.observed.problem(f"no message, kept or sent, begins with {key}")
    _cards(deployment, said)
    _repeated(deployment)


def _said(deployment: Deployment) -> set[str]:
    """Return the keys of all messages and news that were written, as the programme's id and the key."""
    messages = deployment.rows(select(outbox.c.programme_id, outbox.c.key))
    news = deployment.rows(select(Notice.programme_id, Notice.key))
    return {f"{programme}:{key}" for programme, key in (*messages, *news)}


def _promised(deployment: Deployment) -> Iterator[str]:
    """Yield how the keys begin of what the rows of the programme promise; people who left are left out."""
    yield from _of_applications(deployment)
    yield from _of_placements(deployment)
    yield from _of_deliverables(deployment)


def _of_applications(deployment: Deployment) -> Iterator[str]:
    query = select(Application.__table__, Person.left_at).join(Person, Person.id == Application.person_id)
    for row in deployment.rows(query):
        key = _DECIDED.get(row.status)
        if key and row.left_at is None:
            yield f"{row.programme_id}:{key.format(row.id)}"


def _of_placements(deployment: Deployment) -> Iterator[str]:
    now = deployment.clock.now()
    for row in deployment.rows(select(Placement.__table__)):
        if row.status == "active" and row.starts_at < now - _SOON:
            yield f"{row.programme_id}:kickoff:{row.id}"
        if row.status == "completed":
            yield f"{row.programme_id}:completed:{row.id}"
    for row in deployment.rows(select(CheckIn.__table__)):
        yield f"{row.programme_id}:checkin:{row.placement_id}:{row.step}:{row.side}"


def _of_deliverables(deployment: Deployment) -> Iterator[str]:
    for row in deployment.rows(select(Milestone.__table__).where(Milestone.status == "accepted")):
        yield f"{row.programme_id}:accepted:{row.id}"
    for row in deployment.rows(select(Submission.__table__)):
        yield f"{row.programme_id}:handed-in:{row.milestone_id}:{row.version}"
        if row.status == "changes":
            yield f"{row.programme_id}:changes:{row.milestone_id}:{row.version}"


def _cards(deployment: Deployment, said: Collection[str]) -> None:
    """Check that what was announced has its card, and that each open project was announced in its cohorts."""
    problem = deployment.observed.problem
    announced: defaultdict[int, set[int]] = defaultdict(set)
    channels = {row.place: row for row in deployment.rows(select(Channel.__table__))}
    for row in deployment.rows(select(Announcement.__table__)):
        announced[row.project_id].add(row.cohort_id)
        channel = channels.get(row.place)
        if channel and f"{row.programme_id}:card:{row.project_id}:{channel.id}" not in said:
            problem(f"project {row.project_id} counts as announced in {row.place}, where no card was written")
    active = {row.cohort_id for row in channels.values() if row.state == "active"}
    for project in deployment.rows(select(Project.__table__).where(Project.status == "open")):
        for cohort in project.cohorts:
            if cohort.id in active and cohort.id not in announced[project.id]:
                problem(f"project {project.id} was never announced in cohort {cohort.id}")


def _repeated(deployment: Deployment) -> None:
    """Check that no person is sent the same words twice within an hour without having asked."""
    last: dict[tuple[str, str], tuple[datetime, str]] = {}
    for arrival in deployment.observed.arrivals:
        post = deployment.observed.posts.get(arrival.key)
        entry = deployment.entry(deployment.observed.landed[arrival.key])
        unasked = post is not None and arrival.key in deployment.observed.unasked
        if not unasked or entry is None or arrival.quiet is None:
            continue
        same = (arrival.destination, words_of(entry))
        before = last.get(same)
        if before and arrival.at - before[0] < _SOON:
            deployment.observed.problem(f"{arrival.key} says what {before[1]} said at {before[0]}")
        last[same] = (arrival.at, arrival.key)
