"""Platforms: when each could last be reached, and the outages that its rows show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, update

from storage.dialects import among, insert, literal
from storage.prepared import Prepared, Row
from storage.tables import Identity, Outage, Platform, Programme, Wait

__all__ = [
    "add_outage",
    "last_reached",
    "looked_at",
    "outage",
    "platforms_of",
    "programmes_on",
    "renew",
    "retain",
    "unmoved",
]

_ALL: Final = Prepared(select(Platform.platform, Platform.reached_at).order_by(Platform.id))
_LOCK: Final = Prepared(
    select(Platform.platform, Platform.reached_at).order_by(Platform.id).with_for_update()
)
_new = insert(Platform).inline()
_RENEW: Final = Prepared(
    _new.on_conflict_do_update(
        index_elements=[Platform.platform], set_={"reached_at": _new.excluded.reached_at}
    ),
    *("platform", "reached_at"),
)
_ADD: Final = Prepared(
    insert(Outage)
    .on_conflict_do_nothing(index_elements=[Outage.platform, Outage.since])
    .returning(Outage.id),
    *("platform", "since", "until", "others"),
)
_OUTAGE: Final = Prepared(
    select(Outage.id, Outage.platform, Outage.since, Outage.until, Outage.others).where(
        Outage.id == bindparam("outage")
    )
)
_PROGRAMMES: Final = Prepared(
    select(Programme.id)
    .where(exists().where(Identity.programme_id == Programme.id, Identity.platform == bindparam("platform")))
    .order_by(Programme.id)
)
_UNMOVED: Final = Prepared(
    select(Wait.id, Wait.kind, Wait.about, Wait.due_at)
    .where(
        Wait.programme_id == bindparam("programme"),
        Wait.state.in_((literal("open"), literal("held"))),
        Wait.state == literal("open"),
        Wait.due_at >= bindparam("after"),
        Wait.since < bindparam("until"),
        or_(Wait.outage_id.is_(None), Wait.outage_id < bindparam("outage")),
    )
    .order_by(Wait.due_at, Wait.id)
    .limit(bindparam("most"))
)
_LOOKED_AT: Final = Prepared(
    update(Wait)
    .where(
        Wait.programme_id == bindparam("programme"),
        Wait.kind == bindparam("of_kind"),
        Wait.about == bindparam("of"),
        Wait.state.in_((literal("open"), literal("held"))),
    )
    .values(outage_id=bindparam("outage"))
)
_ON: Final = Prepared(
    select(Identity.person_id, Identity.platform).where(
        Identity.programme_id == bindparam("programme"),
        among(Identity.person_id, "people"),
        Identity.reachable,
    )
)


def last_reached(connection: Connection, *, lock: bool = False) -> dict[str, datetime]:
    """Return when each platform could last be reached (UTC); with `lock` until the transaction ends."""
    rows = (_LOCK if lock else _ALL).rows(connection, {})
    return {row.platform: row.reached_at for row in rows}


def renew(connection: Connection, platforms: Collection[str], now: datetime) -> None:
    """Note that these platforms can be reached now."""
    if platforms:
        _RENEW.run_many(connection, [{"platform": each, "reached_at": now} for each in sorted(platforms)])


def retain(connection: Connection, platforms: Collection[str]) -> None:
    """Delete the rows of other platforms: the bot is not on them any more, so that no wait is put off."""
    connection.execute(delete(Platform).where(Platform.platform.not_in(sorted(platforms))))


def add_outage(connection: Connection, row: dict[str, Any]) -> int | None:
    """Store an outage and return its id; None where another process has stored it."""
    found: int | None = _ADD.value(connection, row)
    return found


def outage(connection: Connection, number: int) -> Row | None:
    """Return an outage, with the columns of `Outage`."""
    return _OUTAGE.first(connection, {"outage": number})


def programmes_on(connection: Connection, platform: str) -> list[int]:
    """Return the programmes that have people on a platform."""
    return [row.id for row in _PROGRAMMES.rows(connection, {"platform": platform})]


def unmoved(connection: Connection, programme: int, found: Row, after: datetime, most: int) -> Sequence[Row]:
    """Return open waits, owed from `after` on, begun before an outage's end, that are still to be looked at.

    A row has id, kind, about and due_at, by which they are sorted.
    """
    asked = {"programme": programme, "outage": found.id, "until": found.until, "after": after, "most": most}
    return _UNMOVED.rows(connection, asked)


def looked_at(connection: Connection, programme: int, found: Row, kind: str, about: str) -> None:
    """Note that the waits said together were looked at for an outage."""
    _LOOKED_AT.run(connection, {"programme": programme, "outage": found.id, "of_kind": kind, "of": about})


def platforms_of(connection: Connection, programme: int, people: Collection[int]) -> frozenset[str]:
    """Return the platforms on which any of these people has an account that takes messages."""
    asked = {"programme": programme, "people": sorted(people)}
    return frozenset(row.platform for row in _ON.rows(connection, asked)) if people else frozenset()
