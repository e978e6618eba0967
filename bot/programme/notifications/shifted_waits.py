"""Waits of an application on which no clock runs for a time; what is left of them comes so much later."""

from __future__ import annotations

from datetime import timedelta

from bot.programme.core.turn import Turn
from bot.programme.notifications.waits import instant_of
from storage.prepared import Row
from storage.queries import waits as stored

__all__ = ["of_about", "shift"]


def of_about(turn: Turn, kind: str, about: str) -> list[Row]:
    """Return the waits said together that are not over, with the columns of `Wait`."""
    return stored.of_those(turn.connection, turn.programme_id, kind, about)


def shift(turn: Turn, kind: str, row: Row, by: timedelta, *, alone: bool) -> None:
    """Let what is left of a wait come so much later; it stays open or held, and `resume` sets its timer.

    `alone`: its date is its own, and moves as well. What is owed by a date of many keeps that, and is not
    reminded of again: its last step comes later.
    """
    if row.due_at is None or row.next_at is None:
        return
    if alone:
        stored.shift(turn.connection, row.id, row.since + by, row.due_at + by, row.next_at + by)
        return
    rule = turn.routes.waits[kind]
    last = len(rule.steps) - 1
    at = instant_of(turn, rule, rule.steps[last], row.about, row.since, row.due_at)
    later = {"to_step": last, "at": at + by if at else None, "by": row.due_at, "to_state": row.state}
    stored.advance(turn.connection, [{"row_id": row.id, **later}])
