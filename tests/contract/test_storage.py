"""What a turn may rely on, held to on SQLite and on PostgreSQL alike."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError

from storage.database import Database, UnitOfWork, open_database
from storage.dialects import insert
from storage.prepared import Prepared
from storage.stems import with_stems
from tests.support.notes_table import Note, add, create_notes, keys, notes


async def until(notebook: Database, key: str) -> None:
    """Return once the note is there."""
    while key not in await notebook.read(keys):
        pass


async def test_what_was_answered_is_there(notebook: Database) -> None:
    """Once a turn is answered, every later read sees its rows."""
    assert await notebook.transact(add("a")) == 1
    assert await notebook.read(keys) == ["a"]


async def test_a_failed_turn_keeps_nothing_and_harms_no_other(notebook: Database) -> None:
    """Of turns asked for together, the one that raises loses its own rows only."""

    def fails(work: UnitOfWork) -> None:
        add("lost")(work)
        raise LookupError("mine alone")

    answers = await asyncio.gather(
        *(notebook.transact(turn) for turn in (add("a"), fails, add("b"))), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [int, LookupError, int]
    assert await notebook.read(keys) == ["a", "b"]


async def test_a_conflict_found_late_harms_no_other_turn(notebook: Database) -> None:
    """A session flushed after the turn returned fails that turn, and no other."""
    await notebook.transact(add("taken"))

    def adds_taken(work: UnitOfWork) -> None:
        add("lost")(work)
        work.session.add(Note(key="taken"))

    answers = await asyncio.gather(
        *(notebook.transact(turn) for turn in (add("a"), adds_taken, add("b"))),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [int, IntegrityError, int]
    assert await notebook.read(keys) == ["a", "b", "taken"]


async def test_a_waiter_may_leave_but_the_turn_goes_on(notebook: Database) -> None:
    """Cancelling the task that waits for a turn does not cancel the turn."""
    started, leave = threading.Event(), threading.Event()

    def slow(work: UnitOfWork) -> None:
        started.set()
        leave.wait()
        add("kept")(work)

    waiter = asyncio.create_task(notebook.transact(slow))
    await asyncio.to_thread(started.wait)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    leave.set()
    await until(notebook, "kept")


async def test_a_turn_whose_waiter_left_the_queue_still_runs(notebook: Database) -> None:
    """A turn that had not begun when its waiter was cancelled is run all the same."""
    leave = threading.Event()
    busy = [asyncio.create_task(notebook.transact(lambda _: leave.wait())) for _ in range(8)]
    waiter = asyncio.create_task(notebook.transact(add("kept")))
    await asyncio.sleep(0)
    waiter.cancel()
    leave.set()
    await asyncio.gather(*busy)
    await until(notebook, "kept")
    assert waiter.cancelled()


async def test_two_at_once_lose_no_increment(notebook: Database) -> None:
    """Turns that lock what they decide on, and decide on it together, do not overwrite each other."""
    note = await notebook.transact(add("counter"))
    locked = select(notes.c.amount).where(notes.c.id == note).with_for_update()

    def increment(work: UnitOfWork) -> None:
        amount = work.connection.execute(locked).scalar_one()
        work.connection.execute(update(notes).where(notes.c.id == note).values(amount=amount + 1))

    await asyncio.gather(*(notebook.transact(increment) for _ in range(40)))
    assert await notebook.read(lambda work: work.session.get_one(Note, note).amount) == 40


@pytest.mark.parametrize(
    "write",
    [add("core"), lambda work: work.session.add(Note(key="orm"))],
    ids=["core", "session"],
)
async def test_a_read_cannot_write(notebook: Database, write: Callable[[UnitOfWork], Any]) -> None:
    """A read that tries to write is refused, whether by statement or by an object left behind."""
    with pytest.raises(DBAPIError, match=r"read-?only"):
        await notebook.read(write)
    assert await notebook.read(keys) == []


async def test_a_read_sees_one_moment(notebook: Database) -> None:
    """What is committed while a read runs is not seen by that read."""
    looked, written = threading.Event(), threading.Event()

    def look_twice(work: UnitOfWork) -> tuple[list[str], list[str]]:
        before = keys(work)
        looked.set()
        written.wait()
        return before, keys(work)

    reading = asyncio.create_task(notebook.read(look_twice))
    await asyncio.to_thread(looked.wait)
    await notebook.transact(add("meanwhile"))
    written.set()
    assert await reading == ([], [])
    assert await notebook.read(keys) == ["meanwhile"]


@pytest.mark.parametrize(
    "end",
    [
        lambda work: work.connection.commit(),
        lambda work: work.connection.rollback(),
        lambda work: work.connection.close(),
        lambda work: work.session.commit(),
        lambda work: work.session.rollback(),
        lambda work: work.session.close(),
        lambda work: work.session.reset(),
    ],
)
async def test_a_turn_does_not_end_its_transaction(
    notebook: Database, end: Callable[[UnitOfWork], None]
) -> None:
    """Commit, rollback and close are refused with a word on what happens instead."""

    def turn(work: UnitOfWork) -> None:
        add("lost")(work)
        end(work)

    with pytest.raises(RuntimeError, match=r"a turn does not .*commits once the turn returns"):
        await notebook.transact(turn)
    assert await notebook.read(keys) == []


async def test_session_and_connection_share_the_transaction(notebook: Database) -> None:
    """A session sees what the connection wrote, and is written before the commit."""

    def turn(work: UnitOfWork) -> int:
        note = add("a")(work)
        work.session.get_one(Note, note).amount = 7
        work.session.add(Note(key="b"))
        return note

    note = await notebook.transact(turn)
    assert await notebook.read(lambda work: work.session.get_one(Note, note).amount) == 7
    assert await notebook.read(keys) == ["a", "b"]


async def test_objects_do_not_expire(notebook: Database) -> None:
    """An object read in a turn keeps its values after it: nothing is fetched behind one's back."""
    note = await notebook.transact(add("a", amount=3))
    kept = await notebook.transact(lambda work: work.session.get_one(Note, note))
    assert (kept.key, kept.amount) == ("a", 3)


