import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from operator import lt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import (
    at_local,
    before_quiet,
    first_nominal,
    next_local,
    quiet_until,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
FIRST, LAST = date(2026, 1, 1), date(2035, 12, 31)
ALL_DATES = [FIRST + i * DAY for i in range((LAST - FIRST).days + 1)]
WALL_TIMES = (time(0), time(2, 30), time(8), time(23, 45))


def utc(*numbers: int) -> datetime:
    """Write a UTC instant shortly."""
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]  # tzinfo never comes positionally


# --- Local time -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A change of a zone's offset: the first instant of the new one, and both."""

    at: datetime
    before: timedelta
    after: timedelta


def offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    """Ask a zone for its offset at an instant, which is never ambiguous."""
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes(zone: ZoneInfo) -> tuple[Change, ...]:
    """Find a zone's changes over the ten years, by looking at every third day and halving.

    No zone changes back within three days.
    """

    def found() -> Iterator[Change]:
        early = datetime.combine(FIRST, time(), tzinfo=UTC) - 3 * DAY
        before = offset(early, zone)
        while early.date() < LAST + 3 * DAY:
            late = early + 3 * DAY
            after = offset(late, zone)
            if after != before:
                low, high = early, late
                while high - low > SECOND:
                    middle = low + (high - low) // 2
                    low, high = (middle, high) if offset(middle, zone) == before else (low, middle)
                yield Change(high.replace(microsecond=0), before, after)
            early, before = late, after

    return tuple(found())


def zone_file(name: str) -> bytes:
    """Read a zone's file from where zoneinfo does, to tell aliases without asking for offsets."""
    for folder in zoneinfo.TZPATH:
        if (path := Path(folder, name)).is_file():
            return path.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


@cache
def distinct_zones() -> dict[str, tuple[Change, ...]]:
    """Name one zone for each distinct set of offsets and changes over the ten years."""
    names = {zone_file(name): name for name in sorted(zoneinfo.available_timezones(), reverse=True)}
    zones = {}
    for name in names.values():
        zone = ZoneInfo(name)
        found = changes(zone)
        zones[(offset(datetime.combine(FIRST, time(), tzinfo=UTC), zone), found)] = name
    return {name: found for (_, found), name in zones.items()}


def expected_wall(day: date, wall: time, found: tuple[Change, ...]) -> datetime:
    """Say, from the changes alone, what a local clock shows when a wall time is due."""
    naive = datetime.combine(day, wall)
    for change in found:
        gap = change.after - change.before
        begins = (change.at + change.before).replace(tzinfo=None)
        if begins <= naive < begins + gap:
            return naive + gap
    return naive


def days_around(found: tuple[Change, ...]) -> set[date]:
    """Pick the days within three of a change, and every 29th of the rest."""
    near = {change.at.date() + i * DAY for change in found for i in range(-3, 4)}
    return (near | set(ALL_DATES[::29])) & set(ALL_DATES)


@pytest.mark.soak
@pytest.mark.parametrize("wall", WALL_TIMES, ids=str)
def test_every_zone_has_one_digest_for_every_local_date(wall: time) -> None:
    """Ten years of digests in every distinct zone skip no date, double none, and run forward.

    Where the offset never changes, a date a month is enough.
    """
    # Which date follows a date is the same everywhere.
    assert list(map(next_local, ALL_DATES)) == [*ALL_DATES[1:], LAST + DAY]
    for name, found in distinct_zones().items():
        zone = ZoneInfo(name)
        assert first_nominal(at_local(FIRST, wall, zone) - SECOND, wall, zone) == FIRST, name
        dates = ALL_DATES if found else ALL_DATES[::29]
        posted = {nominal: at_local(nominal, wall, zone) for nominal in dates}
        instants = list(posted.values())
        assert all(map(lt, instants, instants[1:])), name
        for day in days_around(found):
            shown = posted[day].astimezone(zone).replace(tzinfo=None)
            assert shown == expected_wall(day, wall, found), (name, day)


@pytest.mark.soak
@pytest.mark.parametrize("wall", WALL_TIMES, ids=str)
def test_a_restart_at_any_moment_finds_the_next_nominal_date(wall: time) -> None:
    """Around every change the first nominal date after an instant is the one a running bot has next."""
    for name, found in distinct_zones().items():
        zone = ZoneInfo(name)
        for change in found:
            for i in range(-3, 4):
                day = change.at.date() + i * DAY
                due = at_local(day, wall, zone)
                assert first_nominal(due - SECOND, wall, zone) == day, name
                assert first_nominal(due, wall, zone) == day + DAY, name


