"""What a stage said unasked: pieces of daily messages, tasks, messages, each with the thing it is about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from bot.chat.codec import head_of
from bot.chat.content import Buttons, Message, Select, load_message
from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.translation import translated
from bot.programme.core import keys
from storage.tables import Notice, Task, outbox
from tests.support.acting_readers import acting_readers
from tests.support.programme_checks import Piece

__all__ = ["unasked_pieces"]

_OF_DAYS = {head_of(keys.NOTICES), head_of(keys.TASKS), head_of(keys.TASK), head_of(keys.TASKS_OF)}
"""How the keys of messages begin that are made of pieces, which are looked at one by one."""


def unasked_pieces(stage: Any) -> list[Piece]:  # noqa: ANN401 - a stage of whichever platform
    """The news of people, the coordinators' tasks, and what was sent to a person who did not act."""
    news = stage.rows(select(Notice.person_id, Notice.subject, Notice.key, Notice.message))
    tasks = stage.rows(select(Task.subject, Task.key, Task.message))
    sent = stage.rows(
        select(outbox.c.id, outbox.c.destination, outbox.c.subject, outbox.c.key, outbox.c.message).where(
            outbox.c.operation == "send", or_(outbox.c.state == "sent", outbox.c.state == "pending")
        )
    )
    acting = acting_readers(stage)
    return [
        *(Piece(f"person {row[0]}", row[1], row[2], _shown(row[3])) for row in news),
        *(Piece("coordinators", row[0], row[1], _shown(row[2])) for row in tasks),
        *(
            Piece(row.destination, row.subject or row.key, row.key, _shown(row.message))
            for row in sent
            if "/@" in row.destination and row.id not in acting and head_of(row.key) not in _OF_DAYS
        ),
    ]


def _shown(kept: object) -> str:
    """What a reader sees of it besides its buttons."""
    said = [each for each in load_message(kept).blocks if not isinstance(each, Buttons | Select)]
    return plain_text(translated(Message(tuple(said)), ENGLISH))
