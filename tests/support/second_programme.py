"""A second programme in the same database, with a row of everything, for tests of what stays apart."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Table, select

from bot.chat.content import Plain, dump_message, message
from bot.chat.conversation.draft import Draft, dump_draft
from storage.database import UnitOfWork
from storage.queries import conversations
from storage.tables import (
    Announcement,
    Application,
    Channel,
    CheckIn,
    Cohort,
    Company,
    Deliverable,
    Identity,
    Letter,
    Member,
    Milestone,
    Notice,
    Person,
    Placement,
    Programme,
    Project,
    Role,
    SavedProject,
    Space,
    Submission,
    Task,
    Terms,
    metadata,
)
from storage.tables.base import ProgrammeRow
from storage.tables.values import CohortRef, GivenAnswer
from tests.support.stage import MONDAY

__all__ = ["NUMBERS", "WORD", "move_in", "rows_of"]

WORD: Final = "Zanzibar"
"""Part of every text of the neighbour's, and of nothing else."""

NUMBERS: Final = (900, 901, 902)
"""The ids of the neighbour's rows: 900 is the first of every kind; no row of the stage has one of them."""

Row = TypeVar("Row", bound=ProgrammeRow)


def move_in(work: UnitOfWork) -> int:
    """Make the neighbour's programme with a project, an application, a placement and all else; its id.

    Its people have no account on the stage.
    """
    work.session.add(programme := Programme(name=WORD, zone="Europe/London", created_at=MONDAY))
    work.session.flush()
    _Neighbour(work, programme.id).settle()
    return programme.id


def rows_of(work: UnitOfWork, programme_id: int) -> dict[str, list[Any]]:
    """Every row of a programme, by table."""
    tables: list[Table] = [table for table in metadata.sorted_tables if "programme_id" in table.c]
    return {
        table.name: list(
            work.connection.execute(select(table).where(table.c.programme_id == programme_id)).all()
        )
        for table in tables
    }


class _Neighbour:
    def __init__(self, work: UnitOfWork, programme_id: int) -> None:
        self.work = work
        self.programme_id = programme_id
        self.counts: Counter[type[ProgrammeRow]] = Counter()

    def add(self, noun: type[Row], **columns: object) -> Row:
        number = NUMBERS[0] + self.counts[noun]
        self.counts[noun] += 1
        made = noun(id=number, programme_id=self.programme_id, **columns)
        self.work.session.add(made)
        self.work.session.flush()
        return made

    def person(self, role: str, company: Company | None = None) -> Person:
        made = self.add(
            Person, name=f"{WORD} {role}", company_id=company.id if company else None, created_at=MONDAY
        )
        self.add(Role, person_id=made.id, role=role, created_at=MONDAY)
        user = {"platform": "elsewhere", "user_id": f"n-{role}"}
        self.add(Identity, person_id=made.id, **user, seen_at=MONDAY)
        return made

    def settle(self) -> None:
        self.add(Space, platform="elsewhere", external_id="n", created_at=MONDAY)
        company = self.add(Company, name=WORD, created_at=MONDAY)
        employer, student = self.person("employer", company), self.person("student")
        self.person("coordinator")
        cohort = self.cohort(student)
        for status in ("open", "draft", "review"):
            self.project(company, employer, cohort, status)
        project = self.work.session.get_one(Project, NUMBERS[0])
        self.add(SavedProject, project_id=project.id, person_id=student.id, created_at=MONDAY)
        place = f"elsewhere/channel/n/{WORD}"
        self.add(Announcement, project_id=project.id, cohort_id=cohort.id, place=place, announced_at=MONDAY)
        self.work_goes_on(project, student, employer, cohort)
        said = dump_message(message(Plain(WORD)))
        self.add(Task, key="n", kind="report", subject="project:1", message=said, created_at=MONDAY)
        notice = {"key": "n", "subject": "project:1", "message": said, "state": "told"}
        self.add(Notice, person_id=student.id, **notice, created_at=MONDAY)
        self.draft(student, project)

    def cohort(self, student: Person) -> Cohort:
        made = self.add(
            Cohort,
            name=WORD,
            zone="Europe/London",
            digest_at="09:00",
            days_off=[],
            open=False,
            created_at=MONDAY,
        )
        self.add(Channel, cohort_id=made.id, place=f"elsewhere/channel/n/{WORD}", state="paused")
        self.add(Member, cohort_id=made.id, person_id=student.id, state="asked", created_at=MONDAY)
        return made

    def project(self, company: Company, owner: Person, cohort: Cohort, status: str) -> Project:
        return self.add(
            Project,
            company_id=company.id,
            owner_id=owner.id,
            status=status,
            title=f"{WORD} {status}",
            brief=WORD,
            deliverables=[Deliverable(programme_id=self.programme_id, position=1, title=WORD)],
            hours=10,
            deadline_at=MONDAY + timedelta(days=20),
            skills=[WORD],
            weeks=2,
            currency="USD",
            places=2,
            starts_at=MONDAY + timedelta(days=30),
            decide_at=MONDAY + timedelta(days=25),
            private_details=WORD,
            questions=[],
            cohorts=[CohortRef(cohort.id)],
            extra={},
            search=f"|w:{WORD.lower()}|",
            created_at=MONDAY,
            updated_at=MONDAY,
            published_at=MONDAY if status == "open" else None,
        )

    def work_goes_on(self, project: Project, student: Person, employer: Person, cohort: Cohort) -> None:
        answer = GivenAnswer("why", WORD, "long", WORD, WORD, "x", prompt=WORD)
        application = self.add(
            Application,
            project_id=project.id,
            person_id=student.id,
            cohort_id=cohort.id,
            status="accepted",
            answers=[answer],
            submitted_at=MONDAY,
            created_at=MONDAY,
        )
        both = {"sender_id": employer.id, "recipient_id": student.id}
        self.add(
            Letter,
            application_id=application.id,
            **both,
            text=WORD,
            created_at=MONDAY,
            reported_at=MONDAY,
        )
        placement = self.add(
            Placement,
            project_id=project.id,
            application_id=application.id,
            person_id=student.id,
            status="active",
            starts_at=MONDAY,
            due_at=MONDAY + timedelta(days=40),
            created_at=MONDAY,
        )
        self.add(
            Terms,
            placement_id=placement.id,
            version=1,
            accepted_by=student.id,
            accepted_at=MONDAY,
            agreements=[],
            deliverables=[],
            deliverables_text=WORD,
            hours=10,
            weeks=2,
            currency="USD",
            starts_at=MONDAY,
            due_at=MONDAY + timedelta(days=40),
        )
        milestone = {"position": 1, "title": WORD, "due_at": MONDAY + timedelta(days=40)}
        made = self.add(Milestone, placement_id=placement.id, **milestone, status="handed_in")
        version = {"version": 1, "text": WORD, "files": [], "status": "handed_in"}
        self.add(Submission, milestone_id=made.id, **version, created_at=MONDAY)
        for side, person in (("student", student), ("employer", employer)):
            asked = {"step": 1, "side": side, "asked_at": MONDAY}
            self.add(CheckIn, placement_id=placement.id, person_id=person.id, **asked)

    def draft(self, student: Person, project: Project) -> None:
        row = {
            "programme_id": self.programme_id,
            "person_id": student.id,
            "form": "application",
            "subject": str(project.id),
            "draft": dump_draft(Draft()),
            "state": "open",
            "created_at": MONDAY,
            "updated_at": MONDAY,
            "destination": "elsewhere/@n-student",
        }
        conversations.begin(self.work.connection, row)
