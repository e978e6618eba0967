"""Bring a database to the schema this code knows: at start, all or nothing, with a way back.

There is no downgrade: the way back is the backup. Alembic is imported only inside the functions,
since most commands never need it.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, text

from storage.backup import back_up
from storage.engines import BUSY_TIMEOUT, plain_engine
from storage.lock import DatabaseInUseError, ProcessLock, holds_lock
from storage.urls import parse_url, shown, sqlite_path

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import MetaData

# A directory of the package, so that an installed wheel finds it, too.
SCRIPTS: Final = Path(__file__).parent / "migrations"

# Seconds to wait for another process that is upgrading the same file.
_PATIENCE: Final = 10.0
# Any number, but the same for ever: it names the one lock upgrades of a PostgreSQL database take.
_ADVISORY_LOCK: Final = 0x5354494E54


class SchemaTooNewError(RuntimeError):
    """The database has a schema that only a newer version of this code knows."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Which revision a database has, and which one this code wants."""

    current: str | None  # None: nothing was ever migrated
    wanted: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did."""

    before: str | None
    after: str
    backup: Path | None  # of a SQLite file that had something in it


def read_schema(url: str, *, scripts: Path = SCRIPTS) -> Schema:
    """Look at a database's schema and change nothing.

    Raises:
        ValueError: the URL names neither a SQLite file nor a PostgreSQL database.
        SchemaTooNewError: see there.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be reached.
    """
    parsed = parse_url(url)
    path = sqlite_path(parsed)
    if path is not None and not path.exists():
        return Schema(None, _wanted(scripts))
    with _connect(parsed) as connection:
        return _schema(connection, parsed, scripts)


def upgrade(url: str, *, scripts: Path = SCRIPTS) -> Upgrade | None:
    """Bring the database to this code's schema; None if there was nothing to do.

    Everything happens in one transaction, under a lock that keeps other upgrades and, on SQLite, a
    running bot out: a killed upgrade has done nothing. A SQLite file that holds something is copied
    first, to `<file>.backup-<old revision>-<n>`.

    Raises:
        ValueError: the URL names neither a SQLite file nor a PostgreSQL database.
        SchemaTooNewError: see there.
        DatabaseInUseError: a bot is running on the SQLite file and there is something to do.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be reached, or a migration failed.
    """
    parsed = parse_url(url)
    path = sqlite_path(parsed)
    deadline = time.monotonic() + _PATIENCE
    while True:
        schema = read_schema(url, scripts=scripts)
        if schema.current == schema.wanted:
            return None
        if path is None:
            return _upgrade_postgresql(parsed, scripts)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made here, before SQLite makes it: it will hold what people wrote, for its owner alone.
        path.touch(mode=0o600)
        try:
            with nullcontext() if holds_lock(path) else ProcessLock(path):
                return _upgrade_sqlite(parsed, path, scripts)
        except DatabaseInUseError:
            # Most likely another process that upgrades; when it is done there is nothing to do.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def write_migration(message: str) -> Path:
    """Write the migration from the newest one to what `storage.tables` says; for developers.

    The file is a first draft, to be read and tidied: `python -m storage.migrate "what changes"`.
    """
    from alembic import command  # noqa: PLC0415  # loaded only when used

    from storage.tables import metadata  # noqa: PLC0415  # loaded only when used

    with TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/draft.db"
        if any((SCRIPTS / "versions").glob("*.py")):
            upgrade(url)
        with _connect(parse_url(url)) as connection:
            config = _config(SCRIPTS, connection, metadata)
            number = 1 + len(list((SCRIPTS / "versions").glob("*.py")))
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
    [path] = (SCRIPTS / "versions").glob(f"{number:04}_*.py")
    return path


def _upgrade_sqlite(url: URL, path: Path, scripts: Path) -> Upgrade | None:
    with _connect(url) as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        # SQLite changes a table by dropping the old one; with keys on, that deletes its children.
        # It ignores this pragma inside a transaction (sqlite.org/lang_altertable.html, 7).
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            schema = _schema(connection, url, scripts)
            if schema.current == schema.wanted:  # another process was faster
                return None
            backup = _make_backup(connection, path, schema.current)
            _run_scripts(connection, scripts)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                tables = ", ".join(sorted({str(row[0]) for row in broken}))
                raise RuntimeError(
                    f"the upgrade would leave rows that point to nothing (in {tables}); "
                    f"{path} is as it was before"
                )
        return Upgrade(schema.current, schema.wanted, backup)


def _upgrade_postgresql(url: URL, scripts: Path) -> Upgrade | None:
    with _connect(url) as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        schema = _schema(connection, url, scripts)
        if schema.current == schema.wanted:
            return None
        _run_scripts(connection, scripts)
        return Upgrade(schema.current, schema.wanted, None)


def _make_backup(connection: Connection, path: Path, revision: str | None) -> Path | None:
    """Copy the file as it was before; None if it is empty."""
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    if tables == 0:
        return None
    stem = f"{path.name}.backup-{revision or 'unversioned'}"
    n = 1
    while (copy := path.with_name(f"{stem}-{n}")).exists():
        n += 1
    back_up(path, copy)
    return copy


@contextmanager
def _connect(url: URL) -> Iterator[Connection]:
    engine = plain_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _schema(connection: Connection, url: URL, scripts: Path) -> Schema:
    from alembic.migration import MigrationContext  # noqa: PLC0415  # loaded only when used
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # loaded only when used

    directory = ScriptDirectory.from_config(_config(scripts))
    wanted = str(directory.get_current_head())
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {one.revision for one in directory.walk_revisions()}:
        raise SchemaTooNewError(
            f"{shown(url)} was written by a newer version of Stint: its schema is {current}, and "
            f"this version knows none after {wanted}. Install that version again, or restore a "
            f"backup that was made before the upgrade."
        )
    return Schema(current, wanted)


def _wanted(scripts: Path) -> str:
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # loaded only when used

    return str(ScriptDirectory.from_config(_config(scripts)).get_current_head())


def _run_scripts(connection: Connection, scripts: Path) -> None:
    from alembic import command  # noqa: PLC0415  # loaded only when used

    command.upgrade(_config(scripts, connection), "head")


def _config(
    scripts: Path, connection: Connection | None = None, metadata: "MetaData | None" = None
) -> "Config":
    from alembic.config import Config  # noqa: PLC0415  # loaded only when used

    config = Config(attributes={"connection": connection, "metadata": metadata})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


if __name__ == "__main__":
    [_message] = sys.argv[1:]
    sys.stdout.write(f"{write_migration(_message)}\n")
