"""`stint db copy`: everything from one database to another, counted and compared row by row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import typer
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from adapters.cli.environment import only_one, prepare, refused
from adapters.cli.progress import progress
from storage import copying, pg_tools
from storage.copying import CopyFailedError
from storage.database import open_database
from storage.engines import plain_engine, reader_engine
from storage.migrate import upgrade
from storage.urls import parse_url, shown, sqlite_path

__all__ = ["alone", "copy", "moved"]

_PATIENCE: Final = 2.0
"""Seconds that connections which are closing get."""


def copy(source: str, target: str) -> int:
    """Copy every row of a database into an empty one; return the exit code (1: the copy is not the same)."""
    for url in (source, target):
        _readable(url)
    path = sqlite_path(parse_url(source))
    if path is not None and not path.is_file():
        raise refused(f"There is no {path}. Name the database that the bot has used until now.")
    if parse_url(source) == parse_url(target):
        raise refused("Both names are of one database. Name an empty one to copy into.")
    with alone(source), alone(target):
        prepare(source)
        _prepare_empty(target)
        try:
            counts = moved(source, target)
        except CopyFailedError as error:
            typer.echo(f"{error} Nothing is in the copy; mend that, then do the same again.", err=True)
            return 1
    for table, count in counts.items():
        if count:
            typer.echo(f"{count:>9}  {table}")
    typer.echo(f"{sum(counts.values()):>9}  rows in all, copied and compared.")
    typer.echo(f"Now set database_url to {_named(target)}, and start the bot.")
    typer.echo(f"{_named(source)} is as it was: keep it until the bot has run well for some days.")
    return 0


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Refuse a database that a bot, or any other program, is connected to.

    A database that cannot be reached ends the command with what to do.
    """
    with ExitStack() as stack:
        if sqlite_path(parse_url(url)) is not None:
            stack.enter_context(only_one(open_database(url, inline=True)))
        elif others := _others(url):
            count = "Another program is" if others == 1 else f"{others} other programs are"
            what = "Stop the bot and what else uses it, then do the same again."
            raise refused(f"{count} connected to {_named(url)}. {what}")
        yield


def moved(source: str, target: str) -> dict[str, int]:
    """Copy every row into an empty database of today's schema, and compare each; return the counts.

    All of it happens in one transaction.

    Raises:
        CopyFailedError: a row was refused, or is another one in the copy.
    """
    with _reading(source) as reading, _writing(target) as writing:
        counts = copying.count_rows(reading)
        rows = sum(counts.values())
        with progress("Copying", rows) as advance:
            copying.copy_rows(reading, writing, advance=lambda _table, done: advance(done))
        with progress("Comparing", rows) as advance:
            copying.compare_rows(reading, writing, advance=lambda _table, done: advance(done))
    return counts


def _named(url: str) -> str:
    """Return what a person calls a database: a file, or a URL without its password."""
    return str(sqlite_path(parse_url(url)) or shown(parse_url(url)))


def _readable(url: str) -> None:
    try:
        parse_url(url)
    except ValueError as error:
        raise refused(f"{error}.") from None


def _others(url: str) -> int:
    """Return how many other connections a PostgreSQL database has, after those that close have closed."""
    engine = plain_engine(parse_url(url))
    until = time.monotonic() + _PATIENCE
    try:
        with engine.connect() as connection:
            while (others := pg_tools.other_connections(connection)) and time.monotonic() < until:
                connection.rollback()
                time.sleep(0.1)
            return others
    except DBAPIError as error:
        raise refused(
            f"{_named(url)} cannot be reached: {error.orig}.\nLook at its address, user and password."
        ) from None
    finally:
        engine.dispose()


def _prepare_empty(url: str) -> None:
    """Give a database today's schema; refuse one that has rows."""
    upgrade(url)
    with _reading(url) as connection:
        if any(copying.count_rows(connection).values()):
            raise refused(f"{_named(url)} is not empty. Name a new file, or a database without tables.")


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    engine = reader_engine(parse_url(url))
    with _connected(engine) as connection:
        yield connection


@contextmanager
def _writing(url: str) -> Iterator[Connection]:
    """Yield a connection whose transaction is committed if the block ends well."""
    engine = plain_engine(parse_url(url))
    with _connected(engine) as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
