"""The fee of a placement that ended early: what counts of it by the share that its terms name.

It is counted and said, and never paid by the bot. Work that waits for a review counts with its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.chat.content import Block, Field, note, row, text
from bot.chat.money_words import smallest_unit
from bot.chat.sentences import Money
from bot.programme.applications import terms
from bot.programme.core.turn import Turn
from bot.programme.placements.lookup import latest, milestones
from storage.tables import Milestone, Placement

__all__ = ["EarlyFee", "early_fee", "early_fee_blocks", "early_fee_rows", "part_of", "reviewed_blocks"]

_DONE: Final = frozenset({"accepted", "settled"})


@dataclass(frozen=True, slots=True)
class EarlyFee:
    """What was handed in of the deliverables of a placement that ended early, and what counts of its fee.

    Attributes:
        share: the rule of the terms, a code of `projects.SHARES`; "" where they name none.
        fee, part, most: the agreed fee, what counts of it now, and once the work under review is decided on.
        handed_in, counted, waiting, all: how many deliverables were handed in, count now, are under review,
            and were agreed.
    """

    share: str
    fee: Money
    part: Money
    most: Money
    handed_in: int
    counted: int
    waiting: int
    all: int


def early_fee(turn: Turn, placement: Placement) -> EarlyFee | None:
    """Return what counts of a placement's fee at its early end; None without a fee."""
    agreed, work = terms.terms_of(turn, placement), milestones(turn, placement)
    if not agreed.fee_cents or not work:
        return None
    handed = [each for each in work if latest(turn, each) is not None]
    counted, waiting = _counted(agreed.fee_share, handed)
    fee = Money(agreed.fee_cents, agreed.currency)
    return EarlyFee(
        agreed.fee_share,
        fee,
        part_of(fee, counted, len(work)),
        part_of(fee, counted + waiting, len(work)),
        len(handed),
        counted,
        waiting,
        len(work),
    )


def _counted(share: str, handed: list[Milestone]) -> tuple[int, int]:
    """Return how many of the deliverables that were handed in count, and how many count with their review."""
    if share == "handed_in":
        return len(handed), 0
    if share == "accepted":
        done = sum(each.status in _DONE for each in handed)
        return done, sum(each.status == "handed_in" for each in handed)
    return 0, 0


def part_of(fee: Money, counted: int, of: int) -> Money:
    """Return so many parts of a fee, rounded to the smallest amount of its currency, a half upwards."""
    unit = smallest_unit(fee.currency)
    exact = Decimal(fee.cents) * counted / of / unit
    return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)) * unit, fee.currency)


def early_fee_blocks(turn: Turn, placement: Placement) -> list[Block]:
    """Return what was handed in before an early end, and how much of the fee counts."""
    fee = early_fee(turn, placement)
    if fee is None:
        return []
    handed = text("Handed in before the end: {number} of {all}", number=fee.handed_in, all=fee.all)
    # Where all that was handed in counts, the sum says how much that was.
    return [*([] if fee.share == "handed_in" else [handed]), *_part_blocks(fee)]


def _part_blocks(fee: EarlyFee) -> list[Block]:
    if fee.share == "none":
        return [text("As agreed, none of the fee of {fee} counts after an early end.", fee=fee.fee)]
    if not fee.share:
        return [
            text(
                "What was agreed does not say what counts of the fee of {fee}. The coordinators find a "
                "way with both sides.",
                fee=fee.fee,
            )
        ]
    counts = text(
        "As agreed, the fee counts for what was handed in ({number} of {all}): {part} of {fee}."
        if fee.share == "handed_in"
        else "As agreed, the fee counts for what was accepted or settled ({number} of {all}): {part} of "
        "{fee}.",
        number=fee.counted,
        all=fee.all,
        part=fee.part,
        fee=fee.fee,
    )
    if not fee.waiting:
        return [counts]
    waits = note(
        "One deliverable is under review. Once it is accepted or settled it counts too: {most} in all.",
        "{count} deliverables are under review. Once they are accepted or settled they count too: {most} in "
        "all.",
        count=fee.waiting,
        most=fee.most,
    )
    return [counts, waits]


def early_fee_rows(turn: Turn, placement: Placement) -> list[Field]:
    """Return the row of a placement's card that says what counts of its fee, once it has ended early."""
    fee = early_fee(turn, placement) if placement.status == "ended" else None
    if fee is None or not fee.share:
        return []
    return [row("Fee after the end", "{part} of {fee}", part=fee.part, fee=fee.fee)]


def reviewed_blocks(turn: Turn, placement: Placement) -> list[Block]:
    """Return how much of the fee counts after a review that came after an early end, where that differs."""
    fee = early_fee(turn, placement) if placement.status == "ended" else None
    return _part_blocks(fee) if fee is not None and fee.share == "accepted" else []
