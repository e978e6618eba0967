"""What messages said is kept for a while, and that they were sent for ever."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from adapters.config import Settings
from bot.chat.content import dump_message, message
from bot.programme import ROUTES
from bot.runtime import retention
from bot.runtime.retention import EVERY, MESSAGES, sweep
from bot.runtime.runtime import Runtime
from storage.database import Database, UnitOfWork
from storage.tables import Programme, outbox
from tests.support.stage import MONDAY, Stage, open_stage

OLD = MONDAY - MESSAGES - timedelta(minutes=1)
SAID = dump_message(message("Your work is due on Friday."))
NOTHING = dump_message(message())


def programme(work: UnitOfWork) -> None:
    """The programme that the messages are of."""
    work.session.add(Programme(id=1, name="Riverside", zone="UTC", created_at=OLD))


def row(key: str, state: str = "sent", sent_at: datetime | None = OLD, **columns: object) -> dict[str, Any]:
    """A row of the outbox that was queued long ago."""
    return {
        "programme_id": 1,
        "key": key,
        "destination": "terminal/@ada",
        "operation": "send",
        "target": None,
        "message": SAID,
        "created_at": OLD,
        "due_at": OLD,
        "state": state,
        "attempts": 1,
        "sent_at": sent_at,
        "reference": f"terminal/dm//d#{key}" if state == "sent" else None,
        **columns,
    }


async def test_what_is_settled_is_emptied_when_its_time_is_over(database: Database) -> None:
    """All else of its row stays, and everything of what can still be sent, changed or asked about."""
    over = [
        row("sent"),
        row("edit", operation="edit", target="sent", reference=None),
        row("answered", "answered"),
        row("withdrawn", "withdrawn", None),
    ]
    kept = [
        row("young", created_at=OLD + timedelta(minutes=2), sent_at=OLD + timedelta(minutes=2)),
        row("held for long", sent_at=MONDAY),
        row("looked for", reference=None),
        *(row(state, state) for state in ("pending", "sending", "failed", "unknown", "held")),
    ]

    def swept(work: UnitOfWork) -> list[Any]:
        programme(work)
        work.session.flush()
        work.connection.execute(insert(outbox), [*over, *kept])
        assert not sweep(work, MONDAY)
        return list(work.connection.execute(select(outbox).order_by(outbox.c.id)).mappings())

    rows = await database.transact(swept)
    assert [each["key"] for each in rows if each["message"] == NOTHING] == [each["key"] for each in over]
    for found, stored in zip(rows, [*over, *kept], strict=True):
        assert found["emptied"] == (stored in over)
        assert {name: found[name] for name in stored if name != "message"} == {
            name: value for name, value in stored.items() if name != "message"
        }


async def test_many_are_emptied_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sweep leaves is taken the next time, before an hour is over, and what is due does not wait."""
    monkeypatch.setattr(retention, "_MOST_ROWS", 10)
    monkeypatch.setattr(retention, "_BATCHES", 2)
    async with open_stage(tmp_path) as stage:
        many = [row(f"old {number}") for number in range(35)]
        stage.database.transact_inline(lambda work: work.connection.execute(insert(outbox), many))
        assert [await swept(stage, stage.runtime) for _ in range(3)] == [20, 35, 35]


async def test_the_operator_says_how_long(tmp_path: Path) -> None:
    """A bot that keeps messages for a week empties one of eight days ago."""
    kept = Settings(keep_messages_days=7).keeps_messages
    ago = MONDAY - timedelta(days=8)
    async with open_stage(tmp_path) as stage:
        eight = row("of eight days ago", sent_at=ago, created_at=ago)
        stage.database.transact_inline(lambda work: work.connection.execute(insert(outbox), [eight]))
        assert await swept(stage, stage.runtime) == 0
        weekly = Runtime(stage.database, ROUTES, stage.runtime.adapters, stage.clock, keep_messages=kept)
        assert await swept(stage, weekly) == 1


async def swept(stage: Stage, bot: Runtime) -> int:
    """How many messages are empty once the bot has served what is due an hour later."""
    await bot.pump(stage.clock.now() + EVERY)
    return int(stage.rows(select(func.count()).where(outbox.c.emptied))[0][0])
