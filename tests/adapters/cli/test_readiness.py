"""`/readyz` and `/metrics` over the whole bot, with an adapter that can be made to fail."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import OperationalError

from adapters.cli.readiness import health_of
from adapters.terminal.adapter import TerminalAdapter
from adapters.web.metrics import Counted, Metrics
from adapters.web.server import Health
from bot.chat.adapter import DeliveryUnknown, Finding, Refusal, Retry
from bot.chat.content import Message, dump_message, message
from bot.chat.events import MessageRef, Place, UserRef
from storage.database import UnitOfWork
from storage.tables import inbox, lanes, outbox
from tests.support.stage import Stage

ADA = UserRef("terminal", "ada")


class Shaky(TerminalAdapter):
    """The terminal, whose sends and connection fail as a test sets."""

    error: Exception | None = None
    found: tuple[Finding, ...] = ()
    looks = 0

    async def send(
        self,
        to: Place | UserRef,
        message: Message,
        *,
        key: str,
        again: bool = False,
        known: Collection[str] = (),
        since: str = "",
    ) -> MessageRef:
        """Fail, or send."""
        if self.error:
            raise self.error
        return await super().send(to, message, key=key, again=again, known=known, since=since)

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """Return the findings that the test set."""
        self.looks += 1
        return self.found


async def unready(health: Health) -> list[str]:
    """Each reason not to send work to the bot."""
    return [f"{each.what} {each.fix}".strip() for each in await health.findings() if each.level == "problem"]


async def test_a_clock_that_is_set_back_keeps_no_old_finding(stage: Stage) -> None:
    """What was found is looked at again after as many seconds, whatever the time of day says."""
    shaky = Shaky(stage.world, stage.clock.now)
    health = health_of(stage.database, {"terminal": shaky}, stage.clock, Metrics())
    await health.findings()
    seconds = stage.clock.monotonic() + 31
    with patch.object(stage.clock, "monotonic", lambda: seconds):
        stage.clock._now -= timedelta(minutes=10)  # noqa: SLF001 - as a machine's clock may be set
        await health.findings()
    assert shaky.looks == 2


async def test_sends_are_counted_by_what_became_of_them(stage: Stage) -> None:
    """Each of the port's four ways to end has its own count, and no person is in the page."""
    shaky, metrics = Shaky(stage.world, stage.clock.now), Metrics()
    counted = Counted(shaky, metrics)
    await counted.send(ADA, message("Hello"), key="1")
    for error in (Retry(1), Refusal("gone"), DeliveryUnknown(), ValueError()):
        shaky.error = error
        with pytest.raises(type(error)):
            await counted.send(ADA, message("Hello"), key="2")
    health = health_of(stage.database, {"terminal": counted}, stage.clock, metrics)
    page = (await health.metrics()).decode()
    for result in ("done", "retry", "refused", "unsure", "failed"):
        line = f'stint_sends_total{{operation="send",platform="terminal",result="{result}"}} 1.0'
        assert line in page
    assert 'stint_connected{platform="terminal"} 1.0' in page
    assert "stint_oldest_owed_seconds 0.0" in page
    assert "ada" not in page.lower()


async def test_a_bot_is_unready_while_it_is_behind_or_cut_off(stage: Stage) -> None:
    """What is due longer than a minute and what an adapter finds are reasons; once mended it is ready."""
    shaky = Shaky(stage.world, stage.clock.now)
    health = health_of(stage.database, {"terminal": shaky}, stage.clock, Metrics())
    assert await unready(health) == []

    now = stage.clock.now()

    def owe(work: UnitOfWork) -> None:
        row = {"programme_id": 1, "key": "late", "destination": str(ADA), "operation": "send", "attempts": 0}
        late = {"created_at": now, "due_at": now - timedelta(seconds=90), "state": "pending"}
        work.connection.execute(insert(outbox).values(message=dump_message(message("Hi")), **row, **late))

    stage.database.transact_inline(owe)
    shaky.found = (Finding("x.cut_off", "problem", "No socket is connected.", "Look at the network."),)
    assert await unready(health) == ["A message has been due for 90 seconds."], "it looks twice a minute"
    await stage.clock.advance_by(timedelta(seconds=31))
    assert await unready(health) == ["No socket is connected. Look at the network."]
    shaky.found = (Finding("x.slow", "warning", "It is slow."),)
    await stage.clock.advance_by(timedelta(seconds=31))
    assert await unready(health) == []
    assert shaky.looks == 3


