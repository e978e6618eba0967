"""A mass edit and a new card, owed in this order to one place."""

from __future__ import annotations

from bot.chat.content import dump_message, message
from bot.chat.events import Place
from storage.queries import outbox
from tests.support.bot import Life

__all__ = ["owe_repairs_and_news"]


async def owe_repairs_and_news(stage: Life, place: Place, reference: str, repairs: int) -> None:
    """Owe so many changes of the message `reference` in a place, then a new card, "Brand new", there."""
    now = stage.clock.now()
    common = {"programme_id": 1, "destination": str(place), "created_at": now, "due_at": now}
    rows = [
        {
            **common,
            "key": f"edit:repair:{number}",
            "operation": "edit",
            "target": reference,
            "message": dump_message(message(f"Repair {number}")),
        }
        for number in range(repairs)
    ]
    news = {**common, "key": "card:news", "operation": "send", "message": dump_message(message("Brand new"))}
    await stage.database.transact(lambda work: outbox.enqueue(work.connection, [*rows, news]))
