"""The delivery ledger as a whole: what was sent, and what is still to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.tables import Application, Placement, Project, outbox

__all__ = ["Ledger", "read_ledger"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The counts and references that the database holds.

    `sent` are the references of every message that was sent; `unsent` counts those that failed, whose
    fate is unknown, or that are on their way. Messages that are not due yet count as neither. `gone`
    counts the rows that are missing: nothing deletes one, so SQLite numbers them without a gap.
    """

    projects: int
    applications: int
    placements: int
    sent: tuple[str, ...]
    unsent: int
    gone: int


def read_ledger(connection: Connection) -> Ledger:
    """Read what was done and what was delivered, over all programmes."""
    projects, applications, placements = (
        connection.scalar(select(func.count()).select_from(noun)) or 0
        for noun in (Project, Application, Placement)
    )
    references = select(outbox.c.reference).where(outbox.c.operation == "send", outbox.c.state == "sent")
    states = ("failed", "unknown", "sending")
    unsent = select(func.count()).select_from(outbox).where(outbox.c.state.in_(states))
    sent = tuple(connection.execute(references.order_by(outbox.c.id)).scalars())
    gone = connection.scalar(select(func.max(outbox.c.id) - func.count())) or 0
    return Ledger(projects, applications, placements, sent, connection.scalar(unsent) or 0, gone)
