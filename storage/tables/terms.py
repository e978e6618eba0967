"""Terms: what a student accepted with a placement, and what a student is asked to accept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow, in_programme, where_given
from storage.tables.values import Agreement, WantedDeliverable
from storage.types import CENTS

__all__ = ["Terms", "TermsColumns", "TermsOffer"]


class TermsColumns:
    """The columns of terms; they mean what they mean in a project."""

    # Null is unpaid; the reason says why.
    fee_cents: Mapped[int | None] = mapped_column(CENTS)
    currency: Mapped[str] = mapped_column(String(3))
    unpaid_reason: Mapped[str] = mapped_column(Text, default="")
    # Who pays and how, and within how many days after the work is accepted.
    payer: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    pay_days: Mapped[int | None] = mapped_column(default=None)
    # What counts of the fee when the work ends early; "" where no rule was agreed to.
    fee_share: Mapped[str] = mapped_column(String(12), default="", server_default=text("''"))
    # The dates that cannot move.
    fixed: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    hours: Mapped[float]
    weeks: Mapped[int]
    deliverables: Mapped[list[WantedDeliverable]] = mapped_column(
        "deliverable_list", default=list, server_default=text("'[]'")
    )
    # The deliverables in words, for the previous release's program only: nothing reads it any more, and the
    # next release's migration takes the column away.
    deliverables_text: Mapped[str] = mapped_column("deliverables", Text, default="")
    # "" is remote.
    location: Mapped[str] = mapped_column(Text, default="")
    # As of a project's dates: date and zone of a day, which is the student's.
    starts_at: Mapped[datetime]
    starts_day: Mapped[date | None]
    starts_zone: Mapped[str | None] = mapped_column(String(64))
    due_at: Mapped[datetime]
    due_day: Mapped[date | None]
    due_zone: Mapped[str | None] = mapped_column(String(64))


class Terms(TermsColumns, ProgrammeRow):
    """A version of the terms between the two sides of a placement; the highest version is in force."""

    __tablename__ = "terms"
    __table_args__ = (UniqueConstraint("placement_id", "version"),)

    programme_id: Mapped[int] = in_programme()
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    # 1 is what the student accepted with the offer.
    version: Mapped[int]
    accepted_by: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    accepted_at: Mapped[datetime]
    # Further agreements.
    agreements: Mapped[list[Agreement]]
    # When it was copied from the project, for a placement older than stored terms; otherwise null.
    from_project_at: Mapped[datetime | None]


class TermsOffer(TermsColumns, ProgrammeRow):
    """Terms proposed to a student: with an offer of a place, or as a change to a placement."""

    __tablename__ = "terms_offers"
    __table_args__ = (where_given("terms_offers", "proposed_by"), where_given("terms_offers", "approved_by"))

    programme_id: Mapped[int] = in_programme()
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    # offered (with a place), coordinator (a change that waits for a coordinator's yes), asked (a change
    # that the student was asked about), agreed, kept, refused (by a coordinator), replaced, withdrawn
    state: Mapped[str] = mapped_column(String(12))
    # Who changed the project; null for what the bot offers in the employer's name.
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The coordinator who allowed asking for a lower fee or more work.
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
