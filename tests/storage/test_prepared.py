"""Prepared statements mean what SQLAlchemy's own execution of them means, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Double, bindparam, cast, create_engine, func, select, update
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError

from storage.database import Database, UnitOfWork, open_database
from storage.dialects import among, insert, literal
from storage.prepared import Prepared
from tests.support.notes_table import add, keys, notes

AT = datetime(2026, 3, 28, 23, 45, 0, 7, tzinfo=UTC)

ADD = Prepared(insert(notes).on_conflict_do_nothing().inline(), "key", "state", "amount", "at", "data")
BY_KEY = Prepared(select(notes).where(notes.c.key == bindparam("key")))
MOVE = Prepared(
    update(notes)
    .where(notes.c.state == literal("new"), notes.c.amount >= bindparam("least"))
    .values(state="done", amount=notes.c.amount + 1, at=bindparam("at"))
)


async def test_values_come_back_as_they_were(notebook: Database) -> None:
    """Instants, data, words and None go in and come out as through SQLAlchemy."""
    data = {"text": "Zażółć 🎉 \" ' \\", "none": None, "deep": [1.5, {"a": []}]}
    west = AT.astimezone(timezone(timedelta(hours=-8)))

    def turn(work: UnitOfWork) -> None:
        full = {"key": "a", "state": "new", "amount": 3, "at": west, "data": data}
        ADD.run_many(work.connection, [full, {**full, "key": "b", "at": None, "data": None}])

    await notebook.transact(turn)
    [row] = await notebook.read(lambda work: BY_KEY.rows(work.connection, {"key": "a"}))
    assert (row.key, row.state, row.amount, row.at, row.data) == ("a", "new", 3, AT, data)
    assert row.at.tzinfo is UTC
    empty = await notebook.read(
        lambda work: work.connection.execute(select(notes).order_by(notes.c.key)).all()
    )
    assert (empty[0].data, empty[1].at, empty[1].data) == (data, None, None)
    assert await notebook.read(lambda work: BY_KEY.first(work.connection, {"key": "c"})) is None


async def test_literals_and_parameters_are_used_together(notebook: Database) -> None:
    """Values written in the statement are used, and the number of changed rows comes back."""
    for key, amount in (("a", 1), ("b", 2), ("c", 3)):
        await notebook.transact(add(key, amount=amount))
    assert await notebook.transact(lambda work: MOVE.run(work.connection, {"least": 2, "at": AT})) == 2
    assert await notebook.transact(lambda work: MOVE.run(work.connection, {"least": 2, "at": AT})) == 0
    moved = select(notes.c.key, notes.c.amount, notes.c.at).where(notes.c.state == "done").order_by("key")
    rows = await notebook.read(lambda work: work.connection.execute(moved).all())
    assert rows == [("b", 3, AT), ("c", 4, AT)]


async def test_one_value_of_one_row(notebook: Database) -> None:
    """`value` is the first column, or None where there is no row or no value."""
    latest = Prepared(select(func.max(notes.c.at)))
    assert await notebook.read(lambda work: latest.value(work.connection)) is None
    await notebook.transact(add("a", at=AT))
    assert await notebook.read(lambda work: latest.value(work.connection)) == AT


async def test_a_returning_insert_gives_its_row_once(notebook: Database) -> None:
    """The first insert of a key returns its id, the second nothing."""
    once = Prepared(insert(notes).on_conflict_do_nothing().returning(notes.c.id), "key", "state", "amount")
    row = {"key": "a", "state": "new", "amount": 0}
    assert await notebook.transact(lambda work: once.value(work.connection, row)) == 1
    assert await notebook.transact(lambda work: once.value(work.connection, row)) is None


async def test_errors_are_sqlalchemys_and_hold_no_words_of_people(notebook: Database) -> None:
    """A broken constraint is an IntegrityError without the parameters; the turn loses its own rows only."""
    clashing = Prepared(insert(notes).inline(), "key", "state", "amount")

    def turn(work: UnitOfWork) -> None:
        add("lost")(work)
        clashing.run(work.connection, {"key": "taken", "state": "a secret", "amount": 0})

    await notebook.transact(add("taken"))
    with pytest.raises(IntegrityError) as caught:
        await notebook.transact(turn)
    assert "a secret" not in str(caught.value)
    assert await notebook.read(keys) == ["taken"]


async def test_reads_refuse_writes(notebook: Database) -> None:
    """A prepared write on the reading side fails as any other does."""
    row = {"key": "a", "state": "new", "amount": 0, "at": None, "data": None}
    with pytest.raises((OperationalError, InternalError)):
        await notebook.read(lambda work: ADD.run(work.connection, row))


async def test_a_naive_datetime_is_refused(notebook: Database) -> None:
    """A datetime without a zone names no instant and is not stored."""
    row = {"key": "a", "state": "new", "amount": 0, "at": datetime(2026, 3, 28), "data": None}  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="naive"):
        await notebook.transact(lambda work: ADD.run(work.connection, row))
    assert await notebook.read(keys) == []


async def test_a_lost_connection_is_noticed(migrated_postgresql_url: str) -> None:
    """When PostgreSQL ends the connection under a prepared statement, the turn runs again on a new one."""
    end = Prepared(select(func.pg_terminate_backend(func.pg_backend_pid())))
    first = [True]

    def turn(work: UnitOfWork) -> int | None:
        if first:
            first.pop()
            end.rows(work.connection)
        return work.connection.scalar(select(1))

    database = open_database(migrated_postgresql_url)
    assert await database.transact(turn) == 1
    assert not first
    await database.close()


def test_expanding_parameters_are_refused() -> None:
    """A list of unknown length cannot be prepared, which is said at once it is tried."""
    listed = Prepared(select(notes.c.id).where(notes.c.id.in_(bindparam("ids", expanding=True))))
    with create_engine("sqlite://").connect() as connection, pytest.raises(TypeError, match="expanding"):
        listed.rows(connection, {"ids": [1]})


async def test_floats_come_back_as_they_are(notebook: Database) -> None:
    """A whole one as well, which a database may give as an integer."""
    halves = Prepared(select(cast(notes.c.amount, Double), cast(notes.c.amount, Double) / 2).order_by("key"))
    for key, amount in (("a", 1), ("b", 2)):
        await notebook.transact(add(key, amount=amount))
    found = await notebook.read(lambda work: halves.rows(work.connection))
    assert [tuple(row) for row in found] == [(1.0, 0.5), (2.0, 1.0)]
    assert {type(value) for row in found for value in row} == {float}


async def test_a_condition_takes_many_values_as_one_parameter(notebook: Database) -> None:
    """Texts and numbers, one, several or none, in a statement that is always the same."""
    for key, amount in (("a", 1), ("b, 'é", 2), ("c", 3)):
        await notebook.transact(add(key, amount=amount))
    by_key = Prepared(select(notes.c.key).where(among(notes.c.key, "wanted")).order_by("key"))
    raised = Prepared(update(notes).where(among(notes.c.amount, "from")).values(amount=bindparam("to")))

    def turn(work: UnitOfWork) -> None:
        def found(*wanted: str) -> list[str]:
            return [row.key for row in by_key.rows(work.connection, {"wanted": wanted})]

        def changed(*amounts: int) -> int:
            return raised.run(work.connection, {"from": list(amounts), "to": 9})

        assert found("c", "b, 'é", "nothing") == ["b, 'é", "c"]
        assert found("a") == ["a"]
        assert found() == []
        assert (changed(1, 2, 7), changed(1), changed()) == (2, 0, 0)

    await notebook.transact(turn)
