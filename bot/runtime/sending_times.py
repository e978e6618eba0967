"""When a message goes out: at once to the person who acts, and to all others outside their quiet hours.

That is the rule for every message to a person. Its two exceptions are the message's own: it goes in quiet
hours as well (`Post.at_night`), or would be of no use after them (`Post.deadline`).
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.chat.actions import Post
from bot.clock import before_quiet, quiet_until
from bot.programme.core.turn import Turn
from storage.prepared import Row

__all__ = ["sent_at"]


def sent_at(turn: Turn, post: Post, reader: Row | None) -> datetime:
    """Return when to send a message (UTC): to a `reader` as of `people.readers`, None for a place.

    To a person in their quiet hours: after these, or before them where that is too late.
    """
    due = post.due_at or turn.now
    if post.at_night or reader is None or (post.due_at is None and reader.person_id == turn.person_id):
        return due
    start, end = time.fromisoformat(reader.quiet_from), time.fromisoformat(reader.quiet_to)
    hours = ZoneInfo(reader.zone), start, end
    until = quiet_until(due, *hours)
    if until is None:
        return due
    if post.deadline is None or until < post.deadline:
        return until
    before = before_quiet(due, *hours)
    return max(before, turn.now) if before else due
