"""Terms in words: whole, in a line, and what would be different."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.chat.content import Block, Field, Part, Plain, Sentence, Text, layout, note, row, say, text
from bot.chat.sentences import Moment, Money, ShownDay, Term, Value
from bot.programme import people, projects
from bot.programme.applications.terms.lookup import same_date, values_of
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from storage.tables import Person, TermsColumns, TermsOffer
from storage.tables.values import WantedDeliverable

__all__ = [
    "as_offered",
    "changed_rows",
    "closed_blocks",
    "is_worse",
    "line",
    "terms_rows",
    "work_blocks",
]

_PIECES: Final = 5  # deliverables that an offer names
_PIECE: Final = 120  # characters of each


def _fee(terms: TermsColumns) -> Money | Term:
    return projects.shown_money(terms.fee_cents, terms.currency)


def _time(terms: TermsColumns) -> Sentence:
    return projects.shown_time(terms.hours, terms.weeks)


def _where(terms: TermsColumns) -> Plain | Sentence:
    return projects.shown_place(terms.location)


def _start(turn: Turn, terms: TermsColumns, reader: Person | None) -> ShownDay | Moment:
    return people.shown_day(turn, dates.read(terms, "starts"), reader)


def _due(turn: Turn, terms: TermsColumns, reader: Person | None) -> ShownDay | Moment:
    return people.shown_date(turn, dates.read(terms, "due"), reader)


def terms_rows(turn: Turn, terms: TermsColumns, reader: Person | None) -> list[Field]:
    """Return everything the terms name but the deliverables, as a reader (None: any) reads it."""
    fee = row("Fee", projects.with_pay(_fee(terms), terms))
    if not terms.fee_cents and terms.unpaid_reason:
        fee = row("Fee", "unpaid ({reason})", reason=projects.shown_reason(terms.unpaid_reason))
    fixed = projects.shown_fixed(terms.fixed)
    return [
        fee,
        *projects.share_rows(terms.fee_cents, terms.fee_share),
        row("Time", _time(terms)),
        row("Where", _where(terms)),
        row("Starts", _start(turn, terms, reader)),
        row("Done by", _due(turn, terms, reader)),
        *([row("Cannot move", layout("{dates}", dates=fixed))] if fixed is not None else []),
    ]


def work_blocks(turn: Turn, terms: TermsColumns, reader: Person | None) -> list[Block]:
    """Return what is to be handed in, the first pieces of it in a line each."""
    pieces = terms.deliverables
    if not pieces:
        return []
    lines: list[Part] = []
    for each in pieces[:_PIECES]:
        lines += ["\n- " if lines else "- ", layout("{line}", line=_piece(turn, each, reader))]
    more = len(pieces) - _PIECES
    return [
        text("**What you hand in**"),
        Text(tuple(lines)),
        *([note("and one more", "and {count} more", count=more)] if more > 0 else []),
    ]


def _piece(turn: Turn, wanted: WantedDeliverable, reader: Person | None) -> Value:
    title = projects.shown_deliverable(wanted.title)
    short = title if isinstance(title, Sentence) else Plain(projects.shortened(title.text, _PIECE))
    return projects.shown_wanted(turn, wanted, reader, short)


def as_offered(terms: TermsOffer) -> TermsOffer:
    """Return terms, not stored, with the deliverables that a student may read before they accept."""
    open_ones = [each for each in terms.deliverables if each.level == "open"]
    return TermsOffer(**(values_of(terms) | {"deliverables": open_ones}))


def closed_blocks(terms: TermsColumns) -> list[Block]:
    """Return how many deliverables a student reads once they accept, where there are any."""
    count = sum(each.level != "open" for each in terms.deliverables)
    if not count:
        return []
    return [
        note(
            "One more deliverable is only for interns: you read it when you have accepted.",
            "{count} more deliverables are only for interns: you read them when you have accepted.",
            count=count,
        )
    ]


def line(turn: Turn, terms: TermsColumns, reader: Person | None) -> Sentence:
    """Return the terms in a line: fee, time, dates."""
    return say(
        "{fee} · {time} · from {start} to {due}",
        fee=_fee(terms),
        time=_time(terms),
        start=_start(turn, terms, reader),
        due=_due(turn, terms, reader),
    )


def _change(before: Value, after: Value) -> Sentence:
    """Return what was, and what would be."""
    return layout("{before} → {after}", before=before, after=after)


def changed_rows(turn: Turn, before: TermsColumns, after: TermsColumns, reader: Person | None) -> list[Field]:
    """Return what would be different, as it was and as it would be; changed deliverables by name."""
    rows: list[Field] = []
    if _fee(before) != _fee(after):
        rows.append(row("Fee", _change(_fee(before), _fee(after))))
    elif before.unpaid_reason != after.unpaid_reason and not after.fee_cents:
        rows.append(
            row(
                "Why it is unpaid",
                _change(*(projects.shown_reason(each.unpaid_reason) for each in (before, after))),
            )
        )
    if (was := projects.shown_pay(before)) != (now := projects.shown_pay(after)):
        rows.append(row("Payment", _change(was or "–", now or "–")))
    if (before.hours, before.weeks) != (after.hours, after.weeks):
        rows.append(row("Time", _change(_time(before), _time(after))))
    if before.location != after.location:
        rows.append(row("Where", _change(_where(before), _where(after))))
    if not same_date(dates.read(before, "starts"), dates.read(after, "starts"), "starts"):
        rows.append(
            row(
                "Starts",
                _change(_start(turn, before, reader), _start(turn, after, reader)),
            )
        )
    if not same_date(dates.read(before, "due"), dates.read(after, "due"), "due"):
        rows.append(
            row(
                "Done by",
                _change(_due(turn, before, reader), _due(turn, after, reader)),
            )
        )
    if set(before.fixed or ()) != set(after.fixed or ()):
        fixed = (projects.shown_fixed(each.fixed) or "–" for each in (before, after))
        rows.append(row("Cannot move", _change(*fixed)))
    return [*rows, *_changed_work(turn, before.deliverables, after.deliverables, reader)]


def _changed_work(
    turn: Turn, old: Sequence[WantedDeliverable], new: Sequence[WantedDeliverable], reader: Person | None
) -> Iterator[Field]:
    was, now = {each.title for each in old}, {each.title for each in new}
    for each in new:
        if each not in old:
            said = layout("{line}", line=projects.shown_wanted(turn, each, reader))
            yield row("To hand in, changed" if each.title in was else "To hand in as well", said)
    for each in old:
        if each.title not in now:
            yield row("No longer to hand in", projects.shown_deliverable(each.title))


def is_worse(before: TermsColumns, after: TermsColumns) -> bool:
    """Return whether a student would get less or have more to do: a coordinator then decides on the question.

    Another currency cannot be compared, and no program can tell whether other words for a deliverable
    mean more work.
    """
    less = (after.fee_cents or 0) < (before.fee_cents or 0)
    other = bool(before.fee_cents) and after.currency != before.currency
    more = any(each not in before.deliverables for each in after.deliverables)
    return less or other or more or after.hours > before.hours
