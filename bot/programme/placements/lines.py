"""Lines about placements: those of a list, and which company owes an answer until when."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.content import Block, Text, say
from bot.chat.sentences import Sentence
from bot.programme import projects
from bot.programme.applications import news
from bot.programme.core import dates, subjects
from bot.programme.core.lifecycle import placement_standing
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.placements import date_questions, date_rules
from bot.programme.placements.lookup import Who, answered_on, sides
from bot.programme.placements.wait_kinds import DATE, REVIEW
from storage.queries import Row
from storage.tables import Milestone, Placement

__all__ = ["asked_date", "of_list"]


def of_list(turn: Turn, found: Sequence[Placement]) -> list[Block]:
    """Return a line for each placement, with what is owed first of what its employer has to answer."""
    abouts = [subjects.PLACEMENT(each.id) for each in found]
    owed = waits.next_owed(turn, (REVIEW, DATE), abouts)
    return [_line(turn, each, owed.get(about)) for each, about in zip(found, abouts, strict=True)]


def _line(turn: Turn, placement: Placement, wait: Row | None) -> Block:
    both = sides(turn, placement)
    line = say(
        "- **{project}** · {student} · {status}, due by {date}",
        project=both.title,
        student=both.student_name,
        status=placement_standing(placement, turn.now),
        date=news.shown_date(turn, dates.read(placement, "due"), turn.person),
    )
    if wait is None:
        return Text((line,))
    return Text((line, "\n", _with_company(turn, placement, wait)))


def _with_company(turn: Turn, placement: Placement, wait: Row) -> Sentence:
    """Return which company owes an answer since when, and until when at the latest."""
    return say(
        "→ With {company} since {since}, answered by {when} at the latest.",
        company=projects.company_name(turn, sides(turn, placement).project),
        since=news.shown_day(turn, wait.since, turn.person),
        when=answered_on(turn, placement, wait.due_at, turn.person),
    )


def asked_date(turn: Turn, placement: Placement, milestone: Milestone, wait: Row, who: Who) -> list[Block]:
    """Return the other date that the student asks for, and who has it; the employer can answer there."""
    wanted = date_rules.asked_date(turn, placement, milestone)
    if wanted is None:
        return []
    asks = say("Another date is asked for: {date}.", date=news.shown_date(turn, wanted, turn.person))
    with_whom = _with_company(turn, placement, wait)
    line = Text((asks, "\n", with_whom))
    return [line] if who == "student" else [line, date_questions.answers(milestone, wanted)]
