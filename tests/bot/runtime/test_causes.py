"""The cause of a message is kept with it, and the log follows it, without a word that a person wrote."""

from typing import Any

import pytest
import structlog
from sqlalchemy import Select, select
from structlog.testing import capture_logs

from bot.programme.core import keys
from storage.tables import inbox, outbox, timers
from tests.support.stage import Stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


async def play(stage: Stage) -> None:
    """Say something at once, and something by a timer."""
    await stage.person("ada").uses("/toy echo hello", "spring")
    await stage.person("ada").uses("/toy later 5", "spring")
    await stage.tick(hours=6)


def rows(stage: Stage, query: Select[Any]) -> list[Any]:
    """The rows that a query finds."""
    return stage.database.read_inline(lambda work: list(work.connection.execute(query)))


async def test_a_message_names_what_began_its_turn(stage: Stage) -> None:
    """It is the row of an event that came in, or of a timer with the instant at which it fired."""
    await play(stage)
    events = {keys.EVENT(row.id) for row in rows(stage, select(inbox.c.id))}
    fired = {keys.TIMER(row.id, row.due_at) for row in rows(stage, select(timers.c.id, timers.c.due_at))}
    causes = {row.cause for row in rows(stage, select(outbox.c.cause))}
    assert causes & events
    assert causes & fired
    assert causes <= events | fired


async def test_the_log_follows_an_event_to_its_answer_and_a_timer_to_its_message(stage: Stage) -> None:
    """Turn, answer, timer and send have a line each, which have the cause in common."""
    structlog.reset_defaults()
    with capture_logs() as logs:
        await play(stage)
    turns = {line["cause"]: line for line in logs if line["event"] == "turn.done"}
    assert {"CommandUsed"} == {line["kind"] for line in turns.values()}
    answered = {line["cause"] for line in logs if line["event"] == "answer.given"}
    assert answered == set(turns)
    fired = {cause for line in logs if line["event"] == "timers.fired" for cause in line["causes"]}
    settled = [each for line in logs if line["event"] == "messages.settled" for each in line["messages"]]
    assert any(" send sent " in each and each.endswith(cause) for each in settled for cause in fired)
    assert "hello" not in str(logs)
