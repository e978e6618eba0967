"""The tables of people and projects in a programme of any size: each table's columns, made of a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, or_, true

from benchmarks.population_rows import COHORTS, COORDINATORS, DAY, DELIVERABLES, SPACE, Rows, Value, said
from storage import tables
from storage.tables.values import OwnQuestion

__all__ = ["PEOPLE", "PROJECTS", "Noun"]

Noun = tuple[Any, int, dict[str, Value], ColumnElement[bool]]
"""A table, how many numbers it is counted over, its columns, and which of the numbers become rows."""


def _programme(rows: Rows) -> Noun:
    columns = {"name": "Riverside", "zone": "Europe/London", "created_at": rows.at(-1000 * DAY)}
    return tables.Programme.__table__, 1, columns, true()


def _space(rows: Rows) -> Noun:
    columns = {"platform": rows.size.platform, "external_id": SPACE, "created_at": rows.at(-1000 * DAY)}
    return tables.Space.__table__, 1, columns, true()


def _company(rows: Rows) -> Noun:
    names = {"name": said("Company ", rows.n), "folded_name": said("company ", rows.n)}
    columns = {**names, "created_at": rows.at(-1000 * DAY)}
    return tables.Company.__table__, rows.size.employers // 2, columns, true()


def _person(rows: Rows) -> Noun:
    company = case((_employs(rows), rows.company_of(rows.n)))
    columns = {
        "name": said("Person ", rows.n),
        "folded_name": said("person ", rows.n),
        "zone": "Europe/Berlin",
        "company_id": company,
        "created_at": _long_ago(rows),
    }
    return tables.Person.__table__, rows.size.people, columns, true()


def _employs(rows: Rows) -> ColumnElement[bool]:
    return and_(rows.n > COORDINATORS, rows.n < rows.size.busy_student)


def _long_ago(rows: Rows) -> ColumnElement[Any]:
    return rows.at(-(1 + rows.n % 900) * DAY)


def _identity(rows: Rows) -> Noun:
    account = {"person_id": rows.n, "platform": rows.size.platform, "user_id": said("p", rows.n)}
    columns = {**account, "seen_at": rows.at(-(rows.n % 30) * DAY)}
    return tables.Identity.__table__, rows.size.people, columns, true()


def _role(rows: Rows) -> Noun:
    role = case((rows.n <= COORDINATORS, "coordinator"), (_employs(rows), "employer"), else_="student")
    columns = {"person_id": rows.n, "role": role, "created_at": _long_ago(rows)}
    return tables.Role.__table__, rows.size.people, columns, true()


def _cohort(rows: Rows) -> Noun:
    n = rows.n
    columns = {
        "name": said("Cohort ", n),
        "zone": "Europe/London",
        "digest_at": "08:30",
        "days_off": ["saturday"],
        "open": n <= COHORTS - 10,
        "created_at": rows.at(-1000 * DAY),
        "ended_at": case((n > COHORTS - 2, rows.at(-100 * DAY))),
    }
    return tables.Cohort.__table__, COHORTS, columns, true()


def _channel(rows: Rows) -> Noun:
    return tables.Channel.__table__, COHORTS, {"cohort_id": rows.n, "place": rows.channel(rows.n)}, true()


def _member(rows: Rows) -> Noun:
    n = rows.n
    state = case((n % 1000 == 1, "refused"), else_="admitted")
    columns = {"cohort_id": 1 + n % COHORTS, "person_id": n, "state": state, "created_at": _long_ago(rows)}
    return tables.Member.__table__, rows.size.people, columns, n >= rows.size.busy_student


def _project(rows: Rows) -> Noun:
    n = rows.n
    is_open, owner = n <= rows.size.open_projects, rows.owner_of(n)
    status = case((is_open, "open"), (_unpublished(rows), "draft"), (n % 50 == 1, "declined"), else_="closed")
    deadline = case((is_open, 1 + n % 20), else_=-(n % 700)) * DAY
    columns = {
        "company_id": rows.company_of(owner),
        "owner_id": owner,
        "status": status,
        "title": said("Market map of shop ", n),
        "folded_title": said("market map of shop ", n),
        **_POST,
        "deadline_at": rows.at(deadline),
        "fee_cents": case((n % 4 > 0, 30_000)),
        "starts_at": rows.at(deadline + 10 * DAY),
        "decide_at": rows.at(deadline + 5 * DAY),
        **_shown_to(rows, n),
        "created_at": rows.at(deadline - 31 * DAY),
        "published_at": case((or_(is_open, ~_unpublished(rows)), rows.at(deadline - 30 * DAY))),
        "closed_at": case((status == "closed", rows.at(deadline))),
        "updated_at": rows.at(deadline - 30 * DAY),
    }
    return tables.Project.__table__, rows.size.projects, columns, true()


_POST: Final = {
    "brief": " ".join(["We would like to know which shops are near ours, and what they sell."] * 3),
    "hours": 20.0,
    "field": "marketing",
    "skills": ["excel", "writing"],
    "weeks": 3,
    "currency": "EUR",
    "places": 2,
    "questions": [OwnQuestion("text", "Why this one?")],
    "extra": {},
}


def _unpublished(rows: Rows, project: ColumnElement[int] | None = None) -> ColumnElement[bool]:
    return (rows.n if project is None else project) % 50 == 0


def _shown_to(rows: Rows, project: ColumnElement[int]) -> dict[str, Value]:
    """Return the three cohorts of a project, and the words that it is found by."""
    first, second, third = (_cohort_of(project, nth) for nth in range(3))
    listed = said('[{"id":', first, '},{"id":', second, '},{"id":', third, "}]")
    company = rows.company_of(rows.owner_of(project))
    sections = (
        "|s:excel|s:writing|f:marketing|c:company ",
        company,
        "|k:",
        first,
        "|k:",
        second,
        "|k:",
        third,
    )
    words = said(*sections, "|w:market map of shop ", project, " ", _POST["brief"].lower(), "|")  # type: ignore[attr-defined]  # it is text
    return {"cohorts": rows.json(listed), "search": words}


def _cohort_of(project: ColumnElement[int], nth: ColumnElement[int] | int) -> ColumnElement[int]:
    return 1 + (project + 7 * nth) % COHORTS


def _deliverable(rows: Rows) -> Noun:
    position = 1 + (rows.n - 1) % DELIVERABLES
    columns = {
        "project_id": 1 + (rows.n - 1) // DELIVERABLES,
        "position": position,
        "title": said("Deliverable ", position),
    }
    return tables.Deliverable.__table__, DELIVERABLES * rows.size.projects, columns, true()


def _announcement(rows: Rows) -> Noun:
    project = 1 + (rows.n - 1) // 3
    cohort = _cohort_of(project, (rows.n - 1) % 3)
    columns = {
        "project_id": project,
        "cohort_id": cohort,
        "place": rows.channel(cohort),
        "announced_at": rows.at(-(project % 700) * DAY),
        "shown": "0123456789abcdef",
    }
    published = or_(project <= rows.size.open_projects, ~_unpublished(rows, project))
    return tables.Announcement.__table__, 3 * rows.size.projects, columns, published


def _saved_project(rows: Rows) -> Noun:
    size, n = rows.size, rows.n
    columns = {
        "project_id": 1 + n * 13 % size.projects,
        "person_id": size.busy_student + n % size.students,
        "created_at": rows.at(-(n % 90) * DAY),
    }
    return tables.SavedProject.__table__, size.applications // 10, columns, true()


PEOPLE: Final[tuple[Callable[[Rows], Noun], ...]] = (
    _programme,
    _space,
    _company,
    _person,
    _identity,
    _role,
    _cohort,
    _channel,
    _member,
)
PROJECTS: Final[tuple[Callable[[Rows], Noun], ...]] = (_project, _deliverable, _announcement, _saved_project)
"""What makes the rows of each table, each after those that it refers to."""
