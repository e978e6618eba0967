"""The ledger of erasures, kept beside the backups: who was erased, by number, so that it is done again.

A restored backup is older than some erasures. What is in the database about them is restored with it, so they
are kept outside of it as well. No name is in the ledger.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import structlog
from sqlalchemy import select

from bot.reading import read_bounded
from bot.runtime.reconciling import Erased
from storage.database import Database, UnitOfWork
from storage.tables import Erasure, Person

__all__ = ["LEDGER", "append", "erased_in", "kept", "read"]

LEDGER: Final = "erasures.jsonl"

_EVERY: Final = 60.0
"""Seconds after which the ledger is up to date; an erasure since can be lost with the machine."""

_LONGEST_TURN: Final = timedelta(hours=1)
"""Time in which a turn is surely committed: an erasure can be seen after a later one."""

_MOST_BYTES: Final = 10**9

log = structlog.get_logger(__name__)


def read(folder: Path) -> list[Erased]:
    """Return all erasures of a folder's ledger, the oldest first; none where there is no ledger.

    Raises:
        OSError: it cannot be read.
        ValueError: a line of it is damaged.
    """
    path = folder / LEDGER
    if not path.exists():
        return []
    lines = read_bounded(path, _MOST_BYTES).splitlines()
    try:
        return [msgspec.json.decode(line, type=Erased) for line in lines if line.strip()]
    except msgspec.MsgspecError:
        raise ValueError(
            f"{path} is damaged: a line of it is no erasure. Put a copy of it back, or mend that line."
        ) from None


def append(folder: Path, erased: Iterable[Erased]) -> None:
    """Add those erasures to the folder's ledger that it has not yet, durably.

    Raises:
        OSError: it cannot be written.
        ValueError: it is damaged.
    """
    known = set(read(folder))
    new = sorted((each for each in set(erased) - known), key=lambda each: (each.erased_at, each.person))
    if not new:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / LEDGER
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(b"".join(msgspec.json.encode(each) + b"\n" for each in new))
        file.flush()
        os.fsync(file.fileno())


def erased_in(work: UnitOfWork, since: datetime | None = None) -> list[Erased]:
    """Return who was erased, or asked for it and waits for the end of a report; `since` an instant (UTC)."""
    done = select(Person.programme_id, Person.id, Person.created_at, Person.erased_at.label("at"))
    done = done.where(Person.erased_at.is_not(None) if since is None else Person.erased_at >= since)
    asked = select(Person.programme_id, Person.id, Person.created_at, Erasure.asked_at.label("at"))
    asked = asked.join(Erasure, Erasure.person_id == Person.id).where(Erasure.what == "person")
    found = [*work.connection.execute(done), *work.connection.execute(asked)]
    return [Erased(row.programme_id, row.id, row.created_at, row.at) for row in found]


@asynccontextmanager
async def kept(database: Database, folder: Path) -> AsyncIterator[None]:
    """Keep the ledger up to date until the block ends, and once more then; a failure is logged."""

    async def keep() -> None:
        while True:
            await _write_new(database, folder)
            await asyncio.sleep(_EVERY)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await _write_new(database, folder)


async def _write_new(database: Database, folder: Path) -> None:
    try:
        known = set(await asyncio.to_thread(read, folder))
        newest = max((each.erased_at for each in known), default=None)
        since = newest - _LONGEST_TURN if newest else None
        found = await database.read(lambda work: erased_in(work, since))
        await asyncio.to_thread(append, folder, found)
    except (OSError, ValueError) as error:
        log.error("erasures.not_kept", error=type(error).__name__)
