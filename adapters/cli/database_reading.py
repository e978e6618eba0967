"""The reading of the database by a command that changes nothing, beside a bot that may be running."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import typer

from adapters.cli.configuration import load_settings
from storage.database import UnitOfWork, open_database
from storage.diagnostics import check_database

__all__ = ["UNREADABLE", "read_database"]

T = TypeVar("T")

UNREADABLE: Final = frozenset({"database.missing", "database.older_schema"})
"""Findings about a database that a bot could use, but that has nothing to read yet."""


def read_database(config: Path | None, read: Callable[[UnitOfWork], T]) -> T:
    """Return what `read` makes of the database that the configuration names.

    Raises:
        typer.Exit: the database cannot be read: what is wrong, and what to do, is printed (code 1).
    """
    settings = load_settings(config)
    found = check_database(settings.database_url)
    unreadable = [each for each in found if not each.works or each.code in UNREADABLE]
    for each in unreadable:
        typer.echo(f"{each.what} {each.fix}", err=True)
    if unreadable:
        raise typer.Exit(1)
    return asyncio.run(_read(settings.database_url, read))


async def _read(url: str, read: Callable[[UnitOfWork], T]) -> T:
    database = open_database(url, inline=True)
    try:
        return await database.read(read)
    finally:
        await database.close()
