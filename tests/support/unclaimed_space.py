"""A stage whose space belongs to no programme yet, for tests of the first use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import delete

from storage.database import UnitOfWork
from storage.tables import Channel, Cohort, Identity, Member, Programme, Role, Space
from storage.tables import Company as CompanyRow
from storage.tables import Person as PersonRow
from tests.support.stage import Stage, open_stage

__all__ = ["empty", "open_fresh"]


@asynccontextmanager
async def open_fresh(folder: Path, url: str = "") -> AsyncIterator[Stage]:
    """The stage's people and channel, and nothing in the database."""
    async with open_stage(folder, url=url) as stage:
        stage.database.transact_inline(empty)
        yield stage


def empty(work: UnitOfWork) -> None:
    """Take everything out of the database."""
    for noun in (Member, Role, Identity, PersonRow, CompanyRow, Channel, Cohort, Space, Programme):
        work.session.execute(delete(noun))
