"""Tables of messages between people: letters, who wants no more of them, reports, and erasures that wait."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow, in_programme, where_given

__all__ = ["Erasure", "Letter", "Mute", "Report"]


class Letter(ProgrammeRow):
    """A message that one person wrote to another through the bot, about a project."""

    __tablename__ = "letters"
    __table_args__ = (where_given("letters", "person_id"), where_given("letters", "mentor_id"))

    programme_id: Mapped[int] = in_programme()
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    # The person who writes with the coordinators, and reads it too. Null: between student and employer, or
    # between the student and the mentor, who is this person.
    person_id: Mapped[int | None]
    mentor_id: Mapped[int | None] = mapped_column(default=None)
    text: Mapped[str] = mapped_column(Text)
    # Its writer needs an answer: it has a question mark, or they said so.
    asks: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]


class Mute(ProgrammeRow):
    """A person's wish for no more messages from another person, nor from that side about an application."""

    __tablename__ = "mutes"

    programme_id: Mapped[int] = in_programme()
    # Who wants no more, and the sender of the messages.
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    created_at: Mapped[datetime]


class Report(ProgrammeRow):
    """A message that its reader reported: the coordinators answer by a date, and only an answer ends it."""

    __tablename__ = "reports"
    __table_args__ = (where_given("reports", "ended_by_id"),)

    programme_id: Mapped[int] = in_programme(listed=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    # Who reported, and who wrote what was reported.
    reporter_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    about_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    # By when the reporter was promised an answer.
    due_at: Mapped[datetime]
    # The newest outage for which it was looked at, so that none moves it twice.
    outage_id: Mapped[int | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The answer to the reporter, and the message to the other side, "" for none.
    answer: Mapped[str] = mapped_column(Text, default="")
    other_answer: Mapped[str] = mapped_column(Text, default="")


class Erasure(ProgrammeRow):
    """Data that was to be erased and is kept until the last report about an application has its answer."""

    __tablename__ = "erasures"

    programme_id: Mapped[int] = in_programme(listed=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    # The person who asked to be forgotten; null where no person did.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    # One of answers, application, person; see programme/evidence.
    what: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
