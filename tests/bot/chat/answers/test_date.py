from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.chat.answers import (
    Ambiguous,
    JSONValue,
    Refused,
    Understood,
    check_value,
    read_answer,
    value_as_typed,
)
from bot.chat.language import ENGLISH, as_text
from bot.chat.local_day import EVERYWHERE
from bot.chat.values import replace
from tests.support.answers import ask, in_words, read

AHEAD = ask("date", future=True)


def _read(text: str) -> str:
    """Return what is made of a date that has to lie ahead, without naming Berlin each time."""
    return read(text, AHEAD).replace(" (Europe/Berlin)", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("today", "Wed 14 October"),
        ("tomorrow", "Thu 15 October"),
        ("tmrw", "Thu 15 October"),
        ("tomorow 5pm", "Thu 15 October 2026, 17:00"),
        ("day after tomorrow", "Fri 16 October"),
        ("Friday", "Fri 16 October"),
        ("this friday", "Fri 16 October"),
        ("by friday please", "Fri 16 October"),
        ("next Friday", "Fri 23 October"),
        ("friday next week", "Fri 23 October"),
        ("a week from friday", "Fri 23 October"),
        ("friday week", "Fri 23 October"),
        ("friday in two weeks", "Fri 30 October"),
        ("next wednesday", "Wed 21 October"),
        ("wed 9am", "Wed 21 October 2026, 09:00"),
        ("in 3 days", "Sat 17 October"),
        ("+21d", "Wed 4 November"),
        ("in two weeks", "Wed 28 October"),
        ("in a fortnight", "Wed 28 October"),
        ("in a couple of weeks", "Wed 28 October"),
        ("in 1 month", "Sat 14 November"),
        ("3 weeks and 2 days", "Fri 6 November"),
        ("two weeks from tomorrow", "Thu 29 October"),
        ("in 3h", "Wed 14 October 2026, 15:00"),
        ("in 36 hours", "Fri 16 October 2026, 00:00"),
        ("12 Dec", "Sat 12 December"),
        ("Dec 12th", "Sat 12 December"),
        ("12th of december", "Sat 12 December"),
        ("december the 12th 2026", "Sat 12 December"),
        ("12-Dec-2026", "Sat 12 December"),
        ("12 dec 26", "Sat 12 December"),
        ("Saturday, 12 December", "Sat 12 December"),
        ("febuary 3", "Wed 3 February 2027"),
        ("12 dec next year", "Sun 12 December 2027"),
        ("2026-12-12", "Sat 12 December"),
        ("2026/12/04", "Fri 4 December"),
        ("12/12", "Sat 12 December"),
        ("31/12/2026 18:00", "Thu 31 December 2026, 18:00"),
        ("12 December 2026 at 17:00", "Sat 12 December 2026, 17:00"),
        ("12 dec 17.30", "Sat 12 December 2026, 17:30"),
        ("Dec 12 @ 5:30 PM", "Sat 12 December 2026, 17:30"),
        ("in half an hour", "Wed 14 October 2026, 12:30"),
        ("12 dec 17h30", "Sat 12 December 2026, 17:30"),
        ("noon tomorrow", "Thu 15 October 2026, 12:00"),
        ("EOD Friday", "Fri 16 October"),
        ("end of the day tomorrow", "Thu 15 October"),
        ("tomorrow at 5 in the evening", "Thu 15 October 2026, 17:00"),
        ("5pm", "Wed 14 October 2026, 17:00"),
        ("9am", "Thu 15 October 2026, 09:00"),
        ("midnight", "Wed 14 October 2026, 23:59"),
        ("end of week", "Sun 18 October"),
        ("end of next week", "Sun 25 October"),
        ("end of month", "Sat 31 October"),
        ("EOM", "Sat 31 October"),
        ("end of next month", "Mon 30 November"),
        ("end of january", "Sun 31 January 2027"),
        ("end of the year", "Thu 31 December"),
        ("start of december", "Tue 1 December"),
        ("beginning of the month", "Sun 1 November"),
        ("first monday of december", "Mon 7 December"),
        ("last friday of the month", "Fri 30 October"),
        ("friday 13th", "Fri 13 November"),
        ("the 30th of next month", "Mon 30 November"),
        ("christmas eve", "Thu 24 December"),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, shown: str) -> None:
    """Said on Wednesday 14 October 2026, each of these has one meaning, a day without a time."""
    assert _read(text) == f"= {shown}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10", "? Tue 10 November | Sat 24 October"),
        ("2027", "?"),
        ("May", "? Sat 1 May 2027 | Sat 15 May 2027 | Mon 31 May 2027"),
        ("12/2026", "? Tue 1 December | Tue 15 December | Thu 31 December"),
        ("mid December", "? Thu 10 December | Tue 15 December | Sun 20 December"),
        ("the 12th", "? Thu 12 November | Sat 12 December"),
        ("03/04/2027", "? Sat 3 April 2027 | Thu 4 March 2027"),
        ("1/2", "? Mon 1 February 2027 | Sat 2 January 2027"),
        ("10/11/2026", "? Tue 10 November"),
        ("Wednesday", "? Wed 14 October | Wed 21 October"),
        ("next weekend", "? Sat 24 October | Sun 25 October"),
        ("early next week", "? Mon 19 October | Tue 20 October"),
        ("friday at 5", "? Fri 16 October 2026, 05:00 | Fri 16 October 2026, 17:00"),
        ("tomorrow morning", "? Thu 15 October 2026, 09:00 | Thu 15 October 2026, 12:00"),
        ("midnight friday", "? Fri 16 October 2026, 00:00 | Fri 16 October 2026, 23:59"),
        (
            "COB friday",
            "? Fri 16 October 2026, 17:00 | Fri 16 October 2026, 18:00 | Fri 16 October 2026, 23:59",
        ),
        ("before friday", "? Thu 15 October | Fri 16 October"),
        ("friday or saturday", "? Fri 16 October | Sat 17 October"),
        ("in 2-3 weeks", "? Wed 28 October | Wed 4 November"),
        ("a week or two", "? Wed 21 October | Wed 28 October"),
        ("12-14 dec", "? Sat 12 December | Mon 14 December"),
        ("friday 12 december", "? Sat 12 December | Fri 11 December"),
        ("asap", "? Wed 14 October | Thu 15 October"),
    ],
)
def test_a_date_with_two_readings_or_none_is_asked_about(text: str, shown: str) -> None:
    """Bare numbers, lone months, swappable days and vague times are never guessed."""
    assert _read(text) == shown


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("banana", "I could not read a date in that."),
        ("mañana", "I could not read a date in that."),
        ("whenever", "I could not read a date in that."),
        ("not friday", "I could not read a date in that."),
        ("30 feb", "That date is not in the calendar."),
        ("29 Feb 2027", "That date is not in the calendar."),
        ("2026-13-04", "That date is not in the calendar."),
        ("5th friday of december", "There is no such day."),
        ("25:00 tomorrow", "There is no such time of day."),
        ("yesterday", "That has already passed: Tue 13 October."),
        ("12 dec 2020", "That has already passed: Sat 12 December 2020."),
        ("100 years", "I can take dates up to the year 2099."),
        ("x" * 500, "That is a lot of text. Please send the date alone."),
    ],
)
def test_what_is_no_date_gets_the_reason_and_an_example(text: str, reason: str) -> None:
    """A refusal says what is wrong and shows a date that would be taken."""
    assert _read(text) == f"! {reason}"
    refused = read_answer(text, AHEAD)
    assert isinstance(refused, Refused)
    assert as_text(refused.example) == "28 October 2026"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 Dec 17:00 UTC", "2026-12-12T17:00:00Z"),
        ("12 Dec 17:00 +02:00", "2026-12-12T15:00:00Z"),
        ("12 dec 5pm utc+2", "2026-12-12T15:00:00Z"),
        ("5pm New York time on friday", "2026-10-16T21:00:00Z"),
        ("12 dec 17:00 (America/New_York)", "2026-12-12T22:00:00Z"),
        ("Fri, 11 Dec 2026 17:00:00 GMT", "2026-12-11T17:00:00Z"),
        ("2026-12-11T22:59:00+01:00", "2026-12-11T21:59:00Z"),
        ("2026-12-11T22:59", "2026-12-11T21:59:00Z"),
    ],
)
def test_a_time_may_name_its_own_zone(text: str, value: str) -> None:
    """A zone or an offset beside the time counts instead of the question's zone."""
    answer = read_answer(text, AHEAD)
    assert isinstance(answer, Understood)
    assert answer.value == value


