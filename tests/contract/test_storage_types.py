"""What the column types and statements mean, the same on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from msgspec import Struct, ValidationError
from sqlalchemy import func, inspect, select, text, type_coerce
from sqlalchemy.exc import StatementError

from storage.database import Database, UnitOfWork
from storage.dialects import insert
from storage.tables import Code, Programme
from storage.tables.values import CodePayload
from storage.types import JSON
from tests.support.notes_table import add, keys, notes


class Weight(Struct, frozen=True):
    """A Struct with a number in it."""

    number: float


async def test_an_expected_conflict_is_no_error(notebook: Database) -> None:
    """The first insert of a key returns its row, the second returns none, and both turns live."""
    once = insert(notes).on_conflict_do_nothing(index_elements=["key"]).returning(notes.c.id, notes.c.at)

    def turn(work: UnitOfWork) -> int | None:
        return work.connection.execute(once, {"key": "same", "state": "new"}).scalar()

    answers = await asyncio.gather(*(notebook.transact(turn) for _ in range(5)))
    assert sum(answer is not None for answer in answers) == 1
    assert await notebook.read(keys) == ["same"]


async def test_an_upsert_by_a_partial_index(notebook: Database) -> None:
    """A newer row replaces the pending one of the same kind, and leaves one that is done alone."""
    statement = insert(notes)
    replace = statement.on_conflict_do_update(
        index_elements=["amount"],
        index_where=text("state = 'pending'"),
        set_={"key": statement.excluded.key},
    )

    def turn(key: str, state: str) -> Callable[[UnitOfWork], object]:
        return lambda work: work.connection.execute(replace, [{"key": key, "state": state, "amount": 5}])

    for key, state in (("done", "done"), ("first", "pending"), ("second", "pending")):
        await notebook.transact(turn(key, state))
    assert await notebook.read(keys) == ["done", "second"]


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 3, 28, 23, 45, tzinfo=UTC),
        datetime(2026, 3, 28, 23, 45, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        None,
    ],
)
async def test_an_instant_comes_back_as_it_was(notebook: Database, instant: datetime | None) -> None:
    """An aware datetime comes back equal, in UTC, to the microsecond; no datetime as None."""
    await notebook.transact(add("a", at=instant))
    back = await notebook.read(lambda work: work.connection.scalar(select(notes.c.at)))
    assert back == instant
    assert back is None or back.tzinfo is UTC


async def test_a_naive_datetime_is_refused(notebook: Database) -> None:
    """A datetime without a zone names no instant and is not stored."""
    with pytest.raises(StatementError, match="naive"):
        await notebook.transact(add("a", at=datetime(2026, 3, 28)))  # noqa: DTZ001  # the point
    assert await notebook.read(keys) == []


async def test_instants_compare_in_the_database(notebook: Database) -> None:
    """Order and comparison in SQL are those of the instants, across zones and fractions."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    west = timezone(timedelta(hours=-8))
    instants = {
        "b": start + timedelta(microseconds=1),
        "a": start,
        "d": (start + timedelta(seconds=1)).astimezone(west),
        "c": start + timedelta(microseconds=10),
    }
    for key, instant in instants.items():
        await notebook.transact(add(key, at=instant))

    def ordered(work: UnitOfWork) -> list[str]:
        return list(work.connection.scalars(select(notes.c.key).order_by(notes.c.at)))

    def due(work: UnitOfWork) -> int | None:
        by = (start + timedelta(microseconds=1)).astimezone(west)
        return work.connection.scalar(select(func.count()).where(notes.c.at <= by))

    assert await notebook.read(ordered) == ["a", "b", "c", "d"]
    assert await notebook.read(due) == 2


