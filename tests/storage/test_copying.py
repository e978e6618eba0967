"""Copying whole databases, between SQLite and PostgreSQL: every row, compared, and ids that continue."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, update

from storage import copying
from storage.copying import CopyFailedError, compare_rows, continue_ids, copy_rows, count_rows, last_ids
from storage.engines import plain_engine
from storage.tables import Person, metadata
from storage.urls import parse_url
from tests.support.databases import sqlite_url
from tests.support.filled_tables import ROWS, fill, row_of

PEOPLE = metadata.tables["people"]


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """A connection whose transaction is committed."""
    engine = plain_engine(parse_url(url))
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        yield connection
    engine.dispose()


@pytest.fixture
def source(migrated_sqlite_url: str) -> Iterator[Connection]:
    """A SQLite database with rows in every table."""
    with writing(migrated_sqlite_url) as connection:
        fill(connection)
        yield connection


def test_every_row_comes_to_postgresql_and_back(
    source: Connection, migrated_postgresql_url: str, migrated_sqlite: Path, tmp_path: Path
) -> None:
    """Each value of each column of each table is the same on the way there, and on the way back."""
    back = tmp_path / "back.db"
    back.write_bytes(migrated_sqlite.read_bytes())
    done: list[tuple[str, int]] = []
    with writing(migrated_postgresql_url) as there, writing(sqlite_url(back)) as again:
        copy_rows(source, there, advance=lambda table, rows: done.append((table, rows)))
        compare_rows(source, there)
        copy_rows(there, again)
        compare_rows(source, again)
        assert count_rows(again) == dict.fromkeys(metadata.tables, ROWS)
    assert sorted(done) == sorted((table, ROWS) for table in metadata.tables)


def test_large_tables_are_copied_in_pieces(
    source: Connection, migrated_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few rows go at once, all arrive."""
    monkeypatch.setattr(copying, "_AT_ONCE", 2)
    monkeypatch.setattr(copying, "_AT_ONCE_WITH_CONTENT", 1)
    with writing(migrated_postgresql_url) as there:
        copy_rows(source, there)
        compare_rows(source, there)


def test_one_programme_is_copied_without_the_others(source: Connection, migrated_postgresql_url: str) -> None:
    """The rows of one programme come over; what belongs to another, or to none, does not."""
    source.execute(update(PEOPLE).values(programme_id=1))
    with writing(migrated_postgresql_url) as there:
        for name in ("programmes", "companies"):  # to which the people refer
            for number in (2, 3):
                there.execute(insert(metadata.tables[name]), row_of(metadata.tables[name], number))
        copy_rows(source, there, programme_id=1)
        compare_rows(source, there, programme_id=1)
        counts = count_rows(there, 1)
    assert counts["people"] == ROWS
    assert counts["outbox"] == 1
    assert counts["installations"] == counts["lanes"] == counts["registrations"] == 0


def test_ids_continue_after_those_that_were_given(
    source: Connection, migrated_postgresql_url: str, migrated_sqlite: Path, tmp_path: Path
) -> None:
    """An id whose row is gone is not given again, in either kind of database: buttons still hold it."""
    continue_ids(source, {"people": 70})
    back = tmp_path / "back.db"
    back.write_bytes(migrated_sqlite.read_bytes())
    newcomer = {**row_of(PEOPLE, 2)}
    del newcomer["id"]
    with writing(migrated_postgresql_url) as there, writing(sqlite_url(back)) as again:
        copy_rows(source, there)
        copy_rows(there, again)
        assert last_ids(there) == last_ids(again) == last_ids(source)
        continue_ids(there, {"people": 5})  # never backwards
        for connection in (there, again):
            [number] = connection.execute(insert(Person).values(newcomer).returning(Person.id)).scalars()
            assert number == 71


def test_a_row_that_is_refused_is_named(source: Connection, migrated_postgresql_url: str) -> None:
    """SQLite keeps a name that is too long for PostgreSQL; the row is named, its words are not."""
    source.execute(update(PEOPLE).where(PEOPLE.c.id == 2).values(name="n" * 200))
    with writing(migrated_postgresql_url) as there, pytest.raises(CopyFailedError) as refused:
        copy_rows(source, there)
    assert str(refused.value).startswith("Row 2 of the table people cannot be copied")
    assert "nnn" not in str(refused.value)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (update(PEOPLE).where(PEOPLE.c.id == 2).values(zone="UTC"), "Row 2 of the table people is not"),
        (delete(PEOPLE).where(PEOPLE.c.id == ROWS), f"Row {ROWS} of the table people is not"),
        (insert(PEOPLE).values({**row_of(PEOPLE, 1), "id": 9}), "Row 9 of the table people is in the copy"),
    ],
    ids=["changed", "missing", "added"],
)
def test_a_copy_that_differs_is_found(
    source: Connection, migrated_sqlite: Path, tmp_path: Path, statement: object, said: str
) -> None:
    """A row of the copy that is another one, missing or added is named."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(migrated_sqlite.read_bytes())
    with writing(sqlite_url(copy)) as there:
        copy_rows(source, there)
        there.execute(statement)  # type: ignore[call-overload] # each is a statement
        with pytest.raises(CopyFailedError, match=said):
            compare_rows(source, there)
