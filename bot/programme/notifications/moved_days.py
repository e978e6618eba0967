"""Days that moved to another time zone: the news that waits and the tasks that are open name them there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from bot.chat.actions import Action
from bot.chat.day_parts import day_for, day_of, with_days
from bot.chat.local_day import Day, ends_at
from bot.chat.sentences import ShownDay
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.notifications.task_summary import gather_again
from bot.programme.people import person_of
from storage.tables import metadata

__all__ = ["move_days", "move_subject"]

_NOTICES: Final = metadata.tables["notices"]
_TASKS: Final = metadata.tables["tasks"]


def move_days(
    turn: Turn, things: Mapping[str, Collection[int]], before: Collection[str], zone: str
) -> list[Action]:
    """Put the days of these things that are still to come into a zone, wherever they wait to be read.

    `things`: the ids by what the keys call them, as "placement"; `before`: the zones of their days so far.
    A piece of news that is of use until such a day ends is so until it ends there.
    """
    moved: dict[datetime, datetime] = {}

    def move(shown: ShownDay) -> ShownDay:
        day = day_of(shown)
        if day is None or day.zone not in before or ends_at(day) <= turn.now:
            return shown
        there = Day(day.date, zone)
        moved[ends_at(day)] = ends_at(there)
        return day_for(shown, None, there)

    readers: set[int] = set()
    named = {stem for noun, of in things.items() for stem in subjects.stems(noun, of)}
    for table, kind, state in ((_NOTICES, keys.NewsKey, "waiting"), (_TASKS, keys.TaskKey, "open")):
        about = {stem for noun, of in things.items() for stem in keys.stems(kind, noun, of)}
        query = select(table).where(table.c.programme_id == turn.programme_id, table.c.state == state)
        for row in turn.connection.execute(query).all():
            if keys.stem_of(row.key) not in about and keys.stem_of(row.subject) not in named:
                continue
            values = {"message": with_days(row.message, move)}
            if values["message"] == row.message:
                continue
            if table is _NOTICES:
                values["useful_until"] = moved.get(row.useful_until, row.useful_until)
                readers.add(row.person_id)
            turn.connection.execute(update(table).where(table.c.id == row.id).values(values))
    gather_again(turn)
    return [
        act
        for number in sorted(readers)
        for act in daily_message.reschedule_daily_message(turn, person_of(turn, number))
    ]


def move_subject(turn: Turn, before: str, after: str) -> None:
    """Let news that waits be about another subject, as the instant in it has moved with its day."""
    waiting = (_NOTICES.c.programme_id == turn.programme_id, _NOTICES.c.state == "waiting")
    about = update(_NOTICES).where(*waiting, _NOTICES.c.subject == before)
    turn.connection.execute(about.values(subject=after))
