"""PostgreSQL's own programs: `pg_dump` writes a database to a file, `pg_restore` reads it back."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from storage.engines import plain_engine

__all__ = ["BEFORE", "PgToolError", "dump", "has_pg_dump", "other_connections", "restore", "scratch_database"]

BEFORE: Final = "before_restore_"
"""The beginning of the names of schemas that hold what a restored backup has replaced."""


class PgToolError(RuntimeError):
    """A program of PostgreSQL is missing or has failed; `str()` says what to do."""


def has_pg_dump() -> bool:
    """Return whether this machine has `pg_dump`."""
    return shutil.which("pg_dump") is not None


def dump(url: URL, target: Path, snapshot: str) -> None:
    """Write what an exported snapshot of a database shows into a new file, in PostgreSQL's custom format.

    Raises:
        PgToolError: `pg_dump` is not there, is older than the server, or has failed.
    """
    target.touch(mode=0o600)
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={BEFORE}*")
    _run(url, "pg_dump", *options, f"--snapshot={snapshot}", f"--file={target}")


def restore(url: URL, source: Path) -> None:
    """Read such a file into a database whose schema `public` is empty: all of it, or nothing.

    Raises:
        PgToolError: `pg_restore` is not there, is older than the dump, or has failed.
    """
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run(url, "pg_restore", *options, str(source))


@contextmanager
def scratch_database(url: URL) -> Iterator[URL]:
    """Yield an empty database on the server of another one; it is dropped when the block ends.

    Raises:
        PgToolError: the user may not create databases.
    """
    name = f"stint_scratch_{secrets.token_hex(4)}"
    engine = plain_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with closing(engine.connect()) as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    except DBAPIError as error:
        raise PgToolError(f"No scratch database can be created ({type(error.orig).__name__}).") from None
    try:
        yield url.set(database=name)
    finally:
        with closing(engine.connect()) as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def other_connections(connection: Connection) -> int:
    """Return how many other clients are connected to the database, such as a running bot."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return int(connection.scalar(query) or 0)


def _run(url: URL, program: str, *options: str) -> None:
    """Run a program on a database; the password goes by the environment, which other users cannot read."""
    found = shutil.which(program)
    if found is None:
        raise PgToolError(
            f"{program} is not on this machine. Install PostgreSQL's client programs (the package "
            "postgresql-client), of the server's version or a later one, and do the same again."
        )
    shown = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(
        [found, f"--dbname={shown}", "--no-password", *options],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        said = done.stderr.partition("\n")[0].removeprefix(f"{program}: ")  # further lines can quote a row
        raise PgToolError(
            f"{program} has failed ({said}). Where it is older than the server, install the server's version."
        )