def test_the_zones_under_test_have_the_hard_cases() -> None:
    """The ten years hold gaps and overlaps, half-hour ones too, and a gap at midnight."""
    found = [change for several in distinct_zones().values() for change in several]
    sizes = {change.after - change.before for change in found}
    hour, half = timedelta(hours=1), timedelta(minutes=30)
    assert {hour, -hour, half, -half} <= sizes
    godthab = ZoneInfo("America/Godthab")
    moved = at_local(date(2026, 3, 28), time(23, 45), godthab).astimezone(godthab)
    assert (moved.date(), moved.time()) == (date(2026, 3, 29), time(0, 45))


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 30)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        ("America/Los_Angeles", date(2026, 3, 9), time(0), utc(2026, 3, 9, 7)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30)),
        ("America/Santiago", date(2026, 9, 6), time(0), utc(2026, 9, 6, 4)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 45)),
        ("America/Godthab", date(2026, 3, 28), time(23, 45), utc(2026, 3, 29, 1, 45)),
        ("UTC", date(2026, 11, 22), time(8), utc(2026, 11, 22, 8)),
    ],
)
def test_gaps_shift_forward_and_overlaps_come_first(
    zone: str, day: date, wall: time, instant: datetime
) -> None:
    """Known days: a time in a gap moves on by the gap, one in an overlap is the first."""
    assert at_local(day, wall, ZoneInfo(zone)) == instant


def test_a_fold_given_with_the_wall_time_changes_nothing() -> None:
    """A wall time that carries fold=1 still means the first occurrence."""
    berlin = ZoneInfo("Europe/Berlin")
    day = date(2026, 10, 25)
    assert at_local(day, time(2, 30, fold=1), berlin) == at_local(day, time(2, 30), berlin)


def test_a_day_left_out_keeps_its_nominal_date() -> None:
    """Where a zone leaves out a whole day, every date still has its turn and none comes twice."""
    apia = ZoneInfo("Pacific/Apia")
    days = [date(2011, 12, 28) + i * DAY for i in range(6)]
    instants = [at_local(day, time(8), apia) for day in days]
    assert instants == sorted(instants)
    assert instants[2] == instants[3], "30 December 2011 did not exist there: it shifts onto the 31st"
    assert first_nominal(instants[1], time(8), apia) == date(2011, 12, 30)
    assert first_nominal(instants[2], time(8), apia) == date(2012, 1, 1)


def test_days_off_are_stepped_over() -> None:
    """The next nominal date is the first that is neither a weekday off nor a date off."""
    friday = date(2026, 11, 20)
    weekend, holiday = frozenset({5, 6}), frozenset({date(2026, 11, 23)})
    assert next_local(friday, weekdays_off=weekend) == date(2026, 11, 23)
    assert next_local(friday, weekdays_off=weekend, dates_off=holiday) == date(2026, 11, 24)
    now = utc(2026, 11, 20, 9)
    assert first_nominal(now, time(8), ZoneInfo("UTC"), weekdays_off=weekend) == date(2026, 11, 23)
    assert first_nominal(now, time(10), ZoneInfo("UTC"), weekdays_off=weekend) == friday


def test_a_week_of_days_off_is_refused() -> None:
    """With every weekday off there is no next date, and that is an error rather than a hang."""
    with pytest.raises(ValueError, match="every weekday"):
        next_local(FIRST, weekdays_off=range(7))


# --- Quiet hours ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "begins", "ends"),
    [
        (utc(2026, 11, 22, 20, 59), None, None),
        (utc(2026, 11, 22, 21), utc(2026, 11, 22, 21), utc(2026, 11, 23, 7)),
        (utc(2026, 11, 23, 3), utc(2026, 11, 22, 21), utc(2026, 11, 23, 7)),
        (utc(2026, 11, 23, 7), None, None),
        (utc(2026, 3, 29, 5), utc(2026, 3, 28, 21), utc(2026, 3, 29, 6)),
    ],
)
def test_quiet_hours_cross_midnight(
    instant: datetime, begins: datetime | None, ends: datetime | None
) -> None:
    """Quiet hours of 22:00 to 08:00 hold from the evening until, not including, the morning."""
    berlin = ZoneInfo("Europe/Berlin")
    assert before_quiet(instant, berlin, time(22), time(8)) == begins
    assert quiet_until(instant, berlin, time(22), time(8)) == ends


def test_quiet_hours_within_one_day() -> None:
    """Quiet hours that end after they start stay on one day."""
    zone = ZoneInfo("UTC")
    assert quiet_until(utc(2026, 11, 22, 13), zone, time(12), time(14)) == utc(2026, 11, 22, 14)
    assert quiet_until(utc(2026, 11, 22, 15), zone, time(12), time(14)) is None


def test_the_same_time_twice_is_no_quiet_hours() -> None:
    """A person who sets start and end alike is reached at any time."""
    assert quiet_until(utc(2026, 11, 22, 13), ZoneInfo("UTC"), time(12), time(12)) is None


@given(
    instant=st.datetimes(datetime(2026, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants them naive
    zone=st.sampled_from(["Europe/Berlin", "America/Godthab", "America/Santiago", "Asia/Kathmandu"]),
    start=st.times(),
    end=st.times(),
)
def test_quiet_hours_agree_with_the_clock_on_the_wall(
    instant: datetime, zone: str, start: time, end: time
) -> None:
    """Away from changes a moment is quiet exactly when the local clock says so; the ends enclose it."""
    place = ZoneInfo(zone)
    begins, ends = before_quiet(instant, place, start, end), quiet_until(instant, place, start, end)
    if begins is not None or ends is not None:
        assert begins is not None
        assert ends is not None
        assert begins <= instant < ends
    if offset(instant - DAY, place) == offset(instant + DAY, place):
        wall = instant.astimezone(place).time()
        crossing = wall >= start or wall < end
        said = (start <= wall < end) if start <= end else crossing
        assert (ends is not None) == said
