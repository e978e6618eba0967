"""Finding projects: the words each is found by, filters, and what is like what.

`Project.search` holds marked sections, each ended by `|`: `s:` a skill, `f:` the field, `c:` the
company, `k:` a cohort's id, `w:` everything else. `tidy` takes both marks out of people's words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.programme.core.turn import Turn
from bot.programme.projects.lookup import cohort_ids
from storage.tables import Application, Cohort, Company, Member, Project

__all__ = [
    "Filters",
    "among_mine",
    "among_open",
    "among_shown",
    "by_name",
    "fitting",
    "matching",
    "search_text",
    "similar",
    "tidy",
    "visible",
]

_MARKS = re.compile(r"[\s|:]+")
_MISSPELT_LIKENESS = 80  # how alike (of 100) a misspelt title or company must be
_AS_NEAR = 3  # and how near to the most alike
_MENTIONED = 4  # the rank of a project that only mentions the words
_MOST_ALIKE = 1000  # projects that a misspelt name is compared with
_COMMON = frozenset("a an and are as at by for from in is it of on or our the to we with your".split())


@dataclass(frozen=True, slots=True)
class Filters:
    """What `/project list` was asked for; "" and None ask for nothing.

    Attributes:
        words: each must occur somewhere in the post. `hours`: at most so many.
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
    mine: bool = False


def tidy(words: str) -> str:
    """Return words as they are searched: one case, one kind of letter, single blanks, none of the marks."""
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", words).casefold()).strip()


def search_text(project: Project, company: str) -> str:
    """Return the words that find `project`; kept in its `search`."""
    sections = [f"s:{tidy(skill)}" for skill in project.skills]
    sections += [f"f:{tidy(project.field)}", f"c:{tidy(company)}"]
    sections += [f"k:{cohort_id}" for cohort_id in cohort_ids(project)]
    rest = [project.title, project.brief, project.deliverables, project.location, project.contact]
    rest += [str(value) for value in project.extra.values()]
    sections.append(f"w:{tidy(' '.join(rest))}")
    return f"|{'|'.join(sections)}|"


def matching(turn: Turn, filters: Filters) -> Select[Project]:
    """Return the projects that fit, nearest deadline first: open, or with `mine` those the person manages."""
    conditions: list[ColumnElement[bool]] = [Project.programme_id == turn.programme_id]
    conditions += [_has(word) for word in tidy(filters.words).split()]
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
        conditions.append(_has(f"|k:{filters.cohort}|"))
    conditions.append(_mine(turn) if filters.mine else and_(_open(turn), visible(turn)))
    return select(Project).where(*conditions).order_by(Project.deadline_at, Project.id)


def among_open(turn: Turn) -> Select[Project]:
    """Return the open projects that concern the person who acts, nearest deadline first."""
    return matching(turn, Filters())


def among_mine(turn: Turn) -> Select[Project]:
    """Return what the person who acts manages, whatever its status, nearest deadline first."""
    return matching(turn, Filters(mine=True))


def among_shown(turn: Turn) -> Select[Project]:
    """Return open projects that concern the acting person, and what they manage, whatever its status."""
    open_now = and_(_open(turn), visible(turn))
    shown = or_(open_now, _mine(turn)) if turn.roles & {"coordinator", "employer"} else open_now
    of_programme = Project.programme_id == turn.programme_id
    return select(Project).where(of_programme, shown).order_by(Project.deadline_at, Project.id)


def fitting(turn: Turn, typed: str, among: Select[Project]) -> list[Project]:
    """Return what a person means by words: the projects with the best kind of fit, in the given order.

    A title that is those words comes before a title that has them, then a company, then the rest of the post;
    without any of these, a title or a company of a close spelling. Without words it is all of them.
    """
    wanted = tidy(typed)
    if not wanted:
        return list(turn.session.scalars(among))
    found = list(turn.session.scalars(among.where(*map(_has, wanted.split()))))
    if not found:
        return _alike(turn, wanted, among)
    names = _companies(turn, found)
    ranks = {project.id: _rank(wanted, tidy(project.title), names[project.company_id]) for project in found}
    best = min(ranks.values())
    return [project for project in found if ranks[project.id] == best]


