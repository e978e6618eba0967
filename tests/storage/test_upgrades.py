"""What holds of every migration: ids go on, and the mark says what the release before can do with it."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData

from storage.engines import plain_engine
from storage.migrate import SCRIPTS, upgrade
from storage.urls import parse_url
from tests.support.databases import sqlite_url, up_to
from tests.support.old_data import read_fixture, write_database
from tests.support.rows import put

pytestmark = pytest.mark.timeout(120)

MIGRATIONS = sorted((SCRIPTS / "versions").glob("*.py"))
REVISIONS = [path.name[:4] for path in MIGRATIONS]
_COPIED = re.compile(r"'[0-9T:.+-]{32}'")
"""An instant: terms that were not kept have that of the upgrade."""
RICHEST = max(read_fixture().snapshots, key=lambda snapshot: len(snapshot.sql))


@dataclass(frozen=True, slots=True)
class Need:
    """Whether a column may be left out when a row is written."""

    nullable: bool
    has_default: bool


Columns = dict[str, dict[str, Need]]
"""Columns by table."""


def reflected(url: str, only: Sequence[str] | None = None) -> MetaData:
    """Every table of a database as it is, or some."""
    engine, found = plain_engine(parse_url(url)), MetaData()
    found.reflect(engine, only=only, resolve_fks=only is None)
    engine.dispose()
    return found


def made_of(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """What every table of a SQLite file is made of: definitions, where it begins, and the last id it gave.

    A table that is built again begins elsewhere, as the old one is there until it is copied.
    """
    found = defaultdict(set)
    with closing(sqlite3.connect(path)) as database:
        for table, *made in database.execute("SELECT tbl_name, name, sql, rootpage FROM sqlite_schema"):
            found[table].add(tuple(made))
        for table, last in database.execute("SELECT name, seq FROM sqlite_sequence"):
            found[table].add((last,))
    return {name: made for name, made in found.items() if not name.startswith("sqlite_")}


def add_to_each(connection: Connection, schema: MetaData) -> dict[str, int]:
    """Add a row to every table, whatever it may refer to; the new ids by table."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
    names = sorted(name for name in schema.tables if name != "alembic_version")
    return {name: put(connection, schema, name) for name in names}


def test_each_migration_keeps_its_word(tmp_path: Path) -> None:
    """One after the other, on SQLite, where tables are rebuilt.

    A row that was deleted before any of them leaves its id to no other row. What expands leaves room for the
    release before: it takes no table or column away, narrows none, and asks for no value that is not written
    today.
    """
    url = sqlite_url(tmp_path / "stint.db")
    highest: dict[str, int] = {}
    found: Columns = {}
    known: dict[str, set[tuple[object, ...]]] = {}
    for path in MIGRATIONS:
        upgrade(url, scripts=up_to(tmp_path, path.name[:4]))
        made = made_of(tmp_path / "stint.db")
        changed = [table for table in made if made[table] != known.get(table)]
        schema = reflected(url, changed)
        before = found
        found = {table: columns for table, columns in before.items() if table in made} | _columns(schema)
        if 'phase = "expand"' in path.read_text():
            assert _in_the_way(before, found) == [], path.name
        new = _added_and_deleted(url, schema)
        again = {table: number for table, number in new.items() if number <= highest.get(table, 0)}
        assert again == {}, path.name
        highest |= new
        known = made_of(tmp_path / "stint.db")


@pytest.mark.parametrize(
    "revision", [REVISIONS[0], *(pytest.param(each, marks=pytest.mark.soak) for each in REVISIONS[1:])]
)
def test_no_upgrade_gives_an_id_again(empty_url: str, tmp_path: Path, revision: str) -> None:
    """From a revision to the newest at once: a row that was deleted before leaves its id to no other row."""
    upgrade(empty_url, scripts=up_to(tmp_path, revision))
    gone = _added_and_deleted(empty_url, reflected(empty_url))
    upgrade(empty_url)
    new = _added_and_deleted(empty_url, reflected(empty_url))
    assert {table: number for table, number in gone.items() if new[table] <= number} == {}


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_an_old_database_is_the_same_step_by_step_and_at_once(tmp_path: Path) -> None:
    """Each migration in a run of its own leaves the rows that all of them leave together."""
    found = []
    for name, revisions in (("steps", REVISIONS), ("once", REVISIONS[-1:])):
        folder = tmp_path / name
        folder.mkdir()
        url = write_database(RICHEST, folder / "stint.db")
        for revision in revisions:
            if revision > "0003":  # that of the first edition
                upgrade(url, scripts=up_to(folder, revision))
        with closing(sqlite3.connect(folder / "stint.db")) as database:
            rows = [line for line in database.iterdump() if line.startswith("INSERT")]
            found.append([_COPIED.sub("", line) if '"terms"' in line else line for line in rows])
    assert found[0] == found[1]


def _added_and_deleted(url: str, schema: MetaData) -> dict[str, int]:
    """Add a row to every table and delete it again; the ids that they had, by table."""
    engine = plain_engine(parse_url(url))
    with engine.begin() as connection:
        ids = add_to_each(connection, schema)
        for table in ids:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    engine.dispose()
    return ids


def test_every_migration_is_marked() -> None:
    """Each one says once whether it is to expand or to contract the schema."""
    marks = {
        path.name: re.findall(r'^phase = "(.*)"$', path.read_text(), re.MULTILINE) for path in MIGRATIONS
    }
    assert {name: mark for name, mark in marks.items() if mark not in (["expand"], ["contract"])} == {}


def _columns(schema: MetaData) -> Columns:
    return {
        name: {
            each.name: Need(bool(each.nullable), each.server_default is not None) for each in table.columns
        }
        for name, table in schema.tables.items()
    }


def _in_the_way(before: Columns, after: Columns) -> list[str]:
    """What a program that knows only the first would stumble over, as table.column."""
    found = []
    for table, known in before.items():
        now = after.get(table, {})
        for name in sorted(known | now):
            old, new = known.get(name), now.get(name)
            required = new is not None and not new.nullable and not new.has_default
            if new is None or (required and (old is None or old.nullable)):
                found.append(f"{table}.{name}")
    return found


def test_the_look_at_what_expands_is_not_blind() -> None:
    """A column that is gone, a new one that must be filled, and an old one that must be now are found."""
    optional, needed = Need(nullable=True, has_default=False), Need(nullable=False, has_default=False)
    before = {"people": {"gone": optional, "stays": optional}}
    after = {"people": {"new": needed, "stays": needed}}
    assert _in_the_way(before, after) == ["people.gone", "people.new", "people.stays"]
    assert _in_the_way(before, before) == []
