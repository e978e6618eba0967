"""Projects and applications for tests: rows put in place, and what follows from publishing carried out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from adapters.terminal.limits import LIMITS
from bot.chat.actions import SetTimer
from bot.chat.adapter import Capabilities
from bot.programme import ROUTES
from bot.programme.applications.decisions import decision_date
from bot.programme.core.changes import Begun
from bot.programme.core.lifecycle import change, move
from bot.programme.core.timers import row_of
from bot.programme.core.turn import Turn
from bot.programme.projects import publishing
from bot.programme.projects.deliverable_list import read_deliverables
from bot.programme.projects.deliverables import set_deliverables
from bot.programme.projects.search import search_text
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from storage.database import UnitOfWork
from storage.queries import timers
from storage.tables import (
    Application,
    Cohort,
    Company,
    Deliverable,
    Identity,
    Person,
    Programme,
    Project,
    Role,
)
from storage.tables.values import CohortRef, GivenAnswer
from tests.support.bot import MONDAY, PEOPLE, Life

__all__ = [
    "DEADLINE",
    "DECIDE",
    "deliverable_rows",
    "make_coordinator",
    "post",
    "posted",
    "project_row",
    "publish",
    "seed_application",
    "seed_applications",
    "set_columns",
    "statuses",
    "turn_of",
]


def deliverable_rows(words: str) -> list[Deliverable]:
    """Rows of what a text names, as a project that is not stored has them."""
    project = Project(programme_id=1)
    set_deliverables(project, read_deliverables(words, MONDAY, "Europe/London"))
    return list(project.deliverables)


DEADLINE = MONDAY + timedelta(days=10)
"""The deadline of what `publish` publishes: a Thursday, 08:00 UTC."""

DECIDE = DEADLINE + timedelta(days=5)
"""Its decision date: a Tuesday, 08:00 UTC."""


def project_row(work: UnitOfWork, owner: Person | None, now: datetime, **columns: object) -> Project:
    """A project of `owner`'s company (of the first company without an owner), not published yet."""
    programme = work.session.scalars(select(Programme)).one()
    company_id = owner.company_id if owner else work.session.scalars(select(Company.id)).first()
    cohorts = [CohortRef(cohort_id) for cohort_id in work.session.scalars(select(Cohort.id))]
    values: dict[str, Any] = {
        "title": "Market map of repair shops",
        "brief": "List the repair shops of the city and what each repairs.",
        "hours": 20,
        "deadline_at": DEADLINE,
        "skills": ["research"],
        "weeks": 2,
        "fee_cents": 40000,
        "places": 1,
        "starts_at": DECIDE + timedelta(days=6),
        "decide_at": DECIDE,
        "questions": [],
        "cohorts": cohorts,
        "private_details": "The door code is 4711.",
        **columns,
    }
    wanted = str(values.pop("deliverables", "A table of shops\nA one-page summary"))
    project = Project(
        programme_id=programme.id,
        company_id=company_id,
        owner_id=owner.id if owner else None,
        status="draft",
        currency="USD",
        extra={},
        search="",
        created_at=now,
        updated_at=now,
        **values,
    )
    set_deliverables(project, read_deliverables(wanted, now, programme.zone))
    work.session.add(project)
    work.session.flush()
    company = work.session.get_one(Company, company_id)
    project.search = search_text(project, company.name)
    work.session.flush()
    return project


def publish(stage: Life, owner: str = "marta", **columns: object) -> int:
    """Publish a project of this account's ("": without an owner) as the bot does; return its id."""
    now = stage.clock.now()

    def turn(work: UnitOfWork) -> int:
        project = project_row(work, _person(work, owner) if owner else None, now, **columns)
        acting = Turn(work, now, project.programme_id, routes=ROUTES, source=f"post:{project.id}:{now}")
        context = Context(acting, stage.runtime.routes, None, Capabilities(), LIMITS)
        carry_out(context, publishing.publish(acting, project))
        return project.id

    return int(stage.database.transact_inline(turn))


async def post(stage: Life, owner: str = "marta", **columns: object) -> int:
    """As `publish`, and its card is in the channels."""
    project_id = publish(stage, owner, **columns)
    await stage.settle()
    return project_id


async def posted(stage: Life, *applicants: str, owner: str = "marta", **columns: object) -> int:
    """A published project with sent applications of these accounts, answering `Why <account>`; its id."""
    project_id = await post(stage, owner, **columns)

    def seed(work: UnitOfWork) -> None:
        project = work.session.get_one(Project, project_id)
        for account in applicants:
            words, label = f"Why {account}", "Why this project"
            answer = GivenAnswer("why", label, "long", words, words, "x", prompt=label)
            seed_application(work, project, _person(work, account), stage.clock.now(), answers=[answer])

    stage.database.transact_inline(seed)
    return project_id


