"""The checker's own reading of days off and quiet hours, apart from the bot's."""

from __future__ import annotations

from calendar import day_name
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bot.chat.events import UserRef
from storage.tables import Identity, Person, Programme

__all__ = ["QuietHours", "day_after", "quiet_hours_of", "quiet_until"]

QuietHours = tuple[str, str, str]
"""A zone, and the local times of beginning and end, "HH:MM"."""

_DAY: Final = timedelta(days=1)


def day_after(day: date, days_off: tuple[str, ...]) -> date:
    """Return the next day that is not off; days off are weekdays ("saturday") and dates ("2026-12-24")."""
    following = day + _DAY
    while day_name[following.weekday()].lower() in days_off or following.isoformat() in days_off:
        following += _DAY
    return following


def quiet_until(hours: QuietHours, at: datetime) -> datetime | None:
    """Return when the quiet hours that lie around an instant end; None where none do."""
    zone, start, end = ZoneInfo(hours[0]), time.fromisoformat(hours[1]), time.fromisoformat(hours[2])
    local = at.astimezone(zone)
    now = local.time()
    over_night = end < start
    if not (start <= now < end or (over_night and (now >= start or now < end))):
        return None
    last = local.date() + _DAY if over_night and now >= start else local.date()
    return datetime.combine(last, end, tzinfo=zone).astimezone(UTC)


def quiet_hours_of(connection: Connection, programme_id: int, user: UserRef) -> QuietHours | None:
    """Return a person's quiet hours, else their programme's; None for an account that is not a person's."""
    hours = (
        select(
            func.coalesce(func.nullif(Person.zone, ""), Programme.zone),
            func.coalesce(func.nullif(Person.quiet_from, ""), Programme.quiet_from),
            func.coalesce(func.nullif(Person.quiet_to, ""), Programme.quiet_to),
        )
        .select_from(Person)
        .join(Identity, Identity.person_id == Person.id)
        .join(Programme, Programme.id == Person.programme_id)
        .where(
            Identity.programme_id == programme_id,
            Identity.platform == user.platform,
            Identity.user_id == user.id,
        )
    )
    row = connection.execute(hours).first()
    return (row[0], row[1], row[2]) if row else None