def test_an_abbreviation_of_several_zones_is_asked_about() -> None:
    """5pm EST may be in New York or in Sydney."""
    answer = read_answer("12 Dec 5pm EST", AHEAD)
    assert isinstance(answer, Ambiguous)
    assert len(answer.readings) == 2
    assert "Europe/Berlin" in as_text(answer.question)


def test_what_is_shown_can_be_sent_back() -> None:
    """The words shown for a date are read as the same date."""
    answer = read_answer("next friday", AHEAD)
    assert isinstance(answer, Understood)
    assert as_text(answer.shown) == "Fri 23 October"
    assert read_answer(as_text(answer.shown), AHEAD) == answer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("29 March 2026 at 02:30", "2026-03-29T01:30:00Z"),
        ("25 October 2026 at 02:30", "2026-10-25T00:30:00Z"),
    ],
)
def test_changes_of_the_clocks_follow_the_rule_of_the_clock(text: str, value: str) -> None:
    """A time that is left out moves forward; one that comes twice is its first occurrence."""
    answer = read_answer(text, ask("date", now=datetime(2026, 3, 1, 12, tzinfo=UTC)))
    assert isinstance(answer, Understood)
    assert answer.value == value


def test_a_day_without_a_year_rolls_on_only_where_it_has_to() -> None:
    """A past day and month means next year's only if it must lie ahead; long past, it is asked."""
    assert read("2 October", ask("date", future=True)) == "= Sat 2 October 2027"
    assert read("2 October", ask("date")) == "= Fri 2 October"
    asked = read("2 January", ask("date"))
    assert asked == "? Fri 2 January | Sat 2 January 2027"


