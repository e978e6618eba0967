"""A programme of any size, for what is measured or held to as it grows: `populate` fills an empty database.

Every row comes from SQL that counts (`population_tables.py` and `population_work.py`), so that it takes
seconds. The same size gives the same rows.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Table,
    event,
    func,
    insert,
    literal,
    select,
    text,
)

from benchmarks.population_rows import Rows, Size
from benchmarks.population_tables import PEOPLE, PROJECTS, Noun
from benchmarks.population_work import LEDGER, WORK
from benchmarks.stage import NOW, PLATFORM, set_pragmas
from storage.engines import plain_engine
from storage.migrate import upgrade
from storage.statistics import gather
from storage.tables import metadata
from storage.urls import parse_url

__all__ = ["Size", "fill", "populate"]

_FAST: Final = ("journal_mode=WAL", "synchronous=OFF", "cache_size=-200000", "temp_store=MEMORY")


def populate(url: str, applications: int, *, now: datetime = NOW, platform: str = PLATFORM) -> Size:
    """Fill the empty or missing database at `url`, and gather its statistics; return who and what is in it.

    `now`: the programme's present, which divides what was from what will be. `platform`: where its accounts
    and channels are.
    """
    upgrade(url)
    engine = plain_engine(parse_url(url))
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        event.listen(engine, "connect", partial(set_pragmas, pragmas=_FAST))
    try:
        with engine.connect() as connection:
            if sqlite:
                connection.exec_driver_sql("BEGIN")
            size = fill(connection, applications, now=now, platform=platform)
            connection.commit()
        with engine.connect() as connection:
            _gather(connection)
    finally:
        engine.dispose()
    return size


def fill(connection: Connection, applications: int, *, now: datetime = NOW, platform: str = PLATFORM) -> Size:
    """Fill the empty tables of an open transaction; see `populate`."""
    size = Size(applications, now, platform)
    numbers = _numbers(connection, size.most)
    rows = Rows(size, numbers.c.n, sqlite=connection.dialect.name == "sqlite")
    for noun in (*PEOPLE, *PROJECTS, *WORK, *LEDGER):
        _insert(connection, numbers, noun(rows))
    numbers.drop(connection)
    if connection.dialect.name == "postgresql":
        _go_on_counting(connection)
    return size


def _numbers(connection: Connection, most: int) -> Table:
    """Make a temporary table of the numbers from 1 to `most`: every row is made of a number."""
    numbers = Table("numbers", MetaData(), Column("n", Integer, primary_key=True), prefixes=["TEMPORARY"])
    numbers.create(connection)
    counted = select(literal(1).label("n")).cte("counted", recursive=True)
    counted = counted.union_all(select(counted.c.n + 1).where(counted.c.n < most))
    connection.execute(insert(numbers).from_select(["n"], select(counted.c.n)))
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE numbers"))
    return numbers


def _insert(connection: Connection, numbers: Table, noun: Noun) -> None:
    """Insert a row for each of a noun's numbers; its id is the number."""
    table, count, columns, wanted = noun
    owned = {"programme_id": 1} if "programme_id" in table.c else {}
    values = {
        name: value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in {"id": numbers.c.n, **owned, **columns}.items()
    }
    query = select(*values.values()).where(numbers.c.n <= count, wanted).order_by(numbers.c.n)
    connection.execute(insert(table).from_select(list(values), query))


def _gather(connection: Connection) -> None:
    """Gather the planner's statistics, which a running bot does by itself."""
    gather(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE"))
    connection.commit()


def _go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL's sequences go on after the ids that were given."""
    for table in metadata.sorted_tables:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        last = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1))))
