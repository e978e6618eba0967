"""The hop to the database's threads and back: who shares a commit, who is answered, and when."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from storage.database import Database, UnitOfWork, open_database
from tests.support.databases import sqlite_url
from tests.support.notes_table import add, create_notes, keys


async def open_notes(tmp_path: Path) -> Database:
    """An open SQLite database that has the table `notes`."""
    database = open_database(sqlite_url(tmp_path / "notes.db"))
    await database.transact(create_notes)
    return database


async def test_no_turn_is_answered_before_the_shared_commit(tmp_path: Path) -> None:
    """A turn that has run is answered only once the batch it shares is committed."""
    database = await open_notes(tmp_path)
    queued, first_ran, go_on = threading.Event(), threading.Event(), threading.Event()

    def first(work: UnitOfWork) -> int:
        first_ran.set()
        return add("first")(work)

    gate = asyncio.create_task(database.transact(lambda _: queued.wait()))
    waiters = [asyncio.create_task(database.transact(turn)) for turn in (first, lambda _: go_on.wait())]
    await asyncio.sleep(0)
    queued.set()
    await asyncio.to_thread(first_ran.wait)
    assert await database.read(keys) == []
    assert not any(waiter.done() for waiter in waiters)
    go_on.set()
    assert await asyncio.gather(gate, *waiters) == [True, 1, True]
    assert await database.read(keys) == ["first"]
    await database.close()


async def test_turns_run_in_the_order_they_were_asked_for(tmp_path: Path) -> None:
    """SQLite's one writer takes turns first come, first served, across batches too."""
    database = await open_notes(tmp_path)
    order: list[int] = []

    def turn(n: int) -> Callable[[UnitOfWork], None]:
        return lambda _work: order.append(n)

    await asyncio.gather(*(database.transact(turn(n)) for n in range(300)))
    assert order == list(range(300))
    await database.close()


async def test_a_turn_sees_the_context_of_its_waiter(tmp_path: Path) -> None:
    """Context variables, which logs are bound by, reach the turn; what it sets stays in it."""
    database = await open_notes(tmp_path)
    name: ContextVar[str] = ContextVar("name", default="nobody")
    name.set("ada")

    def turn(_work: UnitOfWork) -> str:
        found = name.get()
        name.set("changed")
        return found

    assert await database.transact(turn) == "ada"
    assert await database.read(turn) == "ada"
    assert name.get() == "ada"
    await database.close()


async def test_two_loops_share_one_database(tmp_path: Path) -> None:
    """Each waiter is answered in the event loop it waits in."""
    database = await open_notes(tmp_path)

    async def elsewhere() -> int:
        return await database.transact(add("elsewhere"))

    here = [database.transact(add(str(n))) for n in range(10)]
    there = asyncio.to_thread(asyncio.run, elsewhere())
    await asyncio.gather(there, *here)
    assert len(await database.read(keys)) == 11
    await database.close()


async def test_a_loop_that_is_gone_does_not_stop_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A turn outlives the event loop that asked for it, and so do the database's threads."""
    database = await open_notes(tmp_path)
    go_on = threading.Event()

    async def leave() -> None:
        asking = asyncio.ensure_future(database.transact(lambda _: go_on.wait()))
        await asyncio.sleep(0)
        asking.cancel()

    await asyncio.to_thread(asyncio.run, leave())
    go_on.set()
    await database.transact(add("a"))
    assert await database.read(keys) == ["a"]
    assert "their event loop had closed" in caplog.text
    await database.close()


async def test_a_failure_that_no_person_waits_for_is_logged_without_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A turn that fails after its waiter left is not lost silently, nor are its people's words logged."""
    database = await open_notes(tmp_path)
    go_on = threading.Event()

    def fails(_work: UnitOfWork) -> None:
        go_on.wait()
        raise ValueError("what Ada wrote")

    waiter = asyncio.create_task(database.transact(fails))
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with caplog.at_level(logging.ERROR):
        await database.transact(add("a"))
    assert "ValueError" in caplog.text
    assert "Ada" not in caplog.text
    await database.close()


async def test_no_connection_is_an_error_for_those_who_wait(tmp_path: Path) -> None:
    """Where the database cannot be opened the turn fails; once it can be, the next one is served."""
    home = tmp_path / "missing"
    database = open_database(sqlite_url(home / "notes.db"))
    with pytest.raises(OperationalError, match="unable to open"):
        await database.transact(create_notes)
    with pytest.raises(OperationalError, match="unable to open"):
        await database.read(keys)
    home.mkdir()
    await database.transact(create_notes)
    assert await database.read(keys) == []
    await database.close()


async def test_the_file_is_complete_after_a_close(tmp_path: Path) -> None:
    """A closed SQLite database is one file: nothing of it is left in a log beside it."""
    database = await open_notes(tmp_path)
    await database.transact(add("a"))
    await database.read(keys)
    await database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.db"]


async def test_closing_while_a_turn_runs_waits_for_it(tmp_path: Path) -> None:
    """`close` returns when the running turn is committed and answered, and the loop stays free."""
    database = await open_notes(tmp_path)
    go_on = threading.Event()

    def slow(work: UnitOfWork) -> int:
        go_on.wait()
        return add("slow")(work)

    turn = asyncio.create_task(database.transact(slow))
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    for _ in range(10):
        await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    await closing
    assert turn.done()
    assert await turn == 1
