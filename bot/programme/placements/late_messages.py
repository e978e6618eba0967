"""Late messages: which messages about deliverables and their dates still hold when they arrive late."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.chat.content import Message, Part, Plain
from bot.chat.routes import MessageRoute, Waiting
from bot.programme.core.turn import Turn
from bot.programme.placements.lookup import latest, milestone_of, placement_of
from storage.tables import Milestone

__all__ = ["DATE", "MESSAGES", "WORK", "date_of", "work_of"]

WORK: Final = "milestone"
"""The kind of messages about a deliverable."""

DATE: Final = "milestone.date"
"""The kind of messages about a deliverable's date."""


def work_of(turn: Turn, milestone: Milestone) -> str:
    """Return the subject of a message about a deliverable's state: handed in, accepted, or to be changed."""
    held = latest(turn, milestone)
    return f"{milestone.id}:{milestone.status}:{held.version if held else 0}"


def date_of(milestone: Milestone, wanted: datetime | None = None) -> str:
    """Return the subject of a message about a deliverable's date, or about a new date that is asked for."""
    asked = f":{int(wanted.timestamp())}" if wanted else ""
    return f"{milestone.id}:{int(milestone.due_at.timestamp())}{asked}"


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    milestone = milestone_of(turn, waiting.subject.partition(":")[0])
    over = placement_of(turn, milestone.placement_id).status != "active"
    return None if over or work_of(turn, milestone) != waiting.subject else waiting.message


def _still_due(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a message about a date unless the date was moved, has passed, or the work is in."""
    number, due, *wanted = waiting.subject.split(":")
    milestone = milestone_of(turn, number)
    over = placement_of(turn, milestone.placement_id).status != "active"
    passed = any(int(each) <= turn.now.timestamp() for each in (due, *wanted))
    moved = int(milestone.due_at.timestamp()) != int(due)
    return None if over or passed or moved or milestone.status != "open" else waiting.message


def _named(turn: Turn, subject: str) -> tuple[Part, ...]:
    return "word about **", Plain(milestone_of(turn, subject.partition(":")[0]).title), "**"


def _until(_turn: Turn, subject: str) -> datetime:
    return datetime.fromtimestamp(int(subject.split(":")[1]), UTC)


MESSAGES: Final = {
    WORK: MessageRoute(_still_so, _named),
    DATE: MessageRoute(_still_due, _named, until=_until),
}
"""Routes of these messages."""
