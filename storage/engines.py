"""The writer's and the reader's engine for each database: pragmas, durability, read-only."""

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import URL, Engine, NullPool, create_engine, event

from storage.urls import dialect_of

if TYPE_CHECKING:
    import sqlite3

    import psycopg

BUSY_TIMEOUT: Final = 5_000  # milliseconds SQLite waits for another process's lock

# One text for one value: keys are sorted because JSONB keeps no order either.
_encode: Final = msgspec.json.Encoder(order="sorted").encode
_encode_strictly: Final = json.JSONEncoder(allow_nan=False).encode


def _to_json(value: object) -> str:
    """Return plain data, or a Struct, as the JSON text that is stored.

    Raises:
        ValueError: a number in it is none (NaN) or infinite, which JSONB does not have.
    """
    text = _encode(value)
    if b"null" in text:  # it may be what became of such a number
        _encode_strictly(msgspec.to_builtins(value))
    return text.decode()


JSON_OPTIONS: Final[dict[str, Any]] = {
    "json_serializer": _to_json,
    "json_deserializer": msgspec.json.decode,
}
"""The options of an engine that writes and reads JSON columns as all of them do."""


def writer_engine(url: URL, *, durable: bool = True) -> Engine:
    """Return the engine that turns run on. SQLite: WAL, synchronous=FULL, BEGIN only from this package.

    Where it need not be `durable`, no commit waits for the disk.
    """
    engine = plain_engine(url)
    if dialect_of(url) == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite_writer)
        if not durable:
            event.listen(engine, "connect", _without_waiting)
    return engine


def reader_engine(url: URL) -> Engine:
    """Return the engine that reads run on: it refuses writes, and a read sees the same moment throughout."""
    engine = plain_engine(url)
    if dialect_of(url) == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite_reader)
    else:
        event.listen(engine, "connect", _prepare_postgresql_reader)
    return engine


def plain_engine(url: URL) -> Engine:
    """Return an engine that sets no pragmas; every BEGIN on SQLite is the caller's."""
    options: dict[str, Any] = {}
    if dialect_of(url) == "sqlite":
        options["connect_args"] = {
            # None: the driver never begins or commits by itself, DDL included.
            "isolation_level": None,
            # A connection is used by one thread at a time, but another thread may close it.
            "check_same_thread": False,
            "cached_statements": 512,
        }
    return create_engine(
        url,
        # Every thread keeps the connection it opened, so a pool would only add a step.
        poolclass=NullPool,
        **JSON_OPTIONS,
        # Parameters are people's words; they must not appear in an error's text, nor in a log.
        hide_parameters=True,
        **options,
    )


def _prepare_sqlite_writer(driver: "sqlite3.Connection", _record: object) -> None:
    driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute("PRAGMA synchronous=FULL")
    driver.execute("PRAGMA foreign_keys=ON")


def _without_waiting(driver: "sqlite3.Connection", _record: object) -> None:
    driver.execute("PRAGMA synchronous=OFF")


def _prepare_sqlite_reader(driver: "sqlite3.Connection", _record: object) -> None:
    driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    driver.execute("PRAGMA query_only=ON")


def _prepare_postgresql_reader(driver: "psycopg.Connection[Any]", _record: object) -> None:
    from psycopg import IsolationLevel  # noqa: PLC0415  # loaded only when used

    # Attributes, not SQL: psycopg then says BEGIN … READ ONLY, which also passes a pooler.
    driver.read_only = True
    driver.isolation_level = IsolationLevel.REPEATABLE_READ
