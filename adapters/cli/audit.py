"""`stint audit verify`: whether the history of every programme is as it was sealed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer
from sqlalchemy import select

from adapters.cli.database_reading import read_database
from bot.programme.core import seals
from bot.programme.core.seals import Fault, Head
from storage.database import UnitOfWork
from storage.tables import Programme

__all__ = ["verify"]

_SAID: Final = {
    "changed": "entry {position} is not what was sealed, or does not follow the entry before it",
    "missing": "entry {position} is missing",
    "unsealed": "entries without a seal are older than entry {position}, the newest with one",
    "cut": "it ends before entry {position}, whose seal is known",
    "rewritten": "entry {position} has another seal than the known one: the chain was written again",
}


def verify(config: Path | None, heads: Sequence[str], programme: int | None) -> int:
    """Check each programme's history, or one's; return 0 if all is as it was sealed, 1 if it is not.

    `heads` are seals that were kept outside of the database, of the one programme that is named.

    Raises:
        typer.BadParameter: a seal cannot be read, or it is not said which programme's it is.
        typer.Exit: the database cannot be read.
    """
    known = [_head(each) for each in heads]
    if known and programme is None:
        raise typer.BadParameter("a seal is of one programme: name it with --programme", param_hint="--head")
    results = read_database(config, lambda work: _checked(work, programme, known))
    if not results:
        typer.echo("There is no such programme." if programme else "There is no programme yet.")
        return 1 if programme else 0
    for name, head, faults in results:
        typer.echo(f"{name}: {_summary(head, faults)}")
        for fault in faults:
            typer.echo(f"  {_SAID[fault.kind].format(position=fault.position)}")
    return 1 if any(faults for _, _, faults in results) else 0


def _head(written: str) -> Head:
    head = seals.read_head(written)
    if head is None:
        raise typer.BadParameter(
            f"{written!r} is no seal; one is written like 1204:5f3a…, with 64 letters and digits",
            param_hint="--head",
        )
    return head


def _summary(head: Head | None, faults: Sequence[Fault]) -> str:
    if head is None and not faults:
        return "nothing is sealed yet"
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    state = "as it was sealed" if not faults else count
    return f"{state}, newest seal {head}" if head else state


def _checked(
    work: UnitOfWork, programme: int | None, heads: Sequence[Head]
) -> list[tuple[str, Head | None, list[Fault]]]:
    query = select(Programme.id, Programme.name).order_by(Programme.id)
    if programme is not None:
        query = query.where(Programme.id == programme)
    return [
        (
            f"{row.name} (programme {row.id})",
            seals.head_of(work.connection, row.id),
            list(seals.verify(work.connection, row.id, heads)),
        )
        for row in work.connection.execute(query)
    ]
