"""Statements that both databases understand and SQLAlchemy offers per dialect only."""

from sqlalchemy import ColumnElement, Connection, String, and_, literal_column
from sqlalchemy.dialects.postgresql import insert

# `insert(table).on_conflict_do_nothing(…)` and `.on_conflict_do_update(…)` for both databases, so
# that a statement can be built once, when its module is imported. PostgreSQL's construct
# serves both: SQLite took the clause over from PostgreSQL (sqlite.org/lang_upsert.html), and
# SQLAlchemy's SQLite compiler renders it; tests/contract/test_storage.py holds it to that.
# Name the target by `index_elements`, with a partial index's condition as `index_where=text(…)`
# (PostgreSQL does not match a condition with parameters). `constraint=` is PostgreSQL's alone.
__all__ = ["begins", "insert", "literal"]


def literal(state: str) -> ColumnElement[str]:
    """Return a state's name as a literal of the statement, where a parameter would miss the partial index.

    SQLite would plan such a statement again at every run, since the parameter decides whether the index
    serves (sqlite.org/partialindex.html); PostgreSQL's prepared plans would not use the index.
    """
    return literal_column(f"'{state}'", String)


def begins(connection: Connection, column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    """Return the condition that a text begins with these characters, which an index of SQLite's serves.

    SQLite takes capitals and small letters for the same in LIKE, so that no index serves that there.
    """
    if connection.dialect.name == "sqlite":
        return and_(column >= beginning, column < beginning[:-1] + chr(ord(beginning[-1]) + 1))
    return column.startswith(beginning, autoescape=True)
