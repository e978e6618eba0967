"""What drafts promise on both databases when two turns come at once."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.adapter import Capabilities, Response
from bot.chat.conversation.draft import load_draft
from bot.chat.events import (
    CommandUsed,
    Event,
    MessageEdited,
    MessageReceived,
    MessageRef,
    Place,
    ReplyTo,
    UserRef,
)
from bot.chat.rendering.limits import Limits
from bot.runtime.shared_events import unless_given
from bot.runtime.turns import PlatformProfile, TurnResult, receive
from storage.database import Database, UnitOfWork, open_database
from storage.queries import conversations, inbox
from storage.tables import Identity, Person, Programme, Space, metadata
from tests.support.deliveries import NOW, Mailbox, drain
from tests.support.toy_routes import TOYS

ADA = UserRef("box", "ada")
DM = Place("box", "", "dm-ada", "dm")
PORT = PlatformProfile(TOYS, Capabilities(forms=False), Limits())


@pytest.fixture
async def town(database: Database) -> Database:
    """A database with a programme in which Ada is known."""

    def begin(work: UnitOfWork) -> None:
        mine = {"programme_id": 1}
        work.session.add(Programme(id=1, name="Riverside", zone="UTC", created_at=NOW))
        work.session.flush()
        work.session.add(Space(**mine, platform="box", external_id="box", created_at=NOW))
        work.session.add(Person(**mine, id=1, name="Ada", created_at=NOW))
        work.session.flush()
        work.session.add(Identity(**mine, person_id=1, platform="box", user_id="ada", seen_at=NOW))

    await database.transact(begin)
    return database


def happened(kind: type[Event], number: int, **fields: Any) -> Callable[[UnitOfWork], TurnResult]:  # noqa: ANN401 - the kind's own
    """A turn with something that Ada did in her DM."""
    at = NOW + timedelta(minutes=number)
    event = kind(id=f"e{number}", at=at, actor=ADA, place=DM, **fields)
    return lambda work: receive(work, event, at, PORT)


def said(number: int, words: str) -> Callable[[UnitOfWork], TurnResult]:
    """A turn with a message of Ada's."""
    return happened(MessageReceived, number, message=MessageRef(DM, f"m{number}"), text=words)


def held(turn: Callable[[UnitOfWork], TurnResult], done: threading.Event, go_on: threading.Event) -> Any:  # noqa: ANN401 - a turn
    """The same turn, which does not end before it is let go on."""

    def wait(work: UnitOfWork) -> TurnResult:
        received = turn(work)
        done.set()
        go_on.wait()
        return received

    return wait


async def both(
    town: Database, first: Callable[[UnitOfWork], TurnResult], second: Callable[[UnitOfWork], TurnResult]
) -> None:
    """Run the second turn, in a second process, while the first has not ended."""
    other = open_database(town.url)
    done, go_on = threading.Event(), threading.Event()
    beginning = asyncio.create_task(town.transact(held(first, done, go_on)))
    await asyncio.to_thread(done.wait)
    following = asyncio.create_task(other.transact(second))
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.gather(beginning, following)
    await other.close()


def drafts(work: UnitOfWork) -> list[dict[str, Any]]:
    """The answers of Ada's unfinished drafts."""
    rows = conversations.unfinished(work.connection, 1, 1)
    return [{name: each.value for name, each in load_draft(row.draft).answers.items()} for row in rows]


async def test_a_draft_is_begun_once(town: Database) -> None:
    """Two presses in two processes begin one draft, and both turns end well."""
    snack = [happened(CommandUsed, number, path=("toy", "snack")) for number in (1, 2)]
    await both(town, *snack)
    assert await town.read(drafts) == [{}]


async def test_an_edited_message_overwrites_no_answer(town: Database) -> None:
    """A message edited while the next answer is being saved changes its own answer only."""
    await town.transact(happened(CommandUsed, 1, path=("toy", "snack")))
    await town.transact(said(2, "crackers"))
    await drain(town, Mailbox(), NOW + timedelta(minutes=2))
    edited = happened(MessageEdited, 4, message=MessageRef(DM, "m2"), text="figs")
    await both(town, said(3, "12"), edited)
    assert await town.read(drafts) == [{"name": "figs", "pieces": 12}]


async def test_the_answer_is_given_by_the_process_that_handled_the_event(
    town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one waits a second for that, and gives it where it has not come; a form would be a button."""
    monkeypatch.setattr("bot.runtime.shared_events._PAUSE", 0.001)
    reply = ReplyTo("token", NOW + timedelta(minutes=15))
    turn = happened(CommandUsed, 1, path=("toy", "snack"), reply=reply)
    event = CommandUsed(id="e1", at=NOW, actor=ADA, place=DM, path=("toy", "snack"))
    first, second = await town.transact(turn), await town.transact(turn)
    assert first.cause
    assert await unless_given(town, event, first) is first
    assert await unless_given(town, event, second) is second
    assert second.inbox_id == first.inbox_id
    await town.transact(lambda work: inbox.mark_given(work.connection, [first.inbox_id]))
    given = await unless_given(town, event, second)
    assert given == (second if town.dialect == "sqlite" else TurnResult(Response()))


async def test_the_same_event_twice_at_once_has_one_effect(town: Database) -> None:
    """Two processes that are given one event act on it once."""
    echo = happened(CommandUsed, 1, path=("toy", "burst"))
    await both(town, echo, echo)
    table = metadata.tables["outbox"]
    rows = await town.read(lambda work: work.connection.execute(table.select()).all())
    assert len(rows) == 5
