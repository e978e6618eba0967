"""Many turns in one commit: what each keeps when others, or the database itself, fail."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.batch import Outcome, TransactionLostError, run_batch, run_reads
from storage.database import open_database
from storage.engines import writer_engine
from storage.errors import describe
from storage.unit_of_work import TurnConnection, UnitOfWork
from storage.urls import parse_url
from tests.support.databases import sqlite_url
from tests.support.notes_table import Note, add, create_notes, keys, notes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the SQLite file."""
    return tmp_path / "notes.db"


@pytest.fixture
def writer(path: Path) -> Iterator[TurnConnection]:
    """The writer's connection to a SQLite file that has the table `notes`."""
    with connected(sqlite_url(path)) as connection:
        yield connection


@pytest.fixture
def either(empty_url: str) -> Iterator[TurnConnection]:
    """The writer's connection to a database that has the table `notes`, on each of the two."""
    with connected(empty_url) as connection:
        yield connection


@contextmanager
def connected(url: str) -> Iterator[TurnConnection]:
    """A writer's connection, with the table `notes` made."""
    connection = TurnConnection(writer_engine(parse_url(url)))
    run_batch(connection, [create_notes])
    yield connection
    connection.hang_up()


def kept(connection: TurnConnection) -> list[str]:
    """The keys of the notes that are committed."""
    [outcome] = run_reads(connection, [keys])
    found: list[str] = outcome.value
    return found


def errors(outcomes: list[Outcome]) -> list[type[Exception] | None]:
    """The kind of each outcome's error."""
    return [None if one.error is None else type(one.error) for one in outcomes]


def big(work: UnitOfWork) -> None:
    """A turn that needs more room than the tests below leave.

    On a table without constraints SQLite keeps no journal of the single statement, so that a full
    disk costs the whole transaction.
    """
    work.connection.execute(text("INSERT INTO heap VALUES (zeroblob(200000))"))


def pragma(connection: TurnConnection, words: str) -> tuple[Any, ...]:
    """Say a pragma outside any transaction; what SQLite answers."""
    driver: Any = connection.connection.driver_connection
    answer: tuple[Any, ...] = driver.execute(f"PRAGMA {words}").fetchone()
    return answer


def leave_room(connection: TurnConnection, pages: int) -> None:
    """Let the file grow by so many pages only: a disk that is nearly full."""
    create = text("CREATE TABLE IF NOT EXISTS heap (bytes)")
    run_batch(connection, [lambda work: work.connection.execute(create)])
    [used] = pragma(connection, "page_count")
    pragma(connection, f"max_page_count={used + pages}")


def test_a_batch_is_one_commit(writer: TurnConnection, path: Path) -> None:
    """Turns of one batch become visible to others together, not one by one."""
    seen = []

    def look(_work: UnitOfWork) -> None:
        with closing(sqlite3.connect(path)) as other:
            seen.append(other.execute("SELECT count(*) FROM notes").fetchone()[0])

    outcomes = run_batch(writer, [add("a"), look, add("b"), look])
    assert seen == [0, 0]
    assert [one.value for one in outcomes] == [1, None, 2, None]
    look(UnitOfWork(writer, in_savepoint=False))
    assert seen[-1] == 2


def test_each_turn_of_a_batch_succeeds_or_fails_alone(either: TurnConnection) -> None:
    """Failures of every kind between good turns cost the good ones nothing."""

    def conflict(work: UnitOfWork) -> None:
        add("lost")(work)
        add("a")(work)

    def late_conflict(work: UnitOfWork) -> None:
        work.session.add(Note(key="lost"))
        work.session.flush()
        work.session.add(Note(key="a"))

    def mistake(work: UnitOfWork) -> None:
        work.session.add(Note(key="lost"))
        raise KeyError

    outcomes = run_batch(either, [add("a"), conflict, add("b"), late_conflict, add("c"), mistake, add("d")])
    assert errors(outcomes) == [None, IntegrityError, None, IntegrityError, None, KeyError, None]
    assert kept(either) == ["a", "b", "c", "d"]


