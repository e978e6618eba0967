"""The filters of `/project list` as both databases understand them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.programme import ROUTES
from bot.programme.core.turn import Turn
from bot.programme.projects.search import Filters, matching, search_text, similar
from storage.database import Database, UnitOfWork
from storage.folding import tidy
from storage.tables import Cohort as CohortRow
from storage.tables import Company, Member, Person, Programme, Project
from storage.tables.values import CohortRef
from tests.support.projects import deliverable_rows

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


def _seed(work: UnitOfWork) -> None:
    session = work.session
    session.add(Programme(id=1, name="Riverside", zone="Europe/London", created_at=NOW))
    session.flush()
    for number, (name, is_open) in enumerate([("Spring", True), ("Closed", False)], start=1):
        session.add(
            CohortRow(
                id=number,
                programme_id=1,
                name=name,
                zone="Europe/London",
                digest_at="08:00",
                days_off=[],
                open=is_open,
                created_at=NOW,
            )
        )
    companies = [
        Company(id=n, programme_id=1, name=name, created_at=NOW) for n, name in ((1, "Acme"), (2, "Ünal"))
    ]
    session.add_all(companies)
    session.flush()
    session.add(Person(id=1, programme_id=1, name="Ada", company_id=None, created_at=NOW))
    session.flush()
    _project(work, 1, skills=["C++", "Data analysis"], field="Retail", hours=10.0, fee_cents=None)
    _project(work, 2, skills=["Python (data)"], field="Health", hours=20.0, location="İzmir, 50% _remote_")
    _project(work, 3, company_id=2, title="ÇEVRE haritası", skills=["data"], fee_cents=0)
    _project(work, 4, cohorts=[CohortRef(2)], title="Behind doors")
    _project(work, 5, status="closed")
    _project(work, 6, deadline_at=NOW - timedelta(days=1))


def _project(work: UnitOfWork, number: int, **columns: object) -> None:
    values: dict[str, object] = {
        "company_id": 1,
        "status": "open",
        "title": f"Study {number}",
        "brief": "Find out.",
        "deliverables": deliverable_rows("A report"),
        "hours": 30.0,
        "deadline_at": NOW + timedelta(days=number),
        "skills": [],
        "field": "",
        "location": "",
        "contact": "",
        "extra": {},
        "fee_cents": 1000,
        "cohorts": [CohortRef(1)],
        **columns,
    }
    project = Project(
        id=number,
        programme_id=1,
        weeks=1,
        currency="USD",
        places=1,
        starts_at=NOW,
        decide_at=NOW,
        questions=[],
        created_at=NOW,
        updated_at=NOW,
        **values,
    )
    company = work.session.get_one(Company, project.company_id)
    project.search = search_text(project, company.name)
    work.session.add(project)
    work.session.flush()


async def found(database: Database, filters: Filters, **acting: object) -> list[int]:
    """The ids of the projects that fit, for a student in no cohort unless `acting` says otherwise."""

    def ask(work: UnitOfWork) -> list[int]:
        who: dict[str, object] = {"person_id": 1, **acting}
        turn = Turn(work=work, now=NOW, programme_id=1, routes=ROUTES, **who)  # type: ignore[arg-type]  # a test's own keywords
        return [project.id for project in work.session.scalars(matching(turn, filters))]

    return await database.transact(ask)


FOUND = [
    (Filters(), [1, 2, 3]),
    (Filters(words="study find"), [1, 2]),
    (Filters(words=tidy("ÇEVRE")), [3]),
    (Filters(words="50%"), [2]),
    (Filters(words="100%"), []),
    (Filters(words="_remote_"), [2]),
    (Filters(skill="c++"), [1]),
    (Filters(skill="data"), [1, 3]),
    (Filters(skill="analysis"), [1]),
    (Filters(skill="ata"), []),
    (Filters(field="retail"), [1]),
    (Filters(company=tidy("ünal")), [3]),
    (Filters(hours=20), [1, 2]),
    (Filters(paid=True), [2]),
    (Filters(paid=False), [1, 3]),
    (Filters(remote=False), [2]),
    (Filters(cohort=2), []),
]
"""Filters, and the projects they leave."""


@pytest.mark.soak
async def test_each_filter(database: Database) -> None:
    """Nearest deadline first; words anywhere, the others in their own section and from a word's start."""
    await database.transact(_seed)
    assert [(filters, await found(database, filters)) for filters, _ in FOUND] == FOUND


@pytest.mark.soak
async def test_who_sees_what(database: Database) -> None:
    """A closed cohort's project is for its members, for employers and for coordinators."""
    await database.transact(_seed)
    assert 4 not in await found(database, Filters())
    assert 4 in await found(database, Filters(), roles=frozenset({"employer"}))
    assert await found(database, Filters(mine=True), roles=frozenset({"coordinator"})) == [6, 1, 2, 3, 4, 5]
    member = Member(programme_id=1, cohort_id=2, person_id=1, state="admitted", created_at=NOW)
    await database.transact(lambda work: work.session.add(member))
    assert 4 in await found(database, Filters())


async def test_similar_projects_share_something(database: Database) -> None:
    """Most in common first; nothing closed, nothing that shares nothing, and never itself."""
    await database.transact(_seed)

    def ask(work: UnitOfWork) -> list[int]:
        turn = Turn(work=work, now=NOW, programme_id=1, person_id=1, routes=ROUTES)
        return [project.id for project in similar(turn, work.session.get_one(Project, 1))]

    assert await database.transact(ask) == [2]
