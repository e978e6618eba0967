"""Values of an outage: since when people were out of reach, and how much later what they owe is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.chat.local_day import Day
from bot.programme.notifications.out_of_reach import capped, moved_date, out_since
from storage.prepared import Row
from storage.tables.values import Contact
from tests.support.stage import MONDAY

STARTS = MONDAY + timedelta(days=10)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("due", "by", "latest", "expected"),
    [
        (MONDAY, 5 * HOUR, None, MONDAY + 5 * HOUR),
        (STARTS - HOUR, timedelta(days=3), STARTS, STARTS),
        (STARTS, timedelta(days=3), STARTS, STARTS + timedelta(days=3)),
        (STARTS + HOUR, timedelta(days=3), STARTS, STARTS + HOUR + timedelta(days=3)),
    ],
)
def test_what_is_due_before_the_start_stays_before_it(
    due: datetime, by: timedelta, latest: datetime | None, expected: datetime
) -> None:
    """A date before the start of the project moves to it at most; one after it is not held by it."""
    assert capped(due, by, latest) == expected


@pytest.mark.parametrize(
    ("by", "now", "latest", "days"),
    [
        (timedelta(hours=11), MONDAY, None, 0),
        (timedelta(hours=12), MONDAY, None, 1),
        (timedelta(days=3), MONDAY, None, 3),
        (timedelta(hours=1), datetime(2026, 3, 20, 9, tzinfo=UTC), None, 1),
        (timedelta(days=9), MONDAY, datetime(2026, 3, 23, 9, tzinfo=UTC), 3),
        (timedelta(days=1), MONDAY, datetime(2026, 3, 18, 9, tzinfo=UTC), 1),
    ],
)
def test_a_day_moves_by_whole_days(by: timedelta, now: datetime, latest: datetime | None, days: int) -> None:
    """Half a day counts as one, a day that is over goes on until it is not, one before the start stays so."""
    day = Day(date(2026, 3, 19), "Europe/London")
    moved = Day(date(2026, 3, 19) + timedelta(days=days), "Europe/London")
    assert moved_date(day, by, now, latest) == moved


@pytest.mark.parametrize(
    ("used", "since"),
    [
        ({"slack"}, MONDAY),
        ({"slack", "discord"}, MONDAY + HOUR),
        ({"slack", "terminal"}, None),
        ({"discord"}, None),
        (set(), None),
    ],
)
def test_people_on_two_platforms_were_out_of_reach_while_both_were(
    used: set[str], since: datetime | None
) -> None:
    """Another platform that could be reached, or not being on the one that was out, leaves all as it is."""
    others = [Contact("discord", MONDAY + HOUR)]
    values: Any = SimpleNamespace(platform="slack", since=MONDAY, until=MONDAY + 5 * HOUR, others=others)
    assert out_since(cast("Row", values), used) == since
