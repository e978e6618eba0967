"""What it costs to start again: `stint run`, from its start until a message that was owed is delivered.

The database has as many timers and sent messages as a programme has after years, or few.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

from sqlalchemy import Insert, Table, func, insert, literal, select

from adapters.terminal.workspace import PLATFORM
from benchmarks.costs import cpu_of
from benchmarks.resting import populate, running
from benchmarks.stage import Silent
from bot.chat.actions import Post
from bot.chat.content import message
from bot.chat.events import UserRef
from bot.chat.routes import Routes
from bot.clock import WallClock
from bot.programme.core.turn import Turn
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from storage.database import UnitOfWork, open_database
from storage.tables import outbox, timers

__all__ = ["FEW", "MANY", "fill", "start"]

FEW: Final = (1_000, 1_000)
"""Timers that wait, and messages that were sent."""
MANY: Final = (100_000, 1_000_000)
_PEOPLE: Final = 10
_OWED: Final = "This was owed when it stopped, start {number}."
_PATIENCE: Final = 60


def fill(folder: Path, waiting: int, sent: int) -> str:
    """Make a database and a terminal's world in a folder; return the database's URL."""
    url = f"sqlite:///{folder / 'stint.db'}"
    populate(url, folder / "terminal", _PEOPLE)
    database = open_database(url, inline=True)
    database.transact_inline(partial(_fill, waiting=waiting, sent=sent))
    database.close_inline()
    return url


def start(url: str, folder: Path, number: int) -> float:
    """Return the processor's seconds from a start until the owed message is in the terminal's world."""
    database = open_database(url, inline=True)
    database.transact_inline(partial(_owe, number=number))
    database.close_inline()
    world, until = folder / "terminal" / "world.jsonl", perf_counter() + _PATIENCE
    words = _OWED.format(number=number)
    with running(url, folder) as process:
        while words not in world.read_text(encoding="utf-8"):
            assert perf_counter() < until, "the message that was owed never came"
            time.sleep(0.002)
        return cpu_of(process)


def _fill(work: UnitOfWork, waiting: int, sent: int) -> None:
    later, now = WallClock().now() + timedelta(days=30), WallClock().now()
    mine = {"programme_id": 1}
    timer = {"kind": "bench.wait", "subject": "", "due_at": later, "payload": {}, "late": "send"}
    work.connection.execute(_counted(timers, waiting, {**mine, **timer, "state": "pending", "attempts": 0}))
    row = {"destination": f"{PLATFORM}/@p1", "operation": "send", "message": {}, "reference": "standing"}
    times = dict.fromkeys(("created_at", "due_at", "sent_at"), now - timedelta(hours=1))
    done = {**mine, **row, **times, "state": "sent", "attempts": 1}
    work.connection.execute(_counted(outbox, sent, done))


def _counted(table: Table, count: int, row: dict[str, object]) -> Insert:
    """Return an insert of `count` rows that differ in their keys alone."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < count))
    values = [literal(value, table.c[name].type) for name, value in row.items()]
    key = func.printf("bench:%d", numbers.c.n)
    return insert(table).from_select(["key", *row], select(key, *values))


def _owe(work: UnitOfWork, number: int) -> None:
    silent = Silent()
    turn = Turn(work=work, now=WallClock().now(), programme_id=1)
    context = Context(turn, Routes(), None, silent.capabilities, silent.limits)
    words = message(_OWED.format(number=number))
    carry_out(context, [Post(UserRef(PLATFORM, "p0"), words, f"owed:{number}")])
