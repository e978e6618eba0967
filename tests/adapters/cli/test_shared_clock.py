"""A clock that several machines go by, on one whose own is set while it runs."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from structlog.testing import capture_logs

from adapters.cli.shared_clock import SharedClock

DAY, LONG, SHORT = timedelta(days=1), timedelta(hours=1), timedelta(milliseconds=20)


class Moved(datetime):
    """The machine's time of day, set a day ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Moved":
        """The instant a day from now."""
        return cls.fromtimestamp(datetime.now(tz).timestamp() + DAY.total_seconds(), tz)  # noqa: TID251 - moved


async def test_machines_that_share_a_clock_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose time of day is set goes on by its seconds, and says that it is off."""
    noon = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)

    async def shared() -> datetime:
        return noon

    clock = SharedClock(shared, safety=LONG)
    rung = asyncio.Semaphore(0)

    async def pump(now: datetime) -> datetime:
        rung.release()
        return now + SHORT

    with capture_logs() as lines:
        await clock.start(pump)
        monkeypatch.setattr("bot.clock.datetime", Moved)
        monkeypatch.setattr("apscheduler.schedulers.base.datetime", Moved)
        for _ in range(4):
            await rung.acquire()
        await clock.stop()
    assert timedelta(0) <= clock.now() - noon < timedelta(minutes=1)
    assert [line["event"] for line in lines] == ["clock.differs"]


async def test_a_shared_clock_that_cannot_be_asked_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database is down the clock runs on. It follows one that was set, and no answer's delay."""
    monkeypatch.setattr("adapters.cli.shared_clock._ASKED_EVERY", 0.0)
    noon = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    answers: list[datetime | Exception | None] = [
        noon,
        OSError(),
        noon + timedelta(milliseconds=50),
        noon - DAY,
        None,
    ]
    seen = []

    async def shared() -> datetime | None:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = SharedClock(shared)
    while answers:
        await clock.follow()
        seen.append(clock.now())
    assert seen[:3] == sorted(seen[:3])
    assert [round((each - noon) / DAY) for each in seen] == [0, 0, 0, -1, -1]
