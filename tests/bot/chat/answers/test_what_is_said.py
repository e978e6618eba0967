"""What is said of an answer that is not understood at once, word for word."""

from datetime import timedelta

import pytest

from bot.chat.answers import Ambiguous, JSONValue, Kind, Refused, check_value, read_answer
from bot.chat.answers.days_off import read_days_off, show_days_off
from bot.chat.answers.model import Unit, Unreadable
from bot.chat.answers.time_of_day import read_time
from bot.chat.answers.zone_names import read_zone_name
from bot.chat.language import ENGLISH
from bot.chat.sentences import Duration, layout, say
from tests.support.answers import WEDNESDAY, ask, in_short, in_words


@pytest.mark.parametrize(
    ("unit", "typed", "question"),
    [
        ("", "weekly 10", "That reads as a number for each stretch of time. What is it in total?"),
        ("seconds", "1 month", "How many seconds is it?"),
        (
            "seconds",
            "5 a week",
            "That reads as a number for each stretch of time. How many seconds is it in total?",
        ),
        ("minutes", "1 month", "How many minutes is it?"),
        (
            "minutes",
            "5 a week",
            "That reads as a number for each stretch of time. How many minutes is it in total?",
        ),
        ("hours", "1 month", "How many hours is it?"),
        (
            "hours",
            "5 a week",
            "That reads as a number for each stretch of time. How many hours is it in total?",
        ),
        ("days", "5 hours", "How many days is it?"),
        (
            "days",
            "5 a week",
            "That reads as a number for each stretch of time. How many days is it in total?",
        ),
        ("weeks", "5 hours", "How many weeks is it?"),
        (
            "weeks",
            "5 a week",
            "That reads as a number for each stretch of time. How many weeks is it in total?",
        ),
        ("months", "5 hours", "How many months is it?"),
        (
            "months",
            "5 a week",
            "That reads as a number for each stretch of time. How many months is it in total?",
        ),
        ("years", "5 hours", "How many years is it?"),
        (
            "years",
            "5 a week",
            "That reads as a number for each stretch of time. How many years is it in total?",
        ),
        ("places", "2 hours", "How many places is it?"),
        (
            "places",
            "5 a week",
            "That reads as a number for each stretch of time. How many places is it in total?",
        ),
        ("hours a week", "1 month", "How many hours a week is it?"),
    ],
)
def test_a_number_in_another_unit_is_asked_for_in_its_own(unit: Unit, typed: str, question: str) -> None:
    """The unit of the question is named, and nothing is offered to tap."""
    assert in_words(read_answer(typed, ask("number", unit=unit))) == Ambiguous(question)


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("months", "= 1 month"), ("years", "= 1 year"), ("places", "= 1 place"), ("seconds", "= 1 second")],
)
def test_one_of_a_unit_is_said_in_the_singular(unit: Unit, shown: str) -> None:
    """A single one has its own word."""
    assert in_short(read_answer("1", ask("number", unit=unit))) == shown
    if unit in {"months", "seconds"}:
        assert ENGLISH.text(say("{time}", time=Duration(1, "month"))) == "1 month"


