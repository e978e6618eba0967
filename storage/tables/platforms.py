"""Tables of platforms: when each could last be reached, and the outages in which it could not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow
from storage.tables.values import Contact

__all__ = ["Outage", "Platform"]


class Platform(ProgrammeRow):
    """A platform of the running bot; it belongs to no programme, as a connection serves all of them."""

    __tablename__ = "platforms"

    platform: Mapped[str] = mapped_column(String(20), unique=True)
    # Written every minute while the platform can be reached.
    reached_at: Mapped[datetime]


class Outage(ProgrammeRow):
    """A time in which a platform could not be reached, because of itself or because the bot was down."""

    __tablename__ = "outages"
    __table_args__ = (UniqueConstraint("platform", "since"),)

    platform: Mapped[str] = mapped_column(String(20))
    # When it was last reached before, and first reached again.
    since: Mapped[datetime]
    until: Mapped[datetime]
    # The platforms that were out as well when this one was back: people who are on both were out of reach
    # only while both were.
    others: Mapped[list[Contact]]