def test_next_friday_is_always_in_the_following_week() -> None:
    """Weeks run from Monday: on a Sunday the next Friday is five days ahead."""
    sunday = datetime(2026, 10, 18, 10, tzinfo=UTC)
    assert read("next friday", ask("date", now=sunday)).startswith("= Fri 23 October")
    assert read("friday", ask("date", now=sunday)).startswith("= Fri 23 October")


def test_shortly_after_midnight_tomorrow_is_asked_about() -> None:
    """Who is still up at one may call the coming morning tomorrow."""
    asking = ask("date", now=datetime(2026, 10, 13, 23, tzinfo=UTC))
    assert read("tomorrow noon", asking) == (
        "? Wed 14 October 2026, 12:00 (Europe/Berlin) | Thu 15 October 2026, 12:00 (Europe/Berlin)"
    )


def test_the_day_is_the_persons_own() -> None:
    """Shortly before midnight in UTC it is tomorrow already in Auckland."""
    asking = ask("date", now=datetime(2026, 10, 14, 23, tzinfo=UTC), zone=ZoneInfo("Pacific/Auckland"))
    assert read("today", asking) == "= Thu 15 October"


@pytest.mark.parametrize(
    ("days_of", "stored", "shown"),
    [
        ("", "Europe/Berlin", "Fri 16 October"),
        ("America/New_York", "America/New_York", "Fri 16 October (New York; for you Sat 17 October, 05:59)"),
        (EVERYWHERE, EVERYWHERE, "Fri 16 October (for you Sat 17 October, 13:59)"),
    ],
)
def test_a_date_without_a_time_is_a_day_of_whose_it_is(days_of: str, stored: str, shown: str) -> None:
    """It is stored as date and zone, and its end is said on the clock of who types it."""
    expected: JSONValue = {"day": "2026-10-16", "zone": stored}
    for text in ("friday", "end of friday"):
        assert in_words(read_answer(text, replace(AHEAD, days_of=days_of))) == Understood(expected, shown)


