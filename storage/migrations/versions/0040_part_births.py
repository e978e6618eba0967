"""Parts in companies in the history: the people who have one now, since no row tells how they came to it."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0040"
down_revision = "0039"
phase = "expand"

_people = sa.table(
    "people",
    *(sa.column(name) for name in ("id", "programme_id", "company_id", "company_part")),
    sa.column("created_at", UTCDateTime()),
)
_aliases = sa.table("aliases", *(sa.column(name) for name in ("id", "programme_id", "person_id")))
_history = sa.table(
    "history",
    *(sa.column(name) for name in ("programme_id", "subject", "parent", "what", "after")),
    sa.column("at", UTCDateTime()),
    *(sa.column(name) for name in ("began_by", "reason", "known_by")),
)


def upgrade() -> None:
    """Write a birth for each person of a company, with an alias where they have none yet."""
    connection = op.get_bind()
    of_companies = sa.select(_people).where(_people.c.company_id.is_not(None)).order_by(_people.c.id)
    for person in connection.execute(of_companies).all():
        mine = {"programme_id": person.programme_id}
        known = sa.select(sa.func.min(_aliases.c.id)).where(_aliases.c.person_id == person.id)
        alias = connection.execute(known).scalar()
        if alias is None:
            made = _aliases.insert().values(**mine, person_id=person.id).returning(_aliases.c.id)
            alias = connection.execute(made).scalar_one()
        connection.execute(
            _history.insert().values(
                **mine,
                subject=f"part:{person.company_id}:{alias}",
                parent=f"company:{person.company_id}",
                what="birth",
                after=person.company_part,
                at=person.created_at,
                began_by="",
                reason="",
                known_by="found",
            )
        )
