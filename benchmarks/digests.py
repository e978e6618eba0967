"""The daily digests of many channels, each of 50 projects, beside the making of their messages alone.

Every cohort has its own channel, and every project is announced in each, three of them since the digest
of the day before; on each day one has its deadline. At nine the timers fire: the clock is moved there, and
the bot serves, stores and delivers as it does in life, to an adapter that sends nothing. What the making of
the messages takes of that is counted within the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import thread_time
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import insert, select, update

from benchmarks.costs import Cost
from benchmarks.stage import NOW, PLATFORM, Silent, open_programme
from bot.chat.content import Message
from bot.chat.events import Place
from bot.clock import VirtualClock
from bot.programme import ROUTES
from bot.programme.administration.creation import create_cohort
from bot.programme.cohorts import digests
from bot.programme.cohorts.digest_message import digest_message
from bot.programme.core import subjects
from bot.programme.core.timers import Timer
from bot.runtime.runtime import Runtime
from storage.database import UnitOfWork
from storage.tables import Announcement, Company, Project, timers

__all__ = ["CHANNELS", "PROJECTS", "Digests", "post"]

CHANNELS: Final = (30, 100, 300, 1_000)
PROJECTS: Final = 50
_NEW: Final = 3
"""Projects that are new since the digest before."""
_ZONE: Final = "Pacific/Auckland"
"""A zone in which it is evening: the next digest comes in the next hours, before anything else falls due."""


@dataclass(slots=True)
class Digests:
    """What a morning's digests cost, and of that the making of messages (seconds of the processor)."""

    whole: Cost
    making: float = 0.0


async def post(url: str, channels: int, projects: int) -> Digests:
    """Post the digest of each of `channels` cohorts, in which `projects` are announced and open."""
    cost, silent = Digests(Cost()), Silent()
    async with open_programme(url, people=1) as database:
        for first in range(0, channels, 50):
            some = range(first, min(first + 50, channels))
            await database.transact(partial(_cohorts, numbers=some))
        await database.transact(partial(_announced, channels=channels, projects=projects))
        clock = VirtualClock(NOW)
        runtime = Runtime(database, ROUTES, {PLATFORM: silent}, clock)
        await runtime.recover()
        await clock.start(runtime.pump)
        with _making_counted(cost), cost.whole.counting():
            await clock.advance(NOW + timedelta(days=1))
        await clock.stop()
        await runtime.close()
    assert silent.sent == channels, silent.sent
    return cost


def _cohorts(work: UnitOfWork, numbers: range) -> None:
    for number in numbers:
        create_cohort(work, NOW, 1, f"Cohort {number}", _ZONE, Place(PLATFORM, "space", f"c{number}"))


def _announced(work: UnitOfWork, channels: int, projects: int) -> None:
    """Announce the projects in every channel: the last few since its last digest, the others before."""
    write, mine = work.connection.execute, {"programme_id": 1}
    write(insert(Company), [{**mine, "id": 1, "name": "Acme Maps", "created_at": NOW}])
    shown_to = {"search": "".join(f"|k:{cohort}" for cohort in range(1, channels + 1)) + "|"}
    rows = [{**mine, **_project(number, projects), **shown_to} for number in range(1, projects + 1)]
    write(insert(Project), rows)
    for cohort in range(1, channels + 1):
        place = str(Place(PLATFORM, "space", f"c{cohort - 1}"))
        announced = {**mine, "cohort_id": cohort, "place": place, "announced_at": NOW}
        write(insert(Announcement), [{**announced, "project_id": each + 1} for each in range(projects)])
        of_cohort = (timers.c.kind == Timer.COHORT_DIGEST, timers.c.subject == subjects.COHORT(cohort))
        timer = write(select(timers.c.id, timers.c.payload).where(*of_cohort)).one()
        told = {**timer.payload, "told": cohort * projects - _NEW}
        write(update(timers).where(timers.c.id == timer.id).values(payload=told))


def _project(number: int, projects: int) -> dict[str, Any]:
    """Return the columns of an open project; every day one has its deadline."""
    deadline = NOW + timedelta(days=2 + number * 17 % projects)
    return {
        "id": number, "company_id": 1, "owner_id": 1, "status": "open",
        "title": f"A map of where people charge e-bikes, part {number}", "brief": "Find out where.",
        "questions": [], "cohorts": [], "extra": {},
        "hours": 20 + number % 40, "deadline_at": deadline, "skills": ["maps"],
        "weeks": 4, "fee_cents": 50_000, "currency": "EUR", "places": 1 + number % 3,
        "starts_at": deadline + timedelta(days=14), "decide_at": deadline + timedelta(days=7),
        "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


@contextmanager
def _making_counted(cost: Digests) -> Iterator[None]:
    """Count what the making of messages takes of the thread that it runs in."""

    def made(*given: Any) -> Message:  # noqa: ANN401 - as digest_message
        began = thread_time()
        message = digest_message(*given)
        cost.making += thread_time() - began
        return message

    with patch.object(digests, "digest_message", made):
        yield
