"""A coordinator's tasks: approvals, silences, undeliverable messages, overdue decisions.

Each is a row, listed by `/stint tasks`, closed by a button, and summed up once a day: in the private
staff channel if the programme has it, else in each coordinator's own daily message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.chat.actions import Action, Post, Reply, Update
from bot.chat.codec import GONE
from bot.chat.commands import CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Message,
    Moment,
    dump_message,
    heading,
    load_message,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.numbers import whole_number
from bot.chat.rendering.screen import paged
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme.core import keys, verbs
from bot.programme.core.changes import TasksRead
from bot.programme.core.turn import Turn
from bot.programme.notifications.task_summary import (
    STAFF,
    as_reader,
    count,
    forget_summary,
    schedule_summary,
    some,
)
from bot.programme.people import (
    blocks_for,
    person_name,
    require_role,
    zone_of,
)
from storage.queries import tasks as stored

__all__ = [
    "RESTORED",
    "ROUTES",
    "TaskSubject",
    "close_task",
    "close_tasks_about",
    "count_for",
    "open_items",
    "open_task",
    "subjects_of",
]

RESTORED: Final = "restored"
"""The kind of the task that tells of a restored backup."""

URGENT: Final = frozenset({"placement.trouble", RESTORED})
"""Kinds that go to the staff channel at once, not with the day's summary."""

ANSWERED: Final = "report"
"""The kind that only its answer closes, and no press of Done."""

_STAFF_ITEM: Final = "tasks.item"
_MOST_LISTED: Final = 200  # items that are looked at for the list's pages


@dataclass(frozen=True, slots=True)
class TaskSubject:
    """The subject of a task: this person, and people of this company, do not see it as coordinators."""

    person_id: int | None = None
    company_id: int | None = None


def open_task(
    turn: Turn, key: str, kind: str, subject: str, *blocks: Block, about: TaskSubject | None = None
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
    forget_summary(turn)


def close_tasks_about(turn: Turn, subject: str) -> None:
    """Close every task about a subject ("noun:id"): the whole is settled."""
    turn.connection.execute(
        stored.CLOSE_ABOUT, {"programme": turn.programme_id, "now": turn.now, "by": None, "of": subject}
    )
    forget_summary(turn)


def count_for(turn: Turn) -> int:
    """Return how many tasks the coordinator who acts can see."""
    return count(turn, as_reader(turn.person))


def subjects_of(turn: Turn, beginning: str) -> Sequence[str]:
    """Return the subjects ("noun:id") of the tasks whose key begins so."""
    asked = {"programme": turn.programme_id, "beginning": f"{beginning}%"}
    return turn.connection.execute(stored.SUBJECTS, asked).scalars().all()


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
    reader = as_reader(turn.person)
    total = count(turn, reader)
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
        for row in some(turn, reader, _MOST_LISTED)
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
    values |= {"answered": ANSWERED, **as_reader(person)}
    if not turn.connection.execute(stored.CLOSE_ID, values).rowcount:
        item = {"programme": turn.programme_id, "of": task_id, **as_reader(person)}
        if turn.connection.execute(stored.KIND, item).scalar() == ANSWERED:
            raise Declined(
                "A report ends only with an answer to the person who reported: press **Answer** there."
            )
        raise Declined("That task was closed already. `/stint tasks` lists what is open.")
    forget_summary(turn)
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
    item = {"programme": turn.programme_id, "of": task_id, **as_reader(person)}
    item["answered"] = ANSWERED
    if not turn.connection.execute(stored.REOPEN, item).rowcount:
        raise Declined("That task is not closed, or not yours to open. `/stint tasks` lists what is open.")
    told = _tell_staff(turn, task_id, Buttons((_done_button(task_id, 0),)))
    return [*_shown(turn, offset, text("It is open again."), replace=True), *told]


def _item_still_open(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late task for the staff channel only while it is open."""
    item = {"programme": turn.programme_id, "of": int(waiting.subject), **STAFF}
    return waiting.message if turn.connection.execute(stored.KIND, item).scalar() else None


ROUTES = Routes(
    commands=((LIST, list_command),),
    buttons={
        verbs.TASK_PAGE: task_page_pressed,
        verbs.TASK_DONE: task_done_pressed,
        verbs.TASK_REOPEN: task_reopen_pressed,
    },
    reads=frozenset({verbs.TASK_PAGE}),
    messages={
        _STAFF_ITEM: MessageRoute(_item_still_open),
    },
)
