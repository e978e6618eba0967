"""What each piece of a daily message is, for a coordinator's task: nothing of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.chat.sentences import Moment, Sentence, say
from bot.programme.core import keys
from bot.programme.core.timers import Timer

__all__ = ["named"]

_NAMES: Final[dict[str, Sentence]] = {
    keys.CHECK_IN: say("A check-in"),
    keys.COMPLETED: say("A question for a line about finished work"),
    keys.DATE: say("A question for another date"),
    keys.DATE_AGAIN: say("A question for another date"),
    keys.DATE_SILENCE: say("News about another date"),
    keys.KICKOFF_ASKED: say("A question about a kickoff"),
    keys.KICKOFFS_ASKED: say("A question about a kickoff"),
    keys.KICKOFF_LATE: say("News about a kickoff"),
    keys.DRAFT: say("A reminder of a draft application"),
    keys.FULL: say("Applicants who wait for an answer"),
    **dict.fromkeys(keys.PROMISE_NEWS.values(), say("Applicants who wait for an answer")),
    keys.PROMISE_CLOSED: say("Applicants who wait for an answer"),
    keys.PROMISE_OVER: say("Applicants who wait for an answer"),
    keys.HANDED_IN: say("Work to look at"),
    keys.KICKOFF_NEWS: say("A note that a student accepted"),
    keys.APPLICATION_SENT: say("New applications"),
    keys.OFFER_REMINDER: say("A reminder of an open offer"),
    keys.ADMISSION_LATE: say("Admissions that wait"),
    keys.APPROVAL_LATE: say("An approval that waits"),
    keys.NO_APPLICANTS: say("News about a project without an applicant"),
    keys.QUESTION_AGAIN: say("A message that waits for an answer"),
    keys.QUESTION_LATE: say("A message that waits for an answer"),
    keys.OFFER_MORE: say("More time for an offer"),
    Timer.PLACEMENT_LAST_CALL: say("A reminder to hand in work"),
    Timer.PLACEMENT_OVERDUE: say("A reminder of a date that has passed"),
    Timer.PLACEMENT_REMINDER: say("A reminder to hand in work"),
    Timer.PLACEMENT_REVIEW: say("Work to look at"),
    keys.REVIEW_AGAIN: say("Work to look at"),
    keys.REVIEW_SETTLED: say("Work that was settled without a review"),
    keys.REVIEW: say("Work to look at"),
    keys.SAVED: say("A reminder of a saved project"),
    keys.SILENT: say("A check-in"),
    keys.TASKS_LATE: say("Tasks that were not answered"),
    keys.TASKS_OF: say("The list of tasks"),
}
"""By the word with which the key of a piece begins; of the others it is said that they are news."""

_MOST_NAMED: Final = 3


def named(pieces: Sequence[Any], zone: str) -> Sentence:
    """Name these rows of `notices` and until when each is of use, as one line in a zone's time."""
    found = [_named(row, zone) for row in pieces[:_MOST_NAMED]]
    more = len(pieces) - len(found)
    match found:
        case [first, second, third] if more:
            return say(
                "The daily message: {first}; {second}; {third}; and one more",
                "The daily message: {first}; {second}; {third}; and {count} more",
                first=first, second=second, third=third, count=more,
            )  # fmt: skip
        case [first, second, third]:
            whole = "The daily message: {first}; {second}; {third}"
            return say(whole, first=first, second=second, third=third)
        case [first, second]:
            return say("The daily message: {first}; {second}", first=first, second=second)
        case [first]:
            return say("The daily message: {first}", first=first)
        case _:
            return say("The daily message")


def _named(row: Any, zone: str) -> Sentence:  # noqa: ANN401 - a row of `notices`
    what, until = _NAMES.get(keys.head_of(row.key), say("A piece of news")), _until(row)
    return say("{message}, until {when}", message=what, when=Moment(until, zone)) if until else what


def _until(row: Any) -> datetime | None:  # noqa: ANN401 - a row of `notices`
    """Return when it ends: a draft at its deadline, which its key holds, though its reminder goes before."""
    draft = keys.DRAFT.match(row.key)
    until: datetime | None = row.useful_until if draft is None else draft.until
    return until
