"""The words about another date that a student asks for: the question, its answers, and what silence means."""

from __future__ import annotations

from datetime import datetime

from bot.chat.content import Block, Button, Buttons, Text, text
from bot.chat.local_day import When
from bot.programme.applications import news
from bot.programme.core import dates, verbs
from bot.programme.core.turn import Turn
from bot.programme.placements import date_rules
from bot.programme.placements.lookup import sides, title_of
from storage.tables import Milestone, Placement

__all__ = ["answers", "question", "receipt"]


def question(turn: Turn, placement: Placement, milestone: Milestone, due: When, by: datetime) -> list[Block]:
    """Return what the employer reads of a student who asks for another date, and what silence means.

    `by`: until when the answer is waited for (UTC).
    """
    both = sides(turn, placement)
    asks = text(
        "**{student}** asks to move **{deliverable}** in **{project}** from {before} to {date}.",
        student=both.student_name,
        deliverable=title_of(milestone),
        project=both.title,
        before=news.shown_date(turn, dates.read(milestone, "due"), both.employer),
        date=news.shown_date(turn, due, both.employer),
    )
    if both.employer is None:
        return [asks]  # a coordinator reads it already
    until = news.shown_date(turn, by, both.employer)
    if date_rules.is_fixed(turn, placement, milestone):
        stays = text(
            "You marked this date as one that cannot move, so it stays unless you agree. Please answer by "
            "{until}: without an answer I ask a coordinator.",
            until=until,
        )
        return [asks, stays]
    if not date_rules.counts_as_agreed(turn, placement, milestone):
        return [asks, text("Please answer by {until}: without an answer I ask a coordinator.", until=until)]
    rule = text(
        "Please answer by {until}: without an answer {date} counts as agreed.",
        until=until,
        date=news.shown_date(turn, date_rules.by_silence(turn, placement, milestone, due), both.employer),
    )
    return [asks, rule]


def answers(milestone: Milestone, due: When) -> Buttons:
    """Return the buttons that answer a student who asks for another date."""
    stamp = dates.stamp(due)
    return Buttons(
        (
            Button("Agree", verbs.DATE_AGREE(milestone.id, stamp), style="primary"),
            Button("Keep the date", verbs.DATE_KEEP(milestone.id, stamp)),
        )
    )


def receipt(turn: Turn, placement: Placement, milestone: Milestone, due: When, by: datetime) -> Text:
    """Return what a student reads who asked for another date: who answers by when, and what silence means."""
    until = news.shown_date(turn, by, turn.person)
    if not date_rules.counts_as_agreed(turn, placement, milestone):
        return text(
            "I am asking the employer. Without an answer by {until} I ask a coordinator. Until then the "
            "date stays.",
            until=until,
        )
    return text(
        "I am asking the employer. Without an answer by {until}, {date} counts as agreed. Until then the "
        "date stays.",
        until=until,
        date=news.shown_date(turn, date_rules.by_silence(turn, placement, milestone, due), turn.person),
    )