async def test_a_swallowed_flush_error_still_fails_the_turn(notebook: Database) -> None:
    """A turn cannot go on as if its session had written what it had not."""
    await notebook.transact(add("taken"))

    def turn(work: UnitOfWork) -> None:
        add("lost")(work)
        work.session.add(Note(key="taken"))
        with pytest.raises(IntegrityError):
            work.session.flush()

    answers = await asyncio.gather(
        *(notebook.transact(one) for one in (add("a"), turn, add("b"))), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [int, PendingRollbackError, int]
    assert await notebook.read(keys) == ["a", "b", "taken"]


async def test_a_swallowed_database_error_is_never_answered_with_a_loss(
    notebook: Database,
) -> None:
    """Where a database gives up the transaction after an error, the turn fails; else it is kept."""
    await notebook.transact(add("taken"))

    def turn(work: UnitOfWork) -> None:
        add("mine")(work)
        with pytest.raises(IntegrityError):
            add("taken")(work)

    try:
        await notebook.transact(turn)
    except Exception:  # noqa: BLE001  # which one is the notebook's choice
        assert await notebook.read(keys) == ["taken"]
    else:
        assert await notebook.read(keys) == ["mine", "taken"]


async def test_a_savepoint_inside_a_turn_can_be_given_up(notebook: Database) -> None:
    """A turn may try something in a savepoint, fail there, and go on."""
    await notebook.transact(add("taken"))

    def turn(work: UnitOfWork) -> None:
        add("b")(work)
        with pytest.raises(IntegrityError), work.connection.begin_nested():
            work.connection.execute(insert(notes), [{"key": "lost"}, {"key": "taken"}])
        with work.session.begin_nested():
            work.session.add(Note(key="a"))

    await asyncio.gather(notebook.transact(turn), notebook.transact(add("c")))
    assert await notebook.read(keys) == ["a", "b", "c", "taken"]


async def test_a_savepoint_left_open_fails_its_turn_only(notebook: Database) -> None:
    """A forgotten savepoint is an error, and the turns after it are whole."""

    def forgets(work: UnitOfWork) -> None:
        work.connection.begin_nested()
        add("lost")(work)

    answers = await asyncio.gather(
        *(notebook.transact(turn) for turn in (add("a"), forgets, forgets, add("b"))),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [int, RuntimeError, RuntimeError, int]
    assert await notebook.read(keys) == ["a", "b"]


async def test_close_finishes_what_was_asked_for(empty_url: str) -> None:
    """Turns asked for before the close are answered; later ones are refused."""
    database = open_database(empty_url)
    await database.transact(create_notes)
    asked = [asyncio.create_task(database.transact(add(str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    assert len(await asyncio.gather(*asked)) == 20
    for refused in (database.transact, database.read):
        with pytest.raises(RuntimeError, match="closed"):
            await refused(keys)


async def test_any_exception_reaches_its_waiter(notebook: Database) -> None:
    """Even those a future cannot carry, and those that would end a thread, leave no waiter waiting."""

    def stops(_work: UnitOfWork) -> None:
        raise StopIteration

    def exits(_work: UnitOfWork) -> None:
        raise SystemExit(1)

    for turn in (stops, exits):
        with pytest.raises(RuntimeError, match=r"StopIteration|SystemExit"):
            await notebook.transact(turn)
    await notebook.transact(add("a"))
    assert await notebook.read(keys) == ["a"]


def test_turns_run_inline_too(empty_url: str) -> None:
    """Without threads and without a loop: the same turns, values, errors and refusals."""
    database = open_database(empty_url, inline=True)
    database.transact_inline(create_notes)
    assert database.transact_inline(add("a")) == 1
    with pytest.raises(IntegrityError):
        database.transact_inline(add("a"))
    with pytest.raises(DBAPIError, match=r"read-?only"):
        database.read_inline(add("b"))
    assert database.read_inline(keys) == ["a"]
    database.close_inline()
    with pytest.raises(RuntimeError, match="closed"):
        database.read_inline(keys)


async def test_an_inline_database_can_be_awaited(empty_url: str) -> None:
    """The awaitable calls of an inline database run the turn there and then, in this thread."""
    database = open_database(empty_url, inline=True)
    await database.transact(create_notes)
    assert await database.transact(lambda _work: threading.current_thread()) is (threading.current_thread())
    assert await database.read(keys) == []
    await database.close()


async def test_a_kill_inside_an_inline_turn_keeps_nothing(empty_url: str) -> None:
    """What is beyond Exception, as a simulated kill is, rolls back and passes through."""

    class Killed(BaseException):
        """A simulated kill."""

    def dies(work: UnitOfWork) -> None:
        add("lost")(work)
        raise Killed

    database = open_database(empty_url, inline=True)
    database.transact_inline(create_notes)
    with pytest.raises(Killed):
        database.transact_inline(dies)
    database.transact_inline(add("a"))
    assert database.read_inline(keys) == ["a"]
    database.close_inline()


async def test_rows_are_found_by_many_stems(notebook: Database) -> None:
    """A row has a stem alone or before the mark: "a:1" is a stem of "a:1:x", and not of "a:10"."""
    for key in ("a:1", "a:1:x", "a:10", "a:2:y", "b:1"):
        await notebook.transact(add(key))
    wanted = Prepared(with_stems(select(notes.c.key), ":", "stems", notes.c.key))
    found = await notebook.read(lambda work: wanted.rows(work.connection, {"stems": ["a:1", "a:2", "c:1"]}))
    assert sorted(row.key for row in found) == ["a:1", "a:1:x", "a:2:y"]