def test_a_swallowed_error_inside_a_batch_is_never_a_silent_loss(either: TurnConnection) -> None:
    """A turn that swallowed a database error is kept whole or failed; its neighbours are kept."""

    def swallows(work: UnitOfWork) -> None:
        add("mine")(work)
        with pytest.raises(IntegrityError):
            add("a")(work)

    outcomes = run_batch(either, [add("a"), swallows, add("b")])
    expected = ["a", "b"] if outcomes[1].error else ["a", "b", "mine"]
    assert errors(outcomes)[::2] == [None, None]
    assert kept(either) == expected


def test_a_lost_transaction_answers_no_turn_and_all_run_again(writer: TurnConnection) -> None:
    """A full disk drops the whole transaction; those who fit are kept, the one who does not fails."""
    runs = []

    def counted(key: str) -> Callable[[UnitOfWork], int]:
        def turn(work: UnitOfWork) -> int:
            runs.append(key)
            return add(key)(work)

        return turn

    leave_room(writer, pages=4)
    outcomes = run_batch(writer, [counted("a"), big, counted("b")])
    assert errors(outcomes) == [None, OperationalError, None]
    assert runs == ["a", "a", "b"]  # b had not begun when the transaction was lost
    assert kept(writer) == ["a", "b"]


def test_a_swallowed_loss_is_noticed(writer: TurnConnection) -> None:
    """A turn that hides a full disk takes no neighbour's confirmed rows with it, nor its own."""

    def swallows(work: UnitOfWork) -> None:
        add("mine")(work)
        with pytest.raises(OperationalError):
            big(work)

    leave_room(writer, pages=4)
    outcomes = run_batch(writer, [add("a"), swallows, add("b")])
    assert errors(outcomes) == [None, TransactionLostError, None]
    assert kept(writer) == ["a", "b"]


def test_work_goes_on_when_there_is_room_again(writer: TurnConnection) -> None:
    """After a full disk the same connection serves on."""
    leave_room(writer, pages=4)
    assert errors(run_batch(writer, [big])) == [OperationalError]
    leave_room(writer, pages=10_000)
    assert errors(run_batch(writer, [big, add("a")])) == [None, None]


def test_a_commit_that_fails_is_nobodys_but_the_guilty_ones(writer: TurnConnection) -> None:
    """Where only COMMIT finds the fault (a deferred key), the others are kept all the same."""
    run_batch(
        writer,
        [
            lambda work: work.connection.execute(
                text(
                    "CREATE TABLE replies (note INTEGER NOT NULL"
                    " REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)"
                )
            )
        ],
    )

    def orphan(work: UnitOfWork) -> None:
        work.connection.execute(text("INSERT INTO replies VALUES (99)"))

    outcomes = run_batch(writer, [add("a"), orphan, add("b")])
    assert errors(outcomes) == [None, IntegrityError, None]
    assert kept(writer) == ["a", "b"]


def test_foreign_keys_are_enforced(writer: TurnConnection) -> None:
    """SQLite keeps references whole only when asked to; the writer asks it to."""
    run_batch(
        writer,
        [
            lambda work: work.connection.execute(
                text("CREATE TABLE replies (note INTEGER NOT NULL REFERENCES notes (id))")
            )
        ],
    )
    orphan = text("INSERT INTO replies VALUES (99)")
    [outcome] = run_batch(writer, [lambda work: work.connection.execute(orphan)])
    assert isinstance(outcome.error, IntegrityError)


@pytest.mark.parametrize("size", [1, 3])
def test_a_kill_inside_a_batch_keeps_none_of_it(writer: TurnConnection, size: int) -> None:
    """What is beyond Exception rolls the whole batch back and passes through to the caller."""

    def killed(_work: UnitOfWork) -> None:
        raise KeyboardInterrupt

    turns = [add("a"), add("b"), killed][-size:]
    with pytest.raises(KeyboardInterrupt):
        run_batch(writer, turns)
    assert kept(writer) == []


def test_a_lock_held_elsewhere_is_waited_for(writer: TurnConnection, path: Path) -> None:
    """Another process's write lock delays a batch beyond one timeout, and does not fail it."""
    pragma(writer, "busy_timeout=20")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.05, other.execute, ["COMMIT"])
        release.start()
        assert errors(run_batch(writer, [add("a"), add("b")])) == [None, None]
        release.join()


