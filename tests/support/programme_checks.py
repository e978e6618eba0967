"""The rules that a lived programme keeps, on plain data: each returns a line for every fault that it finds.

They compare values, not words. `tests/support/programme_book.py` reads the data from a stage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.clock import quiet_until

__all__ = [
    "Change",
    "Claim",
    "Piece",
    "Reader",
    "Received",
    "WaitRow",
    "alike",
    "contradictions",
    "endless_waits",
    "leaks",
    "nightly",
    "repeated",
    "stuck_waits",
]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a message says of a thing: one field of it (deadline, due, status, owner) and its value."""

    at: datetime
    to: str
    key: str
    subject: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change in the history: a field of a subject, and when it became another."""

    at: datetime
    subject: str
    field: str


@dataclass(frozen=True, slots=True)
class Received:
    """A message that reached a person who had not asked for it.

    `shows` is what it says, as sentences with their values; `useful_until` is when it would be too late.
    """

    at: datetime
    to: str
    key: str
    shows: str
    useful_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of news, a task or a message that comes unasked: its reader, the thing it is about, its words.

    `shows` is what it says, without its buttons.
    """

    to: str
    about: str
    key: str
    shows: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The zone of a person and their quiet hours, as local times."""

    zone: str
    quiet_from: str
    quiet_to: str


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A wait as its row has it; `stands_still`: a case, an absence or a coordinator's task holds it."""

    kind: str
    subject: str
    state: str
    since: datetime
    next_at: datetime | None
    stands_still: bool = False


def contradictions(claims: Iterable[Claim], changes: Iterable[Change]) -> Iterator[str]:
    """Find two messages that give one field of a subject another value, with no change between them."""
    changed = defaultdict[tuple[str, str], list[datetime]](list)
    for each in changes:
        changed[each.subject, each.field].append(each.at)
    by_field = defaultdict[tuple[str, str], list[Claim]](list)
    for claim in sorted(claims, key=lambda each: each.at):
        by_field[claim.subject, claim.field].append(claim)
    for about, found in by_field.items():
        for first, second in pairwise(found):
            if first.value == second.value:
                continue
            if not any(first.at <= at <= second.at for at in changed[about]):
                yield (
                    f"{about[0]} {about[1]}: {first.value!r} to {first.to} at {first.at} ({first.key}), "
                    f"{second.value!r} to {second.to} at {second.at} ({second.key}), no change between"
                )


def repeated(received: Iterable[Received]) -> Iterator[str]:
    """Find messages that a person got twice running, word for word, without asking."""
    last: dict[str, Received] = {}
    for each in sorted(received, key=lambda one: one.at):
        before = last.get(each.to)
        if before is not None and before.shows == each.shows:
            yield f"{each.to} read the same at {before.at} ({before.key}) and {each.at} ({each.key})"
        last[each.to] = each


def alike(pieces: Iterable[Piece]) -> Iterator[str]:
    """Find pieces about two things that read the same to one person, who cannot tell which is meant."""
    first: dict[tuple[str, str], Piece] = {}
    for each in pieces:
        before = first.setdefault((each.to, each.shows), each)
        if before.about != each.about:
            yield f"{each.to} reads the same of {before.about} ({before.key}) and {each.about} ({each.key})"


def nightly(received: Iterable[Received], readers: Mapping[str, Reader]) -> Iterator[str]:
    """Find what came unasked in a person's night and could have waited for their morning."""
    for each in received:
        reader = readers.get(each.to)
        if reader is None:
            continue
        zone = ZoneInfo(reader.zone)
        until = quiet_until(
            each.at, zone, time.fromisoformat(reader.quiet_from), time.fromisoformat(reader.quiet_to)
        )
        if until is not None and (each.useful_until is None or each.useful_until > until):
            yield f"{each.key} came to {each.to} at {each.at.astimezone(zone)}, in the night"


def endless_waits(waits: Iterable[WaitRow]) -> Iterator[str]:
    """Find waits that are not over at the end of a programme."""
    for wait in waits:
        if wait.state in {"open", "held"}:
            yield f"{wait.kind} of {wait.subject}, since {wait.since}, has no end"


def stuck_waits(waits: Iterable[WaitRow], now: datetime) -> Iterator[str]:
    """Find open waits of which no further step comes, though nothing holds them."""
    for wait in waits:
        if wait.state != "open" or wait.stands_still:
            continue
        if wait.next_at is None:
            yield f"{wait.kind} of {wait.subject}, since {wait.since}, has no next step at {now}"
        elif wait.next_at < now:
            yield f"{wait.kind} of {wait.subject}: its step of {wait.next_at} has not come at {now}"


def leaks(texts: Iterable[tuple[str, str]], markers: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Find markers where a person below their level could read them.

    `texts` are pairs of the person who reads a text ("" for a log or another text without a reader) and the
    text; `markers` says who may read each.
    """
    for reader, text in texts:
        for marker, readers in markers.items():
            if marker in text and reader not in readers:
                yield f"{reader or 'a text without a reader'} has {marker}"
