"""Rows whose keys begin with one of many stems, found by one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, bindparam, true, union_all
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
    """Two tables of which the first is read first: SQLite keeps the order of a CROSS JOIN alone."""

    inherit_cache = True


@compiles(_InOrder)
def _in_order(join: _InOrder, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - as SQLAlchemy has it
    sides = (compiler.process(side, **how | {"asfrom": True}) for side in (join.left, join.right))
    return " CROSS JOIN ".join(sides)


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
    query = query.select_from(_InOrder(stem.scalar_alias, query.get_final_froms()[0], true()))
    first, after = stem.concat(mark), stem.concat(chr(ord(mark) + 1))
    ways = [way for each in columns for way in (each == stem, (each >= first) & (each < after))]
    return union_all(*(query.where(way) for way in ways))
