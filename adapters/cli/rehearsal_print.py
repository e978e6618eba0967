"""The print of a rehearsal: week by week each message, then how many each reader had, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from textwrap import shorten
from typing import Final
from zoneinfo import ZoneInfo

from adapters.simulation.rehearsal.lines import Line
from adapters.simulation.rehearsal.report import Count, Open, Report, week_of

__all__ = ["printed"]

_WIDTH: Final = 100
"""Characters of a message's words that are shown where they are shortened."""

_STATES: Final = {
    "failed": "refused for good",
    "held": "held until their reader uses the bot there, or can be reached",
    "pending": "planned for later",
    "unknown": "in doubt: they may have arrived",
}
"""What is the matter with messages that have not arrived, by their state."""

_SIDES: Final = {
    "both": "whichever side was asked",
    "coordinators": "a coordinator",
    "employer": "the employer",
    "reader": "the person who was asked",
    "student": "the student",
    "students": "students, who have not applied",
}
"""The side that has to act, as waits name it."""


def printed(report: Report, zone: ZoneInfo, *, full: bool) -> Iterator[str]:
    """Yield the lines of a rehearsal, all times in a zone; `full` shows messages whole."""
    days = (report.end - report.start) / timedelta(days=1)
    first = report.start.astimezone(zone)
    begins = f"{first:%a} {first.day} {first:%b %Y, %H:%M}"
    yield f"{report.programme}, {days:g} days from {begins}: rehearsed on a copy, and nothing was sent."
    yield f"All times are of {zone.key}."
    if not report.messages:
        yield ""
        yield (
            "No message would be sent: no digest has a project to show, and nothing is waited for. Post a "
            "project, or let the people of the copy act by chance: --acts random."
        )
    several = len({line.platform for line in report.messages}) > 1
    shown = [line for line in report.messages if full or not line.answers]
    for week, lines in groupby(shown, key=lambda line: week_of(line.at, report.start, zone)):
        yield ""
        begun = first.date() + timedelta(weeks=week)
        yield f"WEEK {week + 1}, from {begun:%a} {begun.day} {begun:%b %Y}"
        for line in lines:
            yield ""
            yield from _message(line, zone, full=full, platform=several)
    if left_out := len(report.messages) - len(shown):
        yield ""
        yield f"Left out: {left_out} questions of forms and answers to what people did; --full shows them."
    yield from _counts(report.counts)
    yield from _open(report.open, zone)
    for state, count in report.unsent.items():
        yield ""
        yield f"Messages that have not arrived: {count}, {_STATES[state]}."


def _message(line: Line, zone: ZoneInfo, *, full: bool, platform: bool) -> Iterator[str]:
    to = f"{line.reader}, {line.place}" if line.reader else f"the {line.place}"
    where = f"{to}, {line.platform}" if platform else to
    yield f"{_at(line.at, zone)}  to {where}"
    yield f"    {line.what}, as {line.why}"
    if full:
        yield from (f"    | {each}" for each in line.text.splitlines())
    else:
        yield f"    | {shorten(line.text, _WIDTH, placeholder=' …')}"


def _counts(counts: Sequence[Count]) -> Iterator[str]:
    if not counts:
        return
    weeks = range(1, len(counts[0].weeks) + 1)
    longest = max(len(_named(each)) for each in counts)
    yield ""
    yield "MESSAGES BY WEEK, without answers to what people did"
    yield f"{'':<{longest}}  {''.join(f'{week:>4}' for week in weeks)}  in all"
    for each in counts:
        figures = "".join(f"{count or '·':>4}" for count in each.weeks)
        yield f"{_named(each):<{longest}}  {figures}  {sum(each.weeks):>6}"


def _named(count: Count) -> str:
    return count.to[:1].upper() + count.to[1:]


def _open(waits: Sequence[Open], zone: ZoneInfo) -> Iterator[str]:
    yield ""
    if not waits:
        yield "Nothing is waited for at the end."
        return
    yield "NOT ANSWERED BY THE END"
    for each in waits:
        about = f" ({each.about})" if each.about else ""
        due = f", due {_at(each.due, zone)}" if each.due else ""
        following = f"comes up again {_at(each.next_step, zone)}" if each.next_step else "comes up no more"
        count = f", {each.count} of them" if each.count > 1 else ""
        yield f"  {each.what}{about}{count}: up to {_SIDES[each.owed_by]}"
        yield f"      since {_at(each.since, zone)}{due}; {following}"


def _at(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local:%a} {local.day:>2} {local:%b, %H:%M}"
