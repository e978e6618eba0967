"""`stint trace`: the story of a message, an event, a timer or a person's messages, without what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from sqlalchemy import Connection

from adapters.cli.database_reading import read_database
from bot.programme.core import keys
from storage.folding import folded
from storage.queries import traces
from storage.queries.traces import AnyRow

__all__ = ["trace", "zone_named"]

_LINKS: Final = (
    re.compile(r"https://[\w.-]+/archives/(?P<place>\w+)/p(?P<seconds>\d{6,})(?P<fraction>\d{6})"),
    re.compile(r"https://(?:\w+\.)?discord(?:app)?\.com/channels/[\w@]+/(?P<place>\d+)/(?P<message>\d+)"),
)
"""The links to a message that Slack and Discord copy."""

_OF_ANOTHER: Final = (
    (keys.MESSAGE_LATE, "message {id} was late, and looked at again"),
    (keys.MESSAGE_LOST, "message {id} did not arrive"),
    (keys.MESSAGE_SENT, "message {id} arrived"),
)
"""The causes of a message that lie with another one."""

_NUMBERED: Final = re.compile(r"(?P<noun>event|timer):(?P<id>\d{1,18})")
"""An event or a timer as the user names it."""

_OPERATIONS: Final = {
    "send": "a new message",
    "edit": "a change of {target}",
    "find": "a search for {target}",
}

_STATES: Final = {
    "pending": "waits to be sent",
    "sending": "is on its way until {lease} at the latest",
    "sent": "sent at {sent}",
    "failed": "failed for good",
    "unknown": "in doubt: it may have arrived at {sent}",
    "withdrawn": "taken back before it was sent",
    "answered": "shown as an answer, so not sent",
    "held": "held until its place, or its reader, can be reached",
}


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of this name.

    Raises:
        typer.BadParameter: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(
            f"{name!r} is no time zone; one is Europe/London", param_hint="--zone"
        ) from None


def trace(config: Path | None, wanted: str, *, zone: str, most: int) -> int:
    """Print the story of what is named; return 0, and 1 where nothing has that name.

    `wanted`: a message's id or key, its link, `event:ID` or the platform's id of an event, `timer:ID`, or a
    person's name or account. `zone`: the one in which all times are printed. `most`: messages of a person.

    Raises:
        typer.BadParameter: there is no such zone.
        typer.Exit: the database cannot be read.
    """
    clock = zone_named(zone)
    lines = read_database(config, lambda work: list(_story(work.connection, wanted.strip(), clock, most)))
    if not lines:
        typer.echo(
            f"Nothing is called {wanted!r}. Give a message's number, key or link, event:NUMBER, "
            "timer:NUMBER, or a person's name or account (slack/@U123).",
            err=True,
        )
        return 1
    typer.echo(f"All times are of {zone}.")
    for line in lines:
        typer.echo(line)
    return 0


def _story(connection: Connection, wanted: str, zone: ZoneInfo, most: int) -> Iterator[str]:
    for found in _messages(connection, wanted):
        yield from _of_message(connection, found, zone)
    numbered = _NUMBERED.fullmatch(wanted)
    if numbered and numbered["noun"] == "timer":
        yield from _of_timer(connection, int(numbered["id"]), zone)
        return
    for event_id in [int(numbered["id"])] if numbered else traces.events_of(connection, wanted):
        yield from _of_event(connection, event_id, zone)
    if wanted:
        for person in traces.people_named(connection, wanted, folded(wanted)):
            yield from _of_person(connection, person, zone, most)


def _messages(connection: Connection, wanted: str) -> Iterable[AnyRow]:
    if re.fullmatch(r"[0-9]{1,18}", wanted):
        found = traces.message(connection, int(wanted))
        return [found] if found is not None else []
    for link in _LINKS:
        if parts := link.match(wanted):
            named = parts.groupdict()
            message_id = named.get("message") or f"{named['seconds']}.{named['fraction']}"
            return traces.messages_at(connection, named["place"], message_id)
    return traces.messages_with_key(connection, wanted)


def _of_message(connection: Connection, row: AnyRow, zone: ZoneInfo) -> Iterator[str]:
    yield f"Message {row.id}, {row.key} (programme {row.programme_id})"
    yield _line("to", _reader(connection, row.destination))
    what = _OPERATIONS[row.operation].format(target=row.target)
    of_kind = f", of the kind {row.kind}" if row.kind else ""
    about = f", about {row.subject}" if row.subject else ""
    yield _line("what", f"{what}{of_kind}{about}")
    yield _line("written", _at(row.created_at, zone))
    if row.due_at != row.created_at:
        yield _line("due", _at(row.due_at, zone))
    yield _line("sends", f"{row.attempts} begun{', held once' if row.was_held else ''}")
    yield _line("state", _state(row, zone))
    if row.error:
        yield _line("answer", row.error)
    if row.reference:
        yield _line("is at", row.reference)
    yield _line("cause", _cause(connection, row.cause, zone))
    if row.cause:
        others = [
            each for each in traces.caused_by(connection, row.programme_id, row.cause) if each.id != row.id
        ]
        yield from (_line("same turn", _brief(each, zone)) for each in others)
    for each in traces.changes_of(connection, row.programme_id, row.key):
        yield _line("later", _brief(each, zone))
    yield from _history(connection, row.programme_id, row.created_at)


def _of_event(connection: Connection, event_id: int, zone: ZoneInfo) -> Iterator[str]:
    row = traces.event(connection, event_id)
    if row is None:
        return
    yield f"Event {row.id} ({row.platform} calls it {row.event_id}; programme {row.programme_id or 'none'})"
    yield _line("from", _reader(connection, row.actor))
    yield _line("came", _at(row.received_at, zone))
    yield _line("answer", row.answer_state)
    yield from _caused(connection, row.programme_id, keys.EVENT(row.id), zone)
    if row.programme_id:
        yield from _history(connection, row.programme_id, row.received_at)


def _of_timer(connection: Connection, timer_id: int, zone: ZoneInfo) -> Iterator[str]:
    row = traces.timer(connection, timer_id)
    if row is None:
        return
    yield f"Timer {row.id}, {row.key} (programme {row.programme_id})"
    yield _line("kind", f"{row.kind}, about {row.subject}")
    yield _line("due", _at(row.due_at, zone))
    done = f" at {_at(row.done_at, zone)}" if row.done_at else ""
    yield _line("state", f"{row.state}{done}, {row.attempts} failed tries")
    yield from _caused(connection, row.programme_id, keys.TIMER(row.id, row.due_at), zone)
    if row.done_at:
        yield from _history(connection, row.programme_id, row.done_at)


def _of_person(connection: Connection, person: AnyRow, zone: ZoneInfo, most: int) -> Iterator[str]:
    accounts = traces.accounts_of(connection, person.id)
    yield f"{person.name} (person {person.id} of {person.programme}; {', '.join(accounts) or 'no account'})"
    rows = traces.messages_to(connection, accounts, most)
    if not rows:
        yield "  No message was written to them."
    elif len(rows) == most:
        yield f"  The newest {most} messages; --last shows more:"
    yield from (f"  {_brief(row, zone)}; {row.cause or 'cause not kept'}" for row in rows)


def _caused(connection: Connection, programme_id: int | None, cause: str, zone: ZoneInfo) -> Iterator[str]:
    rows = traces.caused_by(connection, programme_id, cause)
    yield from (_line("caused", _brief(row, zone)) for row in rows)
    if not rows:
        yield _line("caused", "no message")


def _history(connection: Connection, programme_id: int, at: datetime) -> Iterator[str]:
    for row in traces.history_at(connection, programme_id, at):
        why = f" ({row.reason})" if row.reason else ""
        yield _line("history", f"{row.subject} {row.what}: {row.before or '–'} to {row.after or '–'}{why}")


def _cause(connection: Connection, cause: str | None, zone: ZoneInfo) -> str:
    """Say what began the turn that wrote a message, as far as its row is kept."""
    if not cause:
        return "not kept: the message is older than the record of causes, or looks for another"
    if event := keys.EVENT.match(cause):
        row = traces.event(connection, event.id)
        if row is None:
            return f"event {event.id}, which is not kept any more"
        return f"event {row.id} from {_reader(connection, row.actor)} at {_at(row.received_at, zone)}"
    if timer := keys.TIMER.match(cause):
        row = traces.timer(connection, timer.id)
        what = f"{row.kind} about {row.subject}" if row is not None else "which is not kept any more"
        return f"timer {timer.id}, {what}, due {_at(timer.due, zone)}"
    for key, said in _OF_ANOTHER:
        if found := key.match(cause):
            return said.format(id=found.message)
    return cause


def _state(row: AnyRow, zone: ZoneInfo) -> str:
    return _STATES[row.state].format(sent=_at(row.sent_at, zone), lease=_at(row.lease_until, zone))


def _brief(row: AnyRow, zone: ZoneInfo) -> str:
    due = f", due {_at(row.due_at, zone)}" if row.due_at != row.created_at else ""
    return f"message {row.id}, {row.key}, written {_at(row.created_at, zone)}{due}, {_state(row, zone)}"


def _reader(connection: Connection, destination: str) -> str:
    name = traces.owners_of(connection, [destination]).get(destination)
    return f"{destination} ({name})" if name else destination


def _at(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}" if instant else "an unknown time"


def _line(label: str, value: Any) -> str:  # noqa: ANN401 - what a text can say
    return f"  {label:<10} {value}"
