"""Tables of work: projects, applications, placements and their parts (statuses: programme/lifecycle)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from storage.folding import FOLDED, folded
from storage.tables.base import ProgrammeRow, in_programme, where_given
from storage.tables.values import (
    Agreement,
    CohortRef,
    GivenAnswer,
    HeldDecision,
    Level,
    OwnQuestion,
    WantedDeliverable,
)
from storage.types import CENTS

__all__ = [
    "Announcement",
    "Application",
    "CheckIn",
    "Deliverable",
    "DraftCohort",
    "ImportRun",
    "Milestone",
    "Placement",
    "Project",
    "SavedProject",
    "Submission",
]


class Project(ProgrammeRow):
    """A micro-internship as posted."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("programme_id", "identity"),
        Index("ix_projects_deadline", "programme_id", "deadline_at", "status"),
        Index("ix_projects_decision", "programme_id", "decide_at", "published_at"),
        Index("ix_projects_open", "programme_id", "status", "deadline_at"),
        Index("ix_projects_title", "programme_id", "folded_title"),
        where_given("projects", "contact_by_id"),
    )

    programme_id: Mapped[int] = in_programme()
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    # The person who answers applicants and the bot; null for an imported project until a person takes it
    # over.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(Text)
    # The title as it is compared; written with it.
    folded_title: Mapped[str] = mapped_column(FOLDED, default="", server_default=text("''"))
    brief: Mapped[str] = mapped_column(Text)
    # The deliverables in words, for the previous release's program only: nothing reads it any more, and the
    # next release's migration takes the column away.
    deliverables_text: Mapped[str] = mapped_column("deliverables", Text, default="")
    hours: Mapped[float]
    # Of each of its three dates: the instant; beside it date and zone where it was given as a day (an IANA
    # name, or "everywhere"), null where it has a time.
    deadline_at: Mapped[datetime]
    deadline_day: Mapped[date | None]
    deadline_zone: Mapped[str | None] = mapped_column(String(64))
    field: Mapped[str] = mapped_column(Text, default="")
    # "" is remote.
    location: Mapped[str] = mapped_column(Text, default="")
    skills: Mapped[list[str]]
    weeks: Mapped[int]
    # Null is unpaid; the reason says why.
    fee_cents: Mapped[int | None] = mapped_column(CENTS)
    currency: Mapped[str] = mapped_column(String(3))
    unpaid_reason: Mapped[str] = mapped_column(Text, default="")
    places: Mapped[int]
    starts_at: Mapped[datetime]
    starts_day: Mapped[date | None]
    starts_zone: Mapped[str | None] = mapped_column(String(64))
    decide_at: Mapped[datetime]
    decide_day: Mapped[date | None]
    decide_zone: Mapped[str | None] = mapped_column(String(64))
    # Who pays and how, and within how many days after the work is accepted; "" and null are not said.
    payer: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    pay_days: Mapped[int | None] = mapped_column(default=None)
    # The countries in which students may live (ISO 3166); none is any.
    countries: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    # The dates that cannot move: starts, due, deliverables.
    fixed: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    # Who may read a field, where it is another level than the field's own.
    levels: Mapped[dict[str, Level]] = mapped_column(default=dict, server_default=text("'{}'"))
    # Who answers questions and how often.
    contact: Mapped[str] = mapped_column(Text, default="")
    # Who wrote that; null where it is not known.
    contact_by_id: Mapped[int | None] = mapped_column(default=None)
    # Only accepted interns see it, or fewer people: never in a card, digest or log.
    private_details: Mapped[str] = mapped_column(Text, default="")
    # The employer's own questions, at most five.
    questions: Mapped[list[OwnQuestion]]
    # The cohorts it is announced to.
    cohorts: Mapped[list[CohortRef]]
    url: Mapped[str] = mapped_column(Text, default="")
    # Columns of an import that have no column here, kept and shown.
    extra: Mapped[dict[str, Any]]
    # Of an import: a hash of the row's whole content; null otherwise.
    identity: Mapped[str | None] = mapped_column(String(64))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    # Lower-cased words that `/project list` searches.
    search: Mapped[str] = mapped_column(Text)
    # A coordinator's reason for publishing over a stop of the scope check.
    override_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    # The newest outage for which its deadline was looked at, so that none moves it twice.
    outage_id: Mapped[int | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    deliverables: Mapped[list[Deliverable]] = relationship(
        order_by="Deliverable.position", cascade="all, delete-orphan"
    )

    @validates("title")
    def _fold(self, _column: str, title: str) -> str:
        self.folded_title = folded(title)
        return title


class Deliverable(ProgrammeRow):
    """What a project's interns hand in; each placement gets a milestone of it."""

    __tablename__ = "deliverables"

    programme_id: Mapped[int] = in_programme()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    # 1 first.
    position: Mapped[int]
    # People's words or a Term (bot/chat/answers/terms), as are the title of a milestone, and a project's
    # contact and reason why it is unpaid.
    title: Mapped[str] = mapped_column(Text)
    # What counts as done; "" where that was not said.
    done_when: Mapped[str] = mapped_column(Text, default="")
    # Due so many days after the start, or on a date of the student's; both null is at the end.
    after_days: Mapped[int | None]
    due_on: Mapped[date | None]
    # Who may read it.
    level: Mapped[Level] = mapped_column(String(12), default="open")
    # Whether either side may end the work without a reason once this was handed in.
    first_step: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def wanted(self) -> WantedDeliverable:
        """Return what it says."""
        return WantedDeliverable(
            self.title, self.done_when, self.after_days, self.due_on, self.level, self.first_step
        )


class Announcement(ProgrammeRow):
    """A project's card in a cohort channel: one per project and place, ever."""

    __tablename__ = "announcements"
    __table_args__ = (
        UniqueConstraint("project_id", "place"),
        Index("ix_announcements_cohort", "cohort_id"),
    )

    programme_id: Mapped[int] = in_programme()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    place: Mapped[str] = mapped_column(String(255))
    announced_at: Mapped[datetime]
    # When an edit found that the card was deleted there; nothing is edited after that.
    gone_at: Mapped[datetime | None]
    # When it was posted a second time, after it was deleted; a card is posted again once.
    reposted_at: Mapped[datetime | None]
    # A hash of the card's last content; null where that never arrived, or is unknown.
    shown: Mapped[str | None] = mapped_column(String(16))


class SavedProject(ProgrammeRow):
    """A project that a person wants to find again."""

    __tablename__ = "saved_projects"
    __table_args__ = (UniqueConstraint("project_id", "person_id"),)

    programme_id: Mapped[int] = in_programme()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]


