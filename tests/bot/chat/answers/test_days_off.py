"""Times of day and days off, as people write them."""

from datetime import UTC, date, datetime

import pytest

from bot.chat.answers.days_off import dates_off, days_off_as_typed, read_days_off, show_days_off, weekdays_off
from bot.chat.answers.model import Unreadable
from bot.chat.answers.time_of_day import local_time, read_time
from bot.chat.answers.zone_names import read_zone_name
from bot.chat.language import as_text
from bot.chat.sentences import say

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9", "09:00"),
        ("9am", "09:00"),
        ("09:00", "09:00"),
        ("9:30 pm", "21:30"),
        ("21.30", "21:30"),
        ("930", "09:30"),
        ("12 am", "00:00"),
        ("12pm", "12:00"),
        ("noon", "12:00"),
        ("at 5 o'clock", "05:00"),
        ("17h30", "17:30"),
    ],
)
def test_a_time_of_day(typed: str, meant: str) -> None:
    """Times are read in the ways people write them."""
    assert read_time(typed) == meant


@pytest.mark.parametrize("typed", ["25", "24:00", "9:75", "13 pm", "0 am", "soon", "", "-1", "9-10"])
def test_no_time_of_day(typed: str) -> None:
    """What is no time is refused, with an example."""
    with pytest.raises(Unreadable, match="09:00"):
        read_time(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Sat, Sun", ["saturday", "sunday"]),
        ("weekends", ["saturday", "sunday"]),
        ("every Friday and mondays", ["monday", "friday"]),
        ("fri to mon", ["monday", "friday", "saturday", "sunday"]),
        ("sat-sun", ["saturday", "sunday"]),
        ("wendesday", ["wednesday"]),
        ("24 Dec", ["2026-12-24"]),
        ("2026-05-01; 24 Dec & Sat", ["saturday", "2026-05-01", "2026-12-24"]),
        ("24, 25 and 26 December", ["2026-12-24", "2026-12-25", "2026-12-26"]),
        ("24-26 December", ["2026-12-24", "2026-12-25", "2026-12-26"]),
        ("30 Dec to 2 Jan", ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]),
        ("2 January", ["2027-01-02"]),
        ("none", []),
        ("", []),
        ("sun, Sunday, sundays", ["sunday"]),
    ],
)
def test_days_off(typed: str, meant: list[str]) -> None:
    """Weekdays come first in their order, then dates, each once; dates lie ahead."""
    assert read_days_off(typed, "Europe/London", NOW) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1/2", "could be 1 February 2026 or 2 January 2026|could be"),
        ("blursday", "could not read"),
        ("Good Friday", "could not read"),
        ("mon tue", "could not read"),
        ("monday to sunday", "Leave at least one"),
        ("1 May to 1 October", "no span of days"),
    ],
)
def test_days_off_that_are_asked_about(typed: str, why: str) -> None:
    """What could be two dates, or none, is refused and never guessed; so is a week without any day."""
    with pytest.raises(Unreadable, match=why):
        read_days_off(typed, "Europe/London", NOW)


def test_days_off_are_shown_as_they_are_kept() -> None:
    """What is shown reads back as the same days, so that a form can be sent again unchanged."""
    kept = ["saturday", "sunday", "2026-12-24"]
    assert as_text(say("{days}", days=show_days_off(kept))) == "Saturday, Sunday and Thu 24 December 2026"
    assert as_text(say("{days}", days=show_days_off([]))) == "none"
    for days_off in (kept, []):
        assert read_days_off(days_off_as_typed(days_off), "Europe/London", NOW) == days_off
    assert weekdays_off(kept) == [5, 6]
    assert dates_off(kept) == [date(2026, 12, 24)]


def test_a_zone_by_its_city() -> None:
    """A city means its zone; a name of none, or of several, is asked about."""
    assert read_zone_name("Berlin", NOW) == "Europe/Berlin"
    assert read_zone_name("America/New_York", NOW) == "America/New_York"
    with pytest.raises(Unreadable):
        read_zone_name("nowhere in particular", NOW)


def test_the_local_time() -> None:
    """A clock in Tokyo is nine hours ahead."""
    assert local_time(NOW, "Asia/Tokyo") == "17:00"
