"""What lanes promise on both databases: news before repairs, waits that last, and doubt about one alone."""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.content import dump_message, message
from bot.runtime.delivery import LEASE
from storage.database import Database, UnitOfWork
from storage.queries import lanes, outbox, unknown_deliveries
from storage.tables import outbox as rows
from tests.support.deliveries import NOW, Mailbox, begin, drain, owe, states

SIX = tuple(f"#c{number}" for number in range(6))
HOUR = timedelta(hours=1)


@pytest.fixture
async def post(database: Database) -> Database:
    """A database with a programme."""
    await database.transact(begin)
    return database


def change(key: str, to: str, words: str = "newer") -> Callable[[UnitOfWork], None]:
    """A turn that changes the message owed under this key to this account."""
    row: dict[str, Any] = {
        "programme_id": 1,
        "key": f"edit:{key}:{words}",
        "destination": f"box/@{to}",
        "operation": "edit",
        "target": key,
        "message": dump_message(message(words)),
        "created_at": NOW,
        "due_at": NOW,
    }
    return lambda work: outbox.enqueue(work.connection, [row])


def doubtful(work: UnitOfWork) -> list[int]:
    """The numbers of the messages in doubt."""
    return [row.id for row in unknown_deliveries.in_doubt(work.connection, 1)]


async def dies(post: Database, box: Mailbox) -> None:
    """A process delivers until something hangs, and is gone; another one takes up what it left."""
    draining = asyncio.create_task(drain(post, box))
    await asyncio.wait_for(_hanging(box), 10)
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    await post.transact(lambda work: lanes.reclaim_orphans(work.connection, NOW))


async def _hanging(box: Mailbox) -> None:
    while not box.hanging:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.005)


async def test_a_death_leaves_in_doubt_only_what_began(post: Database) -> None:
    """Six channels, two sent, killed: the fate of the third is unknown, the other three were never begun."""
    box = Mailbox(moods={"c2": ["hangs"]})
    await post.transact(owe(*((to, to[1:]) for to in SIX)))
    await dies(post, box)
    assert [words for _, words in box.sent] == ["c0", "c1"]
    later = Mailbox()
    await drain(post, later)
    assert later.again == ["c2"]
    assert [words for _, words in later.sent] == ["c2", "c3", "c4", "c5"]
    assert {state for _, state in await post.read(states)} == {"sent"}


async def test_a_slow_message_of_a_space_does_not_hold_up_the_others_for_long(post: Database) -> None:
    """In places where one goes after another, a call that hangs is left behind."""
    hang = asyncio.Event()
    box = Mailbox(moods={"c0": [hang.wait]})
    await post.transact(owe(*((to, to[1:]) for to in SIX)))
    draining = asyncio.create_task(drain(post, box))
    async with asyncio.timeout(20):
        while len(box.sent) < 5:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
    hang.set()
    await draining
    assert [words for _, words in box.sent] == ["c1", "c2", "c3", "c4", "c5", "c0"]


async def test_what_waits_for_its_turn_can_be_changed_and_taken_back(post: Database) -> None:
    """A claimed message whose send has not begun is still unsent: newer words are sent, or nothing is."""
    newer = dump_message(message("newer"))

    async def changed() -> None:
        assert await post.transact(lambda work: outbox.replace_unsent(work.connection, 1, "c1", newer))
        assert await post.transact(lambda work: outbox.withdraw(work.connection, 1, "c2"))

    box = Mailbox(moods={"c0": [changed]})
    await post.transact(owe(*((to, to[1:]) for to in SIX[:3])))
    await drain(post, box)
    assert [words for _, words in box.sent] == ["c0", "newer"]


async def test_what_another_process_took_up_is_not_sent_twice(post: Database) -> None:
    """A message that waits for its turn so long that its lease runs out is the other process's to send."""
    hang, hangs = asyncio.Event(), asyncio.Event()

    async def waits() -> None:
        hangs.set()
        await hang.wait()

    box, other = Mailbox(moods={"c0": [waits]}), Mailbox()
    await post.transact(owe(*((to, to[1:]) for to in SIX[:2])))
    draining = asyncio.create_task(drain(post, box))
    await hangs.wait()
    await post.transact(lambda work: lanes.reclaim_orphans(work.connection, NOW))
    await drain(post, other)
    hang.set()
    await draining
    assert (other.again, [words for _, words in other.sent]) == (["c0"], ["c0", "c1"])
    assert [words for _, words in box.sent] == ["c0"]


