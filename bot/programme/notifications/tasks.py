"""A coordinator's tasks: approvals, silences, undeliverable messages, overdue decisions.

Each is a row, listed by `/stint tasks`, closed by a button, and summed up once a day: in the private
staff channel if the programme has it, else in each coordinator's own daily message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from bot.chat.actions import Action, CancelTimers, Post, Reply, SetTimer, Update
from bot.chat.codec import GONE
from bot.chat.commands import CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Heading,
    Message,
    Moment,
    Part,
    Text,
    dump_message,
    heading,
    load_message,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, TimerFired
from bot.chat.numbers import whole_number
from bot.chat.rendering.screen import paged
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.clock import at_local, first_nominal, next_local
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksRead
from bot.programme.core.timers import ForDate, Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.notifications.newest_seal import with_newest_seal
from bot.programme.people import (
    blocks_for,
    coordinators,
    person_name,
    recently_granted,
    require_role,
    zone_of,
)
from storage.queries import tasks as stored
from storage.tables import Person

__all__ = [
    "ROUTES",
    "About",
    "close_task",
    "close_tasks_about",
    "count_for",
    "open_items",
    "open_task",
    "reschedule_summary",
    "schedule_summary",
    "subjects_of",
]

URGENT: Final = frozenset({"placement.trouble"})
"""Kinds that go to the staff channel at once, not with the day's summary."""

ANSWERED: Final = "report"
"""The kind that only its answer closes, and no press of Done."""

_DAILY: Final = Timer.TASKS_DAILY
_SUMMARY: Final = "tasks"
_STAFF_ITEM: Final = "tasks.item"
_TOO_LATE: Final = timedelta(hours=6)  # a summary later than this is left to the next one
_MOST_LISTED: Final = 200  # items that are looked at for the list's pages
_ITEMS_LISTED: Final = 10  # items of a summary
# Without a staff channel the tasks are gathered this early, so that they are in every coordinator's
# own daily message of that day, whatever their zone.
_GATHERED: Final = time(0, 5)


@dataclass(frozen=True, slots=True)
class About:
    """The subject of a task: this person, and people of this company, do not see it as coordinators."""

    person_id: int | None = None
    company_id: int | None = None


def open_task(
    turn: Turn, key: str, kind: str, subject: str, *blocks: Block, about: About | None = None
) -> list[Action]:
    """Make a task, once per `key` (at most 120 characters); the actions see to the daily summary.

    A task that is open under this key gets the new words; a closed task is opened again.
    `blocks` say what happened and hold the buttons that act on it; `subject` is "noun:id". A task with an
    `about` is confidential: the staff channel, where all coordinators read, does not list it.
    """
    words = message(*blocks)
    row = {
        "programme_id": turn.programme_id,
        "key": key,
        "kind": kind,
        "subject": subject,
        "message": dump_message(words),
        "state": "open",
        "created_at": turn.now,
        "about_id": about.person_id if about else None,
        "about_company_id": about.company_id if about else None,
    }
    made = turn.connection.execute(stored.OPEN, row).one()
    staff = turn.programme.staff_place
    follow = schedule_summary(turn)
    if kind not in URGENT or staff is None or about is not None or made.created_at != turn.now:
        return follow
    told = Message((*words.blocks, Buttons((_done_button(made.id, 0),))))
    key = _staff_key(made.id, turn.now)
    return [Post(staff, told, key, kind=_STAFF_ITEM, subject=str(made.id)), *follow]


def _staff_key(task_id: int, opened: datetime) -> str:
    """Return the key under which a task is posted to the staff channel."""
    return keys.TASK(task_id, opened)


def close_task(turn: Turn, key: str) -> None:
    """Close the task with this key, if it is open: what it was about is settled."""
    turn.connection.execute(
        stored.CLOSE_KEY, {"programme": turn.programme_id, "now": turn.now, "by": None, "of": key}
    )
    _forget_summary(turn)


def close_tasks_about(turn: Turn, subject: str) -> None:
    """Close every task about a subject ("noun:id"): the whole is settled."""
    turn.connection.execute(
        stored.CLOSE_ABOUT, {"programme": turn.programme_id, "now": turn.now, "by": None, "of": subject}
    )
    _forget_summary(turn)


