"""The report of a rehearsal: its messages, how many each reader had by week, and what is open at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection, func, select

from adapters.simulation.rehearsal.causes import WAITS
from adapters.simulation.rehearsal.lines import Line
from adapters.simulation.rehearsal.names import subject_name
from adapters.simulation.rehearsal.play import Played
from bot.clock import at_local
from bot.programme import ROUTES
from storage.tables import Wait, outbox

__all__ = ["Count", "Open", "Report", "report_of", "week_of"]

_WEEK: Final = timedelta(days=7)


class Count(Struct, frozen=True):
    """How many messages a person or a channel had, week by week, without answers to what people did."""

    to: str
    weeks: tuple[int, ...]


class Open(Struct, frozen=True):
    """Waits that are said together and not over at the end: what is the matter, and which side has to act.

    `about` names what they are about, `count` says how many they are. `since`: when the first began; `due`:
    by when the first is owed; `next_step`: when they come up again (UTC).
    """

    what: str
    about: str
    count: int
    owed_by: str
    since: datetime
    due: datetime | None
    next_step: datetime | None


class Report(Struct, frozen=True):
    """A rehearsal as it is shown. `unsent`: messages that have not arrived at the end, by their state."""

    programme: str
    start: datetime
    end: datetime
    messages: tuple[Line, ...]
    counts: tuple[Count, ...]
    open: tuple[Open, ...]
    unsent: dict[str, int]


def report_of(connection: Connection, programme: tuple[int, str], played: Played, zone: ZoneInfo) -> Report:
    """Return the report on a programme (id and name) of a copy; weeks begin at midnight in a zone."""
    number, name = programme
    mine = tuple(each for each in played.lines if each.programme == number)
    weeks = week_of(played.end - timedelta(microseconds=1), played.start, zone) + 1
    return Report(
        name,
        played.start,
        played.end,
        mine,
        tuple(_counts((each for each in mine if not each.answers), played.start, zone, weeks)),
        tuple(_open(connection, number)),
        _unsent(connection, number),
    )


def week_of(at: datetime, start: datetime, zone: ZoneInfo) -> int:
    """Return the week of a rehearsal in which an instant lies, from 0; each begins at midnight in a zone."""
    first = at_local(start.astimezone(zone).date(), time(0), zone).astimezone(zone)
    return int((at.astimezone(zone).replace(tzinfo=None) - first.replace(tzinfo=None)) / _WEEK)


def _counts(lines: Iterable[Line], start: datetime, zone: ZoneInfo, weeks: int) -> Iterator[Count]:
    """Yield how many messages each had: people by their names, then channels."""
    found: dict[tuple[bool, str], list[int]] = {}
    for line in lines:
        counted = found.setdefault((not line.reader, line.to), [0] * weeks)
        counted[week_of(line.at, start, zone)] += 1
    for (_, to), counted in sorted(found.items()):
        yield Count(to, tuple(counted))


def _open(connection: Connection, programme: int) -> Iterator[Open]:
    """Yield the waits that are not over, those that are said together as one, what is owed first ahead."""
    columns = (func.count().label("waits"), func.min(Wait.subject).label("first"))
    times = (func.min(Wait.since).label("since"), func.min(Wait.due_at).label("due_at"))
    query = (
        select(Wait.kind, Wait.about, *columns, *times, func.min(Wait.next_at).label("next_at"))
        .where(Wait.programme_id == programme, Wait.state.in_(("open", "held")))
        .group_by(Wait.kind, Wait.about)
        .order_by(func.coalesce(func.min(Wait.due_at), func.min(Wait.since)), Wait.about)
    )
    for row in connection.execute(query).all():
        yield Open(
            WAITS[row.kind],
            subject_name(connection, row.first if row.waits == 1 else row.about),
            row.waits,
            ROUTES.waits[row.kind].owes,
            row.since,
            row.due_at,
            row.next_at,
        )


def _unsent(connection: Connection, programme: int) -> dict[str, int]:
    query = (
        select(outbox.c.state, func.count().label("messages"))
        .where(
            outbox.c.programme_id == programme,
            outbox.c.operation == "send",
            outbox.c.state.in_(("pending", "held", "failed", "unknown")),
        )
        .group_by(outbox.c.state)
        .order_by(outbox.c.state)
    )
    return {row.state: row.messages for row in connection.execute(query).all()}
