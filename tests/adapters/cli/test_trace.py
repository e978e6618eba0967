"""`stint trace` and `stint owed`: an operator follows a message to its cause, and sees what is owed."""

import json
from collections.abc import Iterator
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from adapters.cli.commands import app
from bot.chat.content import dump_message, message
from bot.programme.core import keys
from storage.database import UnitOfWork, open_database
from storage.queries.owed import read_owed
from storage.tables import Identity, Person, Programme, inbox, outbox, timers
from tests.support.in_memory import in_memory

INIT = ("init", "--name", "Riverside", "--coordinator", "Cora Lindqvist", "--zone", "Europe/London")
AT = datetime(2026, 3, 9, 22, 41, 30, tzinfo=UTC)
NIGHT = AT + timedelta(hours=9)
PRIVATE = "My mother is ill."
SLACK, DISCORD = "slack/channel/T1/C1", "discord/dm//77"
CAUSE = keys.TIMER(88, AT)
ROW = {
    "programme_id": 1,
    "operation": "send",
    "message": dump_message(message(PRIVATE)),
    "created_at": AT,
    "due_at": AT,
    "state": "sent",
    "attempts": 1,
    "sent_at": AT + timedelta(seconds=2),
}
MESSAGES: tuple[dict[str, Any], ...] = (
    {
        "id": 101,
        "key": "digest:1",
        "destination": SLACK,
        "reference": f"{SLACK}#1710023000.000100,1710023001.000200",
    },
    {"id": 102, "key": "offer:1", "destination": "slack/@U7", "due_at": NIGHT, "state": "held"},
    {"id": 103, "key": "edit:x", "destination": SLACK, "operation": "edit", "target": "digest:1"},
    {"id": 104, "key": "note:1", "destination": "slack/@U7", "reference": f"{DISCORD}#900", "cause": None},
    {"id": 105, "key": "note:2", "destination": SLACK, "state": "failed", "error": "not_in_channel"},
    {"id": 106, "key": "note:3", "destination": SLACK, "state": "unknown", "cause": keys.EVENT(7)},
    {"id": 107, "key": "note:4", "destination": SLACK, "cause": keys.MESSAGE_LOST(105, 1, None)},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a programme, some messages and what caused them, which the commands run in."""
    made = tmp_path_factory.mktemp("made")
    with chdir(made):
        done = CliRunner().invoke(app, [*INIT, "--cohort", "Spring 26"], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        database = open_database(f"sqlite:///{made / 'stint.db'}", inline=True)
        timer = {"programme_id": 1, "payload": {}, "late": "send", "attempts": 0, "subject": "cohort:1"}
        events = {
            "programme_id": 1,
            "platform": "slack",
            "event_id": "Ev42",
            "received_at": AT,
            "actor": "slack/@U7",
        }

        def fill(work: UnitOfWork) -> None:
            person = Person(programme_id=1, name="Ada Okafor", created_at=AT)
            work.session.add(person)
            work.session.flush()
            work.session.add(
                Identity(programme_id=1, person_id=person.id, platform="slack", user_id="U7", seen_at=AT)
            )
            work.session.flush()
            done_at = AT + timedelta(seconds=1)
            fired = {
                "id": 88,
                "key": "digest",
                "kind": "digest",
                "due_at": AT,
                "state": "done",
                "done_at": done_at,
            }
            work.connection.execute(insert(timers), [timer | fired])
            work.connection.execute(insert(inbox), [{**events, "id": 7, "answer_state": "given"}])
            for each in MESSAGES:
                work.connection.execute(insert(outbox), [{**ROW, "cause": CAUSE, **each}])

        database.transact_inline(fill)
        database.close_inline()
        yield made


def stint(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, words)


def test_a_message_is_followed_to_the_timer_that_caused_it(folder: Path) -> None:
    """Where it went, what became of it, its changes and its siblings are named; its words are not."""
    assert folder.exists()
    done = stint("trace", "101", "--zone", "Europe/Madrid")
    assert done.exit_code == 0
    for line in (
        "All times are of Europe/Madrid.",
        "Message 101, digest:1 (programme 1)",
        "sent at 2026-03-09 23:41:32",
        "timer 88, digest about cohort:1, due 2026-03-09 23:41:30",
        "same turn  message 102, offer:1",
        "later      message 103, edit:x",
    ):
        assert line in done.output
    assert PRIVATE not in done.output


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("https://acme.slack.com/archives/C1/p1710023001000200", 101),
        ("https://discord.com/channels/@me/77/900", 104),
        ("note:1", 104),
    ],
)
def test_a_message_is_found_by_its_link_or_key(folder: Path, wanted: str, found: int) -> None:
    """A link that a platform copies names any part of a message; a key names the whole."""
    assert folder.exists()
    assert f"Message {found}, " in stint("trace", wanted).output


def test_causes_are_said_as_far_as_they_are_kept(folder: Path) -> None:
    """An event with its person, another message, and a row of before this record."""
    assert folder.exists()
    assert "event 7 from slack/@U7 (Ada Okafor) at 2026-03-09 22:41:30" in stint("trace", "106").output
    assert "message 105 did not arrive" in stint("trace", "107").output
    assert "not kept" in stint("trace", "104").output
    assert "answer     not_in_channel" in stint("trace", "105").output


def test_an_event_and_a_timer_are_followed_to_their_messages(folder: Path) -> None:
    """By our number, or by what the platform and the log call an event."""
    assert folder.exists()
    for name in ("event:7", "Ev42"):
        assert "caused     message 106" in stint("trace", name).output
    assert "caused     message 101" in stint("trace", "timer:88").output


@pytest.mark.parametrize("name", ["ada", "slack/@U7"])
def test_a_persons_messages_are_listed(folder: Path, name: str) -> None:
    """The newest last, with what each waits for; no word of theirs."""
    assert folder.exists()
    done = stint("trace", name)
    assert "Ada Okafor (person 2 of Riverside; slack/@U7)" in done.output
    assert "message 102, offer:1" in done.output
    assert "due 2026-03-10 07:41:30" in done.output
    assert "message 104" in done.output
    assert "message 101" not in done.output
    assert PRIVATE not in done.output


@pytest.mark.parametrize("wanted", ["nothing", "999", "", "event:9", "timer:9", "9" * 30])
def test_an_unknown_name_is_answered_with_what_can_be_named(folder: Path, wanted: str) -> None:
    """The command fails and says what it takes."""
    assert folder.exists()
    done = stint("trace", wanted)
    assert done.exit_code == 1
    assert "a message's number, key or link" in done.output


def test_a_zone_that_does_not_exist_is_refused(folder: Path) -> None:
    """With one that does as an example."""
    assert folder.exists()
    assert "Europe/London" in stint("trace", "101", "--zone", "Nowhere").output


def test_what_is_owed_is_listed_by_programme_and_urgency(folder: Path) -> None:
    """Doubt and refusal fail the command, so that a job that runs it raises an alarm."""
    assert folder.exists()
    done = stint("owed")
    assert done.exit_code == 1
    states = [line.split()[0:2] for line in done.output.splitlines() if " the first, " in line]
    assert states == [["in", "doubt"], ["failed", "1"], ["held", "1"], ["later", "2"]]
    assert "the first, message 105, due 2026-03-09 22:41:30" in done.output
    assert PRIVATE not in done.output
    found = json.loads(stint("owed", "--json").output)
    of_messages = {each["state"]: each["row_id"] for each in found if each["what"] == "message"}
    assert of_messages == {"in doubt": 106, "failed": 105, "held": 102}
    assert stint("owed", "--programme", "2").exit_code == 0


@pytest.mark.parametrize(("minutes", "state"), [(-2, "late"), (0, "due"), (2, "later")])
def test_a_timer_is_late_after_a_minute(minutes: int, state: str) -> None:
    """What is due now, and what is due later, is counted apart from it."""
    due = {"programme_id": 1, "key": "k", "kind": "k", "due_at": AT + timedelta(minutes=minutes)}
    rest = {"subject": "s", "payload": {}, "late": "send", "attempts": 0, "state": "pending"}

    with in_memory() as work:
        work.session.add(Programme(id=1, name="Riverside", zone="UTC", created_at=AT))
        work.session.flush()
        work.connection.execute(insert(timers), [due | rest])
        assert [each.state for each in read_owed(work.connection, AT)] == [state]