def _forget_summary(turn: Turn) -> None:
    """Drop the summary that waits in the daily messages when nothing is open any more."""
    if _count(turn, _ANYBODY) == 0:
        daily_message.retract_notices(turn, _summary_subject(turn))


def count_for(turn: Turn) -> int:
    """Return how many tasks the coordinator who acts can see."""
    return _count(turn, _as_reader(turn.person))


def _as_reader(person: Person, which: str = "all") -> dict[str, int | str]:
    """Return a condition for the tasks a coordinator sees: `which` is all, the common or the confidential."""
    return {"reader": person.id, "company": person.company_id or 0, verbs.WHICH: which}


_ANYBODY: Final[Mapping[str, int | str]] = {"reader": 0, "company": 0, "which": "all"}
_STAFF: Final[Mapping[str, int | str]] = {"reader": 0, "company": 0, "which": "common"}


def _count(turn: Turn, reader: Mapping[str, int | str]) -> int:
    return turn.connection.execute(stored.COUNT, {"programme": turn.programme_id, **reader}).scalar_one()


def subjects_of(turn: Turn, beginning: str) -> Sequence[str]:
    """Return the subjects ("noun:id") of the tasks whose key begins so."""
    asked = {"programme": turn.programme_id, "beginning": f"{beginning}%"}
    return turn.connection.execute(stored.SUBJECTS, asked).scalars().all()


def _some(
    turn: Turn, reader: Mapping[str, int | str], most: int, offset: int = 0
) -> Sequence[Row[*tuple[Any, ...]]]:
    page = {"programme": turn.programme_id, "most": most, "offset": offset, **reader}
    return turn.connection.execute(stored.LISTED, page).all()


def _done_button(task_id: int, offset: int) -> Button:
    return Button(say("Done", context="button"), verbs.TASK_DONE(task_id, offset))


LIST: Final = CommandSpec(
    ("stint", "tasks"),
    "See what waits for a coordinator: approvals, silences, lost messages",
    allowed=frozenset({"coordinator"}),
    example="/stint tasks",
    reads=True,
)


