"""What people wait for: each wait has a next step with its timer, or has come to an end that is on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from adapters.simulation.deployment import Deployment
from storage.tables import Identity, Notice, Task, timers
from storage.tables.waits import Wait

__all__ = ["check_waits"]

_ON_TIME: Final = timedelta(minutes=1)

_DAILY: Final = timedelta(days=4)
"""How long news may wait for a daily message: over a weekend, and a day for quiet hours."""


def check_waits(deployment: Deployment) -> None:
    """Note each wait without a next step, and all news that no daily message brought."""
    _steps(deployment)
    _ends(deployment)
    _news(deployment)


def _steps(deployment: Deployment) -> None:
    """Check that the waits said together have a timer at the next step of the first of them."""
    problem, now = deployment.observed.problem, deployment.clock.now()
    nexts: dict[tuple[int, str, str], datetime] = {}
    for wait in deployment.rows(select(Wait.__table__).where(Wait.state == "open")):
        if wait.next_at is None:
            continue
        if wait.next_at <= now - _ON_TIME:
            problem(f"the wait {wait.kind} of {wait.subject} has a step since {wait.next_at}, not taken")
        of = (wait.programme_id, wait.kind, wait.about)
        nexts[of] = min(nexts.get(of, wait.next_at), wait.next_at)
    pending = {
        (row.programme_id, row.kind, row.subject, row.due_at)
        for row in deployment.rows(select(timers).where(timers.c.state == "pending"))
    }
    for (programme, kind, about), at in nexts.items():
        if (programme, f"wait.{kind}", about, at) not in pending:
            problem(f"the wait {kind} of {about} has its next step at {at}, and no timer then")


def _ends(deployment: Deployment) -> None:
    """Check that a wait past its last step has a task of the coordinators that names the same thing."""
    now = deployment.clock.now()
    tasks = {(row.programme_id, row.subject) for row in deployment.rows(select(Task.__table__))}
    for wait in deployment.rows(select(Wait.__table__).where(Wait.state == "open", Wait.next_at.is_(None))):
        known = {(wait.programme_id, wait.subject), (wait.programme_id, wait.about)}
        if not known & tasks and (wait.due_at is None or wait.due_at < now):
            deployment.observed.problem(_without_end(wait))


def _without_end(wait: Any) -> str:  # noqa: ANN401 - a row of waits
    return (
        f"the wait {wait.kind} of {wait.subject} is past its last step, still open, and no task is about it"
    )


def _out_of_reach(deployment: Deployment) -> set[int]:
    """Return the people that the bot may not write to: it was refused, or they have not acted there yet."""
    identities = deployment.rows(select(Identity.__table__))
    reached = {
        row.person_id
        for row in identities
        if row.reachable and (row.acted or _writes_first(deployment, row.platform))
    }
    return {row.person_id for row in identities} - reached


def _writes_first(deployment: Deployment, platform: str) -> bool:
    return deployment.platforms[platform].capabilities.writes_first


def _news(deployment: Deployment) -> None:
    """Check that news for a person was brought by a daily message, or dropped as no longer true."""
    late, closed = deployment.clock.now() - _DAILY, _out_of_reach(deployment)
    for row in deployment.rows(select(Notice.__table__).where(Notice.state == "waiting")):
        if row.created_at < late and row.person_id not in closed:
            deployment.observed.problem(f"the news {row.key} wait since {row.created_at}")
