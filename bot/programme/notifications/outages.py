"""Outages: what people owe who could not reach the bot is due so much later, and both sides read that.

It is done once for an outage, a hundred waits in a turn, before anything that fell due meanwhile. Where a
noun has the date (a project its decision date, an offer its end, a deliverable), that one moves, with its
history; other waits have a date of their own. Dates that no wait holds (`Routes.dates`) move after them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from bot.chat.actions import Action, SetTimer
from bot.chat.content import Block, text
from bot.chat.events import TimerFired, platform_name
from bot.chat.routes import Routes, WaitSides
from bot.programme import people
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.out_of_reach import LONGEST_GAP, capped, out_since, platforms_of
from storage.prepared import Row
from storage.queries import platforms
from storage.queries import waits as stored
from storage.tables import Person

__all__ = ["PAGE", "ROUTES"]

PAGE: Final = 100
"""Waits that one turn looks at; those that are said together with one of them are looked at with it."""

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


class _Page(Struct, frozen=True):
    """The payload of the timer of an outage: its page, and from where it goes on.

    First the waits, from a due date on (UTC); when all were looked at, `dates` is true: other dates follow.
    """

    number: int = 0
    after: datetime = _EARLIEST
    dates: bool = False


@dataclass(slots=True)
class _Messages:
    """What people read about an outage: the lines of each, and until when (UTC) they are of use."""

    people: dict[int, Person] = field(default_factory=dict)
    lines: dict[int, list[Block]] = field(default_factory=dict)
    until: dict[int, datetime] = field(default_factory=dict)

    def add(self, person: Person, line: Block | None, due: datetime) -> None:
        """Add a line for a person, unless they have it: many waits may be one line."""
        lines = self.lines.setdefault(person.id, [])
        if line is not None and line not in lines:
            self.people[person.id] = person
            lines.append(line)
            self.until[person.id] = max(due, self.until.get(person.id, due))


def outage_over_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Move what is owed by people who could not reach the bot during an outage, and tell both sides."""
    outage = platforms.outage(turn.connection, subjects.OUTAGE.id_of(event.subject))
    if outage is None:
        return []
    page, said, actions = event.read(_Page), _Messages(), list[Action]()
    following = None if page.dates else _move_waits(turn, outage, page, said, actions)
    if following is None and not _move_dates(turn, outage, said, actions):
        following = _Page(page.number + 1, dates=True)
    actions += _tell(turn, outage, page, said)
    if following is not None:
        due = event.due_at + timedelta(milliseconds=1)
        key = keys.OUTAGE_TIMER(outage.id, following.number)
        actions.append(SetTimer(key, due, Timer.OUTAGE_OVER, event.subject, following, late="fold"))
    return actions


def _move_waits(turn: Turn, outage: Row, page: _Page, said: _Messages, actions: list[Action]) -> _Page | None:
    """Move the waits of a page; return the next page, None after the last."""
    found = platforms.unmoved(turn.connection, turn.programme_id, outage, page.after, PAGE)
    for kind, about in dict.fromkeys((row.kind, row.about) for row in found):
        platforms.looked_at(turn.connection, turn.programme_id, outage, kind, about)
        actions += _move(turn, outage, kind, about, said)
    return _Page(page.number + 1, found[-1].due_at) if len(found) == PAGE else None


def _move_dates(turn: Turn, outage: Row, said: _Messages, actions: list[Action]) -> bool:
    """Move a hundred of the dates that no wait holds; return whether all were looked at."""
    left = PAGE
    for route in turn.routes.dates:
        found = route.found(turn, outage, left)
        for moved in (route.later(turn, each, outage) for each in found):
            if moved is None:
                continue
            actions += moved.actions
            for person in moved.people:
                said.add(person, moved.said(person), moved.until)
        left -= len(found)
        if not left:
            return False
    return True


def _move(turn: Turn, outage: Row, kind: str, about: str, said: _Messages) -> list[Action]:
    """Move those waits said together whose owing people were out of reach."""
    sides = turn.routes.waits[kind].sides
    if sides is None:
        return []
    rows = [
        row
        for row in stored.of_those(turn.connection, turn.programme_id, kind, about)
        if row.state == "open" and row.next_at is not None and row.since < outage.until
    ]
    owing = sides.owing(turn, about, [row.subject for row in rows])
    gaps = _gaps(turn, outage, rows, owing)
    # A date of the noun's that had passed before the outage is not made good by it: only what follows waits.
    whole = [row for row in rows if row.id in gaps and sides.later and row.due_at >= outage.since]
    alone = [row for row in rows if row.id in gaps and row not in whole]
    actions: list[Action] = []
    if whole and sides.later is not None:
        by = max(gaps[row.id] for row in whole)
        actions += sides.later(turn, about, [row.subject for row in whole], by)
    for row in alone:
        _shift(turn, kind, row, gaps[row.id], sides)
    if alone:
        actions += waits.schedule(turn, kind, about)
    for row in (*whole, *alone):
        _note(turn, kind, row, owing[row.subject], sides, said)
    return actions


def _gaps(
    turn: Turn, outage: Row, rows: Sequence[Row], owing: Mapping[str, Sequence[Person]]
) -> dict[int, timedelta]:
    """Return for how long the owing people of each wait were out of reach while it was open, by its id."""
    known: dict[tuple[int, ...], datetime | None] = {}
    gaps: dict[int, timedelta] = {}
    for row in rows:
        side = tuple(each.id for each in owing.get(row.subject, ()))
        if side not in known:
            known[side] = out_since(outage, platforms_of(turn, owing.get(row.subject, ())))
        since = known[side]
        if since is not None and (gap := outage.until - max(since, row.since)) > LONGEST_GAP:
            gaps[row.id] = gap
    return gaps


def _shift(turn: Turn, kind: str, row: Row, by: timedelta, sides: WaitSides) -> None:
    """Move a wait that has its own date, and its next step; the date of a noun that has passed stays."""
    rule = turn.routes.waits[kind]
    latest = sides.latest(turn, row.subject) if sides.latest else None
    due = row.due_at if sides.later else capped(row.due_at, by, latest)
    by = by if sides.later else due - row.due_at
    of_since = any(step.of_since for step in rule.steps)
    since = row.since + by if of_since else row.since
    stored.shift(turn.connection, row.id, since, due, row.next_at + by)


def _note(
    turn: Turn, kind: str, row: Row, owing: Sequence[Person], sides: WaitSides, said: _Messages
) -> None:
    """Note for both sides by when a wait is owed now; nothing where that has not changed."""
    now = waits.standing(turn, kind, row.subject)
    if now is None or now.due_at is None or now.due_at == row.due_at:
        return
    for person in (*owing, *sides.waiting(turn, row.about, row.subject)):
        said.add(person, sides.said(turn, row.subject, now.due_at, person), now.due_at)


def _tell(turn: Turn, outage: Row, page: _Page, said: _Messages) -> list[Action]:
    actions: list[Action] = []
    for number, person in said.people.items():
        lead = text(
            "I could not be reached on {platform} from {since} until {until}. So these dates are later now:",
            platform=platform_name(outage.platform),
            since=people.shown_date(turn, outage.since, person),
            until=people.shown_date(turn, outage.until, person),
        )
        actions += daily_message.notify(
            turn,
            person,
            keys.OUTAGE(outage.id, number, page.number),
            subjects.OUTAGE(outage.id),
            lead,
            *said.lines[number],
            useful_until=said.until[number],
            soon=True,
        )
    return actions


ROUTES: Final = Routes(timers={Timer.OUTAGE_OVER: outage_over_due})