@pytest.mark.parametrize(
    "data",
    [
        {"text": "Zażółć 🎉 <b> \\ \" ' \n", "none": None, "n": 1.5, "deep": [{"a": []}]},
        [],
        {},
        "",
        0,
        False,
        None,
    ],
)
async def test_plain_data_comes_back_as_it_was(notebook: Database, data: object) -> None:
    """JSON values come back equal; None is SQL NULL, not the word null."""
    await notebook.transact(add("a", data=data))
    assert await notebook.read(lambda work: work.connection.scalar(select(notes.c.data))) == data
    nulls = select(func.count()).where(notes.c.data.is_(None))
    counted = await notebook.read(lambda work: work.connection.scalar(nulls))
    assert counted == int(data is None)


@pytest.mark.parametrize(
    "data",
    [
        float("nan"),
        {"none": None, "deep": [{"n": float("inf")}]},
        Weight(float("-inf")),
        "\ud800",
        {1: "a number for a key"},
        {"at": object()},
    ],
)
async def test_what_is_no_json_is_refused(notebook: Database, data: object) -> None:
    """What one notebook could not store, neither stores."""
    with pytest.raises((StatementError, ValueError, TypeError)):
        await notebook.transact(add("a", data=data))
    assert await notebook.read(keys) == []


async def test_a_struct_comes_back_as_plain_data(notebook: Database) -> None:
    """A Struct needs no shape of the column's to be stored."""
    await notebook.transact(add("a", data=Weight(1.5)))
    assert await notebook.read(lambda work: work.connection.scalar(select(notes.c.data))) == {"number": 1.5}


async def test_the_order_of_keys_is_not_to_be_relied_on(notebook: Database) -> None:
    """An object's keys come back in the database's order, on SQLite too, so tests would notice."""
    await notebook.transact(add("a", data={"b": 1, "a": 2}))
    data = await notebook.read(lambda work: work.connection.scalar(select(notes.c.data)))
    assert list(data or {}) == ["a", "b"]


async def test_a_fee_may_need_more_than_32_bits(database: Database) -> None:
    """Thirty million rupiah is an ordinary fee, and is kept as three thousand million hundredths."""
    now = datetime(2026, 3, 9, tzinfo=UTC)

    def turn(work: UnitOfWork) -> None:
        made = Programme(name="R", zone="Asia/Jakarta", fee_floor_cents=3_000_000_000, created_at=now)
        work.session.add(made)
        work.session.flush()

    await database.transact(turn)
    floor = select(Programme.fee_floor_cents)
    assert await database.read(lambda work: work.session.scalar(floor)) == 3_000_000_000


async def test_every_amount_has_64_bits(database: Database) -> None:
    """In each table that keeps one, also where it came before others did; SQLite has no smaller integers."""

    def types(work: UnitOfWork) -> set[str]:
        look = inspect(work.connection)
        found = (column for table in look.get_table_names() for column in look.get_columns(table))
        return {str(column["type"]) for column in found if column["name"].endswith("_cents")}

    dialect = await database.read(lambda work: work.connection.dialect.name)
    assert await database.read(types) == {"INTEGER" if dialect == "sqlite" else "BIGINT"}


async def test_structs_are_stored_as_their_json(database: Database) -> None:
    """A column of Structs gives what was stored; the database holds plain JSON, and refuses nothing old."""
    at, raw = datetime(2026, 3, 9, 8, 0, tzinfo=UTC), type_coerce(Code.payload, JSON)

    def put(work: UnitOfWork) -> None:
        for number, payload in enumerate((CodePayload(), CodePayload(claimed="terminal/ada"))):
            code = Code(kind="link", digest=f"{number}", payload=payload, created_at=at, expires_at=at)
            work.session.add(code)

    await database.transact(put)
    kept = await database.read(
        lambda work: list(work.session.scalars(select(Code.payload).order_by(Code.id)))
    )
    assert kept == [CodePayload(), CodePayload(claimed="terminal/ada")]
    stored = await database.read(lambda work: list(work.session.scalars(select(raw).order_by(Code.id))))
    assert stored == [{}, {"claimed": "terminal/ada"}]
    odd = text("UPDATE codes SET payload = '{\"claimed\": 5}'")
    await database.transact(lambda work: work.connection.execute(odd))
    with pytest.raises(ValidationError):
        await database.read(lambda work: list(work.session.scalars(select(Code.payload))))
