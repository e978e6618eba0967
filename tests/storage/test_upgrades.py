"""What holds of every migration: ids go on, and the mark says what the release before can do with it."""

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.engine.interfaces import ReflectedColumn

from storage.engines import plain_engine
from storage.migrate import SCRIPTS, upgrade
from storage.urls import parse_url
from tests.support.databases import sqlite_url
from tests.support.rows import put

MIGRATIONS = sorted((SCRIPTS / "versions").glob("*.py"))
REVISIONS = [path.name[:4] for path in MIGRATIONS]


def up_to(folder: Path, revision: str) -> Path:
    """The migrations up to this one, which is among them; of a folder's revisions none is before another's.

    The folder stays the same, so that what Python has compiled of it is compiled once.
    """

    def later(_: str, names: list[str]) -> set[str]:
        return {
            name for name in names if name == "__pycache__" or (name[:4].isdigit() and name[:4] > revision)
        }

    return Path(shutil.copytree(SCRIPTS, folder / "migrations", ignore=later, dirs_exist_ok=True))


def add_to_each(connection: Connection) -> dict[str, int]:
    """Add a row to every table, whatever it may refer to; the new ids by table."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
    found = MetaData()
    found.reflect(connection)
    names = sorted(name for name in found.tables if name != "alembic_version")
    return {name: put(connection, found, name) for name in names}


def test_no_migration_gives_an_id_again(empty_url: str, tmp_path: Path) -> None:
    """One after the other: a row that was deleted before any of them leaves its id to nobody."""
    highest: dict[str, int] = {}
    for revision in REVISIONS:
        upgrade(empty_url, scripts=up_to(tmp_path, revision))
        new = _added_and_deleted(empty_url)
        again = {table: number for table, number in new.items() if number <= highest.get(table, 0)}
        assert again == {}, revision
        highest |= new


@pytest.mark.parametrize(
    "revision", [REVISIONS[0], *(pytest.param(each, marks=pytest.mark.soak) for each in REVISIONS[1:])]
)
def test_no_upgrade_gives_an_id_again(empty_url: str, tmp_path: Path, revision: str) -> None:
    """From a revision to the newest at once: a row that was deleted before leaves its id to nobody."""
    upgrade(empty_url, scripts=up_to(tmp_path, revision))
    gone = _added_and_deleted(empty_url)
    upgrade(empty_url)
    new = _added_and_deleted(empty_url)
    assert {table: number for table, number in gone.items() if new[table] <= number} == {}


def _added_and_deleted(url: str) -> dict[str, int]:
    """Add a row to every table and delete it again; the ids that they had, by table."""
    engine = plain_engine(parse_url(url))
    with engine.begin() as connection:
        ids = add_to_each(connection)
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


def test_what_expands_leaves_room_for_the_release_before(tmp_path: Path) -> None:
    """It takes no table or column away, narrows none, and asks for no value that is not written today."""
    url = sqlite_url(tmp_path / "stint.db")
    found: dict[str, dict[str, ReflectedColumn]] = {}
    for path in MIGRATIONS:
        upgrade(url, scripts=up_to(tmp_path, path.name[:4]))
        before, found = found, _columns(url)
        if 'phase = "expand"' in path.read_text():
            assert _in_the_way(before, found) == [], path.name


def _columns(url: str) -> dict[str, dict[str, ReflectedColumn]]:
    engine = plain_engine(parse_url(url))
    tables = inspect(engine)
    columns = {
        table: {column["name"]: column for column in tables.get_columns(table)}
        for table in tables.get_table_names()
    }
    engine.dispose()
    return columns


def _in_the_way(
    before: dict[str, dict[str, ReflectedColumn]], after: dict[str, dict[str, ReflectedColumn]]
) -> list[str]:
    """What a program that knows only the first would stumble over, as table.column."""
    found = []
    for table, known in before.items():
        now = after.get(table, {})
        for name in sorted(known | now):
            old, new = known.get(name), now.get(name)
            required = new is not None and not new["nullable"] and new["default"] is None
            if new is None or (required and (old is None or old["nullable"])):
                found.append(f"{table}.{name}")
    return found


def test_the_look_at_what_expands_is_not_blind() -> None:
    """A column that is gone, a new one that must be filled, and an old one that must be now are found."""

    def column(*, nullable: bool) -> ReflectedColumn:
        return {"name": "", "type": None, "nullable": nullable, "default": None}  # type: ignore[typeddict-item]  # unused

    before = {"people": {"gone": column(nullable=True), "stays": column(nullable=True)}}
    after = {"people": {"new": column(nullable=False), "stays": column(nullable=False)}}
    assert _in_the_way(before, after) == ["people.gone", "people.new", "people.stays"]
    assert _in_the_way(before, before) == []
