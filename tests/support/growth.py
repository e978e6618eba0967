"""What each statement of the scenarios costs in a small and in a large programme: the database's own steps.

A plan alone shows nothing: `SEARCH … (programme_id=?)` may read a whole table. Nor does a clock, on a machine
that others use. So every statement is run in both, with the ids of the people and projects that have much.
`python -m tests.support.growth FOLDER` makes the two programmes.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from benchmarks.population import populate
from benchmarks.population_rows import Size
from bot.chat.events import UserRef, parse_destination
from storage.engines import writer_engine
from storage.types import INSTANT_LENGTH
from storage.urls import parse_url
from tests.support.bot import MONDAY
from tests.support.heard_statements import Statement

__all__ = ["Scales", "grows", "make", "rebound", "size_of"]

SMALL: Final = 1_000
LARGE: Final = 100_000
MOST: Final = 3
"""How many times as much a statement may cost in the large programme."""
FLOOR: Final = 300
"""Steps that are nothing: what costs less in the small programme is compared as if it cost them."""
_EVERY: Final = 10  # steps between two calls of the counter
_PLATFORM: Final = "terminal"


class Scales:
    """A small and a large programme, in which statements are run and taken back, each on one connection."""

    def __init__(self, folder: Path) -> None:
        self._sides = [_opened(folder, applications) for applications in (SMALL, LARGE)]

    def costs(self, statement: Statement) -> tuple[int, int]:
        """What the statement costs in the small programme and the large, where it is stopped if it grows."""
        one, other = self._sides
        small = _cost(*one, statement)
        return small, _cost(*other, statement, most=MOST * max(small, FLOOR))

    def close(self) -> None:
        """Let go of the databases."""
        for connection, _ in self._sides:
            connection.close()
            connection.engine.dispose()


def grows(small: int, large: int, floor: int = FLOOR) -> bool:
    """Whether a statement with these costs grows with the programme."""
    return large > MOST * max(small, floor)


def size_of(applications: int) -> Size:
    """The size of a programme with so many applications."""
    return Size(applications, MONDAY, _PLATFORM)


def make(folder: Path) -> None:
    """Make the two programmes in a folder."""
    for applications in (SMALL, LARGE):
        url = f"sqlite:///{folder / str(applications)}.db"
        populate(url, applications, now=MONDAY, platform=_PLATFORM)


def _opened(folder: Path, applications: int) -> tuple[Connection, Size]:
    url = parse_url(f"sqlite:///{folder / str(applications)}.db")
    return writer_engine(url).connect(), size_of(applications)


def _cost(connection: Connection, size: Size, statement: Statement, most: int | None = None) -> int:
    """How many steps SQLite takes for the statement, after `most` no more; what it changes is taken back."""
    named = zip(statement.names, statement.values, strict=True)
    values = tuple(rebound(name, value, size) for name, value in named)
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


def rebound(name: str, value: Any, size: Size) -> Any:  # noqa: ANN401 - a parameter's
    """The value that a parameter of this name has in the programmes: of who and what there is most of."""
    name = _NUMBERED.sub("", name)
    if isinstance(value, int):
        ids = dict.fromkeys(_PEOPLE, size.busy_student)
        ids |= {"programme_id": 1, "programme": 1, "project_id": size.popular, "owner_id": size.employer}
        return ids.get(name, value)
    if isinstance(value, datetime):
        return min(value, size.now)
    if not isinstance(value, str):
        return value
    if name in {"user_id", "platform"}:
        return size.user(size.busy_student).id if name == "user_id" else size.platform
    if len(value) == INSTANT_LENGTH and _INSTANT.fullmatch(value):
        return min(value, size.now.astimezone(UTC).isoformat(timespec="microseconds"))
    if value.startswith('["'):  # many values are one parameter on SQLite (storage/dialects.py)
        return json.dumps([rebound(name, each, size) for each in json.loads(value)])
    try:
        place = parse_destination(value)
    except ValueError:
        return value
    return str(size.user(size.busy_student) if isinstance(place, UserRef) else size.channel(1))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