@pytest.mark.parametrize(
    ("kind", "typed", "reason"),
    [
        ("number", "x " * 3000, "That is a lot of text. Please send the number alone."),
        ("email", "x " * 3000, "That is a lot of text. Please send the address alone."),
        ("link", "x " * 3000, "That is a lot of text. Please send the link alone."),
        ("skills", "a, " * 3000, "That is a lot of text for a list of skills. Please shorten it."),
        ("choice", "x " * 2000, "That is too long to be one of the options."),
        ("choices", "x " * 2000, "That is too long to be a list of the options."),
        ("yes_no", "I am not sure at all. " * 10, "That is longer than a yes or a no."),
        ("link", "https://e.org/" + "a" * 3000, "A link can have 2,000 characters at most."),
        ("date", "the 45th", "No month has a day 45."),
        ("zone", "UTC+03:17", "No place that I know is at UTC+03:17 now. The nearest big city works best."),
    ],
)
def test_a_text_that_holds_no_answer_is_refused_with_what_is_wanted(
    kind: Kind, typed: str, reason: str
) -> None:
    """A refusal says what to send instead."""
    assert in_short(read_answer(typed, ask(kind))) == f"! {reason}"


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("date", 17, "I need a date here."),
        ("file", 17, "I need a file here. Please attach it to your message."),
        ("skills", 17, "I need a list of skills here."),
        ("number", None, "I need a number here."),
        ("number", 10**20, "That number is too large for me."),
        ("text", 17, "I need this one in words."),
        ("yes_no", 17, "Please answer with yes or no."),
        ("choice", "zz", "That is not one of the options. Please pick one of them."),
        ("choices", 17, "Please pick from the options."),
        ("choices", ["remote", "zz"], "One of these is not among the options."),
        ("money", 17, "I need an amount of money here."),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, value: JSONValue, reason: str) -> None:
    """A value of an old button or an earlier answer is held against the kind, and never raises."""
    assert in_short(check_value(value, ask(kind))) == f"! {reason}"


def test_money_has_a_most() -> None:
    """The most is named in its currency; what cannot be unpaid offers no such word."""
    assert in_short(read_answer("$500", ask("money", maximum=100))) == "! It can be at most $100."
    refused = in_words(read_answer("banana", ask("money", minimum=1)))
    assert isinstance(refused, Refused)
    assert refused.reason == "I could not find an amount of money in that."
    several = in_words(read_answer("$100 x 3 weeks", ask("money")))
    assert several == Ambiguous("What is the total for everything?")


def test_a_file_without_a_name_is_shown_by_its_size() -> None:
    """Some platforms name none."""
    nameless: JSONValue = {"id": "1", "name": "", "size": 3000, "media_type": "text/plain"}
    assert in_short(check_value(nameless, ask("file"))) == "= a file (3 kB)"


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("32", "Which day is that? Please write the month in letters."),
        ("next quarter", "Which day of that quarter?"),
        ("tomorrow at 12", "At noon or at midnight?"),
    ],
)
def test_an_unclear_date_is_asked_about(typed: str, question: str) -> None:
    """The question is about what is unclear."""
    asked = in_words(read_answer(typed, ask("date")))
    assert isinstance(asked, Ambiguous)
    assert asked.question == question


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.mark.parametrize("day", DAYS)
def test_a_day_off_is_shown_by_its_whole_name(day: str) -> None:
    """A weekday is typed in short and shown in full."""
    off = read_days_off(day[:3], "UTC", WEDNESDAY)
    assert ENGLISH.text(layout("{days}", days=show_days_off(off))) == day


@pytest.mark.parametrize("hours", range(0, 24 * 7, 24))
def test_a_zone_is_shown_with_the_day_it_has(hours: int) -> None:
    """The day of the week where the clock is, in three letters."""
    now = WEDNESDAY + timedelta(hours=hours)
    shown = in_short(check_value("Europe/Berlin", ask("zone", now=now)))
    assert shown == f"= Europe/Berlin (now {now:%a} 12:00)"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("Mon-Sun", "With every weekday off nothing would ever be sent. Leave at least one."),
        (
            "24 Dec to 1 Nov",
            "That is no span of days I can take: “24 Dec” to “1 Nov”. Write the dates one by one.",
        ),
    ],
)
def test_days_off_that_cannot_be_are_refused(typed: str, reason: str) -> None:
    """Some day has to be left, and a span has to be one."""
    with pytest.raises(Unreadable) as refused:
        read_days_off(typed, "UTC", WEDNESDAY)
    assert ENGLISH.text(refused.value.reason) == reason


def test_a_time_or_a_zone_that_is_none_is_refused() -> None:
    """With an example of one."""
    with pytest.raises(Unreadable) as refused:
        read_time("13 pm")
    assert ENGLISH.text(refused.value.reason) == "That is no time of day. Write it like 09:00 or 5 pm."
    with pytest.raises(Unreadable) as refused:
        read_zone_name("nowhere at all", WEDNESDAY)
    assert ENGLISH.text(refused.value.reason).startswith("I do not know a time zone by that name.")
