"""Statistics for SQLite's planner: without them it reads a whole table through an index on `programme_id`.

PostgreSQL's autovacuum gathers its own.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

__all__ = ["gather"]

_ROWS: Final = 400
"""Rows of each index to look at, so that it takes milliseconds however large the tables are
(sqlite.org/lang_analyze.html recommends 100 to 1000)."""


def gather(connection: Connection) -> None:
    """Gather the planner's statistics of every table that has rows; nothing on PostgreSQL.

    Not `PRAGMA optimize`: before SQLite 3.46 it leaves out every table that this connection has not
    queried yet, so at a start it does nothing.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={_ROWS}")
        connection.exec_driver_sql("ANALYZE")
