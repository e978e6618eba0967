"""A programme in memory for unit tests of its handlers: begun as in life, with people put in as needed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Engine, NullPool, StaticPool, create_engine, select

from adapters.terminal.limits import LIMITS
from bot.chat.actions import Action, Reply
from bot.chat.adapter import Capabilities
from bot.chat.content import Message, load_message
from bot.chat.events import ButtonPressed, CommandUsed, Place, TimerFired, UserRef
from bot.chat.rendering.plain_text import plain_text
from bot.chat.values import replace
from bot.programme import ROUTES
from bot.programme.administration.creation import create_programme
from bot.programme.core.turn import Turn
from bot.programme.people import give_role, person_for, roles_of
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from storage.engines import JSON_OPTIONS
from storage.tables import metadata, outbox, timers
from storage.unit_of_work import UnitOfWork
from tests.support.stage import MONDAY

__all__ = [
    "begun",
    "button",
    "carried",
    "command",
    "fired",
    "in_memory",
    "only",
    "owed",
    "person",
    "queries",
    "said",
    "set_for",
    "steps",
]

Kind = TypeVar("Kind")

_SPACE = Place("terminal", "riverside", "")


@contextmanager
def begun(zone: str = "Europe/London", now: datetime = MONDAY) -> Iterator[Turn]:
    """A turn in a new programme, in which its coordinator `cora` acts in her DM."""
    with in_memory() as work:
        cora = UserRef("terminal", "cora")
        programme_id = create_programme(work, now, "Riverside", zone, _SPACE, cora, "Cora")
        yield _acting(Turn(work, now, programme_id, routes=ROUTES), "cora")


@contextmanager
def in_memory() -> Iterator[UnitOfWork]:
    """A turn's share of its own database, with today's tables and no rows."""
    with _engine().connect() as connection:
        work = UnitOfWork(connection, in_savepoint=False)
        yield work
        work.abandon()


@cache
def _engine() -> Engine:
    """One engine, so that a statement is compiled once; each of its connections is a new database."""
    filled = create_engine("sqlite://", poolclass=StaticPool, **JSON_OPTIONS)
    metadata.create_all(filled)
    template = filled.raw_connection()

    def copied() -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:")
        template.backup(connection)
        return connection

    return create_engine("sqlite://", creator=copied, poolclass=NullPool, **JSON_OPTIONS)


def _acting(turn: Turn, account: str) -> Turn:
    user = UserRef("terminal", account)
    acting = person_for(turn, user, account.capitalize())
    dm = Place("terminal", "", f"dm-{account}", "dm")
    return replace(turn, person_id=acting.id, user=user, place=dm, roles=roles_of(turn, acting))


def person(turn: Turn, account: str, *roles: str, zone: str | None = None) -> Turn:
    """The turn as another person acts in it, with these roles."""
    someone = person_for(turn, UserRef("terminal", account), account.capitalize())
    someone.zone = zone or someone.zone
    for role in roles:
        give_role(turn, someone, role)
    return _acting(turn, account)


def carried(turn: Turn, actions: Iterable[Action], source: str = "test") -> Sequence[Action]:
    """Carry actions out as the runtime does, but for replies; the actions."""
    made = list(actions)
    context = Context(replace(turn, source=source), ROUTES, None, Capabilities(), LIMITS)
    carry_out(context, [act for act in made if not isinstance(act, Reply)])
    return made


def fired(turn: Turn, key: str, *, at: datetime | None = None) -> tuple[Turn, TimerFired]:
    """What the timer with this key brings when it fires at `at`, or when it is due; and the turn it is in."""
    row = turn.connection.execute(select(timers).where(timers.c.key == key)).one()
    now = at or row.due_at
    late = (now - row.due_at).total_seconds()
    happened = TimerFired(
        key=row.key,
        kind=row.kind,
        subject=row.subject,
        due_at=row.due_at,
        payload=row.payload,
        programme_id=row.programme_id,
        late_by=late,
    )
    return replace(turn, now=now, person_id=None, user=None, place=None, roles=frozenset()), happened


def set_for(turn: Turn, kind: str) -> dict[str, datetime]:
    """The pending timers of a kind: their instants by key."""
    query = select(timers.c.key, timers.c.due_at).where(timers.c.kind == kind, timers.c.state == "pending")
    return {row.key: row.due_at for row in turn.connection.execute(query)}


def owed(turn: Turn) -> dict[str, str]:
    """What the outbox holds, as plain text by key."""
    rows = turn.connection.execute(select(outbox.c.key, outbox.c.message).order_by(outbox.c.id))
    return {row.key: plain_text(load_message(row.message)) for row in rows}


def only(actions: Iterable[Action], kind: type[Kind]) -> list[Kind]:
    """The actions of one kind."""
    return [act for act in actions if isinstance(act, kind)]


def said(actions: Iterable[Action]) -> str:
    """What the actions say, as plain text."""
    words = [getattr(act, "message", None) for act in actions]
    return "\n".join(plain_text(each) for each in words if isinstance(each, Message))


def command(turn: Turn, *path: str, **options: str) -> CommandUsed:
    """The command as the turn's person uses it."""
    assert turn.user is not None
    assert turn.place is not None
    return CommandUsed(id="c", at=turn.now, actor=turn.user, place=turn.place, path=path, options=options)


def button(turn: Turn, action: str) -> ButtonPressed:
    """The button as the turn's person presses it."""
    assert turn.user is not None
    assert turn.place is not None
    return ButtonPressed(id="b", at=turn.now, actor=turn.user, place=turn.place, action=action)


@contextmanager
def queries(turn: Turn) -> Iterator[list[str]]:
    """The SELECT statements that run meanwhile, as the database is given them, prepared ones too."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    driver: Any = turn.connection.connection.driver_connection
    driver.set_trace_callback(note)
    try:
        yield seen
    finally:
        driver.set_trace_callback(None)


def steps(work: UnitOfWork, ask: Callable[[], object]) -> int:
    """How many steps SQLite's machine takes for what is asked."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    driver: Any = work.connection.connection.driver_connection
    driver.set_progress_handler(count, 1)
    ask()
    driver.set_progress_handler(None, 1)
    return taken
