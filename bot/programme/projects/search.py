"""Finding projects: the words each is found by, filters, and what is like what.

`Project.search` holds marked sections, each ended by `|`: `s:` a skill, `f:` the field, `c:` the
company, `k:` a cohort's id, `w:` everything else. `tidy` takes both marks out of people's words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.programme.core.turn import Turn
from bot.programme.projects.deliverables import wanted_of
from bot.programme.projects.lookup import cohort_ids, company_name
from bot.programme.projects.ready_answers import contact_in_words, deliverable_in_words
from storage.tables import Application, Cohort, Company, Member, Project

__all__ = [
    "Filters",
    "Fitting",
    "among_mine",
    "among_open",
    "among_shown",
    "by_name",
    "count_of",
    "fitting",
    "fitting_ids",
    "managed",
    "matching",
    "search_text",
    "similar",
    "tidy",
    "visible",
    "with_companies",
]

_MARKS = re.compile(r"[\s|:]+")
_MISSPELT_LIKENESS = 80  # how alike (of 100) a misspelt title or company must be
_AS_NEAR = 3  # and how near to the most alike
_MENTIONED = 4  # the rank of a project that only mentions the words
_MOST_ALIKE = 1000  # projects that a misspelt name is compared with
_COMMON = frozenset("a an and are as at by for from in is it of on or our the to we with your".split())


@dataclass(frozen=True, slots=True)
class Fitting:
    """What fits: the first projects, how many there are, and the ids of those that take applications.

    The last is empty where nothing was typed, as no caller needs it then.
    """

    projects: tuple[Project, ...]
    count: int
    taking: tuple[int, ...] = ()


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
    rest = [project.title, project.brief, project.location, contact_in_words(project.contact)]
    wanted = wanted_of(project, "open")
    rest += [f"{deliverable_in_words(each.title)} {each.done_when}" for each in wanted]
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
    conditions.append(managed(turn) if filters.mine else and_(_open(turn), visible(turn)))
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
    shown = or_(open_now, managed(turn)) if turn.roles & {"coordinator", "employer"} else open_now
    of_programme = Project.programme_id == turn.programme_id
    return select(Project).where(of_programme, shown).order_by(Project.deadline_at, Project.id)


def fitting(turn: Turn, typed: str, among: Select[Project], most: int) -> Fitting:
    """Return what a person means by words: the projects with the best kind of fit, in the given order.

    A title that is those words comes before a title that has them, then a company, then the rest of the post;
    without any of these, a title or a company of a close spelling. Without words it is all of them.
    """
    wanted = tidy(typed)
    if not wanted:
        found = with_companies(turn, among.limit(most))
        return Fitting(found, len(found) if len(found) < most else count_of(turn, among))
    named = _best(turn, wanted, among)
    ids = [each.id for each in named[:most]]
    loaded = {each.id: each for each in with_companies(turn, select(Project).where(Project.id.in_(ids)))}
    return Fitting(
        tuple(loaded[each] for each in ids),
        len(named),
        tuple(each.id for each in named if each.status == "open" and each.deadline_at > turn.now),
    )


def fitting_ids(turn: Turn, typed: str, among: Select[Project]) -> list[int]:
    """Return the ids of all that `fitting` finds."""
    return [each.id for each in _best(turn, tidy(typed), among)]


def _best(turn: Turn, wanted: str, among: Select[Project]) -> list[_Named]:
    """Return the projects with the best kind of fit, in the given order."""
    named = _named(turn, among.where(*map(_has, wanted.split())))
    if not named:
        return _alike(turn, wanted, among)
    ranks = [_rank(wanted, each.title, each.company) for each in named]
    best = min(ranks)
    return [each for each, rank in zip(named, ranks, strict=True) if rank == best]


def count_of(turn: Turn, among: Select[Project]) -> int:
    """Return how many projects there are among these."""
    ids = among.order_by(None).with_only_columns(Project.id).subquery()
    return turn.session.scalar(select(func.count()).select_from(ids)) or 0


def with_companies(turn: Turn, among: Select[Project]) -> tuple[Project, ...]:
    """Return the projects; their companies are loaded as well, since most lists name them."""
    query = among.join(Company, Company.id == Project.company_id).add_columns(Company)
    return tuple(project for project, _ in turn.session.execute(query))


@dataclass(frozen=True, slots=True)
class _Named:
    """A project by its title and its company's name, both as they are searched."""

    id: int
    title: str
    company: str
    status: str
    deadline_at: datetime


def _named(turn: Turn, among: Select[Project]) -> list[_Named]:
    columns = (Project.id, Project.title, Company.name, Project.status, Project.deadline_at)
    query = among.with_only_columns(*columns).join(Company, Company.id == Project.company_id)
    return [
        _Named(number, tidy(title), tidy(company), status, deadline)
        for number, title, company, status, deadline in turn.session.execute(query)
    ]


def by_name(turn: Turn, typed: str, project: Project) -> bool:
    """Tell whether words name a project by its title or company, rather than by what its post mentions."""
    wanted, title, company = tidy(typed), tidy(project.title), tidy(company_name(turn, project))
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


def _alike(turn: Turn, wanted: str, among: Select[Project]) -> list[_Named]:
    """Return the projects whose title or company is spelt almost like that, as near as the nearest."""
    found = _named(turn, among.limit(_MOST_ALIKE))
    scores = [max(fuzz.WRatio(wanted, each.title), fuzz.WRatio(wanted, each.company)) for each in found]
    near = max(_MISSPELT_LIKENESS, max(scores, default=0) - _AS_NEAR)
    return [each for each, score in zip(found, scores, strict=True) if score >= near]


def _has(words: str) -> ColumnElement[bool]:
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
