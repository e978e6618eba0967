"""Rows whose keys begin with one of many stems, found by one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, bindparam, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import Join

from storage.dialects import Values

__all__ = ["with_stems"]


class _Rows(FunctionElement[Any]):
    """The values of one parameter as rows, to be joined."""

    inherit_cache = True


@compiles(_Rows)
def _rows(rows: _Rows, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - as SQLAlchemy has it
    function = "json_each" if compiler.dialect.name == "sqlite" else "unnest"
    return f"{function}{compiler.process(rows.clause_expr, **how)}"


class _InOrder(Join):
    """Values, and the rows of a table that a condition finds for each: the values are read first.

    SQLite keeps the order of a CROSS JOIN alone. PostgreSQL takes a range whose ends are in another table for
    a ninth of all rows, and reads the whole table for a few values; what is LATERAL it reads for each value,
    and with OFFSET it does not take that apart.
    """

    inherit_cache = True


@compiles(_InOrder)
def _in_order(join: _InOrder, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - as SQLAlchemy has it
    values, table = (compiler.process(side, **how | {"asfrom": True}) for side in (join.left, join.right))
    if compiler.dialect.name == "sqlite" or join.onclause is None:
        return f"{values} CROSS JOIN {table}"
    found = compiler.process(join.onclause, **how | {"asfrom": False})
    return f"{values} CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {found} OFFSET 0) AS {table}"  # noqa: S608 - all of it is compiled


def with_stems(
    query: Select[*tuple[Any, ...]],
    mark: str,
    name: str,
    *columns: ColumnElement[str] | InstrumentedAttribute[str],
) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the query of rows with one of many stems in a column: alone, or with `mark` and more after it.

    The stems are one parameter, and each is looked up by itself in an index of the column, as `begins` is.
    """
    # As "value", for that is what json_each calls its column.
    stem = _Rows(bindparam(name, type_=Values(String()))).column_valued("value")
    table = query.get_final_froms()[0]
    first, after = stem.concat(mark), stem.concat(chr(ord(mark) + 1))
    ways = [way for each in columns for way in (each == stem, (each >= first) & (each < after))]
    found = (query.where(way) for way in ways)
    both = ((each, _InOrder(stem.scalar_alias, table, each.whereclause)) for each in found)
    return union_all(*(each.select_from(join) for each, join in both))
