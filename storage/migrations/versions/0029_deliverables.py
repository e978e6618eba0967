"""Deliverables: rows of a project, and a list in terms; what was written in lines is split once."""

import json
import re

import sqlalchemy as sa
from alembic import op

from storage.types import JSON

revision = "0029"
down_revision = "0028"
phase = "expand"


def upgrade() -> None:
    """Create the table and the columns, and fill them from the text of before.

    The columns of the text stay for the previous release's program, which reads and writes them.
    """
    table = op.create_table(
        "deliverables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("done_when", sa.Text(), nullable=False),
        sa.Column("after_days", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_deliverables_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_deliverables_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverables")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliverables_project_id"), "deliverables", ["project_id"], unique=False)
    op.add_column(
        "milestones", sa.Column("done_when", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    rows = op.get_bind().execute(sa.text("SELECT id, programme_id, deliverables FROM projects")).all()
    op.bulk_insert(
        table,
        [
            {
                "programme_id": row.programme_id,
                "project_id": row.id,
                "position": position,
                "title": title,
                "done_when": "",
                "level": "open",
            }
            for row in rows
            for position, title in enumerate(_split(row.deliverables), 1)
        ],
    )
    for name in ("terms", "terms_offers"):
        op.add_column(
            name, sa.Column("deliverable_list", JSON, server_default=sa.text("'[]'"), nullable=False)
        )
        _fill(sa.table(name, sa.column("id"), sa.column("deliverables"), sa.column("deliverable_list", JSON)))


def _fill(terms: sa.TableClause) -> None:
    """Write the list of each text; many terms have the same text, so each text is written once."""
    bind = op.get_bind()
    for words in bind.execute(sa.select(terms.c.deliverables).distinct()).scalars().all():
        made = [{"title": title} for title in _split(words)]
        bind.execute(terms.update().where(terms.c.deliverables == words).values(deliverable_list=made))


# How a placement's milestones were made of the text until now.
_BULLET = re.compile(r"^\s{0,3}(?:[-*•–◦▪]|\(?\d{1,2}[.)])\s+(?=\S)")
_LONGEST_ITEM = 160
_NOTHING = frozenset(
    json.loads(
        '["", "later", "n a", "na", "no", "no deliverable", "no deliverables", "none", "not sure", '
        '"not sure yet", "nothing", "tba", "tbc", "tbd", "to be decided", "to be defined", '
        '"to be determined", "to be discussed", "unknown", "we will see"]'
    )
)


def _split(words: str) -> tuple[str, ...]:
    lines = [line for line in words.splitlines() if line.strip()]
    if " ".join(re.findall(r"\w+", words.casefold())) in _NOTHING:
        return ()
    if sum(bool(_BULLET.match(line)) for line in lines) >= 2:  # noqa: PLR2004 - one bullet is no list
        return _by_bullets(lines)
    if len(lines) > 1 and all(len(line.strip()) <= _LONGEST_ITEM for line in lines):
        return tuple(_BULLET.sub("", line).strip() for line in lines)
    return (words.strip(),)


def _by_bullets(lines: list[str]) -> tuple[str, ...]:
    items: list[list[str]] = []
    lead: list[str] = []
    for line in lines:
        if _BULLET.match(line):
            items.append([*lead, _BULLET.sub("", line).strip()])
            lead = []
        elif items:
            items[-1].append(line.strip())
        else:
            lead.append(line.strip())
    return tuple("\n".join(item) for item in items)
