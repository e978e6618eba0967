"""What a daily message is called before a coordinator, where nothing of its words may be read."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bot.chat.language import ENGLISH
from bot.programme.core import keys
from bot.programme.core.timers import Timer
from bot.programme.notifications.daily_message_names import named

CALLED = {
    keys.ADMISSION_LATE: "Admissions that wait",
    keys.APPROVAL_LATE: "An approval that waits",
    keys.CHECK_IN: "A check-in",
    keys.COMPLETED: "A question for a line about finished work",
    keys.DATE: "A question for another date",
    keys.DATE_SILENCE: "News about another date",
    keys.DRAFT: "A reminder of a draft application",
    keys.FULL: "Applicants who wait for an answer",
    keys.HANDED_IN: "Work to look at",
    keys.KICKOFF_ASKED: "A question about a kickoff",
    keys.KICKOFF_LATE: "News about a kickoff",
    keys.KICKOFF_NEWS: "A note that a student accepted",
    keys.APPLICATION_SENT: "New applications",
    keys.NO_APPLICANTS: "News about a project without an applicant",
    keys.QUESTION_LATE: "A message that waits for an answer",
    keys.OFFER_MORE: "More time for an offer",
    keys.OFFER_REMINDER: "A reminder of an open offer",
    Timer.PLACEMENT_OVERDUE: "A reminder of a date that has passed",
    Timer.PLACEMENT_REMINDER: "A reminder to hand in work",
    keys.REVIEW_SETTLED: "Work that was settled without a review",
    keys.SAVED: "A reminder of a saved project",
    keys.TASKS_LATE: "Tasks that were not answered",
    keys.TASKS_OF: "The list of tasks",
    "anything-else": "A piece of news",
}


def piece(head: str, until: datetime | None = None) -> SimpleNamespace:
    """A row of `notices`, by the word with which its key begins."""
    return SimpleNamespace(key=f"{head}:1", useful_until=until)


@pytest.mark.parametrize("head", CALLED)
def test_a_piece_is_called_by_what_it_is(head: str) -> None:
    """By the word of its key; what has none is news."""
    assert ENGLISH.text(named([piece(str(head))], "UTC")) == f"The daily message: {CALLED[head]}"


@pytest.mark.parametrize(
    ("count", "called"),
    [
        (0, "The daily message"),
        (2, "The daily message: A check-in; A check-in"),
        (3, "The daily message: A check-in; A check-in; A check-in"),
        (4, "The daily message: A check-in; A check-in; A check-in; and one more"),
        (6, "The daily message: A check-in; A check-in; A check-in; and 3 more"),
    ],
)
def test_three_pieces_are_named_and_the_others_counted(count: int, called: str) -> None:
    """A long message is one line of a task."""
    assert ENGLISH.text(named([piece(str(keys.CHECK_IN))] * count, "UTC")) == called


def test_a_piece_that_ends_says_when() -> None:
    """A coordinator sees how long it is of use."""
    until = datetime(2026, 3, 16, 12, tzinfo=UTC)
    called = ENGLISH.text(named([piece(str(keys.CHECK_IN), until)], "UTC"))
    assert called == "The daily message: A check-in, until Mon 16 March 2026, 12:00 (UTC)"
