"""What each statement of the scenarios costs in a small and in a large programme: the database's own steps.

A plan alone shows nothing: `SEARCH … (programme_id=?)` may read a whole table. Nor does a clock, on a machine
that others use. So every statement is run in both, with the ids of the people and projects that have much.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from benchmarks.population import populate
from benchmarks.population_rows import Size
from bot.chat.events import UserRef, parse_destination
from storage.engines import writer_engine
from storage.prepared import Prepared
from storage.urls import parse_url
from tests.support.bot import MONDAY

__all__ = ["Listener", "Scales", "Statement", "grows", "make"]

SMALL: Final = 1_000
LARGE: Final = 100_000
MOST: Final = 3
"""How many times as much a statement may cost in the large programme."""
FLOOR: Final = 300
"""Steps that are nothing: what costs less in the small programme is compared as if it cost them."""
_EVERY: Final = 10  # steps between two calls of the counter
_PLATFORM: Final = "terminal"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was run: SQLAlchemy's, its parameters, its SQL, by which it is known, and who asked.

    `asked_by`: the function of the bot, as module:function.
    """

    sql: str
    built: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    asked_by: str = ""


class Listener:
    """Whoever wants to know which statements the bot runs; nothing is kept while `wanted` is False."""

    def __init__(self) -> None:
        self.wanted = False
        self.new: list[Statement] = []
        self._known: set[str] = set()
        self._given: Mapping[str, Any] = {}

    def listen(self) -> None:
        """Listen from now on, for as long as the process lives."""
        event.listen(Engine, "before_execute", self._asked)
        event.listen(Engine, "before_cursor_execute", self._executed)
        for name in ("rows", "run"):
            setattr(Prepared, name, self._told(getattr(Prepared, name)))

    def _asked(self, *given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has it
        _, _, many, one, _ = given
        self._given = many[0] if many else one

    def _executed(self, *given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has it
        context = given[4]
        built = context.invoked_statement
        if self.wanted and isinstance(built, SelectBase | UpdateBase) and context.dialect.name == "sqlite":
            self._add(context.compiled.string, built, self._given)

    def _told(self, way: Callable[..., Any]) -> Callable[..., Any]:
        def told(prepared: Prepared, connection: Connection, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - as it returns
            if self.wanted and connection.dialect.name == "sqlite":
                sql = prepared._plan(connection.dialect).sql  # noqa: SLF001 - as it is run
                self._add(sql, prepared._statement, values or {})  # noqa: SLF001 - as above
            return way(prepared, connection, values or {})

        return told

    def _add(self, sql: str, built: Any, values: Mapping[str, Any]) -> None:  # noqa: ANN401 - SQLAlchemy's
        if sql not in self._known and (asked_by := _asker()):
            self._known.add(sql)
            self.new.append(Statement(sql, built, {**values}, asked_by))


def _asker() -> str:
    """The function of the bot that asked for the statement that is being run; "" for a test's own."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - who called is known nowhere else
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        room = name.partition(".")[0]
        if room == "bot":
            return f"{name.removeprefix('bot.')}:{frame.f_code.co_name}"
        if room == "tests" and name != __name__:
            return ""
        frame = frame.f_back
    return ""


class Scales:
    """A small and a large programme, in which statements are run and taken back."""

    def __init__(self, folder: Path) -> None:
        self._sides = [_opened(folder, applications) for applications in (SMALL, LARGE)]

    def costs(self, statement: Statement) -> tuple[int, int]:
        """What the statement costs in the small programme and in the large."""
        small, large = (_cost(engine, size, statement) for engine, size in self._sides)
        return small, large

    def close(self) -> None:
        """Let go of the databases."""
        for engine, _ in self._sides:
            engine.dispose()


def grows(small: int, large: int) -> bool:
    """Whether a statement with these costs grows with the programme."""
    return large > MOST * max(small, FLOOR)


def make(folder: Path) -> None:
    """Make the two programmes in a folder."""
    for applications in (SMALL, LARGE):
        url = f"sqlite:///{folder / str(applications)}.db"
        populate(url, applications, now=MONDAY, platform=_PLATFORM)


def _opened(folder: Path, applications: int) -> tuple[Engine, Size]:
    url = parse_url(f"sqlite:///{folder / str(applications)}.db")
    return writer_engine(url), Size(applications, MONDAY, _PLATFORM)


def _cost(engine: Engine, size: Size, statement: Statement) -> int:
    """How many steps SQLite takes for the statement; what it changes is taken back."""
    built = visitors.cloned_traverse(statement.built, {}, {"bindparam": lambda bind: _rebind(bind, size)})
    values = {name: _rebound(name, value, size) for name, value in statement.values.items()}
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        with _counted(connection) as counter:
            try:
                result = connection.execute(built, values)
                if result.returns_rows:
                    result.all()
            except IntegrityError:  # a row of that key is there: it was looked for
                pass
        if connection.connection.in_transaction:
            connection.exec_driver_sql("ROLLBACK")
    return counter[0] * _EVERY


@contextmanager
def _counted(connection: Connection) -> Iterator[list[int]]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    counter = [0]

    def count() -> int:
        counter[0] += 1
        return 0

    driver.set_progress_handler(count, _EVERY)
    try:
        yield counter
    finally:
        driver.set_progress_handler(None, 0)


def _rebind(bind: Any, size: Size) -> None:  # noqa: ANN401 - a bind parameter
    """Give a parameter that holds its own value that of the programmes."""
    if bind.value is not None:
        bind.value = _rebound(bind._orig_key or bind.key, bind.value, size)  # noqa: SLF001 - the column's name


_PEOPLE: Final = frozenset({"person_id", "person", "student_id", "reader", "recipient_id", "sender_id"})


def _rebound(name: str, value: Any, size: Size) -> Any:  # noqa: ANN401 - a parameter's
    """The value that a parameter of this name has in the programmes: of who and what there is most of."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_rebound(name, each, size) for each in value]
    if isinstance(value, datetime):
        return min(value, size.now)
    name = re.sub(r"_\d+$", "", name)
    if isinstance(value, int) and not isinstance(value, bool):
        ids = dict.fromkeys(_PEOPLE, size.busy_student)
        ids |= {"programme_id": 1, "programme": 1, "project_id": size.popular, "owner_id": size.employer}
        return ids.get(name, value)
    if not isinstance(value, str):
        return value
    if name == "user_id":
        return size.user(size.busy_student).id
    try:
        place = parse_destination(value)
    except ValueError:
        return value
    return str(size.user(size.busy_student) if isinstance(place, UserRef) else size.channel(1))
