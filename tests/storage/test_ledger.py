"""The ledger keeps every message for ever, and what is asked often costs no more for it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, text

from bot.programme.administration import doctor
from storage.database import UnitOfWork, open_database
from storage.queries import backlog, lanes, person_messages, unknown_deliveries
from storage.queries import outbox as outbox_queries
from storage.tables import Programme, outbox
from tests.support.in_memory import in_memory, steps
from tests.support.stage import MONDAY

ASKED: dict[str, Callable[[UnitOfWork], Any]] = {
    "metrics and readiness": lambda work: backlog.read_backlog(work.connection, MONDAY),
    "the doctor": lambda work: doctor.findings(work.connection, MONDAY, 1),
    "a start": lambda work: lanes.reclaim_orphans(work.connection, MONDAY),
    "a sweep": lambda work: outbox_queries.sweep(
        work.connection, MONDAY - timedelta(days=91), 500, {"blocks": []}
    ),
    "messages in doubt": lambda work: unknown_deliveries.in_doubt(work.connection, 1),
    "a search": lambda work: unknown_deliveries.is_sought(work.connection, 1, "m1"),
    "the changes of a message that was found": lambda work: unknown_deliveries.release_edits(
        work.connection, 1, "m1"
    ),
    "a person's messages of a day": lambda work: person_messages.of_day(
        work.connection, 1, ["terminal/@p1"], MONDAY - timedelta(days=1), MONDAY
    ),
    "a newer change of a message": lambda work: outbox_queries.replace_unsent(
        work.connection, 1, "m1", {"blocks": []}, sent=True
    ),
}

READ = (
    "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'outbox'"
)
"""How many rows of the outbox a transaction of PostgreSQL has read, and those before it lately."""


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


async def test_nor_does_it_on_postgresql(migrated_postgresql_url: str) -> None:
    """Of twenty thousand messages that were sent hardly one is read."""
    database = open_database(migrated_postgresql_url)

    def fill(work: UnitOfWork) -> None:
        work.session.add(Programme(id=1, name="Riverside", zone="UTC", created_at=MONDAY))
        work.session.flush()
        sent(work, 0, 20_000)
        work.connection.execute(text("ANALYZE outbox"))

    def read(work: UnitOfWork, name: str) -> int:
        before = work.connection.scalar(text(READ))
        ASKED[name](work)
        return int(work.connection.scalar(text(READ)) - before)

    await database.transact(fill)
    rows = {name: await database.transact(partial(read, name=name)) for name in ASKED}
    await database.close()
    assert {name: count for name, count in rows.items() if count > 10} == {}
