"""Look-up of projects by words, on both databases: however many there are, only the latest are compared."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from benchmarks.population import fill
from bot.programme import ROUTES
from bot.programme.core.turn import Turn
from bot.programme.projects.search import among_mine, among_open, search_text
from bot.programme.projects.title_lookup import Fitting, fitting
from storage.database import Database, UnitOfWork, open_database
from storage.tables import Company, Person, Programme, Project

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
TITLES = ("Straßenkarte of Bonn", "Logo for a bakery", "Old map of wells", "Market map", "Market map", "Maps")
"""The titles of the projects, the earliest deadline first."""


def _seed(work: UnitOfWork) -> None:
    work.session.add(Programme(id=1, name="Riverside", zone="Europe/London", created_at=NOW))
    work.session.flush()
    company = Company(id=1, programme_id=1, name="Acme Wells", created_at=NOW)
    work.session.add_all([company, Person(id=1, programme_id=1, name="Cora", created_at=NOW)])
    work.session.flush()
    for number, title in enumerate(TITLES, 1):
        work.session.add(_project(number, title, company.name))
    work.session.flush()


def _project(number: int, title: str, company: str) -> Project:
    project = Project(
        id=number, programme_id=1, company_id=1, status="open", title=title,
        brief="Ask bakers in the town", hours=30.0, weeks=1, field="", location="", contact="", skills=[],
        extra={}, cohorts=[], questions=[], currency="USD", places=1, starts_at=NOW, decide_at=NOW,
        deadline_at=NOW + timedelta(days=number), created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    project.search = search_text(project, company)
    return project


def _finds(typed: str, *, most: int = 25, compared: int = 1000) -> Callable[[UnitOfWork], Fitting]:
    def find(work: UnitOfWork) -> Fitting:
        roles = frozenset({"coordinator"})
        turn = Turn(work=work, now=NOW, programme_id=1, person_id=1, roles=roles, routes=ROUTES)
        return fitting(turn, typed, among_mine(turn), most, compared)

    return find


async def _found(database: Database, typed: str, compared: int = 1000) -> list[int]:
    return [each.id for each in (await database.transact(_finds(typed, compared=compared))).projects]


@pytest.mark.soak
async def test_the_best_kind_of_fit_is_found(database: Database) -> None:
    """The title, words in it in any order, the company, the post, and a close spelling, in any script."""
    await database.transact(_seed)
    kinds = {
        "market MAP": [5, 4],
        "map": [6, 5, 4, 3],
        "wells map": [3],
        "acme": [6, 5, 4, 3, 2, 1],
        "STRASSENKARTE": [1],
        "bakers in": [6, 5, 4, 3, 2, 1],
        "lgoo for a bakrey": [2],
        "zebra": [],
    }
    assert {typed: await _found(database, typed) for typed in kinds} == kinds


async def test_a_post_that_mentions_the_words_is_not_named_by_them(database: Database) -> None:
    """A title and a company name a project; words of the post do not, unless they nearly are its title."""
    await database.transact(_seed)
    named = {
        typed: (await database.transact(_finds(typed))).named for typed in ("maps", "acme", "in the town", "")
    }
    assert named == {"maps": True, "acme": True, "in the town": False, "": False}


async def test_what_is_left_out_is_known(database: Database) -> None:
    """A list that is full says whether more fit; the only one that fits is not one of several."""
    await database.transact(_seed)
    three = await database.transact(_finds("map", most=3))
    assert ([each.id for each in three.projects], three.more, three.only) == ([6, 5, 4], True, None)
    logo = await database.transact(_finds("logo", most=1))
    assert (logo.more, logo.only and logo.only.id) == (False, 2)


async def test_an_old_project_is_found_by_its_title_and_its_beginning(database: Database) -> None:
    """Where two projects are compared with words, four are older: an index holds their titles."""
    await database.transact(_seed)
    assert await _found(database, "old map of wells", compared=2) == [3]
    assert await _found(database, "straßen", compared=2) == [1]
    assert await _found(database, "of wells", compared=2) == []
    assert await _found(database, "logo for", compared=2) == [2]


READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'projects'"
"""How many rows of projects a transaction of PostgreSQL has read."""


@pytest.mark.soak
async def test_postgresql_reads_what_is_compared_once(migrated_postgresql_url: str) -> None:
    """And not again for each project that has the words, which all of them have."""
    database = open_database(migrated_postgresql_url)
    size = await database.transact(lambda work: fill(work.connection, 20_000))
    await database.transact(lambda work: work.connection.execute(text("ANALYZE projects")))

    def read(work: UnitOfWork) -> tuple[int, Fitting]:
        who, roles = size.busy_student, frozenset({"student"})
        turn = Turn(work=work, now=size.now, programme_id=1, person_id=who, roles=roles, routes=ROUTES)
        found = fitting(turn, "map", among_open(turn), 25)
        return int(work.connection.scalar(text(READ)) or 0), found

    rows, found = await database.read(read)
    await database.close()
    assert len(found.projects) == 25
    assert rows <= 6 * size.open_projects
