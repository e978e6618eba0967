"""The pay of a project: who pays, how, and within how many days after the work is accepted."""

from __future__ import annotations

from typing import Final

from bot.chat.content import Plain, Sentence, layout, say
from bot.chat.sentences import Value
from storage.tables import Project, TermsColumns

__all__ = ["USUAL_DAYS", "shown_pay", "with_pay"]

USUAL_DAYS: Final = 14
"""Within how many days after the work is accepted a fee is paid, where a post says nothing else."""


def shown_pay(pay: Project | TermsColumns) -> Sentence | None:
    """Return who pays, how, and within how many days; None where that is not said, or there is no fee."""
    if not pay.fee_cents or not (pay.payer or pay.pay_days):
        return None
    if not pay.pay_days:
        return say("paid by {payer}", payer=Plain(pay.payer))
    if not pay.payer:
        return say(
            "paid within {count} day after the work is accepted",
            "paid within {count} days after the work is accepted",
            count=pay.pay_days,
        )
    return say(
        "paid by {payer}, within {count} day after the work is accepted",
        "paid by {payer}, within {count} days after the work is accepted",
        payer=Plain(pay.payer),
        count=pay.pay_days,
    )


def with_pay(fee: Value, pay: Project | TermsColumns) -> Sentence:
    """Return a fee with how it is paid, on one line."""
    how = shown_pay(pay)
    return layout("{fee}", fee=fee) if how is None else layout("{fee} · {how}", fee=fee, how=how)
