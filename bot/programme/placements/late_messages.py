"""Late messages: which messages about deliverables and their dates still hold when they arrive late."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.chat.content import Message, Sentence, say
from bot.chat.local_day import When, ends_at
from bot.chat.routes import MessageRoute, Waiting
from bot.programme import people
from bot.programme.core import dates, subjects
from bot.programme.core.turn import Turn
from bot.programme.placements.lookup import latest, milestone_of, placement_of, sides, title_of
from storage.tables import Milestone

__all__ = ["DATE", "MESSAGES", "WORK", "date_of", "work_of"]

WORK: Final = "milestone"
"""The kind of messages about a deliverable."""

DATE: Final = "milestone.date"
"""The kind of messages about a deliverable's date."""


def work_of(turn: Turn, milestone: Milestone) -> str:
    """Return the subject of a message about a deliverable's state: handed in, accepted, or to be changed."""
    held = latest(turn, milestone)
    return subjects.OF_WORK(milestone.id, milestone.status, held.version if held else 0)


def date_of(milestone: Milestone, wanted: When | None = None) -> str:
    """Return the subject of a message about a deliverable's date, or about a new date that is asked for.

    A day has no zone there, so that the message holds where the day moves with its student to another zone.
    """
    due = dates.stamp(dates.read(milestone, "due"))
    return subjects.OF_DATE(milestone.id, due, dates.stamp(wanted) if wanted else None)


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    milestone = milestone_of(turn, subjects.OF_WORK.parse(waiting.subject).milestone)
    over = placement_of(turn, milestone.placement_id).status != "active"
    return None if over or work_of(turn, milestone) != waiting.subject else waiting.message


def _still_due(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a message about a date unless the date was moved, has passed, or the work is in."""
    milestone = milestone_of(turn, subjects.OF_DATE.parse(waiting.subject).milestone)
    over = placement_of(turn, milestone.placement_id).status != "active"
    passed = any(end <= turn.now for end in _ends(turn, waiting.subject))
    # A subject of an earlier version holds the instant of a day.
    moved = subjects.OF_DATE.parse(waiting.subject).due not in {
        dates.stamp(dates.read(milestone, "due")),
        dates.stamp(milestone.due_at),
    }
    return None if over or passed or moved or milestone.status != "open" else waiting.message


def _named_work(turn: Turn, subject: str) -> Sentence:
    return say(
        "News about **{deliverable}**",
        deliverable=title_of(milestone_of(turn, subjects.OF_WORK.parse(subject).milestone)),
    )


def _named_date(turn: Turn, subject: str) -> Sentence:
    return say(
        "News about **{deliverable}**",
        deliverable=title_of(milestone_of(turn, subjects.OF_DATE.parse(subject).milestone)),
    )


def _ends(turn: Turn, subject: str) -> list[datetime]:
    """Return when the dates of a subject end: the deliverable's, and the one that is asked for."""
    held = subjects.OF_DATE.parse(subject)
    placement = placement_of(turn, milestone_of(turn, held.milestone).placement_id)
    zone = people.zone_of(turn, sides(turn, placement).student)
    found = (dates.of_stamp(each, zone) for each in (held.due, held.wanted) if each)
    return [ends_at(each) for each in found if each is not None]


def _until(turn: Turn, subject: str) -> datetime | None:
    return next(iter(_ends(turn, subject)), None)


MESSAGES: Final = {
    WORK: MessageRoute(_still_so, _named_work),
    DATE: MessageRoute(_still_due, _named_date, until=_until),
}
"""Routes of these messages."""