async def test_a_refusal_says_nothing_of_the_try_before(post: Database) -> None:
    """Sent, and the process died; the next try is refused; owed again, it is looked for, in its words."""
    box = Mailbox(moods={"one": ["hangs"]})
    await post.transact(owe(("ada", "one")))
    await dies(post, box)
    await post.transact(owe(("ben", "two")))
    await drain(post, Mailbox(moods={"one": [Refusal("no")], "two": [Refusal("no")]}))
    for key in ("one", "two"):
        await post.transact(partial(owed_again, key=key))
    later = Mailbox()
    await drain(post, later)
    assert sorted(later.sent) == [("ada", "one"), ("ben", "newer")]
    assert later.again == ["one"]


def owed_again(work: UnitOfWork, key: str) -> None:
    """Owe a refused message again, and newer words for it if no send of it has begun."""
    assert outbox.enqueue_again(work.connection, 1, key, NOW)
    outbox.replace_unsent(work.connection, 1, key, dump_message(message("newer")))


async def test_a_wait_outlives_the_process(post: Database) -> None:
    """How long a destination wants to be left alone is known to the next process."""
    box = Mailbox(moods={"one": [Retry(600)], "two": ["hangs"]})
    await post.transact(owe(("ada", "one"), ("ben", "two")))
    await dies(post, box)
    later = Mailbox()
    await drain(post, later, NOW + timedelta(seconds=599))
    assert later.sent == [("ben", "two")]
    await drain(post, later, NOW + timedelta(seconds=600))
    assert later.sent == [("ben", "two"), ("ada", "one")]


@pytest.mark.parametrize(
    ("asked", "waited"), [(math.inf, HOUR), (1e12, HOUR), (math.nan, HOUR), (-5, timedelta(seconds=0.1))]
)
async def test_no_wait_is_for_ever(post: Database, asked: float, waited: timedelta) -> None:
    """However long a platform wants to be left alone, it is asked again after an hour at the latest."""
    box = Mailbox(moods={"one": [Retry(asked)]})
    await post.transact(owe(("ada", "one")))
    await drain(post, box)
    assert await post.read(lambda work: lanes.next_due(work.connection)) == NOW + waited
    await drain(post, box, NOW + waited)
    assert box.sent == [("ada", "one")]


async def test_news_come_before_repairs(post: Database) -> None:
    """Of what is due, a new message is claimed first, however many changes were owed before it."""
    await post.transact(owe(*((f"p{number}", f"card {number}") for number in range(30))))
    box = Mailbox()
    await drain(post, box)
    for number in range(30):
        await post.transact(change(f"card {number}", f"p{number}"))
    await post.transact(owe(("ada", "news")))
    claimed = await post.transact(lambda work: lanes.claim(work.connection, NOW, NOW + LEASE, 1))
    assert [row.key for row in claimed] == ["news"]


async def test_a_new_message_waits_for_no_change(post: Database) -> None:
    """While a platform takes no changes in a place, what is new there is posted."""
    box = Mailbox(moods={"newer": [Retry(90)]})
    await post.transact(owe(("ada", "card")))
    await drain(post, box)
    await post.transact(change("card", "ada"))
    await drain(post, box)
    await post.transact(owe(("ada", "news")))
    await drain(post, box, NOW + timedelta(seconds=1))
    assert (box.sent, box.edits) == ([("ada", "card"), ("ada", "news")], [])
    await drain(post, box, NOW + timedelta(seconds=90))
    assert box.edits == [("1:card", "newer")]


async def test_a_change_never_overtakes_its_own_message(post: Database) -> None:
    """A change of a message that must wait comes after it, and holds up no other change of the place."""
    box = Mailbox(moods={"two": [ValueError("odd")]})
    await post.transact(owe(("ada", "one"), ("ada", "two")))
    await drain(post, box)
    await post.transact(change("two", "ada", "two, newer"))
    await post.transact(change("one", "ada", "one, newer"))
    await drain(post, box, NOW + timedelta(seconds=1))
    assert box.edits == [("1:one", "one, newer")]
    for seconds in (5, 10, 15):
        await drain(post, box, NOW + timedelta(seconds=seconds))
    assert box.sent == [("ada", "one"), ("ada", "two")]
    assert box.edits == [("1:one", "one, newer"), ("1:two", "two, newer")]


