"""Rewording: what is still to be sent, or unread, follows a change of what it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import ColumnElement, Table, bindparam, select, update

from bot.chat.content import Message, dump_message, load_message, with_count
from bot.programme.core.turn import Turn
from storage.tables import metadata

__all__ = ["recount_notices", "recount_task", "reword_notices", "reword_task"]

_NOTICES: Final = metadata.tables["notices"]
_TASKS: Final = metadata.tables["tasks"]


def recount_notices(turn: Turn, subject: str, count: int) -> None:
    """Put a new count into pieces of news about `subject` that wait."""
    waiting = (_NOTICES.c.subject == subject) & (_NOTICES.c.state == "waiting")
    _recount(turn, _NOTICES, waiting, count)


def recount_task(turn: Turn, key: str, count: int) -> None:
    """Put a new count into the task with this key, if there is one."""
    _recount(turn, _TASKS, (_TASKS.c.key == key) & (_TASKS.c.state == "open"), count)


def reword_task(turn: Turn, key: str, words: Message) -> None:
    """Put new words into the task with this key, if it is open."""
    query = select(_TASKS.c.id).where(
        _TASKS.c.programme_id == turn.programme_id, _TASKS.c.key == key, _TASKS.c.state == "open"
    )
    for number in turn.connection.execute(query).scalars().all():
        _put(turn, _TASKS, number, words)


def reword_notices(turn: Turn, subject: str, words: Callable[[str], Message | None]) -> None:
    """Put new words, by the key of each, into pieces of news about `subject` that wait; None keeps them."""
    waiting = (_NOTICES.c.subject == subject) & (_NOTICES.c.state == "waiting")
    query = select(_NOTICES.c.id, _NOTICES.c.key).where(_NOTICES.c.programme_id == turn.programme_id, waiting)
    for number, key in turn.connection.execute(query).all():
        if (said := words(key)) is not None:
            _put(turn, _NOTICES, number, said)


def _recount(turn: Turn, table: Table, which: ColumnElement[bool], count: int) -> None:
    query = select(table.c.id, table.c.message).where(table.c.programme_id == turn.programme_id, which)
    for number, stored in turn.connection.execute(query).all():
        said = load_message(stored)
        now = with_count(said, count)
        if now != said:
            _put(turn, table, number, now)


def _put(turn: Turn, table: Table, number: int, said: Message) -> None:
    words = update(table).where(table.c.id == bindparam("row_id")).values(message=bindparam("said"))
    turn.connection.execute(words, {"row_id": number, "said": dump_message(said)})