class Application(ProgrammeRow):
    """A student's application to a project; one per student and project, ever."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("project_id", "person_id"),
        Index("ix_applications_status", "programme_id", "status", "project_id"),
        Index("ix_applications_sent", "project_id", "status", "submitted_at"),
        where_given("applications", "reason_by_id"),
    )

    programme_id: Mapped[int] = in_programme()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    status: Mapped[str] = mapped_column(String(14))
    # In the order of the form.
    answers: Mapped[list[GivenAnswer]]
    # What the student agreed to by sending it.
    agreements: Mapped[list[Agreement]] = mapped_column(default=list, server_default=text("'[]'"))
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    # The kind reason that the student was given.
    reason: Mapped[str] = mapped_column(Text, default="")
    # Who gave it; null where it is not known.
    reason_by_id: Mapped[int | None] = mapped_column(default=None)
    # Of a release: why ("silence", "full", "admission", "refused", "late", "overfull"), and by when an answer
    # was promised; "" where it was not recorded.
    release_reason: Mapped[str] = mapped_column(String(12), default="", server_default=text("''"))
    release_by: Mapped[datetime | None] = mapped_column(default=None)
    # The employer's own waiting order, 1 first; null is not on the waiting list.
    waiting: Mapped[int | None]
    # A decision that can still be undone; announced when the undo time is over.
    held: Mapped[HeldDecision | None] = mapped_column(default=None)
    offer_until: Mapped[datetime | None]
    # When the student took one more day for the open offer; null where they have not.
    more_time_at: Mapped[datetime | None] = mapped_column(default=None)
    # Of a released application: the student still wants a place that comes late.
    late_offer: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class DraftCohort(ProgrammeRow):
    """The cohort through which a person applies to a project, decided at the start, used at the end."""

    __tablename__ = "draft_cohorts"
    __table_args__ = (UniqueConstraint("project_id", "person_id"),)

    programme_id: Mapped[int] = in_programme()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    decided_at: Mapped[datetime]


class Placement(ProgrammeRow):
    """An accepted application at work."""

    __tablename__ = "placements"
    __table_args__ = (
        UniqueConstraint("application_id"),
        Index("ix_placements_due", "programme_id", "status", "due_at"),
        where_given("placements", "ended_by_id"),
        where_given("placements", "employer_line_by_id"),
    )

    programme_id: Mapped[int] = in_programme()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    # As of a project's dates: date and zone of a day, which is the student's.
    starts_at: Mapped[datetime]
    starts_day: Mapped[date | None]
    starts_zone: Mapped[str | None] = mapped_column(String(64))
    due_at: Mapped[datetime]
    due_day: Mapped[date | None]
    due_zone: Mapped[str | None] = mapped_column(String(64))
    # Of an early end: why, in the words of the person who ended it, for that person and the coordinators
    # only.
    reason: Mapped[str] = mapped_column(Text, default="")
    # Who ended it early; null where it was not ended early, or where that is no longer known.
    ended_by_id: Mapped[int | None]
    # The reason that the other side may read (placements/ending); null is none.
    end_code: Mapped[str | None] = mapped_column(String(12))
    # A line from each side at completion.
    student_line: Mapped[str] = mapped_column(Text, default="")
    employer_line: Mapped[str] = mapped_column(Text, default="")
    # Who wrote the employer's; null where it is not known.
    employer_line_by_id: Mapped[int | None] = mapped_column(default=None)
    # When a side said that both have talked; null before.
    talked_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Milestone(ProgrammeRow):
    """A deliverable of a placement with its date."""

    __tablename__ = "milestones"

    programme_id: Mapped[int] = in_programme()
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    # What counts as done; "" where that was not said.
    done_when: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    # As of a project's dates: date and zone of a day, which is the student's.
    due_at: Mapped[datetime]
    due_day: Mapped[date | None]
    due_zone: Mapped[str | None] = mapped_column(String(64))
    # open, handed_in, accepted, settled (no answer came in time)
    status: Mapped[str] = mapped_column(String(12))
    # The other date that the student asks for, as `dates.stamp` writes it, until it has its answer.
    asked_due: Mapped[str | None] = mapped_column(String(20))


class Submission(ProgrammeRow):
    """Work submitted for a milestone; a new version each time."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("milestone_id", "version"),
        where_given("submissions", "feedback_by_id"),
    )

    programme_id: Mapped[int] = in_programme()
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    # As `bot.chat.answers.files` writes them.
    files: Mapped[list[dict[str, Any]]]
    # handed_in, accepted, changes (asked, with feedback), settled (no answer came in time)
    status: Mapped[str] = mapped_column(String(12))
    feedback: Mapped[str] = mapped_column(Text, default="")
    # Who wrote it; null where it is not known.
    feedback_by_id: Mapped[int | None] = mapped_column(default=None)
    # When it was settled without a review; null where it was not.
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class CheckIn(ProgrammeRow):
    """A side's answer to a set step of a placement; unanswered until `answered_at`."""

    __tablename__ = "check_ins"
    __table_args__ = (UniqueConstraint("placement_id", "step", "side"),)

    programme_id: Mapped[int] = in_programme()
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    step: Mapped[int]
    # student, employer
    side: Mapped[str] = mapped_column(String(10))
    # on_track, at_risk, stuck
    answer: Mapped[str | None] = mapped_column(String(10))
    line: Mapped[str] = mapped_column(Text, default="")
    # The student keeps it from a mentor.
    for_coordinators: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class ImportRun(ProgrammeRow):
    """An import of a file; resumable by the hash of its content."""

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("programme_id", "identity"),)

    programme_id: Mapped[int] = in_programme()
    identity: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(Text)
    rows: Mapped[int]
    # running, complete
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