async def test_a_change_of_a_message_in_doubt_waits_for_the_answer(post: Database) -> None:
    """It is neither made nor lost; newer words take its place; posted again, the message is changed."""
    box = Mailbox(moods={"card": [DeliveryUnknown()]})
    await post.transact(owe(("ada", "card")))
    await post.transact(change("card", "ada", "old"))
    await drain(post, box)
    newest = dump_message(message("newest"))
    assert await post.transact(lambda work: outbox.replace_unsent(work.connection, 1, "card", newest))
    await drain(post, box, NOW + HOUR)
    assert (box.sent, box.edits) == ([], [])
    [number] = await post.read(doubtful)
    assert await post.transact(lambda work: unknown_deliveries.post_again(work.connection, 1, number, NOW))
    assert not await post.transact(
        lambda work: unknown_deliveries.post_again(work.connection, 1, number, NOW)
    )
    for minutes in range(3):
        await drain(post, box, NOW + timedelta(minutes=minutes))
    assert (box.sent, box.edits) == ([("ada", "card")], [(f"1:card:again:{NOW.isoformat()}", "newest")])
    assert box.again == []


async def test_posted_again_by_a_person_it_is_another_message(post: Database) -> None:
    """It may bring newer words, so a platform that knows keys must not take it for the first one."""
    await post.transact(owe(("ada", "card")))
    await drain(post, Mailbox())
    told = [await post.read(reference)]
    for minutes in (1, 2):
        at = NOW + timedelta(minutes=minutes)
        await post.transact(partial(doubted_and_posted_again, at=at))
        await drain(post, Mailbox(), at)
        told.append(await post.read(reference))
    assert len(set(told)) == 3


def doubted_and_posted_again(work: UnitOfWork, at: datetime) -> None:
    """The only message is in doubt, and a coordinator has it posted again."""
    work.connection.execute(rows.update().values(state="unknown"))
    [number] = doubtful(work)
    assert unknown_deliveries.post_again(work.connection, 1, number, at)


def reference(work: UnitOfWork) -> str:
    """Return the place of the only message, which the mailbox calls by the key it was given."""
    return str(work.connection.execute(select(rows.c.reference)).scalar_one())


def held_and_released(work: UnitOfWork, key: str) -> None:
    """A refused message is held because its place is shut, and released because it is open."""
    outbox.hold_lost(work.connection, 1, key)
    account = "box/@ada" if key == "one" else "box/@ben"
    outbox.release_held(work.connection, 1, [account])


async def test_what_began_before_a_place_was_shut_is_looked_for_when_it_is_open(post: Database) -> None:
    """Sent, and the process died; the next try finds the place shut; held and released, it is no new one."""
    box = Mailbox(moods={"one": ["hangs"]})
    await post.transact(owe(("ada", "one")))
    await dies(post, box)
    await post.transact(owe(("ben", "two")))
    shut = Mailbox(moods={"one": [Refusal("no")], "two": [Refusal("no")]})
    await drain(post, shut)
    for key in ("one", "two"):
        await post.transact(partial(held_and_released, key=key))
    later = Mailbox()
    await drain(post, later)
    assert sorted(to for to, _ in later.sent) == ["ada", "ben"]
    assert later.again == ["one"]


async def test_a_message_is_looked_for_after_the_last_one_before_it(post: Database) -> None:
    """What was sent while its place was shut is known to be another message, and not to be an older one."""
    ids = {"before": "1", "after": "3"}
    moods: dict[str, Any] = {"one": ["hangs"]}
    await post.transact(owe(("ada", "before"), at=NOW - HOUR))
    await drain(post, Mailbox(ids=ids), NOW - HOUR)
    await post.transact(owe(("ada", "one")))
    await dies(post, Mailbox(moods=moods))
    await drain(post, Mailbox(moods={"one": [Refusal("no")]}))
    await post.transact(lambda work: outbox.hold_lost(work.connection, 1, "one"))
    await post.transact(owe(("ada", "after")))
    await drain(post, Mailbox(ids=ids), NOW + HOUR)
    await post.transact(lambda work: outbox.release_held(work.connection, 1, ["box/@ada"]))
    box = Mailbox()
    await drain(post, box, NOW + 2 * HOUR)
    assert box.looked == [(frozenset({"1", "3"}), "1")]


