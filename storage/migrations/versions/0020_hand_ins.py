"""Dates of placements and of their terms that were given without a time become days."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0020"
down_revision = "0019"
phase = "expand"

_DATES = {
    "placements": ("starts", "due"),
    "milestones": ("due",),
    "terms": ("starts", "due"),
    "terms_offers": ("starts", "due"),
}
_END_OF_DAY = time(23, 59)
_FORM, _ASKED = "move-date", "due"
_programmes = sa.table("programmes", sa.column("id"), sa.column("zone"))
_conversations = sa.table(
    "conversations",
    sa.column("id"),
    sa.column("programme_id"),
    sa.column("form"),
    sa.column("draft", JSON),
)


def upgrade() -> None:
    """Add the columns; what ended at 23:59 in the programme's zone is a day of that zone."""
    connection = op.get_bind()
    zones = connection.execute(sa.select(_programmes.c.id, _programmes.c.zone)).all()
    for table, dates in _DATES.items():
        # Not in a batch: rebuilding a table would lose its AUTOINCREMENT.
        for name in dates:
            op.add_column(table, sa.Column(f"{name}_day", sa.Date(), nullable=True))
            op.add_column(table, sa.Column(f"{name}_zone", sa.String(length=64), nullable=True))
        for number, zone in zones:
            if _is_zone(zone):
                _keep(connection, table, number, zone)
    for number, zone in zones:
        if _is_zone(zone):
            _keep_drafts(connection, number, zone)


def _is_zone(name: str) -> bool:
    """Tell whether this machine knows a time zone by its name; without one, instants stay instants."""
    try:
        ZoneInfo(name)
    except (ValueError, LookupError):
        return False
    return True


def _keep(connection: sa.Connection, name: str, programme: int, zone: str) -> None:
    table = sa.table(
        name,
        sa.column("id"),
        sa.column("programme_id"),
        sa.column("due_at", UTCDateTime()),
        sa.column("due_day", sa.Date()),
        sa.column("due_zone", sa.String()),
    )
    query = sa.select(table.c.id, table.c.due_at).where(table.c.programme_id == programme)
    for row in connection.execute(query).all():
        local = row.due_at.astimezone(ZoneInfo(zone))
        if local.time() == _END_OF_DAY:
            values = {"due_day": local.date(), "due_zone": zone}
            connection.execute(sa.update(table).where(table.c.id == row.id).values(values))


def _keep_drafts(connection: sa.Connection, programme: int, zone: str) -> None:
    query = sa.select(_conversations.c.id, _conversations.c.draft).where(
        _conversations.c.programme_id == programme, _conversations.c.form == _FORM
    )
    for number, draft in connection.execute(query).all():
        answers: dict[str, Any] = (draft or {}).get("answers", {})
        day = _as_day(answers.get(_ASKED) or {}, zone)
        if day is not None:
            new = {**draft, "answers": {**answers, _ASKED: day}}
            connection.execute(
                sa.update(_conversations).where(_conversations.c.id == number).values(draft=new)
            )


def _as_day(given: dict[str, Any], zone: str) -> dict[str, Any] | None:
    """Return the answer of a draft as a day; None for what is none."""
    try:
        at = datetime.fromisoformat(given["value"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None
    local = at.astimezone(ZoneInfo(zone))
    if local.time() != _END_OF_DAY:
        return None
    said = f"{local:%a} {local.day} {local:%B %Y}"
    return {**given, "value": {"day": local.date().isoformat(), "zone": zone}, "shown": said}
