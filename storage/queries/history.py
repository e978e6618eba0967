"""The history: its rows by what they are about, and the chain of their seals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, or_, select, text, update

from storage.prepared import Prepared, Row
from storage.tables import HistoryRow

__all__ = ["about", "chain", "head", "lock", "put_seals", "skipped", "unsealed"]

_ROW: Final = (
    HistoryRow.id,
    HistoryRow.programme_id,
    HistoryRow.subject,
    HistoryRow.parent,
    HistoryRow.what,
    HistoryRow.before,
    HistoryRow.after,
    HistoryRow.alias_id,
    HistoryRow.began_by,
    HistoryRow.at,
    HistoryRow.reason,
    HistoryRow.known_by,
    HistoryRow.position,
    HistoryRow.digest,
)
_OF_PROGRAMME: Final = HistoryRow.programme_id == bindparam("programme")
_IS_UNSEALED: Final = HistoryRow.position.is_(None)

_UNSEALED: Final = Prepared(
    select(*_ROW).where(_OF_PROGRAMME, _IS_UNSEALED).order_by(HistoryRow.id).limit(bindparam("most"))
)
_HEAD: Final = Prepared(
    select(HistoryRow.position, HistoryRow.digest)
    .where(_OF_PROGRAMME, HistoryRow.position.is_not(None))
    .order_by(HistoryRow.position.desc())
    .limit(1)
)
_CHAIN: Final = Prepared(
    select(*_ROW)
    .where(_OF_PROGRAMME, HistoryRow.position > bindparam("after"))
    .order_by(HistoryRow.position)
    .limit(bindparam("most"))
)
_SEAL: Final = Prepared(
    update(HistoryRow)
    .where(HistoryRow.id == bindparam("row"))
    .values(position=bindparam("place"), digest=bindparam("seal"))
)
_SKIPPED: Final = Prepared(
    # What an upgrade writes of earlier times is known by something, and older than the newest seal.
    select(func.count()).where(
        _OF_PROGRAMME, _IS_UNSEALED, HistoryRow.known_by == "", HistoryRow.at < bindparam("before")
    )
)
_PAGE: Final = 500  # rows that are read at once


def lock(connection: Connection, programme_id: int) -> None:
    """Let no other transaction seal this programme's history until this one ends."""
    if connection.dialect.name == "postgresql":
        # On SQLite there is one writer at a time.
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('history'), :programme)"), {"programme": programme_id}
        )


def unsealed(connection: Connection, programme_id: int, most: int) -> list[Row]:
    """Return the oldest rows that have no seal, in the order of their ids."""
    return _UNSEALED.rows(connection, {"programme": programme_id, "most": most})


def head(connection: Connection, programme_id: int) -> Row | None:
    """Return the newest seal, its position and digest; None before the first."""
    return _HEAD.first(connection, {"programme": programme_id})


def put_seals(connection: Connection, seals: Sequence[tuple[int, int, str]]) -> None:
    """Write seals: of each row's id the position and the digest."""
    _SEAL.run_many(connection, [{"row": row, "place": place, "seal": seal} for row, place, seal in seals])


def chain(connection: Connection, programme_id: int) -> Iterator[Row]:
    """Yield every sealed row in the order of its position; read in pages, so any number of rows will do."""
    after = 0
    while rows := _CHAIN.rows(connection, {"programme": programme_id, "after": after, "most": _PAGE}):
        yield from rows
        after = rows[-1].position


def skipped(connection: Connection, programme_id: int, before: Any) -> int:  # noqa: ANN401 - an instant
    """Return how many rows without a seal say that they are older than an instant."""
    return int(_SKIPPED.value(connection, {"programme": programme_id, "before": before}) or 0)


def about(connection: Connection, programme_id: int, subjects: Sequence[str], most: int) -> list[Row]:
    """Return the newest rows about these subjects, and births below them, the newest first."""
    query = (
        select(*_ROW)
        .where(
            HistoryRow.programme_id == programme_id,
            or_(HistoryRow.subject.in_(subjects), HistoryRow.parent.in_(subjects)),
        )
        .order_by(HistoryRow.id.desc())
        .limit(most)
    )
    return list(connection.execute(query))