def test_a_reading_is_a_day_without_a_clock() -> None:
    """Readings are buttons: which day is meant is asked without when it ends for the reader."""
    asked = read_answer("friday or saturday", replace(AHEAD, days_of=EVERYWHERE))
    assert isinstance(asked, Ambiguous)
    assert [as_text(reading.label) for reading in asked.readings] == ["Fri 16 October", "Sat 17 October"]


def test_a_date_with_a_time_is_an_instant_of_who_types_it() -> None:
    """Whose day it is changes nothing where a time is typed."""
    typed = read_answer("friday 23:59", replace(AHEAD, days_of="America/New_York"))
    assert in_words(typed) == Understood("2026-10-16T21:59:00Z", "Fri 16 October 2026, 23:59 (Europe/Berlin)")


def test_a_place_that_is_named_has_the_day() -> None:
    """A day that is typed with a place is that place's; with an offset it is an instant."""
    typed = read_answer("friday (Tokyo)", replace(AHEAD, days_of=EVERYWHERE))
    assert isinstance(typed, Understood)
    assert typed.value == {"day": "2026-10-16", "zone": "Asia/Tokyo"}
    offset = read_answer("friday (utc+2)", AHEAD)
    assert isinstance(offset, Understood)
    assert offset.value == "2026-10-16T21:59:00Z"


def test_today_is_over_when_its_owner_s_day_is() -> None:
    """At noon in Berlin the typist's today is still to come in New York, and is over in Kiritimati."""
    noon = replace(AHEAD, now=datetime(2026, 10, 14, 11, tzinfo=UTC))
    assert isinstance(read_answer("today", replace(noon, days_of="America/New_York")), Understood)
    refused = read_answer("today", replace(noon, days_of="Pacific/Kiritimati"))
    assert in_words(refused) == Refused(
        "That has already passed: Wed 14 October (Kiritimati; for you 11:59).", "28 October 2026"
    )


def test_a_date_that_its_owner_s_place_left_out_is_refused() -> None:
    """Nothing can be due in Apia on 30 December 2011."""
    then = ask("date", now=datetime(2011, 12, 1, tzinfo=UTC))
    said = read("30 December 2011", replace(then, days_of="Pacific/Apia"))
    assert said.startswith("! There is no such date there")


@pytest.mark.parametrize("zone", ["", EVERYWHERE, "Pacific/Kiritimati", "Europe/Berlin"])
@pytest.mark.parametrize(
    "value",
    [
        {"day": "2026-12-11", "zone": EVERYWHERE},
        {"day": "2026-12-11", "zone": "America/New_York"},
        {"day": "2026-12-11", "zone": "Europe/Berlin"},
        "2026-12-11T22:59:00Z",
        "2026-12-11T09:30:00Z",
    ],
)
def test_what_a_field_is_filled_with_is_read_as_the_same(value: JSONValue, zone: str) -> None:
    """A page that is opened and sent again changes no date, whose day it is and for each who opens it."""
    days_of = EVERYWHERE if value == {"day": "2026-12-11", "zone": EVERYWHERE} else zone
    for typist in ("Europe/Berlin", "America/New_York", "Pacific/Auckland"):
        asking = ask("date", zone=ZoneInfo(typist), days_of=days_of)
        read_again = read_answer(value_as_typed(value, asking, ENGLISH), asking)
        assert isinstance(read_again, Understood)
        assert read_again.value == value


def test_an_answer_of_an_older_version_is_still_read() -> None:
    """Drafts hold instants where they were written before there were days."""
    old = "2026-12-11T22:59:00Z"
    assert in_words(check_value(old, ask("date"))) == Understood(
        old, "Fri 11 December 2026, 23:59 (Europe/Berlin)"
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "soon",
        {"day": "2026-12-12"},
        {"day": "2100-01-01", "zone": "UTC"},
        "2026-12-12",
        "2026-12-12T10:00:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_value_that_is_no_instant_is_refused(value: object) -> None:
    """A stored date has to be an instant with an offset, within the years that are taken."""
    assert isinstance(check_value(value, ask("date")), Refused)  # type: ignore[arg-type]  # any value may come in
