"""Alembic's environment, run for every command; `storage.migrate` passes it the open connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.ddl.sqlite import SQLiteImpl
from alembic.operations.batch import ApplyBatchImpl
from sqlalchemy import JSON, Connection, Table, event, text

from storage.types import StructJSON, UTCDateTime


class CountingSQLite(SQLiteImpl):
    """A SQLite whose rebuilt tables continue their ids: Alembic's own forgets AUTOINCREMENT and its value.

    Its definition registers it: Alembic takes the newest class for a dialect.
    """

    __dialect__ = "sqlite"

    def prep_table_for_batch(self, batch_impl: ApplyBatchImpl, table: Table) -> None:
        """Let the table that replaces this table continue its ids, if this table counts them."""
        super().prep_table_for_batch(batch_impl, table)
        connection, new = self.connection, batch_impl.new_table
        if connection is None or new is None or not _counts_ids(connection, table.name):
            return
        last = _last_id(connection, table.name)
        new.dialect_options["sqlite"]["autoincrement"] = True

        # The copied rows raise the value, never lower it; the rename takes the value along.
        def carry_on(target: Table, connection: Connection, **_given: object) -> None:
            values = {"name": target.name, "last": last}
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)

        event.listen(new, "after_create", carry_on)


def _counts_ids(connection: Connection, table: str) -> bool:
    query = text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE type = 'table' AND name = :name")
    return bool(connection.execute(query, {"name": table}).scalar_one())


def _last_id(connection: Connection, table: str) -> int:
    """Return the highest id that the table ever assigned; 0 where it assigned none."""
    query = text("SELECT max(seq) FROM sqlite_sequence WHERE name = :name")
    return int(connection.execute(query, {"name": table}).scalar_one() or 0)


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401  # Alembic's signature
    """Return the code of this project's column types by their own names; script.py.mako imports them."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "UTCDateTime()"
    if kind == "type" and isinstance(item, JSON | StructJSON):
        return "JSON"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    # SQLite changes a table by building a new table; batch operations do so on SQLite, and not on PostgreSQL.
    render_as_batch=True,
    # All of an upgrade or nothing: storage.engines leaves every BEGIN to this code, so SQLite can do it, too.
    transactional_ddl=True,
    compare_server_default=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
