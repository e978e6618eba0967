"""Terms in words: whole, in a line, and what would be different."""

from __future__ import annotations

from typing import Final

from bot.chat.content import Block, Field, Part, Plain, Text, note, row, text
from bot.programme import people, projects
from bot.programme.applications.terms.lookup import same_date
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverable_list import deliverable_lines
from storage.tables import Person, TermsColumns

__all__ = ["changed_rows", "fee_words", "is_worse", "line", "terms_rows", "time_words", "work_blocks"]

_PIECES: Final = 5  # deliverables that an offer names
_PIECE: Final = 120  # characters of each


def fee_words(terms: TermsColumns) -> str:
    """Return the fixed fee, or `unpaid`."""
    return projects.money_text(terms.fee_cents, terms.currency)


def time_words(terms: TermsColumns) -> str:
    """Return the hours and the weeks they are spread over: `about 20 hours over 2 weeks`."""
    hours = f"{terms.hours:g} hour{'' if terms.hours == 1 else 's'}"
    return f"about {hours} over {terms.weeks} week{'' if terms.weeks == 1 else 's'}"


def _where(terms: TermsColumns) -> Part:
    return Plain(terms.location) if terms.location else "remote"


def _start(turn: Turn, terms: TermsColumns, reader: Person | None) -> Part:
    return people.shown_day(turn, dates.read(terms, "starts"), reader)


def _due(turn: Turn, terms: TermsColumns, reader: Person | None) -> Part:
    return people.shown_date(turn, dates.read(terms, "due"), reader)


def terms_rows(turn: Turn, terms: TermsColumns, reader: Person | None) -> list[Field]:
    """Return everything the terms name but the deliverables, as a reader (None: any) reads it."""
    fee: list[Part] = [fee_words(terms)]
    if not terms.fee_cents and terms.unpaid_reason:
        fee += [" (", Plain(terms.unpaid_reason), ")"]
    return [
        row("Fee", *fee),
        row("Time", time_words(terms)),
        row("Where", _where(terms)),
        row("Starts", _start(turn, terms, reader)),
        row("Done by", _due(turn, terms, reader)),
    ]


def work_blocks(terms: TermsColumns) -> list[Block]:
    """Return what is to be handed in, the first pieces of it in a line each."""
    pieces = deliverable_lines(terms.deliverables)
    if not pieces:
        return []
    lines: list[Part] = []
    for each in pieces[:_PIECES]:
        lines += ["\n- " if lines else "- ", Plain(projects.shortened(each, _PIECE))]
    more = len(pieces) - _PIECES
    return [
        text("**What you hand in**"),
        Text(tuple(lines)),
        *([note(f"and {more} more")] if more > 0 else []),
    ]


def line(turn: Turn, terms: TermsColumns, reader: Person | None) -> tuple[Part, ...]:
    """Return the terms in a line: fee, time, dates."""
    days = _start(turn, terms, reader), _due(turn, terms, reader)
    return (f"{fee_words(terms)}, {time_words(terms)}, from ", days[0], " to ", days[1])


def changed_rows(turn: Turn, before: TermsColumns, after: TermsColumns, reader: Person | None) -> list[Field]:
    """Return what would be different, as it was and as it would be; changed deliverables by name."""
    rows: list[Field] = []
    if fee_words(before) != fee_words(after):
        rows.append(row("Fee", f"{fee_words(before)} → {fee_words(after)}"))
    elif before.unpaid_reason != after.unpaid_reason and not after.fee_cents:
        rows.append(row("Why it is unpaid", Plain(before.unpaid_reason), " → ", Plain(after.unpaid_reason)))
    if (before.hours, before.weeks) != (after.hours, after.weeks):
        rows.append(row("Time", f"{time_words(before)} → {time_words(after)}"))
    if before.location != after.location:
        rows.append(row("Where", _where(before), " → ", _where(after)))
    if not same_date(dates.read(before, "starts"), dates.read(after, "starts"), "starts"):
        rows.append(row("Starts", _start(turn, before, reader), " → ", _start(turn, after, reader)))
    if not same_date(dates.read(before, "due"), dates.read(after, "due"), "due"):
        rows.append(row("Done by", _due(turn, before, reader), " → ", _due(turn, after, reader)))
    old, new = deliverable_lines(before.deliverables), deliverable_lines(after.deliverables)
    rows += [row("To hand in as well", Plain(each)) for each in new if each not in old]
    rows += [row("No longer to hand in", Plain(each)) for each in old if each not in new]
    return rows


def is_worse(before: TermsColumns, after: TermsColumns) -> bool:
    """Return whether a student would get less or have more to do: a coordinator then decides on the question.

    Another currency cannot be compared, and no program can tell whether other words for a deliverable
    mean more work.
    """
    less = (after.fee_cents or 0) < (before.fee_cents or 0)
    other = bool(before.fee_cents) and after.currency != before.currency
    old = deliverable_lines(before.deliverables)
    more = any(each not in old for each in deliverable_lines(after.deliverables))
    return less or other or more or after.hours > before.hours
