"""The summary of the tasks, once a day: to the staff channel, or in the coordinators' daily messages.

A summary that waits in a daily message is written again when a day in one of its tasks moves to another zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from bot.chat.actions import Action, CancelTimers, Post, SetTimer
from bot.chat.content import Button, Buttons, Heading, Message, Part, Text, message, note, say, text
from bot.chat.events import TimerFired
from bot.chat.routes import MessageRoute, Routes, Waiting
from bot.clock import at_local, first_nominal, next_local
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksRead
from bot.programme.core.timers import ForDate, Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, rewording
from bot.programme.notifications.newest_seal import with_newest_seal
from bot.programme.people import blocks_for, coordinators, person_of, recently_granted
from storage.queries import tasks as stored
from storage.tables import Person

__all__ = [
    "ROUTES",
    "STAFF",
    "as_reader",
    "count",
    "forget_summary",
    "gather_again",
    "reschedule_summary",
    "schedule_summary",
    "some",
]

_DAILY: Final = Timer.TASKS_DAILY
_SUMMARY: Final = "tasks"
_TOO_LATE: Final = timedelta(hours=6)  # a summary later than this is left to the next one
_ITEMS_LISTED: Final = 10  # items of a summary
# Without a staff channel the tasks are gathered this early, so that they are in every coordinator's
# own daily message of that day, whatever their zone.
_GATHERED: Final = time(0, 5)


def as_reader(person: Person, which: str = "all") -> dict[str, int | str]:
    """Return a condition for the tasks a coordinator sees: `which` is all, the common or the confidential."""
    return {"reader": person.id, "company": person.company_id or 0, verbs.WHICH: which}


_ANYONE: Final[Mapping[str, int | str]] = {"reader": 0, "company": 0, "which": "all"}
STAFF: Final[Mapping[str, int | str]] = {"reader": 0, "company": 0, "which": "common"}


def count(turn: Turn, reader: Mapping[str, int | str]) -> int:
    """Return how many open tasks a reader sees."""
    return turn.connection.execute(stored.COUNT, {"programme": turn.programme_id, **reader}).scalar_one()


def some(
    turn: Turn, reader: Mapping[str, int | str], most: int, offset: int = 0
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the rows of open tasks that a reader sees, the oldest first: `most` of them after `offset`."""
    page = {"programme": turn.programme_id, "most": most, "offset": offset, **reader}
    return turn.connection.execute(stored.LISTED, page).all()


def forget_summary(turn: Turn) -> None:
    """Drop the summary that waits in the daily messages when nothing is open any more."""
    if count(turn, _ANYONE) == 0:
        daily_message.retract_notices(turn, _summary_subject(turn))


def schedule_summary(turn: Turn, after: date | None = None) -> list[Action]:
    """Set the timer of the next daily summary; `after` is the nominal date of the last one."""
    zone, wall = ZoneInfo(turn.programme.zone), _summary_time(turn)
    nominal = next_local(after) if after else first_nominal(turn.now, wall, zone)
    subject = subjects.PROGRAMME(turn.programme_id)
    due = at_local(nominal, wall, zone)
    key = keys.TASKS_TIMER(turn.programme_id, nominal)
    return [SetTimer(key, due, _DAILY, subject, ForDate(nominal), late="fold")]


def reschedule_summary(turn: Turn) -> list[Action]:
    """Follow a change of the time, the zone or the staff channel: the summary moves."""
    cancel = CancelTimers(subject=subjects.PROGRAMME(turn.programme_id), kind=_DAILY)
    return [cancel, *schedule_summary(turn)]


def _still_open(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late summary on its own day, with what is open when it comes."""
    today = turn.now.astimezone(ZoneInfo(turn.programme.zone)).date()
    return _staff_summary(turn) if waiting.subject == today.isoformat() else None


def _staff_summary(turn: Turn) -> Message | None:
    """Return what the staff channel reads today: the common tasks that are open, and the newest seal."""
    return with_newest_seal(turn, _summary(turn, STAFF) if count(turn, STAFF) else None)


def _summary_time(turn: Turn) -> time:
    return time.fromisoformat(turn.programme.daily_at) if turn.programme.staff_place else _GATHERED


def _summary_subject(turn: Turn) -> str:
    return subjects.TASKS(turn.programme_id)


def tasks_daily_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Send what is open, once a day: to the staff channel or into the coordinators' daily messages.

    What is confidential never goes to the staff channel.
    """
    nominal = event.read(ForDate).nominal
    actions = schedule_summary(turn, nominal)
    if event.late_by > _TOO_LATE.total_seconds():
        return actions
    actions += turn.follow(TasksRead())
    staff = turn.programme.staff_place
    if staff is not None and (said := _staff_summary(turn)) is not None:
        actions.append(Post(staff, said, keys.TASKS(nominal), kind=_SUMMARY, subject=str(nominal)))
    subject = _summary_subject(turn)
    daily_message.retract_notices(turn, subject)
    # A coordinator by a group of a space is known only from what they do there.
    everybody = {
        person.id: person for person in (*coordinators(turn), *recently_granted(turn, "coordinator"))
    }
    for person in everybody.values():
        reader = _of_daily_message(turn, person)
        if count(turn, reader):
            key = keys.TASKS_OF(person.id, nominal)
            words = _summary(turn, reader, person)
            actions += daily_message.notify(turn, person, key, subject, *words.blocks)
    return actions


def _of_daily_message(turn: Turn, person: Person) -> dict[str, int | str]:
    """Return the condition for the tasks that are in a coordinator's own daily message."""
    return as_reader(person, "confidential" if turn.programme.staff_place is not None else "all")


def gather_again(turn: Turn) -> None:
    """Write the summaries that wait in daily messages again, as days in their tasks have moved."""

    def words(key: str) -> Message:
        person = person_of(turn, keys.TASKS_OF.parse(key).person)
        return _summary(turn, _of_daily_message(turn, person), person)

    rewording.reword_notices(turn, _summary_subject(turn), words)


def _summary(turn: Turn, reader: Mapping[str, int | str], person: Person | None = None) -> Message:
    """Return what is open as a list; `person` reads it, None is the staff channel."""
    total = count(turn, reader)
    return message(
        text(
            "**One task waits** for a coordinator.",
            "**{count} tasks wait** for a coordinator.",
            count=total,
        ),
        Text(tuple(_listed(some(turn, reader, _ITEMS_LISTED), person))),
        note("and one more", "and {count} more", count=total - _ITEMS_LISTED)
        if total > _ITEMS_LISTED
        else None,
        Buttons((Button("Open the list", verbs.TASK_PAGE("start"), style="primary"),)),
    )


def _listed(items: Sequence[Row[*tuple[Any, ...]]], person: Person | None) -> Iterator[Part]:
    """Return the first line of each task, which says what it is, as a list."""
    for number, row in enumerate(items):
        blocks = blocks_for(row.message, person)
        yield "\n- " if number else "- "
        yield from next((b.parts for b in blocks if isinstance(b, Text | Heading)), (say("A task"),))


ROUTES: Final = Routes(
    timers={_DAILY: tasks_daily_due},
    messages={_SUMMARY: MessageRoute(_still_open, lambda _turn, _subject: say("The list of tasks"))},
)
