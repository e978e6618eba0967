"""What Alembic runs for every command; `storage.migrate` hands it the open connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from storage.types import UTCDateTime


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401  # Alembic's signature
    """The house's column types by their own names; script.py.mako imports them."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "UTCDateTime()"
    if kind == "type" and isinstance(item, JSON):
        return "JSON"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    # SQLite changes a table by building a new one; batch operations do so, and on PostgreSQL not.
    render_as_batch=True,
    # All of an upgrade or nothing: storage.engines leaves every BEGIN to us, so SQLite can, too.
    transactional_ddl=True,
    compare_server_default=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
