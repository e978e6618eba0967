"""What the measurements of a run share: folders, a PostgreSQL server, and big programmes, made when asked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.costs import Others, no_others
from benchmarks.population import populate
from benchmarks.population_rows import Size
from benchmarks.postgresql import Server, serving, vacuum
from benchmarks.stage import sqlite_in
from storage.urls import Dialect

__all__ = ["Shared", "shared"]


@dataclass(slots=True)
class Shared:
    """What the measurements share. `tell` says what is being done that takes its time."""

    folder: Path
    tell: Callable[[str], None]
    _stack: ExitStack
    _server: Server | None = None
    _programmes: dict[tuple[Dialect, int], tuple[str, Size]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_folder(self) -> Path:
        """Return a new empty folder."""
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        return folder

    @property
    def server(self) -> Server:
        """The PostgreSQL server, running from here on."""
        if self._server is None:
            self._server = self._stack.enter_context(serving())
        return self._server

    def new_database(self, dialect: Dialect) -> str:
        """Return the URL of a new empty database."""
        return sqlite_in(self.new_folder()) if dialect == "sqlite" else self.server.new_database()

    def others(self, dialect: Dialect) -> Others:
        """Return what works for a database beside this process."""
        return no_others if dialect == "sqlite" else self.server.cpu

    def programme(self, dialect: Dialect, applications: int) -> tuple[str, Size]:
        """Return the URL of a programme with so many applications, and what is in it."""
        key = (dialect, applications)
        if key not in self._programmes:
            self.tell(f"Making a programme of {applications:,} applications ({dialect})")
            url = self.new_database(dialect)
            self._programmes[key] = (url, populate(url, applications))
            if dialect == "postgresql":
                vacuum(url)
        return self._programmes[key]


@contextmanager
def shared(tell: Callable[[str], None]) -> Iterator[Shared]:
    """Share until the block ends; then everything is deleted."""
    with tempfile.TemporaryDirectory(prefix="stint-bench-") as folder, ExitStack() as stack:
        yield Shared(Path(folder), tell, stack)
