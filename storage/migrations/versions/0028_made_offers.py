"""Offers in the history: what the rows of their applications tell of those that were made before."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0028"
down_revision = "0027"
phase = "expand"

_APPLICATIONS = 500
_ENDS = {
    "accepted": "accepted",
    "declined": "declined",
    "expired": "expired",
    "released": "taken_back",
    "withdrawn": "withdrawn",
}
# An application that came to one of these had an offer, whether or not a row says when it was made.
_ONLY_AFTER_AN_OFFER = {"accepted", "declined", "expired"}
_history = sa.table(
    "history",
    *(sa.column(name) for name in ("id", "programme_id", "subject", "parent", "what", "before", "after")),
    sa.column("alias_id", sa.Integer()),
    *(sa.column(name) for name in ("began_by", "reason", "known_by")),
    sa.column("at", UTCDateTime()),
)


def upgrade() -> None:
    """Write the birth and the end of each offer, after the rows that are there."""
    connection = op.get_bind()
    applications = sa.table("applications", sa.column("id", sa.Integer()))
    after = 0
    while ids := (
        connection.execute(
            sa.select(applications.c.id)
            .where(applications.c.id > after)
            .order_by(applications.c.id)
            .limit(_APPLICATIONS)
        )
        .scalars()
        .all()
    ):
        rows = connection.execute(
            sa.select(_history)
            .where(
                _history.c.subject.in_([f"application:{each}" for each in ids]),
                _history.c.what.in_(("birth", "status")),
            )
            .order_by(_history.c.subject, _history.c.id)
        ).all()
        made = [row for _, of in groupby(rows, lambda row: row.subject) for row in _offers(list(of))]
        if made:
            connection.execute(_history.insert(), made)
        after = ids[-1]


def _offers(rows: list[sa.Row[*tuple[Any, ...]]]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the offers of an application, from its own rows."""
    number, is_open = 0, False
    last: datetime = rows[0].at
    for row in rows:
        if row.after == "offered" and not is_open:
            number, is_open = number + 1, True
            yield _entry(row, number, "birth", None, "open", row.at, row.known_by or "rows")
        elif row.after in _ONLY_AFTER_AN_OFFER or (is_open and row.after in _ENDS):
            if not is_open:
                number += 1
                yield _entry(row, number, "birth", None, "open", last, "found")
            is_open = False
            yield _entry(row, number, "status", "open", _ENDS[row.after], row.at, row.known_by or "rows")
        last = row.at


def _entry(
    row: sa.Row[*tuple[Any, ...]],
    number: int,
    what: str,
    before: str | None,
    after: str,
    at: datetime,
    known_by: str,
) -> dict[str, Any]:
    found = known_by == "found"  # who made it is not known
    return {
        "programme_id": row.programme_id,
        "subject": f"offer:{row.subject.removeprefix('application:')}:{number}",
        "parent": row.subject,
        "what": what,
        "before": before,
        "after": after,
        "alias_id": None if found else row.alias_id,
        "began_by": "" if found else row.began_by,
        "at": at,
        "reason": "" if what == "birth" else row.reason,
        "known_by": known_by,
    }
