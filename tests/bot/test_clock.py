import asyncio
import re
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib import resources
from itertools import pairwise
from operator import lt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.clock import (
    StuckPumpError,
    VirtualClock,
    WallClock,
    at_local,
    before_quiet,
    deadline_of,
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
    """Find a zone's changes over the ten years, by looking at every day and halving."""

    def found() -> Iterator[Change]:
        early = datetime.combine(FIRST, time(), tzinfo=UTC) - 3 * DAY
        before = offset(early, zone)
        while early.date() < LAST + 3 * DAY:
            late = early + DAY
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


@pytest.mark.parametrize("wall", WALL_TIMES, ids=str)
def test_every_zone_has_one_digest_for_every_local_date(wall: time) -> None:
    """Ten years of digests in every distinct zone skip no date, double none, and run forward."""
    for name, found in distinct_zones().items():
        zone = ZoneInfo(name)
        posted: dict[date, datetime] = {}
        nominal = first_nominal(at_local(FIRST, wall, zone) - SECOND, wall, zone)
        while nominal <= LAST:
            assert nominal not in posted, (name, nominal)
            posted[nominal] = at_local(nominal, wall, zone)
            nominal = next_local(nominal)
        assert list(posted) == ALL_DATES, name
        instants = list(posted.values())
        assert all(map(lt, instants, instants[1:])), name
        for day in days_around(found):
            shown = posted[day].astimezone(zone).replace(tzinfo=None)
            assert shown == expected_wall(day, wall, found), (name, day)


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


def test_a_deadline_is_the_last_minute_of_its_day() -> None:
    """A date without a time stands for 23:59 local time, also on the day of a change."""
    assert deadline_of(date(2026, 12, 11), ZoneInfo("Europe/Berlin")) == utc(2026, 12, 11, 22, 59)
    assert deadline_of(date(2026, 3, 29), ZoneInfo("Europe/Berlin")) == utc(2026, 3, 29, 21, 59)


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


# --- The virtual clock ----------------------------------------------------------------------------

START = utc(2026, 11, 22, 9)
HOUR = timedelta(hours=1)


class Rows:
    """Due rows in memory with a pump that serves them, at most `batch` a run."""

    def __init__(self, *due: datetime, batch: int = 100) -> None:
        self.due = sorted(due)
        self.batch = batch
        self.served: list[tuple[datetime, datetime]] = []
        self.runs = 0

    async def pump(self, now: datetime) -> datetime | None:
        """Serve what is due; return what comes next."""
        self.runs += 1
        await asyncio.sleep(0)
        for due in [due for due in self.due if due <= now][: self.batch]:
            self.due.remove(due)
            self.served.append((due, now))
        return min(self.due, default=None)


async def test_a_move_stops_at_every_due_instant_in_order() -> None:
    """Everything due on the way is served at its own instant, and the clock ends where it was sent."""
    rows = Rows(START + 3 * HOUR, START + HOUR, START + 2 * HOUR, START + 9 * HOUR)
    clock = VirtualClock(START)
    await clock.start(rows.pump)
    await clock.advance(START + 5 * HOUR)
    assert rows.served == [(START + i * HOUR, START + i * HOUR) for i in (1, 2, 3)]
    assert clock.now() == START + 5 * HOUR
    await clock.advance_by(4 * HOUR)
    assert rows.served[-1] == (START + 9 * HOUR, START + 9 * HOUR)
    assert clock.now() == START + 9 * HOUR


async def test_a_move_of_no_time_serves_what_is_due_now() -> None:
    """Advancing by nothing drains the present, in as many runs as it takes."""
    rows = Rows(START, START - HOUR, START - 2 * HOUR, batch=1)
    clock = VirtualClock(START)
    await clock.start(rows.pump)
    await clock.advance_by(timedelta())
    assert [due for due, _ in rows.served] == [START - 2 * HOUR, START - HOUR, START]
    assert clock.now() == START


async def test_a_timer_set_by_a_timer_is_served_on_the_way() -> None:
    """What a pump run schedules within the move is not jumped over, however it is told."""
    clock = VirtualClock(START)
    served: list[datetime] = []

    async def pump(now: datetime) -> datetime | None:
        served.append(now)
        if now == START:
            return START + HOUR
        if now == START + HOUR:
            clock.wake_at(START + 2 * HOUR)
        return None

    await clock.start(pump)
    await clock.advance_by(5 * HOUR)
    assert served == [START, START + HOUR, START + 2 * HOUR]


async def test_moving_to_the_next_due_instant() -> None:
    """The clock jumps to what comes next, serves it, and stays when nothing is waiting."""
    rows = Rows(START, START + HOUR)
    clock = VirtualClock(START)
    await clock.start(rows.pump)
    assert await clock.advance_to_next() == START + HOUR
    assert clock.now() == START + HOUR
    assert len(rows.served) == 2
    assert await clock.advance_to_next() is None
    assert clock.now() == START + HOUR


async def test_a_pump_that_makes_no_progress_is_an_error() -> None:
    """A pump that always says "more is due" ends in an error that says so, not in a hang."""

    async def pump(now: datetime) -> datetime | None:
        return now - HOUR

    clock = VirtualClock(START)
    await clock.start(pump)
    with pytest.raises(StuckPumpError, match=re.escape("something is due (2026-11-22 08:00")):
        await clock.advance_by(HOUR)


async def test_the_clock_does_not_go_back() -> None:
    """A move into the past is refused and leaves the clock where it stands."""
    clock = VirtualClock(START)
    with pytest.raises(ValueError, match="cannot go back"):
        await clock.advance(START - SECOND)
    assert clock.now() == START


async def test_moves_wait_for_one_another() -> None:
    """Two moves at once add up, and no two runs of the pump overlap."""
    clock = VirtualClock(START)
    running = 0

    async def pump(now: datetime) -> datetime | None:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0)
        running -= 1
        return None

    await clock.start(pump)
    await asyncio.gather(clock.advance_by(HOUR), clock.advance_by(2 * HOUR))
    assert clock.now() == START + 3 * HOUR