def list_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/stint tasks`: show the tasks, the oldest first, each with what can be done about it."""
    return _shown(turn, 0)


def _shown(turn: Turn, page: int, *first: Block, replace: bool = False) -> list[Action]:
    """Show a page of the tasks as they are now."""
    read = turn.follow(TasksRead())
    return [Reply(_page(turn, page, *first), replace=replace), *read]


def open_items(turn: Turn) -> Message:
    """Return the first page of the tasks, or say that there are none; announce `TasksRead` before."""
    return _page(turn, 0)


def _page(turn: Turn, page: int, *first: Block) -> Message:
    """Return a page (from 0) of the tasks; a task is on one page, unless it is longer than a screen."""
    reader = _as_reader(turn.person)
    total = _count(turn, reader)
    if not total:
        return message(*first, text("Nothing waits for you. When something does, it is listed here."))
    top: list[Block] = [*first, heading("1 task", "{count} tasks", count=total)]
    zone = zone_of(turn, turn.person)
    groups: list[list[Block]] = [
        [
            Divider(),
            *blocks_for(row.message, turn.person),
            *([] if row.kind == ANSWERED else [Buttons((_done_button(row.id, page),))]),
            note("Since {when}", when=Moment(row.created_at, zone)),
        ]
        for row in _some(turn, reader, _MOST_LISTED)
    ]
    return paged(
        [[*top, *groups[0]], *groups[1:]],
        (),
        page,
        lambda number: verbs.TASK_PAGE(str(number)),
        turn.language,
    )


def task_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page; from the daily summary (page "start") it is a new message."""
    require_role(turn, "coordinator")
    page = verbs.TASK_PAGE.read(event).page
    if page == "start":
        return _shown(turn, 0)
    if (offset := whole_number(page)) is None:
        raise Declined(GONE)
    return _shown(turn, offset, replace=True)


def task_done_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Close a task that the coordinator has dealt with."""
    person = require_role(turn, "coordinator")
    pressed = verbs.TASK_DONE.read(event)
    task_id, offset = pressed.task, pressed.offset
    values = {"programme": turn.programme_id, "now": turn.now, "by": person.id, "of": task_id}
    values |= {"answered": ANSWERED, **_as_reader(person)}
    if not turn.connection.execute(stored.CLOSE_ID, values).rowcount:
        item = {"programme": turn.programme_id, "of": task_id, **_as_reader(person)}
        if turn.connection.execute(stored.KIND, item).scalar() == ANSWERED:
            raise Declined(
                "A report ends only with an answer to the person who reported: press **Answer** there."
            )
        raise Declined("That task was closed already. `/stint tasks` lists what is open.")
    _forget_summary(turn)
    closed = text("Closed.")
    undo = Buttons((Button("Open it again", verbs.TASK_REOPEN(task_id, offset)),))
    told = _tell_staff(turn, task_id, note("Closed by {person}.", person=person_name(person, mention=True)))
    return [*_shown(turn, offset, closed, undo, replace=True), *told]


def _tell_staff(turn: Turn, task_id: int, last: Block) -> list[Action]:
    """End the task as it was posted to the staff channel, if it was, with this block."""
    row = turn.connection.execute(stored.ITEM, {"programme": turn.programme_id, "of": task_id}).one_or_none()
    if row is None:
        return []
    said = Message((*load_message(row.message).blocks, last))
    return [Update(_staff_key(task_id, row.created_at), said)]


def task_reopen_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open a task again that was not dealt with after all."""
    person = require_role(turn, "coordinator")
    pressed = verbs.TASK_REOPEN.read(event)
    task_id, offset = pressed.task, pressed.offset
    item = {"programme": turn.programme_id, "of": task_id, **_as_reader(person)}
    item["answered"] = ANSWERED
    if not turn.connection.execute(stored.REOPEN, item).rowcount:
        raise Declined("That task is not closed, or not yours to open. `/stint tasks` lists what is open.")
    told = _tell_staff(turn, task_id, Buttons((_done_button(task_id, 0),)))
    return [*_shown(turn, offset, text("It is open again."), replace=True), *told]


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
    over = waiting.subject != today.isoformat() or not _count(turn, _STAFF)
    return None if over else _summary(turn, _STAFF)


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
    if staff is not None and _count(turn, _STAFF):
        words = with_newest_seal(turn, _summary(turn, _STAFF))
        actions.append(Post(staff, words, keys.TASKS(nominal), kind=_SUMMARY, subject=str(nominal)))
    subject = _summary_subject(turn)
    daily_message.retract_notices(turn, subject)
    # A coordinator by a group of a space is known only from what they do there.
    everybody = {
        person.id: person for person in (*coordinators(turn), *recently_granted(turn, "coordinator"))
    }
    for person in everybody.values():
        reader = _as_reader(person, "confidential" if staff is not None else "all")
        if _count(turn, reader):
            key = keys.TASKS_OF(person.id, nominal)
            words = _summary(turn, reader, person)
            actions += daily_message.notify(turn, person, key, subject, *words.blocks)
    return actions


def _summary(turn: Turn, reader: Mapping[str, int | str], person: Person | None = None) -> Message:
    """Return what is open as a list; `person` reads it, None is the staff channel."""
    total = _count(turn, reader)
    return message(
        text(
            "**One task waits** for a coordinator.",
            "**{count} tasks wait** for a coordinator.",
            count=total,
        ),
        Text(tuple(_listed(_some(turn, reader, _ITEMS_LISTED), person))),
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


def _item_still_open(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late task for the staff channel only while it is open."""
    item = {"programme": turn.programme_id, "of": int(waiting.subject), **_STAFF}
    return waiting.message if turn.connection.execute(stored.KIND, item).scalar() else None


ROUTES = Routes(
    commands=((LIST, list_command),),
    buttons={
        verbs.TASK_PAGE: task_page_pressed,
        verbs.TASK_DONE: task_done_pressed,
        verbs.TASK_REOPEN: task_reopen_pressed,
    },
    timers={_DAILY: tasks_daily_due},
    reads=frozenset({verbs.TASK_PAGE}),
    messages={
        _SUMMARY: MessageRoute(_still_open, lambda _turn, _subject: say("The list of tasks")),
        _STAFF_ITEM: MessageRoute(_item_still_open),
    },
)
