"""What each statement of the scenarios costs in a small and in a large programme: the database's own steps.

A plan alone shows nothing: `SEARCH … (programme_id=?)` may read a whole table. Nor does a clock, on a machine
that others use. So every statement is run in both, with the ids of the people and projects that have much.
`python -m tests.support.growth FOLDER` makes the two programmes.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, event
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from benchmarks.population import populate
from benchmarks.population_rows import Size
from bot.chat.events import UserRef, parse_destination
from storage.engines import writer_engine
from storage.prepared import Prepared
from storage.types import INSTANT_LENGTH
from storage.urls import parse_url
from tests.support.bot import MONDAY

__all__ = ["FOUND", "Scales", "Statement", "grows", "keep", "listen", "make", "wanted"]

SMALL: Final = 1_000
LARGE: Final = 100_000
MOST: Final = 3
"""How many times as much a statement may cost in the large programme."""
FLOOR: Final = 300
"""Steps that are nothing: what costs less in the small programme is compared as if it cost them."""
_EVERY: Final = 10  # steps between two calls of the counter
_PLATFORM: Final = "terminal"


class Statement(NamedTuple):
    """A statement as SQLite took it: data, which goes from a worker of the tests to their controller.

    Attributes:
        built: its SQL as it was compiled, by which it is known; lists have one mark whatever their length.
        sql: its SQL as it was run. `values`: of its parameters, as the driver takes them; `names`: theirs.
        asked_by: the function of the bot that ran it, as module:function.
        test: where it was run.
    """

    built: str
    sql: str
    names: Sequence[str] = ()
    values: Sequence[Any] = ()
    asked_by: str = ""
    test: str = ""


FOUND: Final[dict[str, Statement]] = {}
"""The statements that the bot ran, by their compiled SQL, each as the first test by name ran it.

