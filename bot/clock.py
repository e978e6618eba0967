"""The clock: what time it is, when to serve what is due, and what a local time means.

The lowest room of the house. It imports nothing of ours, and it is the only place that reads the
machine's clock; everything else is given `now`. All instants are aware UTC datetimes.

The rule for local times: a wall time that a change of clocks leaves out (a gap) is shifted forward
by the length of the gap; one that comes twice (an overlap) means its first occurrence. A recurring
thing keeps the local date it is *for*, its nominal date, and the next one is for the following
date. Never ask at which local date a thing fired: a gap at midnight moves 23:45 past midnight
(America/Godthab, 28 March 2026), and a date computed from the firing would be skipped.
"""

import asyncio
import contextlib
import traceback
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeAlias
from zoneinfo import ZoneInfo

import structlog

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)

Pump: TypeAlias = Callable[[datetime], Awaitable[datetime | None]]
"""Serves what is due at the given instant; returns the next due instant, None when nothing waits.

An answer that is not in the future means: there is more to serve now, call again.
"""

_DAY = timedelta(days=1)

_MOST_ROUNDS = 1_000
"""Rounds in a row a pump may say "more is due now" before it counts as stuck.

At a hundred rows a round this leaves room for 100,000 rows that fall due together.
"""


class Clock(Protocol):
    """Tells the time and calls the pump whenever something may be due."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for how long something takes; only differences mean anything.

        The machine's time of day may be set: what waits for a while within one process counts by this.
        """
        ...

    def wake_at(self, due: datetime | None) -> None:
        """Say that something may now be due at `due`, earlier than the clock knows.

        Call it on the event loop, after the commit that wrote the row. None means that nothing
        new is waiting and changes nothing. A call during a pump is kept for after it.
        """
        ...

    async def start(self, pump: Pump) -> None:
        """Begin to call `pump`; its runs never overlap."""
        ...

    async def stop(self) -> None:
        """Stop calling the pump; returns once a run in progress has ended."""
        ...


