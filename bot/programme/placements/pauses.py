"""Pauses: after a time in which the dates of a placement stood still, what is open is due so much later."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.actions import Action
from bot.chat.local_day import Day, When
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.placements.extensions import move_date
from bot.programme.placements.lookup import milestones
from storage.tables import Placement

__all__ = ["move_open_dates"]


def move_open_dates(turn: Turn, placement: Placement, days: int) -> list[Action]:
    """Move the dates of all open deliverables by so many days; the terms get the new end."""
    return [
        act
        for milestone in milestones(turn, placement)
        if milestone.status == "open"
        for act in move_date(
            turn, placement, milestone, _later(dates.read(milestone, "due"), days), answers=False
        )
    ]


def _later(due: When, days: int) -> When:
    more = timedelta(days=days)
    return Day(due.date + more, due.zone) if isinstance(due, Day) else due + more
