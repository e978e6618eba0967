"""What `/stint doctor` finds in the database, as a coordinator reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.content import message
from bot.chat.findings import finding_lines
from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.translation import translated
from bot.programme.administration.doctor import findings, lone, stale_zones
from bot.programme.core.turn import Turn
from storage.tables import Channel, Cohort, Space, outbox, timers
from tests.support.in_memory import begun, person

pytestmark = pytest.mark.turn(opened=begun)


def report(turn: Turn) -> str:
    """What is found, in words."""
    found = findings(turn.connection, turn.now, turn.programme_id)
    return plain_text(translated(message(*finding_lines(found)), ENGLISH))


def owe(turn: Turn, key: str, state: str) -> None:
    """Put a message of this state into the outbox."""
    row = {
        "programme_id": turn.programme_id,
        "key": key,
        "destination": "terminal/@ada",
        "operation": "send",
        "message": {},
        "state": state,
        "created_at": turn.now,
        "due_at": turn.now,
        "attempts": 1,
    }
    turn.connection.execute(outbox.insert().values(row))


def plan(turn: Turn, key: str, state: str) -> None:
    """Put a timer of this state that was due an hour ago."""
    row = {
        "programme_id": turn.programme_id,
        "key": key,
        "kind": "x",
        "subject": "",
        "due_at": turn.now - timedelta(hours=1),
        "payload": {},
        "late": "send",
        "state": state,
        "attempts": 0,
    }
    turn.connection.execute(timers.insert().values(row))


def test_what_did_not_happen_is_found(turn: Turn) -> None:
    """Timers that are late or were given up, each with what to look at."""
    plan(turn, "late", "pending")
    plan(turn, "given up", "failed")
    said = report(turn)
    assert "did not.\n" in said
    assert "See that stint run runs, and what its log says." in said
    assert "Look for timer.failed in the log, and report what it says." in said


def test_what_did_not_arrive_is_found(turn: Turn) -> None:
    """Messages that were refused, and those of which the platform did not say, with where they are listed."""
    owe(turn, "lost", "failed")
    owe(turn, "in doubt", "unknown")
    said = report(turn)
    assert "/stint tasks lists them with the reason." in said
    assert "for each, say whether it is there or is to be posted again." in said


def test_places_that_the_bot_cannot_use_are_found(turn: Turn) -> None:
    """A channel that is not ready, and a space that the bot was removed from."""
    mine = {"programme_id": turn.programme_id, "created_at": turn.now}
    cohort = Cohort(**mine, name="Spring 26", zone="Europe/London", digest_at="08:30", days_off=[])
    turn.session.add(cohort)
    turn.session.flush()
    turn.session.add(
        Channel(
            programme_id=turn.programme_id, cohort_id=cohort.id, place="terminal/channel/r/s", state="new"
        )
    )
    for space in turn.session.query(Space):
        space.state = "paused"
    turn.session.flush()
    said = report(turn)
    assert "The channel that was chosen for Spring 26 is not ready, so nothing is announced in it." in said
    assert "/stint setup looks at it again and says what to do." in said
    assert "Install me there again; what I owe is kept." in said


def test_old_time_zones_are_found() -> None:
    """By the year of their data, with what to do about it."""
    said = plain_text(
        translated(message(*finding_lines(stale_zones(datetime(2090, 1, 1, tzinfo=UTC)))), ENGLISH)
    )
    assert "countries may have changed their clocks since." in said
    assert "Update the package tzdata, then restart." in said


def test_a_programme_with_one_coordinator_or_none_is_found(turn: Turn) -> None:
    """The operator and the coordinator read it; with a second one, who is here, all is well."""

    def found() -> list[str]:
        return [each.code for each in (*lone(turn.connection, turn.programme_id), *lone(turn.connection))]

    assert found() == ["coordinators.one"] * 2
    second = person(turn, "bo", "coordinator").person
    assert found() == []
    second.left_at = turn.now
    turn.session.flush()
    assert found() == ["coordinators.one"] * 2
    turn.person.left_at = turn.now
    turn.session.flush()
    assert found() == ["coordinators.none"] * 2
    words = plain_text(translated(message(*finding_lines(tuple(lone(turn.connection)))), ENGLISH))
    assert "Riverside has no coordinator: no one answers there." in words