async def set_columns(stage: Life, project_id: int, **columns: object) -> None:
    """Change a published project as an edit does, with what its promise makes of it."""
    now = stage.clock.now()

    def turn(work: UnitOfWork) -> None:
        project = work.session.get_one(Project, project_id)
        acting = Turn(work, now, project.programme_id, routes=ROUTES, source=f"edit:{project.id}:{now}")
        context = Context(acting, stage.runtime.routes, None, Capabilities(), LIMITS)
        carry_out(context, change(acting, project, **columns))
        carry_out(context, decision_date.reschedule(acting, project))

    stage.database.transact_inline(turn)
    await stage.settle()


def _person(work: UnitOfWork, account: str) -> Person:
    """A person by the id of an account, or one of PEOPLE, whatever the platform calls them."""
    query = select(Person).join(Identity, Identity.person_id == Person.id).where(Identity.user_id == account)
    found = work.session.scalars(query).first()
    if found is not None:
        return found
    return work.session.scalars(select(Person).where(Person.name == PEOPLE[account][0])).one()


def make_coordinator(stage: Life, account: str) -> None:
    """Make a person a coordinator besides what they are."""

    def turn(work: UnitOfWork) -> None:
        person = _person(work, account)
        now = stage.clock.now()
        role = Role(programme_id=person.programme_id, person_id=person.id, role="coordinator", created_at=now)
        work.session.add(role)
        work.session.flush()

    stage.database.transact_inline(turn)


def seed_application(
    work: UnitOfWork, project: Project, person: Person, now: datetime, **columns: object
) -> Application:
    """An application as a row, sent unless `columns` say otherwise."""
    values: dict[str, Any] = {
        "cohort_id": work.session.scalars(select(Cohort.id)).first(),
        "status": "submitted",
        "answers": [],
        "submitted_at": now,
        **columns,
    }
    application = Application(
        programme_id=project.programme_id,
        project_id=project.id,
        person_id=person.id,
        created_at=now,
        **values,
    )
    work.session.add(application)
    work.session.flush()
    # As if it had been sent: what an application begins is set, the wait for its answer above all.
    acting = Turn(work, now, project.programme_id, routes=ROUTES)
    begun = [act for act in acting.follow(Begun(application)) if isinstance(act, SetTimer)]
    timers.remind(work.connection, [row_of(project.programme_id, each) for each in begun])
    return application


def seed_applications(work: UnitOfWork, count: int, **columns: object) -> list[int]:
    """A programme with one project of one place and `count` applications with these columns; their ids.

    Its employer is account p0, its students are p1 and on.
    """
    session = work.session
    programme = Programme(name="Riverside", zone="Europe/London", created_at=MONDAY)
    session.add(programme)
    session.flush()
    mine = {"programme_id": programme.id, "created_at": MONDAY}
    company = Company(**mine, name="Acme Maps")
    session.add_all(
        [company, Cohort(**mine, name="Spring", zone="Europe/London", digest_at="08:30", days_off=[])]
    )
    session.flush()
    people = [Person(**mine, name=f"Person {number}", zone="Europe/London") for number in range(count + 1)]
    people[0].company_id = company.id
    session.add_all(people)
    session.flush()
    for number, person in enumerate(people):
        session.add(
            Identity(
                programme_id=programme.id,
                person_id=person.id,
                platform="terminal",
                user_id=f"p{number}",
                seen_at=MONDAY,
            )
        )
        session.add(Role(**mine, person_id=person.id, role="student" if number else "employer"))
    project = project_row(work, people[0], MONDAY, places=1, published_at=MONDAY)
    move(turn_of(work), project, "open")
    return [seed_application(work, project, person, MONDAY, **columns).id for person in people[1:]]


def turn_of(work: UnitOfWork, account: str = "", now: datetime = MONDAY) -> Turn:
    """A turn of this account's in the only programme; "" is a timer's."""
    programme_id = work.session.scalars(select(Programme.id)).one()
    if not account:
        return Turn(work, now, programme_id, routes=ROUTES)
    person = _person(work, account)
    roles = frozenset(work.session.scalars(select(Role.role).where(Role.person_id == person.id)))
    return Turn(work, now, programme_id, person.id, roles, routes=ROUTES)


def statuses(stage: Life) -> list[str]:
    """Every application's status, oldest first."""
    return [status for (status,) in stage.rows(select(Application.status).order_by(Application.id))]
