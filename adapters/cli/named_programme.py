"""The programme that a command names, by its name or its number."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from adapters.cli.environment import refused
from storage.tables import Programme

__all__ = ["Found", "programme_named"]


class Found(NamedTuple):
    """A programme: its number, its name, and when it was made (UTC)."""

    id: int
    name: str
    created_at: datetime


def programme_named(connection: Connection, name: str) -> Found:
    """Find a programme by its name or its number; end the command where there is none, or several."""
    query = select(Programme.id, Programme.name, Programme.created_at).order_by(Programme.id)
    every = [Found(row.id, row.name, row.created_at) for row in connection.execute(query)]
    found = [each for each in every if name.casefold() in {each.name.casefold(), str(each.id)}]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{each.name} ({each.id})" for each in every) or "none"
    what = "Several programmes have that name: give its number" if found else f"There is no programme {name}"
    raise refused(f"{what}. In this database: {listed}.")
