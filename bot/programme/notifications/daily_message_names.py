"""What each piece of a daily message is, for a coordinator's task: nothing of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.chat.content import Moment, Part
from bot.programme.core.timers import Timer

__all__ = ["named"]

_NAMES: Final = {
    "checkin": "a check-in",
    "completed": "a question for a line about finished work",
    "date": "a question for another date",
    "draft": "a reminder of a draft application",
    "full": "applicants who wait for an answer",
    "handed-in": "work to look at",
    "kickoff": "word that a student accepted",
    "new": "new applications",
    "offer-reminder": "a reminder of an open offer",
    Timer.PLACEMENT_LAST_CALL: "a reminder to hand in work",
    Timer.PLACEMENT_OVERDUE: "a reminder of a date that has passed",
    Timer.PLACEMENT_REMINDER: "a reminder to hand in work",
    Timer.PLACEMENT_REVIEW: "work to look at",
    "saved": "a reminder of a saved project",
    "silent": "a check-in",
    "tasks": "the list of tasks",
}
"""By the word with which the key of a piece begins; of the others it is said that they are news."""

_MOST_NAMED: Final = 3


def named(pieces: Sequence[Any], zone: str) -> tuple[Part, ...]:
    """Name these rows of `notices` and until when each is of use, as one line in a zone's time."""
    found: list[Part] = []
    for number, row in enumerate(pieces[:_MOST_NAMED]):
        found += ["; " if number else "", _NAMES.get(_word(row.key), "a piece of news")]
        until = _until(row)
        if until is not None:
            found += [", until ", Moment(until, zone)]
    more = len(pieces) - _MOST_NAMED
    return (*found, f"; and {more} more") if more > 0 else tuple(found)


def _word(key: str) -> str:
    word = key.partition(":")[0]
    return "new" if word.startswith("appl") else "full" if word.startswith("promise") else word


def _until(row: Any) -> datetime | None:  # noqa: ANN401 - a row of `notices`
    """Return when it ends: a draft at its deadline, which its key holds, though its reminder goes before."""
    if _word(row.key) == "draft":
        return datetime.fromisoformat(row.key.split(":", 3)[3])
    until: datetime | None = row.useful_until
    return until