class WallClock:
    """The machine's clock, with APScheduler as the alarm.

    APScheduler holds two jobs in memory and no more: a date job at the earliest due instant and a
    safety interval, which serves whatever was missed: rows written by another process, a failed
    pump, a suspended machine. Both only ring a bell. The pump itself runs in a task of ours,
    because APScheduler drops a date job that falls due while its last run is still going, and
    cancels running jobs on shutdown.
    """

    def __init__(self, *, safety: timedelta = timedelta(seconds=30)) -> None:
        self._safety = safety
        self._bell = asyncio.Event()
        self._alarm: datetime | None = None
        self._scheduler: AsyncIOScheduler | None = None
        self._serving: asyncio.Task[None] | None = None
        self._rounds = 0

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back; see `Clock.monotonic`."""
        return monotonic()

    async def follow(self) -> None:
        """Agree with other clocks, before each pump: the machine's own follows none."""

    def wake_at(self, due: datetime | None) -> None:
        """Serve at `due`, or at once if it has passed; see `Clock.wake_at`."""
        if due is None or self._scheduler is None:
            return
        if due <= self.now():
            self._bell.set()
        elif self._alarm is None or due < self._alarm:
            self._alarm = due
            at = datetime.now(UTC) + (due - self.now())  # APScheduler goes by the machine's clock
            self._scheduler.add_job(self._ring_alarm, "date", run_date=at, id="alarm", replace_existing=True)

    async def start(self, pump: Pump) -> None:
        """Serve what is due now, then wake whenever something falls due.

        A pump that raises is logged, without the error's words (they may be a person's), and
        tried again at the safety interval at the latest.

        Raises:
            RuntimeError: the clock is already started.
        """
        if self._scheduler is not None:
            raise RuntimeError("the clock is already started")
        # Imported here: it costs a command that never serves anything its start-up time.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415

        await self.follow()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.start()
        self._scheduler.add_job(self._ring, "interval", seconds=self._safety.total_seconds(), id="safety")
        self._bell.set()
        self._serving = asyncio.create_task(self._serve(pump, self._scheduler))

    async def stop(self) -> None:
        """Stop the alarm and wait for the pump's present run; a clock not started is left so."""
        if self._scheduler is None or self._serving is None:
            return
        scheduler, serving = self._scheduler, self._serving
        self._scheduler = self._serving = self._alarm = None
        self._bell.set()
        try:
            await serving
        finally:
            scheduler.shutdown(wait=False)
            # The scheduler only asks the loop to shut it down; let the loop do so.
            await asyncio.sleep(0)

    async def _serve(self, pump: Pump, scheduler: "AsyncIOScheduler") -> None:
        """Run the pump at every ring of the bell until the clock is stopped."""
        while True:
            await self._wait_for_bell()
            if self._scheduler is not scheduler:
                return
            # Cleared before the pump, so that a ring during it starts another run.
            self._bell.clear()
            await self.follow()
            try:
                due = await pump(self.now())
            except Exception as error:  # noqa: BLE001 - one bad row must not stop the clock
                log.error("pump_failed", error=type(error).__name__, where=raised_at(error))
            else:
                self._after_round(due)

    def _after_round(self, due: datetime | None) -> None:
        """Wake at what the pump says comes next, unless it has said "now" for too long."""
        self._rounds = self._rounds + 1 if due is not None and due <= self.now() else 0
        if self._rounds < _MOST_ROUNDS:
            self.wake_at(due)
        else:
            log.warning("pump_never_done", rounds=self._rounds, due=due)
            self._rounds = 0

    async def _wait_for_bell(self) -> None:
        """Wait for the bell, but not for ever.

        APScheduler plans by the wall clock: set back by a day, it would keep even the safety
        interval waiting for a day. This wait counts by the loop's own clock, which never jumps.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * self._safety.total_seconds()):
                await self._bell.wait()

    # Coroutines, because APScheduler runs plain functions in a thread.
    async def _ring(self) -> None:
        self._bell.set()

    async def _ring_alarm(self) -> None:
        self._alarm = None
        self._bell.set()


class StuckPumpError(RuntimeError):
    """A pump went on saying that something is due now, round after round."""


class VirtualClock:
    """A clock that does not move until it is moved; for the demo, tests and simulation.

    The pump must do everything that is due at the instant it is given: serve timers and drain the
    outbox. Moves wait for one another, so the pump's runs never overlap; a pump must not move the
    clock itself.
    """

    def __init__(self, start: datetime) -> None:
        """Set the clock to `start`, an aware instant."""
        self._now = start.astimezone(UTC)
        self._pump: Pump | None = None
        self._woken: datetime | None = None
        self._moving = asyncio.Lock()

    def now(self) -> datetime:
        """Return the instant the clock shows, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds of the instant the clock shows: this clock is never set back."""
        return self._now.timestamp()

    def wake_at(self, due: datetime | None) -> None:
        """Remember `due` for the next move; see `Clock.wake_at`."""
        self._woken = _earlier(self._woken, due)

    async def start(self, pump: Pump) -> None:
        """Take the pump; it is called when the clock is moved.

        Raises:
            RuntimeError: the clock is already started.
        """
        if self._pump is not None:
            raise RuntimeError("the clock is already started")
        self._pump = pump

    async def stop(self) -> None:
        """Let go of the pump, after a move in progress."""
        async with self._moving:
            self._pump = None

    async def advance(self, to: datetime) -> None:
        """Move to `to`, stopping and pumping at the present and at each due instant on the way.

        Moving to the present instant serves what is due now. Afterwards the clock shows exactly
        `to`; when the pump raises, the error goes to the caller and the clock stays where it
        was raised.

        Raises:
            ValueError: `to` lies before the present instant.
            StuckPumpError: the pump said a thousand times in a row that something is due now.
        """
        async with self._moving:
            await self._move(to.astimezone(UTC))

    async def reach(self, to: datetime) -> None:
        """Move to `to`, or stay where another move has come further by then; see `advance`.

        What is due is served in either case.
        """
        async with self._moving:
            await self._move(max(to.astimezone(UTC), self._now))

    async def advance_by(self, step: timedelta) -> None:
        """Move forward by `step`; see `advance`."""
        async with self._moving:
            await self._move(self._now + step)

    async def advance_to_next(self) -> datetime | None:
        """Serve what is due now, then move to the next due instant and serve that.

        Returns:
            The instant moved to; None when nothing is waiting and the clock did not move.
        """
        async with self._moving:
            due = await self._settle()
            if due is not None:
                await self._move(due)
            return due

    async def _move(self, to: datetime) -> None:
        if to < self._now:
            raise ValueError(f"the clock is at {self._now} and cannot go back to {to}")
        due = await self._settle()
        while due is not None and due <= to:
            self._now = due
            due = await self._settle()
        self._now = to

    async def _settle(self) -> datetime | None:
        """Pump until nothing more is due now; return the next due instant."""
        if self._pump is None:
            return None
        for _ in range(_MOST_ROUNDS):
            self._woken = None
            due = await self._pump(self._now)
            due = _earlier(due, self._woken)
            if due is None or due > self._now:
                return due
        raise StuckPumpError(
            f"at {self._now} the pump said {_MOST_ROUNDS} times in a row that something is due ({due})"
        )


def at_local(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local date and wall time, by the rule at the top of this module.

    PEP 495, "Mind the Gap!": with fold=0 a time in a gap takes the offset from before it, which
    is the shift forward, and a time in an overlap is the first of the two.
    """
    return datetime.combine(day, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)


