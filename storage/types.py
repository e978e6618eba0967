"""Column types that mean the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from msgspec import convert, to_builtins
from sqlalchemy import JSON as PLAIN_JSON
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

# "2026-03-28T23:45:00.000000+00:00": always this long, so text order is time order.
INSTANT_LENGTH: Final = 32


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware datetimes go in, aware UTC datetimes come out, to the microsecond.

    SQLite has no type for instants; there it is ISO 8601 text of a fixed width, so that it sorts,
    compares and indexes as the instants do. PostgreSQL keeps a `timestamptz`.

    Raises:
        ValueError: (on binding, wrapped by SQLAlchemy as StatementError) the datetime is naive.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return text on SQLite, `timestamptz` elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(INSTANT_LENGTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401  # text or datetime, by dialect
        """Convert to UTC; refuse naive datetimes."""
        if value is None:
            return None
        return _as_text(value) if dialect.name == "sqlite" else _to_utc(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401  # text or datetime, by dialect
        """Return an aware UTC datetime."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else _to_utc(value)


@lru_cache(1024)  # a turn writes its instant into a row several times
def _as_text(value: datetime) -> str:
    return _to_utc(value).isoformat(timespec="microseconds")


def _to_utc(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise ValueError(f"a naive datetime names no instant: {value!r}; give it a time zone")
    return value.astimezone(UTC)


def in_order(most: int) -> String:
    """Return the type of a text that is kept in the order of its characters, as SQLite keeps all texts.

    An index then finds beginnings (`storage.dialects.begins`); in the order of a language it finds none.
    """
    return String(most).with_variant(String(most, collation="C"), "postgresql")


# Plain data. None is SQL NULL. The order of an object's keys is NOT kept (JSONB forgets it, and
# storage/engines.py sorts the keys on SQLite so that no code comes to rely on it there), and a
# value changed in place is not noticed by the ORM: assign a new value.
JSON: Final[TypeEngine[Any]] = PLAIN_JSON(none_as_null=True).with_variant(
    JSONB(none_as_null=True), "postgresql"
)


class StructJSON(TypeDecorator[Any]):
    """JSON that is read and written as Structs: `shape` is a Struct, or a list of it.

    A stored value is checked when it is read. None is SQL NULL, as with `JSON`.

    Raises:
        msgspec.ValidationError: (on reading) the stored value is of another shape.
    """

    impl = PLAIN_JSON
    cache_ok = True

    def __init__(self, shape: Any) -> None:  # noqa: ANN401 - a class, or a generic alias
        super().__init__(none_as_null=True)
        self.shape = shape

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what `JSON` is in this database."""
        return dialect.type_descriptor(JSON.dialect_impl(dialect))

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        """Let a part of the JSON be compared as JSON's parts are (SQLAlchemy's advice for decorated JSON)."""
        return self.impl_instance.coerce_compared_value(op, value)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - Structs, and JSON
        """Return JSON's own data."""
        return None if value is None else to_builtins(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - JSON, and Structs
        """Return the Structs."""
        return None if value is None else convert(value, self.shape)


CENTS: Final = BigInteger().with_variant(Integer(), "sqlite")
"""An amount in hundredths of its currency: in some currencies an ordinary fee needs more than 32 bits."""
