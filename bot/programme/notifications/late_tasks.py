"""Late tasks: what the first coordinator has not answered in some working days goes to the second by name.

It is done once for a task. Where no second is here, the people who wait read that instead (`TasksLate`).
Approvals, admissions and reports have ladders of their own, and are not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, Text, note, text
from bot.clock import at_local
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksLate
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.notifications.task_lines import listed
from bot.programme.notifications.working_days import working_day
from bot.programme.people.away import is_away
from bot.programme.people.coordinators_in_turn import in_turn
from bot.programme.people.names import person_name
from storage.queries import tasks as stored
from storage.tables import Person

__all__ = ["hand_on"]

_OWN_LADDERS: Final = frozenset({"admission", "approval", "report"})
_MOST: Final = 100  # tasks that one turn hands on
_LISTED: Final = 5  # tasks that a message names
_A_DAY: Final = timedelta(days=1)


def hand_on(turn: Turn, nominal: date) -> list[Action]:
    """Hand on the tasks that are late on this day; tell the people who wait where no second is here."""
    asked = {"programme": turn.programme_id, "before": _late_before(turn, nominal), "most": _MOST}
    rows = turn.connection.execute(stored.LATE, asked).all()
    if not rows:
        return []
    of = [{"row_id": row.id, "now": turn.now} for row in rows]
    turn.connection.execute(stored.HANDED_ON, of)
    found = [row for row in rows if row.kind not in _OWN_LADDERS or keys.CHANGE_TASK.match(row.key)]
    here = [each for each in in_turn(turn) if not is_away(turn, each)]
    seconds: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    left: list[Row[*tuple[Any, ...]]] = []
    for row in found:
        asked_ones = [each for each in here if _may_see(row, each)]
        if len(asked_ones) > 1:
            seconds.setdefault(here.index(asked_ones[1]), []).append(row)
        else:
            left.append(row)
    actions: list[Action] = []
    for number, of_second in seconds.items():
        actions += _ask(turn, nominal, here[number], here[0], of_second)
    return [*actions, *(turn.follow(TasksLate(tuple((row.key, row.kind) for row in left))) if left else [])]


def _late_before(turn: Turn, nominal: date) -> datetime:
    """Return the instant (UTC) before which a task was opened that is late on a day."""
    zone, day = ZoneInfo(turn.programme.zone), nominal
    while working_day(day, turn.programme.coordinator_days) > nominal:
        day -= _A_DAY
    return at_local(day + _A_DAY, time(), zone)


def _may_see(row: Row[*tuple[Any, ...]], person: Person) -> bool:
    """Tell whether a coordinator sees a task: it is not about them, or about their company."""
    about_company = row.about_company_id is not None and row.about_company_id == person.company_id
    return row.about_id != person.id and not about_company


def _ask(
    turn: Turn, nominal: date, second: Person, first: Person, rows: Sequence[Row[*tuple[Any, ...]]]
) -> list[Action]:
    more = len(rows) - _LISTED
    return daily_message.notify(
        turn,
        second,
        keys.TASKS_LATE(second.id, nominal),
        subjects.TASKS_LATE(turn.programme_id),
        text(
            "**{first}** has not answered a task for one working day. Please take it:",
            "**{first}** has not answered these tasks for {count} working days. Please take them:",
            first=person_name(first),
            count=turn.programme.coordinator_days,
        ),
        Text(tuple(listed(rows[:_LISTED], second))),
        *([note("and one more", "and {count} more", count=more)] if more > 0 else []),
        Buttons((Button("Open the list", verbs.TASK_PAGE("start"), style="primary"),)),
    )
