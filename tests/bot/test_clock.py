import asyncio
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot.clock import (
    StuckPumpError,
    VirtualClock,
    WallClock,
    at_local,
    first_nominal,
    next_local,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def utc(*numbers: int) -> datetime:
    """Write a UTC instant shortly."""
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]  # tzinfo never comes positionally


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
    """What a pump run schedules within the move is not jumped over, however it is scheduled."""
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
    """A move into the past is refused and leaves the clock as it is."""
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
    """A pump that answers as its test says and lets it wait for its runs."""

    def __init__(self, answer: Callable[[int, datetime], datetime | None] = lambda _run, _now: None) -> None:
        self.answer = answer
        self.runs = 0
        self.running = 0
        self._changed = asyncio.Condition()

    async def pump(self, now: datetime) -> datetime | None:
        """Answer this run as the test says."""
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


def test_seconds_that_never_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the time of day is set to changes nothing about how long something took."""
    noon = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    clock, virtual = WallClock(), VirtualClock(noon)
    before = clock.monotonic()
    monkeypatch.setattr(WallClock, "now", lambda _self: noon - DAY)
    assert 0 <= clock.monotonic() - before < 60
    assert virtual.monotonic() == noon.timestamp()


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
