"""Names of people and companies, and titles of projects, as they are compared, each with its index.

What was written before is folded here; the function is a copy, since what a name is compared by may change.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
phase = "expand"

_MOST = 200
_BATCH = 1000
_FOLDED = sa.String(_MOST).with_variant(sa.String(_MOST, collation="C"), "postgresql")
_COLUMNS = (
    ("companies", "name", "folded_name", "ix_companies_name"),
    ("people", "name", "folded_name", "ix_people_name"),
    ("projects", "title", "folded_title", "ix_projects_title"),
)


def upgrade() -> None:
    """Add the columns, fill them, and create their indexes."""
    for table, written, folded, index in _COLUMNS:
        op.add_column(table, sa.Column(folded, _FOLDED, nullable=False, server_default=sa.text("''")))
        _fill(sa.table(table, sa.column("id"), sa.column(written), sa.column(folded)), written, folded)
        op.create_index(index, table, ["programme_id", folded])


def _fill(table: sa.TableClause, written: str, folded: str) -> None:
    connection, last = op.get_bind(), 0
    query = sa.select(table.c.id, table.c[written]).order_by(table.c.id).limit(_BATCH)
    change = sa.update(table).where(table.c.id == sa.bindparam("row")).values({folded: sa.bindparam("words")})
    while rows := connection.execute(query.where(table.c.id > last)).all():
        connection.execute(change, [{"row": number, "words": _fold(words)} for number, words in rows])
        last = rows[-1].id


def _fold(words: str) -> str:
    return re.sub(r"[\s|:]+", " ", unicodedata.normalize("NFKC", words).casefold()).strip()[:_MOST].rstrip()
