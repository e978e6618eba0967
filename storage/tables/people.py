"""Tables of people: programmes and their spaces, people and their roles, companies, cohorts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, validates

from storage.folding import FOLDED, folded
from storage.tables.base import ProgrammeRow, in_programme, where_given
from storage.tables.values import TunedRule
from storage.types import CENTS, in_order

__all__ = [
    "Channel",
    "Cohort",
    "Company",
    "Identity",
    "Member",
    "Notice",
    "Person",
    "Programme",
    "Role",
    "Space",
    "Task",
]


class Programme(ProgrammeRow):
    """A micro-internship programme, with its settings. Durations are in the unit that the name says."""

    __tablename__ = "programmes"

    name: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    # The lowest fee per estimated hour, in cents of the currency; 0 is no floor.
    fee_floor_cents: Mapped[int] = mapped_column(CENTS, default=0)
    # What counts of a fee when work ends early (projects/fee_share): handed_in, accepted, none.
    fee_share: Mapped[str] = mapped_column(
        String(12), default="handed_in", server_default=text("'handed_in'")
    )
    approval: Mapped[bool] = mapped_column(default=False)
    late_minutes: Mapped[int] = mapped_column(default=30)
    undo_seconds: Mapped[int] = mapped_column(default=60)
    offer_hours: Mapped[int] = mapped_column(default=72)
    decision_days: Mapped[int] = mapped_column(default=5)
    release_days: Mapped[int] = mapped_column(default=3)
    # Working days after which a coordinator's answer is late.
    coordinator_days: Mapped[int] = mapped_column(default=2, server_default=text("2"))
    # How long an employer has for an answer to work; three more for the last deliverable.
    review_days: Mapped[int] = mapped_column(default=7, server_default=text("7"))
    # How long after a release a place may still be offered; 0 is not at all.
    late_offer_days: Mapped[int] = mapped_column(default=14, server_default=text("14"))
    retention_days: Mapped[int] = mapped_column(default=180)
    # What a person reads before they confide in the coordinators: help outside the programme, and to which
    # offices the coordinators have to pass on what they read; "" where it was not said.
    safety_contacts: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    passed_on_to: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    # The rules of the scope check that a coordinator tuned, by their ids; null where none was.
    scope_rules: Mapped[dict[str, TunedRule] | None]
    # Local wall time, "HH:MM".
    quiet_from: Mapped[str] = mapped_column(String(5), default="21:30")
    quiet_to: Mapped[str] = mapped_column(String(5), default="08:00")
    # When a person's bundled notices and the staff summary go out, in their own zone.
    daily_at: Mapped[str] = mapped_column(String(5), default="09:00")
    # str(Place) of the private staff channel.
    staff_place: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]


class Space(ProgrammeRow):
    """A workspace or server; it belongs to exactly one programme."""

    __tablename__ = "spaces"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    programme_id: Mapped[int] = in_programme(listed=True)
    platform: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120), default="")
    # new (being set up), active, paused (uninstalled or the bot was removed)
    state: Mapped[str] = mapped_column(String(10), default="active")
    # The company whose own space it is (programme/people/company_spaces); null: the programme's.
    company_id: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class Company(ProgrammeRow):
    """An employer's organisation, with the defaults of its projects."""

    __tablename__ = "companies"
    __table_args__ = (
        UniqueConstraint("programme_id", "name"),
        Index("ix_companies_name", "programme_id", "folded_name"),
    )

    programme_id: Mapped[int] = in_programme()
    name: Mapped[str] = mapped_column(String(120))
    # The name as it is compared; written with it.
    folded_name: Mapped[str] = mapped_column(FOLDED, default="", server_default=text("''"))
    field: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    # Since when its posts and changes need no approval; null where they do.
    trusted_at: Mapped[datetime | None]
    # Its page: what it says of itself; "" where it does not.
    about: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    website: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    place: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    # When a coordinator verified it, and which; the second is null where they were forgotten.
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(index=True)

    @validates("name")
    def _fold(self, _column: str, name: str) -> str:
        self.folded_name = folded(name)
        return name


class Person(ProgrammeRow):
    """A person in one programme; may hold several roles and have several identities."""

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_name", "programme_id", "folded_name"),
        where_given("people", "erased_at"),
    )

    programme_id: Mapped[int] = in_programme()
    name: Mapped[str] = mapped_column(String(120))
    # The name as it is compared; written with it.
    folded_name: Mapped[str] = mapped_column(FOLDED, default="", server_default=text("''"))
    # IANA zone; null until the person (or their platform) gave it.
    zone: Mapped[str | None] = mapped_column(String(64))
    # Whether the person gave it: then the platform's value changes nothing.
    zone_said: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Where they live (ISO 3166); null until they said it.
    country: Mapped[str | None] = mapped_column(String(2))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"), index=True)
    # owner, reviewer, stand_in; it means nothing without a company (programme/people/parts).
    company_part: Mapped[str] = mapped_column(String(10), default="owner", server_default=text("'owner'"))
    # The person's own quiet hours, "HH:MM"; null is the programme's.
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    # Preferred identity for messages; null means the identity last seen.
    identity_id: Mapped[int | None]
    created_at: Mapped[datetime]
    # The last day of an absence, where the person is, and who covers (programme/people/away).
    away_until: Mapped[date | None]
    cover_id: Mapped[int | None] = mapped_column(index=True)
    # Set when the person left every space; erased_at when they asked to be forgotten.
    left_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @validates("name")
    def _fold(self, _column: str, name: str) -> str:
        self.folded_name = folded(name)
        return name


