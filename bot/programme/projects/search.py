"""Finding projects: the words each is found by, filters, and what is like what.

`Project.search` holds marked sections, each ended by `|`: `s:` a skill, `f:` the field, `c:` the
company, `k:` a cohort's id, `w:` everything else. `tidy` takes both marks out of people's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.programme.core.turn import Turn
from bot.programme.people.parts import projects_of_employer
from bot.programme.projects.confidentiality import read_by
from bot.programme.projects.countries import country_of, is_open_in, open_in
from bot.programme.projects.deliverables import wanted_of
from bot.programme.projects.lookup import cohort_ids
from bot.programme.projects.ready_answers import contact_in_words, deliverable_in_words
from storage.folding import tidy
from storage.tables import Application, Cohort, Company, Member, Project

__all__ = [
    "ANYWHERE",
    "Filters",
    "among_mine",
    "among_open",
    "among_shown",
    "count_of",
    "has",
    "managed",
    "matching",
    "search_text",
    "similar",
    "usual",
    "visible",
    "with_companies",
]

ANYWHERE = "*"
"""A filter by country that lets every project pass, where a student asks for those of all countries."""

_MOST_LIKE = 300  # open projects that one is compared with, the nearest deadlines
_COMMON = frozenset("a an and are as at by for from in is it of on or our the to we with your".split())


@dataclass(frozen=True, slots=True)
class Filters:
    """What `/project list` was asked for; "" and None ask for nothing.

    Attributes:
        words: each must occur somewhere in the post. `hours`: at most so many.
        country: where students live who may apply (ISO 3166), or `ANYWHERE`.
        cohort: a cohort's id. `mine`: only what the person manages, whatever its status.
    """

    words: str = ""
    skill: str = ""
    field: str = ""
    company: str = ""
    hours: float | None = None
    paid: bool | None = None
    remote: bool | None = None
    cohort: int | None = None
    country: str = ""
    mine: bool = False


def search_text(project: Project, company: str) -> str:
    """Return the words that find `project`; kept in its `search`."""
    sections = [f"s:{tidy(skill)}" for skill in project.skills]
    sections += [f"f:{tidy(project.field)}", f"c:{tidy(company)}"]
    sections += [f"k:{cohort_id}" for cohort_id in cohort_ids(project)]
    contact = contact_in_words(read_by(project, "contact", "open"))
    rest = [project.title, project.brief, project.location, contact]
    wanted = wanted_of(project, "open")
    rest += [f"{deliverable_in_words(each.title)} {each.done_when}" for each in wanted]
    rest += [str(value) for value in project.extra.values()]
    sections.append(f"w:{tidy(' '.join(rest))}")
    return f"|{'|'.join(sections)}|"


def matching(turn: Turn, filters: Filters) -> Select[Project]:
    """Return the projects that fit, nearest deadline first: open, or with `mine` those the person manages."""
    conditions: list[ColumnElement[bool]] = [Project.programme_id == turn.programme_id]
    conditions += [has(word) for word in tidy(filters.words).split()]
    for mark, wanted in (("s", filters.skill), ("f", filters.field), ("c", filters.company)):
        if tidy(wanted):
            conditions.append(_in_section(mark, tidy(wanted)))
    if filters.hours is not None:
        conditions.append(Project.hours <= filters.hours)
    if filters.paid is not None:
        fee = func.coalesce(Project.fee_cents, 0)
        conditions.append(fee > 0 if filters.paid else fee == 0)
    if filters.remote is not None:
        conditions.append(Project.location == "" if filters.remote else Project.location != "")
    if filters.cohort is not None:
        conditions.append(has(f"|k:{filters.cohort}|"))
    if filters.country not in {"", ANYWHERE}:
        conditions.append(open_in(filters.country))
    conditions.append(managed(turn) if filters.mine else and_(_open(turn), visible(turn)))
    return select(Project).where(*conditions).order_by(Project.deadline_at, Project.id)


def usual(turn: Turn) -> Filters:
    """Return what a person is shown without filters: what they may apply to, where that is known."""
    return Filters(country=country_of(turn) or "")


def among_open(turn: Turn) -> Select[Project]:
    """Return the open projects that concern the person who acts, nearest deadline first."""
    return matching(turn, Filters())


def among_mine(turn: Turn) -> Select[Project]:
    """Return what the person who acts manages, whatever its status, the latest deadline first."""
    return _latest_first(matching(turn, Filters(mine=True)))


def among_shown(turn: Turn) -> Select[Project]:
    """Return open projects that concern who acts, and what they manage, the latest deadline first."""
    if "coordinator" in turn.roles:
        return among_mine(turn)
    if "employer" not in turn.roles:
        return _latest_first(among_open(turn))
    shown = or_(and_(_open(turn), visible(turn)), managed(turn))
    return _latest_first(select(Project).where(Project.programme_id == turn.programme_id, shown))


def _latest_first(among: Select[Project]) -> Select[Project]:
    return among.order_by(None).order_by(Project.deadline_at.desc(), Project.id.desc())


def count_of(turn: Turn, among: Select[Project]) -> int:
    """Return how many projects there are among these."""
    ids = among.order_by(None).with_only_columns(Project.id).subquery()
    return turn.session.scalar(select(func.count()).select_from(ids)) or 0


def with_companies(turn: Turn, among: Select[Project]) -> tuple[Project, ...]:
    """Return the projects; their companies are loaded as well, since most lists name them."""
    query = among.join(Company, Company.id == Project.company_id).add_columns(Company)
    return tuple(project for project, _ in turn.session.execute(query))


def has(words: str) -> ColumnElement[bool]:
    """Return the condition that words are somewhere in a post, its company or its skills."""
    return Project.search.contains(words, autoescape=True)


def _in_section(mark: str, wanted: str) -> ColumnElement[bool]:
    """Match words that begin a section with this mark, or a word in it."""
    return Project.search.regexp_match(rf"\|{mark}:([^|]* )?{re.escape(wanted)}")


def _open(turn: Turn) -> ColumnElement[bool]:
    return and_(Project.status == "open", Project.deadline_at > turn.now)


def managed(turn: Turn) -> ColumnElement[bool]:
    """Return the condition that the person who acts manages a project."""
    if "coordinator" in turn.roles:
        return Project.id.is_not(None)
    return or_(*projects_of_employer(turn))


def visible(turn: Turn) -> ColumnElement[bool]:
    """Return the condition that a project concerns the person who acted.

    Coordinators and employers see every project; others those of open cohorts, of the cohorts that
    admitted them, and of no cohort in particular. In a company's own space all see its projects alone.
    """
    if turn.space_company is not None:
        return Project.company_id == turn.space_company
    if turn.person_id is None or turn.roles & {"coordinator", "employer"}:
        return Project.id.is_not(None)
    admitted = select(Member.cohort_id).where(Member.person_id == turn.person_id, Member.state == "admitted")
    query = select(Cohort.id).where(
        Cohort.programme_id == turn.programme_id,
        or_(Cohort.open.is_(True), Cohort.id.in_(admitted)),
        Cohort.ended_at.is_(None),
    )
    ids = turn.session.scalars(query).all()
    return or_(~has("|k:"), *[has(f"|k:{cohort_id}|") for cohort_id in ids])


def similar(turn: Turn, project: Project, limit: int = 3) -> list[Project]:
    """Return open projects most like this, by skills, field and title words, that the person can apply to.

    Like ones first, nearest deadline first among equals; fewer than `limit` when fewer share anything.
    """
    query = (
        select(Project.id, Project.title, Project.field, Project.skills, Project.countries)
        .where(Project.programme_id == turn.programme_id, Project.id != project.id)
        .where(_open(turn), visible(turn))
        .order_by(Project.deadline_at, Project.id)
        .limit(_MOST_LIKE)
    )
    country = country_of(turn)
    if turn.person_id is not None:
        applied = select(Application.project_id).where(Application.person_id == turn.person_id)
        query = query.where(Project.id.not_in(applied))
    this = (_set(project.skills), tidy(project.field), _title_words(project.title))
    rows = [row for row in turn.session.execute(query) if is_open_in(row, country)]
    scored = [(_likeness(this, row), row.id) for row in rows]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])[:limit]
    return [turn.session.get_one(Project, project_id) for _, project_id in best]


def _likeness(this: tuple[frozenset[str], str, frozenset[str]], other: Any) -> int:  # noqa: ANN401 - a row
    skills, field, words = this
    alike = 3 * len(skills & _set(other.skills))
    alike += 2 * (bool(field) and field == tidy(other.field))
    return alike + len(words & _title_words(other.title))


def _set(skills: Iterable[str]) -> frozenset[str]:
    return frozenset(tidy(skill) for skill in skills)


def _title_words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", tidy(title))) - _COMMON
