"""Statements that both databases understand and SQLAlchemy offers per dialect only."""

import sys
from collections.abc import Sequence
from typing import Any

from msgspec import json
from sqlalchemy import ARRAY, BindParameter, ColumnElement, Dialect, bindparam, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import String, TypeDecorator, TypeEngine

# `insert(table).on_conflict_do_nothing(…)` and `.on_conflict_do_update(…)` for both databases, so
# that a statement can be built once, when its module is imported. PostgreSQL's construct
# serves both: SQLite took the clause over from PostgreSQL (sqlite.org/lang_upsert.html), and
# SQLAlchemy's SQLite compiler renders it; tests/contract/test_storage.py holds it to that.
# Name the target by `index_elements`, with a partial index's condition as `index_where=text(…)`
# (PostgreSQL does not match a condition with parameters). `constraint=` is PostgreSQL's alone.
__all__ = ["Values", "among", "begins", "insert", "literal"]

_SURROGATES, _AFTER_SURROGATES = 0xD800, 0xE000


def literal(state: str) -> ColumnElement[str]:
    """Return a state's name as a literal of the statement, where a parameter would miss the partial index.

    SQLite would plan such a statement again at every run, since the parameter decides whether the index
    serves (sqlite.org/partialindex.html); PostgreSQL's prepared plans would not use the index.
    """
    return literal_column(f"'{state}'", String)


def begins(column: ColumnElement[str] | InstrumentedAttribute[str], beginning: str) -> ColumnElement[bool]:
    """Return the condition that a text begins with these characters, which an index serves.

    On PostgreSQL only where the column is in the order of its characters (`storage.types.in_order`). LIKE
    uses no index on SQLite, as capitals and small letters are the same to it.
    """
    after = min(ord(beginning[-1]) + 1, sys.maxunicode)
    after = _AFTER_SURROGATES if after == _SURROGATES else after  # which no text has
    return (column >= beginning) & (column < beginning[:-1] + chr(after))


class Values(TypeDecorator[Sequence[Any]]):
    """Many values as one: JSON on SQLite, an array of the column's type on PostgreSQL."""

    impl = String
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the driver is given."""
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(self.each))

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:  # noqa: ANN401 - text or a list, by dialect
        """Return the values as the driver takes them."""
        return json.encode(value).decode() if dialect.name == "sqlite" else value


class _Each(ColumnElement[Any]):
    """The subquery of every value of one parameter."""

    inherit_cache = False

    def __init__(self, values: BindParameter[Any]) -> None:
        self.values = values


@compiles(_Each)
def _subquery(each: _Each, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - as SQLAlchemy has it
    function = "value FROM json_each" if compiler.dialect.name == "sqlite" else "unnest"
    return f"(SELECT {function}({compiler.process(each.values, **how)}))"


def among(column: ColumnElement[Any] | InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column (of numbers or texts) is one of the many values of a parameter.

    So the statement is the same however many there are, and can be prepared.
    """
    return column.bool_op("IN")(_Each(bindparam(name, type_=Values(column.type))))