class Identity(ProgrammeRow):
    """A person's account on one platform."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("programme_id", "platform", "user_id"),
        Index("ix_identities_user", "platform", "user_id"),
        Index(
            "ix_identities_groups",
            "programme_id",
            "groups_at",
            sqlite_where=text("groups_at IS NOT NULL"),
            postgresql_where=text("groups_at IS NOT NULL"),
        ),
    )

    programme_id: Mapped[int] = in_programme()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[str] = mapped_column(String(120))
    seen_at: Mapped[datetime]
    # False while the person was only named by another person: on some platforms the bot may not write to
    # people before they acted, and messages to them there are held until then.
    acted: Mapped[bool] = mapped_column(default=True, server_default=true())
    # False once the platform refuses DMs to them; a coordinator has a task then.
    reachable: Mapped[bool] = mapped_column(default=True)
    # When the person last chose this programme for their DM, which is in no space; null: never.
    chosen_at: Mapped[datetime | None]
    # The person's groups that have a meaning here, and when the platform last named them: a DM cannot.
    groups: Mapped[list[str] | None]
    groups_at: Mapped[datetime | None]
    # The language that the person uses the platform in (BCP 47), where the platform gives it.
    locale: Mapped[str | None] = mapped_column(String(35))
    # str(Place) of the person's own page (App Home); null where they have never opened it.
    home: Mapped[str | None] = mapped_column(String(255))
    # A hash of what that page was last made to show; null where that never arrived, or is unknown.
    home_shown: Mapped[str | None] = mapped_column(String(16))


class Role(ProgrammeRow):
    """A role a person holds: coordinator, employer or student."""

    __tablename__ = "roles"
    __table_args__ = (
        UniqueConstraint("person_id", "role"),
        Index("ix_roles_role", "programme_id", "role", "id"),
    )

    programme_id: Mapped[int] = in_programme()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]


class Cohort(ProgrammeRow):
    """A group of students who see the same projects, with its digest's local time."""

    __tablename__ = "cohorts"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    programme_id: Mapped[int] = in_programme()
    name: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(64))
    digest_at: Mapped[str] = mapped_column(String(5))
    # ISO dates and weekday names in a single list: ["saturday", "2026-12-24"].
    days_off: Mapped[list[str]]
    open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Channel(ProgrammeRow):
    """A cohort's channel on one platform; a cohort may have several."""

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("cohort_id", "place"), Index("ix_channels_place", "place"))

    programme_id: Mapped[int] = in_programme(listed=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    # The place as a destination string.
    place: Mapped[str] = mapped_column(String(255))
    # new (chosen, and not yet found ready), active, paused (archived, the bot was removed, permission
    # lost), away (the bot has left the space)
    state: Mapped[str] = mapped_column(String(10), default="active")


class Member(ProgrammeRow):
    """A student in a cohort: asked (a closed cohort's admission is pending), admitted, or refused."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        Index("ix_members_person_id", "person_id"),
        Index("ix_members_state", "programme_id", "state", "cohort_id"),
    )

    programme_id: Mapped[int] = in_programme()
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]


class Task(ProgrammeRow):
    """A coordinator's task: an approval, a silence, an undeliverable message, an overdue decision."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        Index("ix_tasks_state", "programme_id", "state", "created_at"),
        Index("ix_tasks_subject", "programme_id", "subject"),
        where_given("tasks", "about_id"),
        where_given("tasks", "closed_by"),
    )

    programme_id: Mapped[int] = in_programme()
    key: Mapped[str] = mapped_column(in_order(120))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    # A confidential item: this person and the people of this company do not see it as coordinators.
    about_id: Mapped[int | None]
    about_company_id: Mapped[int | None]
    # The item as a stored Message: what happened and the buttons that act on it.
    message: Mapped[dict[str, Any]]
    # open, done
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime]
    # When it was late and went to the second coordinator; null before.
    late_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Notice(ProgrammeRow):
    """A piece of news waiting for a person's daily message."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        Index("ix_notices_waiting", "person_id", "state"),
        Index("ix_notices_subject", "programme_id", "subject"),
        Index("ix_notices_state", "programme_id", "state", "person_id"),
        where_given("notices", "writer_id"),
    )

    programme_id: Mapped[int] = in_programme()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(in_order(200))
    subject: Mapped[str] = mapped_column(String(80))
    # The piece as a stored Message, part of the day's card.
    message: Mapped[dict[str, Any]]
    # waiting, `told` (sent in a card), dropped (no longer true when the card was made)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime]
    # Whose words it brings, where no other row holds those words.
    writer_id: Mapped[int | None] = mapped_column(default=None)
    # The last instant at which it is of use; it is sent alone if the day's card would be too late.
    useful_until: Mapped[datetime | None]