Which test was the first to run it is a matter of chance; so are the values that it gave.
"""


def keep(statement: Statement) -> None:
    """Keep a statement, unless an earlier test by name has run it."""
    known = FOUND.get(statement.built)
    if known is None or statement.test < known.test:
        FOUND[statement.built] = statement


class _Listener:
    """The statements of the test that runs, "" where none of a scenario's does."""

    def __init__(self) -> None:
        self.test = ""
        self.seen: set[str] = set()

    def executed(self, *given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has it
        """Take a statement that SQLAlchemy gives to the driver."""
        context = given[4]
        if not self.test or context.dialect.name != "sqlite":
            return
        compiled = context.compiled
        if isinstance(context.invoked_statement, SelectBase | UpdateBase) and self.is_new(compiled.string):
            longer = getattr(context, "_expanded_parameters", {})
            names = [name for key in compiled.positiontup for name in longer.get(key, (key,))]
            self.add(compiled.string, context.statement, names, context.parameters[0])

    def told(self, way: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method of Prepared that says what it runs."""

        def told(prepared: Prepared, connection: Connection, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - as it returns
            if self.test and connection.dialect.name == "sqlite":
                plan = prepared._plan(connection.dialect)  # noqa: SLF001 - as it is run
                if self.is_new(plan.sql):
                    self.add(plan.sql, plan.sql, [name for name, _ in plan.binds], plan.bind(values or {}))
            return way(prepared, connection, values or {})

        return told

    def is_new(self, built: str) -> bool:
        """Whether this test has not run the statement yet, nor one that comes before it."""
        known = FOUND.get(built)
        return built not in self.seen and (known is None or self.test < known.test)

    def add(self, built: str, sql: str, names: Sequence[str], values: Sequence[Any]) -> None:
        """Keep a statement of the bot's; a test's own may be one that the bot runs later."""
        asked_by = _asker()
        if asked_by:
            plain = tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)
            self.seen.add(built)
            keep(Statement(built, sql, tuple(names), plain, asked_by, self.test))


_LISTENER: Final = _Listener()


def listen() -> None:
    """Listen to the statements of this process from now on, for as long as it lives."""
    if event.contains(Engine, "before_cursor_execute", _LISTENER.executed):
        return
    event.listen(Engine, "before_cursor_execute", _LISTENER.executed)
    for name in ("rows", "run"):
        setattr(Prepared, name, _LISTENER.told(getattr(Prepared, name)))


@contextmanager
def wanted(test: str) -> Iterator[None]:
    """Keep what the bot runs meanwhile on SQLite, in the test of this name."""
    _LISTENER.test = test
    _LISTENER.seen.clear()
    try:
        yield
    finally:
        _LISTENER.test = ""


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
    """A small and a large programme, in which statements are run and taken back, each on one connection."""

    def __init__(self, folder: Path) -> None:
        self._sides = [_opened(folder, applications) for applications in (SMALL, LARGE)]

    def costs(self, statement: Statement) -> tuple[int, int]:
        """What the statement costs in the small programme and the large, where it is stopped if it grows."""
        one, other = self._sides
        small = _cost(*one, statement)
        return small, _cost(*other, statement, most=_most(small))

    def close(self) -> None:
        """Let go of the databases."""
        for connection, _ in self._sides:
            connection.close()
            connection.engine.dispose()


def grows(small: int, large: int) -> bool:
    """Whether a statement with these costs grows with the programme."""
    return large > _most(small)


def _most(small: int) -> int:
    return MOST * max(small, FLOOR)


def make(folder: Path) -> None:
    """Make the two programmes in a folder."""
    for applications in (SMALL, LARGE):
        url = f"sqlite:///{folder / str(applications)}.db"
        populate(url, applications, now=MONDAY, platform=_PLATFORM)


def _opened(folder: Path, applications: int) -> tuple[Connection, Size]:
    url = parse_url(f"sqlite:///{folder / str(applications)}.db")
    return writer_engine(url).connect(), Size(applications, MONDAY, _PLATFORM)


def _cost(connection: Connection, size: Size, statement: Statement, most: int | None = None) -> int:
    """How many steps SQLite takes for the statement, after `most` no more; what it changes is taken back."""
    named = zip(statement.names, statement.values, strict=True)
    values = tuple(_rebound(name, value, size) for name, value in named)
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("BEGIN")
    with _counted(driver, most) as counter:
        try:
            driver.execute(statement.sql, values).fetchall()
        except sqlite3.IntegrityError:  # a row of that key is there: it was looked for
            pass
        except sqlite3.OperationalError:
            if most is None or counter[0] * _EVERY <= most:
                raise
    if driver.in_transaction:
        driver.execute("ROLLBACK")
    return counter[0] * _EVERY


@contextmanager
def _counted(driver: sqlite3.Connection, most: int | None) -> Iterator[list[int]]:
    counter = [0]

    def count() -> bool:
        counter[0] += 1
        return most is not None and counter[0] * _EVERY > most  # then SQLite interrupts the statement

    driver.set_progress_handler(count, _EVERY)
    try:
        yield counter
    finally:
        driver.set_progress_handler(None, 0)


_PEOPLE: Final = frozenset({"person_id", "person", "student_id", "reader", "recipient_id", "sender_id"})
_NUMBERED: Final = re.compile(r"(_\d+)+$")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{15}\+00:00")


def _rebound(name: str, value: Any, size: Size) -> Any:  # noqa: ANN401 - a parameter's
    """The value that a parameter of this name has in the programmes: of who and what there is most of."""
    name = _NUMBERED.sub("", name)
    if isinstance(value, int):
        ids = dict.fromkeys(_PEOPLE, size.busy_student)
        ids |= {"programme_id": 1, "programme": 1, "project_id": size.popular, "owner_id": size.employer}
        return ids.get(name, value)
    if not isinstance(value, str):
        return value
    if name in {"user_id", "platform"}:
        return size.user(size.busy_student).id if name == "user_id" else size.platform
    if len(value) == INSTANT_LENGTH and _INSTANT.fullmatch(value):
        return min(value, size.now.astimezone(UTC).isoformat(timespec="microseconds"))
    try:
        place = parse_destination(value)
    except ValueError:
        return value
    return str(size.user(size.busy_student) if isinstance(place, UserRef) else size.channel(1))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
