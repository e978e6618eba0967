"""Which messages of a stage went to the person by whose act they were written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.programme.core import keys
from storage.tables import Identity, inbox, outbox

__all__ = ["acting_readers"]


def acting_readers(stage: Any) -> set[int]:  # noqa: ANN401 - a stage of whichever platform
    """The ids of the messages whose reader acted in the turn that wrote them, with any of their accounts."""
    person_of = {
        f"{row.platform}/@{row.user_id}": row.person_id
        for row in stage.rows(select(Identity.platform, Identity.user_id, Identity.person_id))
    }
    actors = {
        keys.EVENT(row.id): person_of.get(row.actor) for row in stage.rows(select(inbox.c.id, inbox.c.actor))
    }
    rows = stage.rows(select(outbox.c.id, outbox.c.cause, outbox.c.destination))
    return {
        row.id
        for row in rows
        if actors.get(row.cause) is not None and actors[row.cause] == person_of.get(row.destination)
    }