def next_local(
    nominal: date,
    *,
    weekdays_off: Collection[int] = (),
    dates_off: Collection[date] = (),
) -> date:
    """Return the nominal date after `nominal`, without days off (weekdays: Monday 0, Sunday 6).

    Raises:
        ValueError: every weekday is off, so no next date exists.
    """
    if len({day for day in weekdays_off if day in range(7)}) == 7:  # noqa: PLR2004 - days a week
        raise ValueError("every weekday is a day off; leave at least one")
    day = nominal + _DAY
    while day.weekday() in weekdays_off or day in dates_off:
        day += _DAY
    return day


def first_nominal(
    now: datetime,
    wall: time,
    zone: ZoneInfo,
    *,
    weekdays_off: Collection[int] = (),
    dates_off: Collection[date] = (),
) -> date:
    """Return the first nominal date, no day off, whose instant lies after `now`.

    Raises:
        ValueError: every weekday is off, so no such date exists.
    """
    # A gap at midnight, at most a whole day long, carries a date's instant into the next date.
    day = now.astimezone(zone).date() - 2 * _DAY
    while at_local(day, wall, zone) <= now:
        day += _DAY
    return next_local(day - _DAY, weekdays_off=weekdays_off, dates_off=dates_off)


def quiet_until(instant: datetime, zone: ZoneInfo, start: time, end: time) -> datetime | None:
    """Return when the quiet hours that `instant` lies in end; None when it lies in none.

    Quiet hours run from `start` up to, not including, `end`, local time; an `end` before `start`
    is on the next day; the same time twice means no quiet hours.
    """
    period = _quiet_period(instant, zone, start, end)
    return period[1] if period else None


def before_quiet(instant: datetime, zone: ZoneInfo, start: time, end: time) -> datetime | None:
    """Return the start of the quiet hours that `instant` lies in; None when it lies in none.

    It is the last moment for a message that cannot wait until `quiet_until`.
    """
    period = _quiet_period(instant, zone, start, end)
    return period[0] if period else None


def _quiet_period(
    instant: datetime, zone: ZoneInfo, start: time, end: time
) -> tuple[datetime, datetime] | None:
    if start == end:
        return None
    nights = 1 if end < start else 0
    today = instant.astimezone(zone).date()
    # Gaps included, quiet hours around the instant began on one of these dates.
    for day in (today - 2 * _DAY, today - _DAY, today):
        begins = at_local(day, start, zone)
        ends = at_local(day + nights * _DAY, end, zone)
        if begins <= instant < ends:
            return begins, ends
    return None


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def raised_at(error: BaseException) -> str:
    """Name the line that raised, which is what a log may hold of an error."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
