"""What each piece of a daily message is, for a coordinator's task: nothing of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.chat.content import Moment, Part
from bot.programme.core import keys
from bot.programme.core.timers import Timer

__all__ = ["named"]

_NAMES: Final[dict[str, str]] = {
    keys.CHECK_IN: "a check-in",
    keys.COMPLETED: "a question for a line about finished work",
    keys.DATE: "a question for another date",
    keys.DRAFT: "a reminder of a draft application",
    keys.FULL: "applicants who wait for an answer",
    **dict.fromkeys(keys.PROMISE_NEWS, "applicants who wait for an answer"),
    keys.PROMISE_CLOSED: "applicants who wait for an answer",
    keys.PROMISE_OVER: "applicants who wait for an answer",
    keys.HANDED_IN: "work to look at",
    keys.KICKOFF_NEWS: "word that a student accepted",
    keys.APPLICATION_SENT: "new applications",
    keys.OFFER_REMINDER: "a reminder of an open offer",
    Timer.PLACEMENT_LAST_CALL: "a reminder to hand in work",
    Timer.PLACEMENT_OVERDUE: "a reminder of a date that has passed",
    Timer.PLACEMENT_REMINDER: "a reminder to hand in work",
    Timer.PLACEMENT_REVIEW: "work to look at",
    keys.REVIEW: "work to look at",
    keys.SAVED: "a reminder of a saved project",
    keys.SILENT: "a check-in",
    keys.TASKS_OF: "the list of tasks",
}
"""By the word with which the key of a piece begins; of the others it is said that they are news."""

_MOST_NAMED: Final = 3


def named(pieces: Sequence[Any], zone: str) -> tuple[Part, ...]:
    """Name these rows of `notices` and until when each is of use, as one line in a zone's time."""
    found: list[Part] = []
    for number, row in enumerate(pieces[:_MOST_NAMED]):
        found += ["; " if number else "", _NAMES.get(keys.head_of(row.key), "a piece of news")]
        until = _until(row)
        if until is not None:
            found += [", until ", Moment(until, zone)]
    more = len(pieces) - _MOST_NAMED
    return (*found, f"; and {more} more") if more > 0 else tuple(found)


def _until(row: Any) -> datetime | None:  # noqa: ANN401 - a row of `notices`
    """Return when it ends: a draft at its deadline, which its key holds, though its reminder goes before."""
    draft = keys.DRAFT.match(row.key)
    until: datetime | None = row.useful_until if draft is None else draft.until
    return until
