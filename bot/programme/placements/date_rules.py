"""Rules of another date that a student asks for: by when it is answered, and what silence means.

Silence counts as agreed once in a placement, for at most three days, and never for a date that cannot move;
else a coordinator is asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.local_day import When, ends_at
from bot.programme import people
from bot.programme.applications import offer_time, terms
from bot.programme.core import dates, subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.notifications.working_days import working_days_after
from bot.programme.people.away import is_away
from bot.programme.people.parts import asked_first
from bot.programme.people.reason_codes import SILENCE
from bot.programme.placements.lookup import sides
from storage.tables import HistoryRow, Milestone, Placement

__all__ = ["answered_by", "asked_date", "by_silence", "counts_as_agreed", "is_fixed"]

_WORKING_DAYS: Final = 2
_MOST: Final = timedelta(days=3)
"""How much later silence lets a date be."""

_BEFORE: Final = timedelta(hours=3)
"""How long before the agreed date the student knows at the latest."""


def answered_by(turn: Turn, placement: Placement, milestone: Milestone) -> datetime:
    """Return by when a student who asks now has an answer (UTC): in two working days, before the old date.

    It does not end in the employer's night: where the old date would have passed by the morning, it ends in
    the evening before, unless it is asked for in that night.
    """
    both = sides(turn, placement)
    zone = people.zone_of(turn, both.employer) if both.employer else turn.programme.zone
    after = working_days_after(turn.now, _WORKING_DAYS, zone)
    if both.employer is not None:
        after = offer_time.awake(turn, both.employer, after)
    left = milestone.due_at - turn.now
    if left <= timedelta(0):
        return after
    ends = min(after, turn.now + max(left - _BEFORE, left / 2))
    if both.employer is None:
        return ends
    return daily_message.before_quiet_hours(turn, both.employer, ends, ends)


def asked_date(turn: Turn, placement: Placement, milestone: Milestone) -> When | None:
    """Return the date that the student asks for and has no answer about, None where there is none."""
    if milestone.asked_due is None:
        return None
    return dates.of_stamp(milestone.asked_due, people.zone_of(turn, sides(turn, placement).student))


def by_silence(turn: Turn, placement: Placement, milestone: Milestone, wanted: When) -> When:
    """Return the date that silence agrees to: the one that is asked for, at most three days later."""
    zone = ZoneInfo(people.zone_of(turn, sides(turn, placement).student))
    most = dates.by_days(dates.read(milestone, "due"), _MOST, zone)
    return min(wanted, most, key=ends_at)


def counts_as_agreed(turn: Turn, placement: Placement, milestone: Milestone) -> bool:
    """Tell whether silence can agree to another date now.

    It cannot where the date cannot move or the employer's side cannot answer, nor twice in a placement.
    """
    if is_fixed(turn, placement, milestone):
        return False
    both = sides(turn, placement)
    asked = asked_first(turn, both.project, "owner")
    if asked is None or is_away(turn, asked) or people.is_unreachable(turn, asked):
        return False
    return not _moved_by_silence(turn, placement)


def _moved_by_silence(turn: Turn, placement: Placement) -> bool:
    query = select(HistoryRow.id).where(
        HistoryRow.programme_id == turn.programme_id,
        HistoryRow.parent == subjects.PLACEMENT(placement.id),
        HistoryRow.reason == SILENCE,
    )
    return turn.session.scalar(query.limit(1)) is not None


def is_fixed(turn: Turn, placement: Placement, milestone: Milestone) -> bool:
    """Return whether the date of a deliverable cannot move by what was agreed; the end is another date."""
    part = "due" if milestone.due_at == placement.due_at else "deliverables"
    return part in (terms.terms_of(turn, placement).fixed or ())
