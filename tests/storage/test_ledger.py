"""The ledger keeps every message for ever, and what is asked often costs no more for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.programme.administration import doctor
from storage.database import UnitOfWork
from storage.queries import backlog, lanes, unknown_deliveries
from storage.queries import outbox as outbox_queries
from storage.tables import outbox
from tests.support.in_memory import in_memory, steps
from tests.support.stage import MONDAY

ASKED: dict[str, Callable[[UnitOfWork], Any]] = {
    "metrics and readiness": lambda work: backlog.read_backlog(work.connection, MONDAY),
    "the doctor": lambda work: doctor.findings(work.connection, MONDAY, 1),
    "a start": lambda work: lanes.reclaim_orphans(work.connection, MONDAY),
    "messages in doubt": lambda work: unknown_deliveries.in_doubt(work.connection, 1),
    "a search": lambda work: unknown_deliveries.is_sought(work.connection, 1, "m1"),
    "the changes of a message that was found": lambda work: unknown_deliveries.release_edits(
        work.connection, 1, "m1"
    ),
    "a newer change of a message": lambda work: outbox_queries.replace_unsent(
        work.connection, 1, "m1", {"blocks": []}, sent=True
    ),
}


def sent(work: UnitOfWork, first: int, count: int) -> None:
    """Messages that were sent long ago."""
    row = {
        "programme_id": 1,
        "operation": "send",
        "message": {"blocks": []},
        "created_at": MONDAY - timedelta(days=90),
        "due_at": MONDAY - timedelta(days=90),
        "sent_at": MONDAY - timedelta(days=90),
        "state": "sent",
        "attempts": 1,
    }
    places = [f"terminal/@p{number % 50}" for number in range(first, first + count)]
    rows = [{**row, "key": f"m{first + number}", "destination": place} for number, place in enumerate(places)]
    work.connection.execute(insert(outbox), rows)


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_often_does_not_grow_with_the_ledger(name: str) -> None:
    """With twenty times as many messages sent it takes hardly a step more."""
    with in_memory() as work:
        sent(work, 0, 200)
        few = steps(work, lambda: ASKED[name](work))
        sent(work, 200, 3800)
        assert steps(work, lambda: ASKED[name](work)) <= few * 1.5
