"""What each statement of the scenarios costs on PostgreSQL in the two programmes, in rows and pages read.

`EXPLAIN (ANALYZE, BUFFERS)` counts the rows that each node of a plan gives or leaves out, and the pages
(8 kB) that all of them touch. Both are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from benchmarks.population import populate
from benchmarks.population_rows import Size
from benchmarks.postgresql import Server
from storage.engines import plain_engine
from storage.urls import parse_url
from tests.support import growth
from tests.support.heard_statements import OnPostgresql, Statement

__all__ = ["FLOOR", "Scales", "opened"]

FLOOR: Final = 100
"""Rows and pages that are nothing, as with SQLite's steps."""
_LONGEST: Final = 20_000  # milliseconds, after which a statement surely grows
_ENDLESS: Final = 10**9  # what it counts as then
_VALUES: Final = 1_000
"""Values of each column that ANALYZE keeps: it then reads every row, so that chance makes no plan."""
_ROWS: Final = (
    "Actual Rows",
    "Rows Removed by Filter",
    "Rows Removed by Index Recheck",
    "Rows Removed by Join Filter",
)
_PAGES: Final = ("Shared Hit Blocks", "Shared Read Blocks", "Temp Read Blocks", "Temp Written Blocks")


class Scales:
    """A small and a large programme, in which statements are run and taken back, each on one connection."""

    def __init__(self, sides: Mapping[Size, Connection]) -> None:
        self._sides = sides

    def costs(self, statement: Statement) -> tuple[int, int]:
        """What the statement costs in the small programme and the large."""
        assert statement.postgresql is not None, f"not compiled for PostgreSQL: {statement.built}"
        small, large = (_cost(side, size, statement.postgresql) for size, side in self._sides.items())
        return small, large


@contextmanager
def opened(server: Server) -> Iterator[Scales]:
    """Make the two programmes in new databases of a server."""
    sizes = (growth.SMALL, growth.LARGE)
    sides = {growth.size_of(each): _made(server.new_database(), each) for each in sizes}
    try:
        yield Scales(sides)
    finally:
        for connection in sides.values():
            connection.close()
            connection.engine.dispose()


def _made(url: str, applications: int) -> Connection:
    size = growth.size_of(applications)
    populate(url, applications, now=size.now, platform=size.platform)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET default_statistics_target = {_VALUES}")
        connection.execute("VACUUM ANALYZE")
    return plain_engine(parse_url(url)).connect()


def _cost(connection: Connection, size: Size, statement: OnPostgresql) -> int:
    """How many rows and pages PostgreSQL reads for the statement; what it changes is taken back."""
    values = {name: growth.rebound(name, value, size) for name, value in statement.values.items()}
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {_LONGEST}")
    explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}"
    try:
        [found] = connection.exec_driver_sql(explained, values).scalar_one()
    except IntegrityError:  # a row of that key is there: it was looked for
        return 0
    except OperationalError:
        return _ENDLESS
    finally:
        connection.rollback()
    plan: dict[str, Any] = found["Plan"]
    return _rows_of(plan) + sum(int(plan[each]) for each in _PAGES)


def _rows_of(node: dict[str, Any]) -> int:
    """Return how many rows a node of a plan and those below it give or leave out."""
    each: float = sum(node.get(name, 0) for name in _ROWS)
    below: int = sum(map(_rows_of, node.get("Plans", ())))
    return below + round(each * float(node["Actual Loops"]))