async def test_a_clock_without_a_pump_only_moves() -> None:
    """Before start and after stop the clock moves and serves nothing."""
    rows = Rows(START + HOUR)
    clock = VirtualClock(START.astimezone(ZoneInfo("Asia/Tokyo")))
    await clock.start(rows.pump)
    await clock.stop()
    await clock.advance_by(2 * HOUR)
    assert rows.runs == 0
    assert clock.now() == START + 2 * HOUR
    assert clock.now().tzinfo is UTC


# --- The wall clock -------------------------------------------------------------------------------

LONG = timedelta(hours=1)
SHORT = timedelta(milliseconds=20)


class Calls:
    """A pump that answers as told and lets a test wait for its runs."""

    def __init__(self, answer: Callable[[int, datetime], datetime | None] = lambda _run, _now: None) -> None:
        self.answer = answer
        self.runs = 0
        self.running = 0
        self._changed = asyncio.Condition()

    async def pump(self, now: datetime) -> datetime | None:
        """Answer this run as told."""
        self.running += 1
        assert self.running == 1, "runs of the pump overlap"
        try:
            await asyncio.sleep(0)
            return self.answer(self.runs, now)
        finally:
            self.running -= 1
            async with self._changed:
                self.runs += 1
                self._changed.notify_all()

    async def until(self, runs: int) -> None:
        """Wait until so many runs have ended."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.runs >= runs)


def test_the_wall_clock_tells_utc() -> None:
    """The present instant is aware and in UTC."""
    assert WallClock().now().tzinfo is UTC


async def test_starting_serves_what_fell_due_before() -> None:
    """The first run comes at once, without waiting for an interval."""
    calls, clock = Calls(), WallClock(safety=LONG)
    await clock.start(calls.pump)
    await calls.until(1)
    await clock.stop()


async def test_the_alarm_rings_at_the_next_due_instant() -> None:
    """Each answer of the pump sets the next run, long before the safety interval."""
    calls, clock = Calls(lambda _run, now: now + SHORT), WallClock(safety=LONG)
    await clock.start(calls.pump)
    await calls.until(4)
    await clock.stop()


async def test_waking_earlier_moves_the_alarm() -> None:
    """A row that falls due before the alarm is served at its time, one that is due now at once."""
    calls, clock = Calls(lambda _run, now: now + LONG), WallClock(safety=LONG)
    await clock.start(calls.pump)
    await calls.until(1)
    clock.wake_at(None)
    clock.wake_at(clock.now() + SHORT)
    await calls.until(2)
    clock.wake_at(clock.now())
    await calls.until(3)
    await clock.stop()


async def test_a_wake_during_a_run_starts_another() -> None:
    """What is committed while the pump looks elsewhere is served right after it, and once."""
    clock = WallClock(safety=LONG)

    def answer(run: int, now: datetime) -> datetime | None:
        if run == 0:
            clock.wake_at(now)
            clock.wake_at(now + SHORT)
            clock.wake_at(now + LONG)
        return None

    calls = Calls(answer)
    await clock.start(calls.pump)
    await calls.until(3)
    await clock.stop()


async def test_a_slow_run_does_not_lose_the_alarm() -> None:
    """An alarm that rings while a long run is going leads to a run after it."""
    clock, entered, leave = WallClock(safety=LONG), asyncio.Event(), asyncio.Event()
    runs: list[datetime] = []

    async def pump(now: datetime) -> datetime | None:
        runs.append(now)
        if len(runs) == 1:
            clock.wake_at(clock.now() + SHORT)
            entered.set()
            await leave.wait()
        elif len(runs) == 2:
            again.set()
        return None

    again = asyncio.Event()
    await clock.start(pump)
    await entered.wait()
    await asyncio.sleep(5 * SHORT.total_seconds())
    assert len(runs) == 1
    leave.set()
    await again.wait()
    await clock.stop()


async def test_a_failed_run_is_logged_without_its_words_and_tried_again() -> None:
    """After an error the safety interval calls the pump again; the log names type and line only."""

    def answer(run: int, now: datetime) -> datetime | None:
        if run == 0:
            raise LookupError("what a person wrote")
        return None

    calls, clock = Calls(answer), WallClock(safety=SHORT)
    with capture_logs() as lines:
        await clock.start(calls.pump)
        await calls.until(2)
        await clock.stop()
    failed = [line for line in lines if line["event"] == "pump_failed"]
    assert [line["error"] for line in failed] == ["LookupError"]
    assert re.search(r"test_clock\.py:\d+$", failed[0]["where"])
    assert "what a person wrote" not in repr(lines)


async def test_a_pump_that_is_never_done_is_left_to_the_interval() -> None:
    """After a thousand runs without an end the clock says so and takes a breath."""
    calls, clock = Calls(lambda _run, now: now), WallClock(safety=LONG)
    with capture_logs() as lines:
        await clock.start(calls.pump)
        await calls.until(1_000)
        for _ in range(100):
            await asyncio.sleep(0)
        assert calls.runs == 1_000
        await clock.stop()
    assert [line["event"] for line in lines] == ["pump_never_done"]


async def test_the_clock_goes_on_after_being_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the machine's clock set back by a day, what the safety interval serves is served soon."""
    calls, clock = Calls(), WallClock(safety=SHORT)
    await clock.start(calls.pump)
    await calls.until(3)

    class SetBack(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "SetBack":
            shifted = clock.now() - DAY
            return cls.fromtimestamp(shifted.timestamp(), tz)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", SetBack)
    monkeypatch.setattr("apscheduler.triggers.interval.datetime", SetBack)
    await calls.until(calls.runs + 5)
    await clock.stop()


async def test_stopping_waits_for_the_run_in_progress() -> None:
    """A run that has begun ends before stop returns, and no other follows."""
    clock, entered = WallClock(safety=SHORT), asyncio.Event()
    ended: list[datetime] = []

    async def pump(now: datetime) -> datetime | None:
        entered.set()
        await asyncio.sleep(SHORT.total_seconds())
        ended.append(now)
        return now

    await clock.start(pump)
    await entered.wait()
    await clock.stop()
    assert len(ended) == 1
    clock.wake_at(clock.now())
    await asyncio.sleep(3 * SHORT.total_seconds())
    assert len(ended) == 1


@pytest.mark.parametrize("clock", [WallClock(), VirtualClock(START)], ids=["wall", "virtual"])
async def test_starting_twice_is_refused(clock: WallClock | VirtualClock) -> None:
    """A clock serves one pump; it can be started again once it is stopped."""
    rows = Rows()
    await clock.stop()
    await clock.start(rows.pump)
    with pytest.raises(RuntimeError, match="already started"):
        await clock.start(rows.pump)
    await clock.stop()
    await clock.start(rows.pump)
    await clock.stop()


def test_time_runs_through_every_nominal_date_by_itself() -> None:
    """A year of digests served by the virtual clock posts once for each local date (Santiago, 00:00)."""
    zone, wall = ZoneInfo("America/Santiago"), time(0)
    posted: list[date] = []
    clock = VirtualClock(utc(2026, 1, 1))
    nominal = first_nominal(clock.now(), wall, zone)

    async def pump(now: datetime) -> datetime | None:
        nonlocal nominal
        if at_local(nominal, wall, zone) <= now:
            posted.append(nominal)
            nominal = next_local(nominal)
        return at_local(nominal, wall, zone)

    async def year() -> None:
        await clock.start(pump)
        await clock.advance(utc(2027, 1, 1))

    asyncio.run(year())
    assert len(posted) == 365
    assert all(late - early == DAY for early, late in pairwise(posted))
