"""Dates that were given without a time become days: a date and a zone beside the instant."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0019"
down_revision = "0018"
phase = "expand"

_DATES = ("deadline", "starts", "decide")
_END_OF_DAY = time(23, 59)
_FORMS = ("project", "project-edit")
_ASKED = ("deadline", "start", "decide")

_programmes = sa.table("programmes", sa.column("id"), sa.column("zone"))
_projects = sa.table(
    "projects",
    sa.column("id"),
    sa.column("programme_id"),
    *(sa.column(f"{name}_at", UTCDateTime()) for name in _DATES),
    *(sa.column(f"{name}_day", sa.Date()) for name in _DATES),
    *(sa.column(f"{name}_zone", sa.String()) for name in _DATES),
)
_conversations = sa.table(
    "conversations",
    sa.column("id"),
    sa.column("programme_id"),
    sa.column("form"),
    sa.column("draft", JSON),
)


def upgrade() -> None:
    """Add the columns; what ended at 23:59 in the programme's zone is a day of that zone."""
    # Not in a batch: rebuilding a table would lose its AUTOINCREMENT.
    for name in _DATES:
        op.add_column("projects", sa.Column(f"{name}_day", sa.Date(), nullable=True))
        op.add_column("projects", sa.Column(f"{name}_zone", sa.String(length=64), nullable=True))
    connection = op.get_bind()
    for number, zone in connection.execute(sa.select(_programmes.c.id, _programmes.c.zone)).all():
        if not _is_zone(zone):
            continue  # its instants stay instants
        _keep_projects(connection, number, zone)
        _keep_drafts(connection, number, zone)


def _is_zone(name: str) -> bool:
    """Tell whether this machine knows a time zone by its name."""
    try:
        ZoneInfo(name)
    except (ValueError, LookupError):
        return False
    return True


def _keep_projects(connection: sa.Connection, programme: int, zone: str) -> None:
    ends = [_projects.c[f"{name}_at"] for name in ("deadline", "decide")]
    query = sa.select(_projects.c.id, *ends).where(_projects.c.programme_id == programme)
    for row in connection.execute(query).all():
        values: dict[str, Any] = {}
        for name in ("deadline", "decide"):
            local = getattr(row, f"{name}_at").astimezone(ZoneInfo(zone))
            if local.time() == _END_OF_DAY:
                values |= {f"{name}_day": local.date(), f"{name}_zone": zone}
        if values:
            connection.execute(sa.update(_projects).where(_projects.c.id == row.id).values(values))


def _keep_drafts(connection: sa.Connection, programme: int, zone: str) -> None:
    query = sa.select(_conversations.c.id, _conversations.c.draft).where(
        _conversations.c.programme_id == programme, _conversations.c.form.in_(_FORMS)
    )
    for number, draft in connection.execute(query).all():
        answers: dict[str, Any] = (draft or {}).get("answers", {})
        days = dict(_days(answers, zone))
        if days:
            new = {**draft, "answers": {**answers, **days}}
            connection.execute(
                sa.update(_conversations).where(_conversations.c.id == number).values(draft=new)
            )


def _days(answers: Mapping[str, Any], zone: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the answers of a draft that are days, as they are kept now."""
    for name in _ASKED:
        given: dict[str, Any] = answers.get(name) or {}
        try:
            at = datetime.fromisoformat(given["value"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            continue
        local = at.astimezone(ZoneInfo(zone))
        if local.time() == _END_OF_DAY:
            said = f"{local:%a} {local.day} {local:%B %Y}"
            yield name, {**given, "value": {"day": local.date().isoformat(), "zone": zone}, "shown": said}
