"""Rewording: what is still to be sent, or unread, follows a change of what it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import ColumnElement, Table, bindparam, select, update

from bot.chat.content import dump_message, load_message, with_words
from bot.programme.core.turn import Turn
from storage.tables import metadata

__all__ = ["reword_notices", "reword_task"]

_NOTICES: Final = metadata.tables["notices"]
_TASKS: Final = metadata.tables["tasks"]


def reword_notices(turn: Turn, subject: str, change: Callable[[str], str]) -> None:
    """Change the bot's own words in pieces of news about `subject` that wait; people's words stay."""
    waiting = (_NOTICES.c.subject == subject) & (_NOTICES.c.state == "waiting")
    _reword(turn, _NOTICES, waiting, change)


def reword_task(turn: Turn, key: str, change: Callable[[str], str]) -> None:
    """Change the bot's own words in the task with this key, if there is one; people's words stay."""
    _reword(turn, _TASKS, (_TASKS.c.key == key) & (_TASKS.c.state == "open"), change)


def _reword(turn: Turn, table: Table, which: ColumnElement[bool], change: Callable[[str], str]) -> None:
    query = select(table.c.id, table.c.message).where(table.c.programme_id == turn.programme_id, which)
    for number, stored in turn.connection.execute(query).all():
        said = load_message(stored)
        now = with_words(said, change)
        if now != said:
            words = update(table).where(table.c.id == bindparam("row_id")).values(message=bindparam("said"))
            turn.connection.execute(words, {"row_id": number, "said": dump_message(now)})