def owe(work: UnitOfWork, now: datetime, destination: str, **values: object) -> None:
    """A message that fell due 90 seconds ago."""
    row = {"programme_id": 1, "operation": "send", "attempts": 0, "destination": destination}
    due = {"created_at": now, "due_at": now - timedelta(seconds=90), "state": "pending"}
    work.connection.execute(
        insert(outbox).values(message=dump_message(message("Hi")), **(row | due | values))
    )


async def test_a_person_with_many_messages_makes_no_bot_unready(stage: Stage) -> None:
    """While messages go out the bot does all it can; when none does any more, it is stuck."""
    health = health_of(stage.database, {}, stage.clock, Metrics())
    now = stage.clock.now()

    def chatty(work: UnitOfWork) -> None:
        for number in range(50):
            owe(work, now, str(ADA), key=f"late:{number}")
        owe(work, now, "slack/user/U1", key="elsewhere", state="sent", sent_at=now)
        owe(work, now, "terminal/user/ben", key="sent", state="sent", sent_at=now - timedelta(seconds=5))

    stage.database.transact_inline(chatty)
    assert await unready(health) == []
    assert [each.what for each in await health.findings()] == [
        "A message has been due for 90 seconds, while others are being sent."
    ]
    stage.database.transact_inline(
        lambda work: work.connection.execute(
            update(outbox).where(outbox.c.key == "sent").values(sent_at=now - timedelta(seconds=61))
        )
    )
    assert await unready(health) == ["A message has been due for 90 seconds."]


async def test_what_a_platform_asked_to_wait_with_is_not_late(stage: Stage) -> None:
    """The lane waits until then, and the bot is ready."""
    health = health_of(stage.database, {}, stage.clock, Metrics())
    now = stage.clock.now()

    def asked_to_wait(work: UnitOfWork) -> None:
        owe(work, now, str(ADA), key="late")
        later = {"operation": "send", "not_before": now + timedelta(seconds=30)}
        work.connection.execute(insert(lanes).values(destination=str(ADA), **later))

    stage.database.transact_inline(asked_to_wait)
    assert list(await health.findings()) == []


async def test_a_full_disk_is_no_place_for_work(stage: Stage) -> None:
    """A database that can take no page more is not ready, though a turn that writes nothing succeeds."""
    health = health_of(stage.database, {}, stage.clock, Metrics())
    before = stage.rows(select(func.count()).select_from(inbox))
    assert await unready(health) == []
    assert stage.rows(select(func.count()).select_from(inbox)) == before

    def limit(work: UnitOfWork) -> None:
        work.connection.exec_driver_sql("PRAGMA max_page_count=1")  # no more than there are now

    def fill(work: UnitOfWork) -> None:
        for number in range(1000):
            owe(work, stage.clock.now(), str(ADA), key=f"{number}:{'x' * 200}", state="withdrawn")

    await stage.database.transact(limit)
    with pytest.raises(OperationalError, match="full"):
        await stage.database.transact(fill)
    with suppress(OperationalError):
        for number in range(1000):  # what the last of it leaves free is less than a page
            await stage.database.transact(
                lambda work, number=number: owe(  # type: ignore[misc] # bound for this round
                    work, stage.clock.now(), str(ADA), key=f"{number}:{'y' * 200}", state="withdrawn"
                )
            )
    await stage.database.transact(lambda _: None)
    (said,) = await unready(health)
    assert said == "The database cannot be written: the disk is full. Make room, and do the same again."


async def test_a_database_that_cannot_be_written_is_no_place_for_work(stage: Stage) -> None:
    """The reason names the kind of error and nothing else of it."""
    health = health_of(stage.database, {}, stage.clock, Metrics())
    await stage.database.close()
    assert await unready(health) == ["The database cannot be written (RuntimeError)."]


async def test_a_state_without_messages_counts_none(stage: Stage) -> None:
    """What waited and was sent does not count as waiting any more."""
    health = health_of(stage.database, {}, stage.clock, Metrics())
    waiting = {
        "programme_id": 1,
        "key": "waits",
        "destination": str(ADA),
        "operation": "send",
        "message": dump_message(message("One.")),
        "created_at": stage.clock.now(),
        "due_at": stage.clock.now() + timedelta(hours=1),
        "state": "pending",
        "attempts": 0,
    }
    stage.database.transact_inline(lambda work: work.connection.execute(insert(outbox), [waiting]))
    assert b'stint_outbox{state="pending"} 1.0' in await health.metrics()
    stage.database.transact_inline(lambda work: work.connection.execute(update(outbox).values(state="sent")))
    page = await health.metrics()
    assert b'stint_outbox{state="pending"} 0.0' in page
    assert b'state="sent"' not in page
