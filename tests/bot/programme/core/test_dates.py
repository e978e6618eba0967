"""Dates of rows: moved by days, and held in ids."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat.local_day import Day, When
from bot.programme.core import dates

BERLIN = ZoneInfo("Europe/Berlin")
DAY = Day(date(2026, 3, 27), "Europe/Berlin")
INSTANT = datetime(2026, 3, 27, 15, tzinfo=UTC)


def test_a_date_moves_by_days() -> None:
    """A day stays a day; an instant keeps its time of day, also where the clocks change."""
    two = timedelta(days=2)
    assert dates.by_days(DAY, two, BERLIN) == Day(date(2026, 3, 29), "Europe/Berlin")
    assert dates.by_days(INSTANT, two, BERLIN) == datetime(2026, 3, 29, 14, tzinfo=UTC)


@pytest.mark.parametrize(("when", "held"), [(DAY, "2026-03-27"), (INSTANT, "1774623600")])
def test_a_date_is_read_from_an_id(when: When, held: str) -> None:
    """A day is held as its date, an instant in seconds, as every button of an earlier version holds it."""
    assert dates.stamp(when) == held
    assert dates.of_stamp(held, "Europe/Berlin") == when


def test_a_day_in_an_id_is_of_the_zone_that_is_asked() -> None:
    """An id holds no zone, so the day has moved with its person."""
    assert dates.of_stamp("2026-03-27", "Pacific/Auckland") == Day(DAY.date, "Pacific/Auckland")


@pytest.mark.parametrize("held", ["", "soon", "2026-13-01", "-5", "9" * 20, "2026-03-27T10:00"])
def test_what_is_no_date_in_an_id_is_none(held: str) -> None:
    """What comes back from a client may be anything."""
    assert dates.of_stamp(held, "Europe/Berlin") is None
