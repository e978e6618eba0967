"""The summary of the tasks, once a day: to the staff channel, or in the coordinators' daily messages.

It lists what is new since the day before, and counts the rest: no task is listed to a person twice. Where
nothing is new, a coordinator reads the count once a week, and the staff channel each day. A summary that
waits in a daily message is written again when a day in one of its tasks moves to another zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select

from bot.chat.actions import Action, CancelTimers, Post, SetTimer
from bot.chat.content import Block, Button, Buttons, Message, Text, message, note, say, text
from bot.chat.events import TimerFired
from bot.chat.language import ENGLISH
from bot.chat.rendering.screen import LINES, height
from bot.chat.routes import MessageRoute, Routes, Waiting
from bot.chat.sentences import Duration
from bot.clock import at_local, first_nominal, next_local
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksRead
from bot.programme.core.timers import ForDate, Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, late_tasks, rewording
from bot.programme.notifications.newest_seal import with_newest_seal
from bot.programme.notifications.task_lines import listed
from bot.programme.people import address, coordinators, person_of, recently_granted
from bot.programme.people.addresses import language_of
from storage.queries import tasks as stored
from storage.tables import Person, metadata

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
_ITEMS_LISTED: Final = 10  # items of a summary, where they fit on a phone
_LINES_LISTED: Final = LINES - 8  # lines of them: the others are the count, what is left out, and the button
_MONDAY: Final = 0
_A_DAY: Final = timedelta(days=1)
# Without a staff channel the tasks are gathered this early, so that they are in every coordinator's
# own daily message of that day, whatever their zone.
_GATHERED: Final = time(0, 5)


def as_reader(person: Person, which: str = "all") -> dict[str, int | str]:
    """Return a condition for the tasks a coordinator sees: `which` is all, the common or the confidential."""
    return {"reader": person.id, "company": person.company_id or 0, verbs.WHICH: which}


_notices = metadata.tables["notices"]
_STILL_TO_GO: Final = select(_notices.c.person_id).where(
    _notices.c.programme_id == bindparam("programme"),
    _notices.c.subject == bindparam("about"),
    _notices.c.state == "waiting",
)
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
        daily_message.retract_notices(turn, subjects.TASKS_LATE(turn.programme_id))


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
    return _staff_summary(turn, today) if waiting.subject == today.isoformat() else None


def _staff_summary(turn: Turn, nominal: date) -> Message | None:
    """Return what the staff channel reads today: the common tasks that are open, and the newest seal."""
    return with_newest_seal(turn, _summary(turn, STAFF, nominal, nominal - _A_DAY))


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
    if staff is not None and (said := _staff_summary(turn, nominal)) is not None:
        actions.append(Post(staff, said, keys.TASKS(nominal), kind=_SUMMARY, subject=str(nominal)))
    subject = _summary_subject(turn)
    missed = _who_missed_it(turn)
    daily_message.retract_notices(turn, subject)
    # A coordinator by a group of a space is known only from what they do there.
    everybody = {
        person.id: person for person in (*coordinators(turn), *recently_granted(turn, "coordinator"))
    }
    for person in everybody.values():
        last = None if person.id in missed else nominal - _A_DAY
        if (words := _summary(turn, _of_daily_message(turn, person), nominal, last, person)) is not None:
            key = keys.TASKS_OF(person.id, nominal)
            actions += daily_message.notify(turn, person, key, subject, *words.blocks)
    return [*actions, *late_tasks.hand_on(turn, nominal)]


def _who_missed_it(turn: Turn) -> set[int]:
    """Return the ids of the coordinators whose last summary has not gone out: to them it is all new."""
    about = {"programme": turn.programme_id, "about": _summary_subject(turn)}
    return set(turn.connection.execute(_STILL_TO_GO, about).scalars())


def _of_daily_message(turn: Turn, person: Person) -> dict[str, int | str]:
    """Return the condition for the tasks that are in a coordinator's own daily message."""
    return as_reader(person, "confidential" if turn.programme.staff_place is not None else "all")


def gather_again(turn: Turn) -> None:
    """Write the summaries that wait in daily messages again, as days in their tasks have moved."""

    def words(key: str) -> Message | None:
        made_for = keys.TASKS_OF.parse(key)
        person = person_of(turn, made_for.person)
        last = made_for.day - _A_DAY
        return _summary(turn, _of_daily_message(turn, person), made_for.day, last, person)

    rewording.reword_notices(turn, _summary_subject(turn), words)


def _summary(
    turn: Turn,
    reader: Mapping[str, int | str],
    nominal: date,
    last: date | None,
    person: Person | None = None,
) -> Message | None:
    """Return what is new as a list, and the rest as a count; `person` reads it, None is the staff channel.

    `last` is the day of the last summary; None where it has not been read, so that all is new. None where
    nothing is open, and for a person where nothing is new on another day than a Monday.
    """
    total = count(turn, reader)
    if not total:
        return None
    zone = ZoneInfo(turn.programme.zone)
    since = at_local(last, _summary_time(turn), zone) if last else turn.programme.created_at
    asked = {"programme": turn.programme_id, "since": since, **reader}
    new = turn.connection.execute(stored.COUNT_NEW, asked).scalar_one()
    if not new and person is not None and nominal.weekday() != _MONDAY:
        return None
    oldest = Duration(max(1, (turn.now - some(turn, reader, 1)[0].created_at).days), "day")
    return message(
        *_new_ones(turn, asked, new, person),
        _older_ones(total - new, oldest, alone=not new),
        Buttons((Button("Open the list", verbs.TASK_PAGE("start"), style="primary"),)),
    )


def _new_ones(turn: Turn, asked: Mapping[str, Any], new: int, person: Person | None) -> Iterator[Block]:
    """Return the tasks that are new, as many as fit on a phone."""
    if not new:
        return
    page = {"most": _ITEMS_LISTED, "offset": 0, **asked}
    items = turn.connection.execute(stored.NEW, page).all()
    language = language_of(turn, address(turn, person)) if person is not None else ENGLISH
    fitting = len(items)
    while fitting > 1 and height([Text(tuple(listed(items[:fitting], person)))], language) > _LINES_LISTED:
        fitting -= 1
    yield text(
        "**One task waits** for a coordinator.",
        "**{count} tasks wait** for a coordinator.",
        count=new,
    )
    yield Text(tuple(listed(items[:fitting], person)))
    if new > fitting:
        yield note("and one more", "and {count} more", count=new - fitting)


def _older_ones(older: int, oldest: Duration, *, alone: bool) -> Block | None:
    """Return how many tasks were listed before; `alone`: nothing is new."""
    if not older:
        return None
    if alone:
        return text(
            "**One task** has waited for a coordinator for {time}.",
            "**{count} tasks** wait for a coordinator, the oldest for {time}.",
            count=older,
            time=oldest,
        )
    return note(
        "One older task waits as well, for {time}.",
        "{count} older tasks wait as well, the oldest for {time}.",
        count=older,
        time=oldest,
    )


ROUTES: Final = Routes(
    timers={_DAILY: tasks_daily_due},
    messages={_SUMMARY: MessageRoute(_still_open, lambda _turn, _subject: say("The list of tasks"))},
)