def by_name(turn: Turn, typed: str, project: Project) -> bool:
    """Tell whether words name a project by its title or company, rather than by what its post mentions."""
    wanted, title = tidy(typed), tidy(project.title)
    company = _companies(turn, [project])[project.company_id]
    alike = max(fuzz.WRatio(wanted, title), fuzz.WRatio(wanted, company))
    return _rank(wanted, title, company) < _MENTIONED or alike >= _MISSPELT_LIKENESS


def _rank(wanted: str, title: str, company: str) -> int:
    """Return how well words fit a project; 0 is best."""
    kinds = (
        wanted == title,
        wanted in title,
        all(word in title for word in wanted.split()),
        wanted in company,
    )
    return next((number for number, fits in enumerate(kinds) if fits), _MENTIONED)


def _alike(turn: Turn, wanted: str, among: Select[Project]) -> list[Project]:
    """Return the projects whose title or company is spelt almost like that, as near as the nearest."""
    found = list(turn.session.scalars(among.limit(_MOST_ALIKE)))
    names = _companies(turn, found)
    scores = {
        project.id: max(
            fuzz.WRatio(wanted, tidy(project.title)), fuzz.WRatio(wanted, names[project.company_id])
        )
        for project in found
    }
    best = max(scores.values(), default=0)
    near = max(_MISSPELT_LIKENESS, best - _AS_NEAR)
    return [project for project in found if scores[project.id] >= near]


def _companies(turn: Turn, found: Iterable[Project]) -> dict[int, str]:
    ids = {project.company_id for project in found}
    query = select(Company.id, Company.name).where(Company.id.in_(ids))
    return {number: tidy(name) for number, name in turn.session.execute(query)}


def _has(words: str) -> ColumnElement[bool]:
    return Project.search.contains(words, autoescape=True)


def _in_section(mark: str, wanted: str) -> ColumnElement[bool]:
    """Match words that begin a section with this mark, or a word in it."""
    return Project.search.regexp_match(rf"\|{mark}:([^|]* )?{re.escape(wanted)}")


def _open(turn: Turn) -> ColumnElement[bool]:
    return and_(Project.status == "open", Project.deadline_at > turn.now)


def _mine(turn: Turn) -> ColumnElement[bool]:
    if "coordinator" in turn.roles:
        return Project.id.is_not(None)
    person = turn.person
    mine: ColumnElement[bool] = Project.owner_id == person.id
    if person.company_id is not None and "employer" in turn.roles:
        mine = or_(mine, Project.company_id == person.company_id)
    return mine


def visible(turn: Turn) -> ColumnElement[bool]:
    """Return the condition that a project concerns the person who acted.

    Coordinators and employers see every project; others those of open cohorts, of the cohorts that
    admitted them, and of no cohort in particular.
    """
    if turn.person_id is None or turn.roles & {"coordinator", "employer"}:
        return Project.id.is_not(None)
    admitted = select(Member.cohort_id).where(Member.person_id == turn.person_id, Member.state == "admitted")
    query = select(Cohort.id).where(
        Cohort.programme_id == turn.programme_id,
        or_(Cohort.open.is_(True), Cohort.id.in_(admitted)),
        Cohort.ended_at.is_(None),
    )
    ids = turn.session.scalars(query).all()
    return or_(~_has("|k:"), *[_has(f"|k:{cohort_id}|") for cohort_id in ids])


def similar(turn: Turn, project: Project, limit: int = 3) -> list[Project]:
    """Return open projects most like this, by skills, field and title words; none the person applied to.

    Like ones first, nearest deadline first among equals; fewer than `limit` when fewer share anything.
    """
    query = (
        select(Project.id, Project.title, Project.field, Project.skills)
        .where(Project.programme_id == turn.programme_id, Project.id != project.id)
        .where(_open(turn), visible(turn))
        .order_by(Project.deadline_at, Project.id)
    )
    if turn.person_id is not None:
        applied = select(Application.project_id).where(Application.person_id == turn.person_id)
        query = query.where(Project.id.not_in(applied))
    this = (_set(project.skills), tidy(project.field), _title_words(project.title))
    scored = [(_likeness(this, row), row.id) for row in turn.session.execute(query)]
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
