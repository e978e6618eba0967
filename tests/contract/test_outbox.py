"""What the outbox promises on both databases: order, one sender at a time, nothing lost between two turns."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.content import dump_message, message
from bot.runtime.delivery import Outcome
from storage.database import Database, UnitOfWork, open_database
from storage.diagnostics import write_a_page
from storage.queries import lanes, outbox
from storage.queries.backlog import read_backlog
from storage.tables import inbox
from storage.tables import outbox as rows_of_outbox
from tests.support.deliveries import NOW, Mailbox, begin, drain, owe, states

LATER = NOW + timedelta(seconds=10)


def change_of(key: str, to: str) -> dict[str, Any]:
    """A change of the message that was owed under this key, to newer words."""
    return {
        "programme_id": 1,
        "key": f"edit:{key}",
        "destination": f"box/@{to}",
        "operation": "edit",
        "target": key,
        "message": dump_message(message("newer")),
        "created_at": NOW,
        "due_at": NOW,
    }


@pytest.fixture
async def post(database: Database) -> Database:
    """A database with a programme."""
    await database.transact(begin)
    return database


async def test_nothing_overtakes_a_message_that_must_wait(post: Database) -> None:
    """What comes while a destination waits follows what waits; other destinations are served meanwhile."""
    box = Mailbox(moods={"one": [Retry(10)]})
    await post.transact(owe(("ada", "one"), ("ada", "two")))
    await drain(post, box)
    await post.transact(owe(("ada", "three"), ("ben", "hello")))
    await drain(post, box, NOW + timedelta(seconds=9))
    assert box.sent == [("ben", "hello")]
    assert await post.read(lambda work: lanes.next_due(work.connection)) == LATER
    await drain(post, box, LATER)
    assert box.sent[1:] == [("ada", "one"), ("ada", "two"), ("ada", "three")]
    assert box.again == []


async def test_one_taken_back_leaves_its_destination_alone_as_long(post: Database) -> None:
    """When the message that waits is withdrawn, what is behind it still waits as the platform asked."""
    box = Mailbox(moods={"one": [Retry(10)]})
    await post.transact(owe(("ada", "one"), ("ada", "two")))
    await drain(post, box)
    await post.transact(lambda work: outbox.withdraw(work.connection, 1, "one"))
    await drain(post, box, NOW + timedelta(seconds=9))
    assert box.sent == []
    await drain(post, box, LATER)
    assert box.sent == [("ada", "two")]


async def test_a_try_of_unknown_fate_is_named_however_long_ago(post: Database) -> None:
    """After an unforeseen error, and a wait after that, the adapter is still informed that it tries again."""
    box = Mailbox(moods={"one": [ValueError("odd"), Retry(60)]})
    await post.transact(owe(("ada", "one")))
    for minutes in range(4):
        await drain(post, box, NOW + timedelta(minutes=minutes))
    assert box.sent == [("ada", "one")]
    assert box.again == ["one", "one"]


async def test_what_a_dead_sender_left_is_taken_up(post: Database) -> None:
    """A message that a person claimed and never reported on is sent again, as another try, in its order."""
    await post.transact(owe(("ada", "one"), ("ada", "two")))
    await post.transact(lambda work: lanes.claim(work.connection, NOW, LATER, 1))
    box = Mailbox()
    await drain(post, box, NOW + timedelta(seconds=9))
    assert box.sent == []
    await drain(post, box, LATER)
    assert box.sent == [("ada", "one"), ("ada", "two")]
    assert box.again == ["one"]


async def test_newer_words_replace_what_waits_and_follow_what_is_on_its_way(post: Database) -> None:
    """A change before the send is the send; a change during it comes after it, as an edit."""
    newer = dump_message(message("newer"))

    async def changed() -> None:
        assert not await post.transact(lambda work: outbox.replace_unsent(work.connection, 1, "two", newer))

    box = Mailbox(moods={"one": [Retry(10)], "two": [changed]})
    await post.transact(owe(("ada", "one"), ("ben", "two")))
    await drain(post, box)
    assert await post.transact(lambda work: outbox.replace_unsent(work.connection, 1, "one", newer))
    await drain(post, box, LATER)
    assert box.sent == [("ben", "two"), ("ada", "newer")]


async def test_what_is_on_its_way_is_not_taken_back(post: Database) -> None:
    """A message whose send has begun may have arrived: it is withdrawn no longer, and its result is kept."""

    async def taken_back() -> None:
        assert not await post.transact(lambda work: outbox.withdraw(work.connection, 1, "one"))

    box = Mailbox(moods={"one": [taken_back]})
    await post.transact(owe(("ada", "one")))
    await drain(post, box)
    assert box.sent == [("ada", "one")]
    assert await post.read(states) == [("one", "sent")]


async def test_a_key_is_queued_once(post: Database) -> None:
    """What two turns owe under the same key is one message, in the words of the first."""
    await post.transact(owe(("ada", "one")))
    await post.transact(owe(("ben", "one"), ("ada", "two")))
    box = Mailbox()
    await drain(post, box)
    assert box.sent == [("ada", "one"), ("ada", "two")]


async def test_a_change_of_unknown_fate_is_made_again(post: Database) -> None:
    """The same change made twice is one change, so it is not left in doubt."""
    box = Mailbox(moods={"newer": [DeliveryUnknown()]})
    await post.transact(owe(("ada", "one")))
    await drain(post, box)
    await post.transact(lambda work: outbox.enqueue(work.connection, [change_of("one", "ada")]))
    await drain(post, box)
    await drain(post, box, LATER)
    assert box.edits == [("1:one", "newer")]


async def test_a_change_waits_for_no_answer_that_never_comes(post: Database) -> None:
    """A change of a message that was refused ends without being sent."""
    box = Mailbox(moods={"one": [Refusal("gone")]})
    await post.transact(owe(("ada", "one")))
    await post.transact(lambda work: outbox.enqueue(work.connection, [change_of("one", "ada")]))
    await drain(post, box)
    await drain(post, box, LATER)
    assert box.edits == []
    assert [state for _, state in await post.read(states)] == ["failed", "withdrawn"]


async def test_a_slow_destination_holds_up_no_other(post: Database) -> None:
    """While one send hangs, what became due to others since then goes out."""
    hang, wanted = asyncio.Event(), asyncio.Event()
    box = Mailbox(moods={"slow": [hang.wait]})
    await post.transact(owe(("ada", "slow")))
    draining = asyncio.create_task(drain(post, box, wanted=wanted))
    await post.transact(owe(("ben", "quick"), ("ada", "after")))
    while not box.sent:
        wanted.set()
        await asyncio.sleep(0)
    assert box.sent == [("ben", "quick")]
    hang.set()
    await draining
    assert box.sent == [("ben", "quick"), ("ada", "slow"), ("ada", "after")]


async def test_a_message_that_was_sent_counts_as_sent(post: Database) -> None:
    """When the listener of losses fails, no message of the round is sent again or counts as unsent."""
    box = Mailbox(moods={"bad": [Refusal("closed")]})

    def fails(_work: UnitOfWork, _outcome: Outcome, _at: object) -> None:
        raise RuntimeError("a bug")

    await post.transact(owe(("ada", "good"), ("ben", "bad")))
    await drain(post, box, lost=fails)
    assert await post.read(states) == [("good", "sent"), ("bad", "failed")]
    assert box.sent == [("ada", "good")]


async def test_two_processes_send_each_message_once_and_in_order(post: Database) -> None:
    """Two that drain one outbox at once share the destinations between them."""
    accounts = [f"p{number}" for number in range(20)]
    await post.transact(owe(*((who, f"{who} {n}") for n in range(10) for who in accounts)))
    box = Mailbox()
    other = open_database(post.url)
    await asyncio.gather(*(drain(database, box) for database in (post, other)))
    while await drain(post, box):
        pass
    await other.close()
    for who in accounts:
        assert [words for to, words in box.sent if to == who] == [f"{who} {n}" for n in range(10)]


@pytest.mark.parametrize("taken_back", [False, True], ids=["changed", "taken back"])
async def test_a_turn_and_a_sender_at_once(post: Database, *, taken_back: bool) -> None:
    """A message that is changed or taken back in a turn that has not ended is not sent as it was."""
    await post.transact(owe(("ada", "old")))
    looked, go_on = threading.Event(), threading.Event()

    def change(work: UnitOfWork) -> bool:
        if taken_back:
            done = outbox.withdraw(work.connection, 1, "old")
        else:
            done = outbox.replace_unsent(work.connection, 1, "old", dump_message(message("new")))
        looked.set()
        go_on.wait()
        return done

    changing = asyncio.create_task(post.transact(change))
    await asyncio.to_thread(looked.wait)
    box = Mailbox()
    draining = asyncio.create_task(drain(post, box))
    await asyncio.sleep(0.05)
    go_on.set()
    assert await changing
    await draining
    assert box.sent == ([] if taken_back else [("ada", "new")])


async def test_each_part_of_a_message_is_found(post: Database) -> None:
    """A person who answers one of the several messages that a platform made of ours has answered ours."""
    await post.transact(owe(("ada", "long"), ("ada", "short"), ("ben", "long too")))
    ids = {"long": "7,8,9", "short": "10", "long too": "7,8"}
    box = Mailbox(ids=ids)
    await drain(post, box)

    def found(reference: str) -> Callable[[UnitOfWork], str | None]:
        def read(work: UnitOfWork) -> str | None:
            row = outbox.by_reference(work.connection, reference)
            return row.key if row else None

        return read

    places = [f"box/dm//ada#{part}" for part in ("7", "8", "9", "10", "1", "7,8,9")]
    keys = [await post.read(found(place)) for place in [*places, "box/dm//ben#8", "box/dm//ben#9"]]
    assert keys == ["long", "long", "long", "short", None, "long", "long too", None]


async def test_a_health_check_writes_and_leaves_nothing(post: Database) -> None:
    """What readiness writes is taken back in the same turn, also where two processes look at once."""
    looks = [post.transact(lambda work: write_a_page(work.connection, NOW)) for _ in range(2)]
    await asyncio.gather(*looks)
    rows = await post.read(lambda work: work.connection.scalar(select(func.count()).select_from(inbox)))
    assert rows == 0


async def test_a_backlog_is_stuck_only_where_nothing_is_sent(post: Database) -> None:
    """By platform: a person's queue is no standstill while others of that platform are sent something."""

    def fill(work: UnitOfWork) -> None:
        row = {"programme_id": 1, "operation": "send", "attempts": 0, "message": [], "created_at": NOW}
        for platform, state, ago in (
            ("slack", "pending", 90),
            ("slack", "sent", 10),
            ("discord", "pending", 70),
        ):
            at = NOW - timedelta(seconds=ago)
            sent = {"sent_at": at if state == "sent" else None, "state": state, "due_at": at}
            to = {"key": f"{platform}{ago}", "destination": f"{platform}/user/a"}
            work.connection.execute(insert(rows_of_outbox).values(**row, **sent, **to))

    await post.transact(fill)
    backlog = await post.read(lambda work: read_backlog(work.connection, NOW))
    assert backlog.waited(NOW) == (90, 0)
    assert backlog.stood_still(NOW) == 70