def test_a_lock_never_released_fails_the_batch(writer: TurnConnection, path: Path) -> None:
    """When the file stays locked every waiter gets the error, and later turns are served."""
    pragma(writer, "busy_timeout=1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        outcomes = run_batch(writer, [add("a"), add("b")])
        assert errors(outcomes) == [OperationalError, OperationalError]
        assert errors(run_batch(writer, [add("a")])) == [OperationalError]
    assert errors(run_batch(writer, [add("a")])) == [None]


def test_errors_can_be_described_without_what_people_wrote(either: TurnConnection) -> None:
    """`describe` names the fault and its constraint; the values stay out, in whatever dialect."""
    [_, conflict] = run_batch(either, [add("Ada Lovelace"), add("Ada Lovelace")])
    assert conflict.error is not None
    words = describe(conflict.error)
    assert "Unique" in words or "UNIQUE" in words
    assert "Ada" not in words
    assert describe(ValueError("Ada")) == "ValueError"


def failing(sqlstate: str, times: int) -> tuple[Callable[[UnitOfWork], int], list[int]]:
    """A turn that the server fails with this code, so many times; and a list of its runs."""
    runs: list[int] = []
    raising = text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$")

    def turn(work: UnitOfWork) -> int:
        runs.append(len(runs))
        if len(runs) <= times:
            work.connection.execute(raising)
        return add("a")(work)

    return turn, runs


@pytest.mark.parametrize("neighbours", [0, 2])
def test_a_race_lost_is_run_again(postgresql_url: str, neighbours: int) -> None:
    """After a serialization failure or a deadlock the turn runs again, alone (PostgreSQL)."""
    for sqlstate in ("40001", "40P01"):
        with connected(postgresql_url) as connection:
            turn, runs = failing(sqlstate, times=3)
            batch = [*(add(f"{sqlstate}-{n}") for n in range(neighbours)), turn]
            assert errors(run_batch(connection, batch)) == [None] * (neighbours + 1)
            assert len(runs) == 4
            assert "a" in kept(connection)
            run_batch(connection, [lambda work: work.connection.execute(notes.delete())])


def test_a_race_lost_for_ever_is_an_error(postgresql_url: str) -> None:
    """The sixth run does not happen: the waiter gets the error after five (PostgreSQL)."""
    with connected(postgresql_url) as connection:
        turn, runs = failing("40001", times=99)
        assert errors(run_batch(connection, [turn])) == [OperationalError]
        assert len(runs) == 5


def test_another_error_is_not_run_again(postgresql_url: str) -> None:
    """What running again cannot mend is reported at once (PostgreSQL)."""
    with connected(postgresql_url) as connection:
        turn, runs = failing("23505", times=1)
        assert errors(run_batch(connection, [turn])) == [IntegrityError]
        assert len(runs) == 1


def test_a_lost_connection_is_replaced(postgresql_url: str) -> None:
    """When the server ends a connection the turn runs again on a new one (PostgreSQL)."""
    with connected(postgresql_url) as connection, psycopg.connect(postgresql_url) as other:

        def cut(_work: UnitOfWork) -> None:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        assert errors(run_batch(connection, [cut, add("a")])) == [None, None]
        cut(UnitOfWork(connection, in_savepoint=False))
        assert errors(run_batch(connection, [add("b")])) == [None]
        assert errors(run_reads(connection, [keys])) == [None]
        assert kept(connection) == ["a", "b"]


async def test_a_deadlock_is_nobodys_loss(postgresql_url: str) -> None:
    """Two turns that lock each other's rows in opposite order both succeed (PostgreSQL)."""
    database = open_database(postgresql_url)
    await database.transact(create_notes)
    for key in ("a", "b"):
        await database.transact(add(key))
    both_hold_one = threading.Barrier(2)

    def lock(work: UnitOfWork, key: str) -> None:
        work.connection.execute(update(notes).where(notes.c.key == key).values(amount=notes.c.amount + 1))

    def turn(first: str, second: str) -> Callable[[UnitOfWork], None]:
        runs: list[None] = []

        def locks(work: UnitOfWork) -> None:
            runs.append(None)
            work.connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            lock(work, first)
            if len(runs) == 1:
                both_hold_one.wait()
            lock(work, second)

        return locks

    await asyncio.gather(database.transact(turn("a", "b")), database.transact(turn("b", "a")))
    amounts = select(notes.c.amount)
    assert await database.read(lambda work: work.connection.scalars(amounts).all()) == [2, 2]
    await database.close()