async def test_a_refusal_of_a_later_part_counts_as_a_try(post: Database) -> None:
    """Its first part is there: sent once more it is looked for, as it was worded then."""
    refusal = Refusal("no")
    refusal.unsure = True
    await post.transact(owe(("ada", "one")))
    await drain(post, Mailbox(moods={"one": [refusal]}))
    await post.transact(partial(owed_again, key="one"))
    later = Mailbox()
    await drain(post, later)
    assert (later.sent[0], later.again) == (("ada", "one"), ["one"])


@pytest.mark.parametrize("found", [True, False], ids=["found", "not found"])
async def test_a_message_that_is_there_is_looked_for(post: Database, *, found: bool) -> None:
    """A person says that it is there: it counts as sent, and is changed where it can be found."""
    arrived = [("ada", "card")] if found else []
    box = Mailbox(moods={"card": [DeliveryUnknown()]}, sent=list(arrived))
    await post.transact(owe(("ada", "card")))
    await drain(post, box)
    await post.transact(change("card", "ada"))
    await drain(post, box)
    [number] = await post.read(doubtful)
    assert await post.transact(lambda work: unknown_deliveries.take_as_sent(work.connection, 1, number, NOW))
    await drain(post, box)
    await drain(post, box, NOW + timedelta(minutes=1))
    assert box.edits == ([("1:card", "newer")] if found else [])
    ended = await post.read(states)
    assert ended[:2] == [("card", "sent"), ("edit:card:newer", "sent" if found else "failed")]
    assert box.sent == arrived


async def test_nothing_of_another_programme_is_settled(post: Database) -> None:
    """The number of a message in doubt is worth nothing in another programme."""
    await post.transact(owe(("ada", "card")))
    await drain(post, Mailbox(moods={"card": [DeliveryUnknown()]}))
    [number] = await post.read(doubtful)
    for answer in (unknown_deliveries.post_again, unknown_deliveries.take_as_sent):
        assert not await post.transact(lambda work, say=answer: say(work.connection, 2, number, NOW))  # type: ignore[misc]  # mypy does not type a lambda's default
    assert await post.read(doubtful) == [number]


async def test_a_clock_set_back_makes_nothing_wait_longer(post: Database) -> None:
    """What was owed at once goes at once, a lane waits as long as it would have, plans keep their hour."""
    box = Mailbox(moods={"one": [Retry(60)]})
    await post.transact(owe(("ada", "one"), ("ben", "planned")))
    planned = rows.update().where(rows.c.key == "planned").values(due_at=NOW + timedelta(seconds=1))
    await post.transact(lambda work: work.connection.execute(planned))
    await drain(post, box)
    await post.transact(owe(("chi", "at once")))
    earlier = NOW - timedelta(minutes=10)
    by = NOW - earlier
    await post.transact(lambda work: lanes.set_back(work.connection, earlier, by, LEASE, HOUR))
    await drain(post, box, earlier)
    assert box.sent == [("chi", "at once")]
    await drain(post, box, earlier + timedelta(seconds=60))
    assert box.sent == [("chi", "at once"), ("ada", "one")]


async def test_a_clock_set_forward_sends_nothing_twice(post: Database) -> None:
    """A lease that seems to have run out is not taken up by the very process that is sending."""
    at, wanted = [NOW], asyncio.Event()

    async def jumps() -> None:
        at[0] += HOUR
        wanted.set()
        await asyncio.sleep(0.05)

    box = Mailbox(moods={"one": [jumps]})
    await post.transact(owe(("ada", "one")))
    await drain(post, box, now=lambda: at[0], wanted=wanted)
    assert (box.sent, box.again) == ([("ada", "one")], [])
    found = await post.read(lambda work: work.connection.execute(select(rows.c.attempts)).scalar_one())
    assert found == 1
