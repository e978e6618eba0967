"""Look-up of projects by words, as people type them: of the title, the company, or anything in the post.

This is the only place in which words become a project; lists filter by `search.matching`. However many there
are, `COMPARED` projects are compared, those with the latest deadlines; an index finds older ones by their
title or its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz
from sqlalchemy import Select, Subquery, and_, case, select

from bot.programme.core.turn import Turn
from bot.programme.projects import search
from bot.programme.projects.lookup import company_name
from storage.dialects import among as contained
from storage.dialects import begins
from storage.folding import folded, tidy
from storage.tables import Company, Project

__all__ = ["COMPARED", "Fitting", "fitting"]

COMPARED: Final = 1000
"""Projects of which titles, companies and posts are compared with words, those with the latest deadlines."""

_MISSPELT_LIKENESS: Final = 80  # how alike (of 100) a misspelt title or company must be
_AS_NEAR: Final = 3  # and how near to the most alike
_TITLED: Final = 1  # the last rank of a project that has the words in its title one after the other
_MENTIONED: Final = 4  # the rank of a project that only mentions the words


@dataclass(frozen=True, slots=True)
class Fitting:
    """What fits: the first projects, whether there are more, and how they fit.

    `named`: by a title or a company, rather than by what their posts mention; False where nothing was typed.
    """

    projects: tuple[Project, ...] = ()
    more: bool = False
    named: bool = False

    @property
    def only(self) -> Project | None:
        """The only project that fits; None where there are several, or none."""
        return self.projects[0] if len(self.projects) == 1 and not self.more else None


def fitting(turn: Turn, typed: str, among: Select[Project], most: int, compared: int = COMPARED) -> Fitting:
    """Return what a person means by words: the projects with the best kind of fit, in the given order.

    A title that is those words comes before a title that has them, then a company, then the rest of the post;
    without any of these, a title or a company of a close spelling. Without words it is all of them.
    `compared`: the number of projects that are compared with words.
    """
    wanted = tidy(typed)
    if not wanted:
        return _first(turn, among, most)
    found = _first(turn, among.where(Project.folded_title == folded(typed)), most, named=True)
    if found.projects:
        return found
    latest = _latest(among, compared)
    ranks = _ranks(turn, latest, wanted)
    best = min(ranks.values(), default=None)
    if best is None or best > _TITLED:
        found = _beginning(turn, typed, among, most)
    if best is not None and not found.projects:
        ids = [number for number, rank in ranks.items() if rank == best]
        found = _first(turn, _of(among, ids), most, named=best < _MENTIONED)
    if not found.projects:
        return _alike(turn, wanted, latest, among, most)
    named = found.named or _is_misspelt(turn, wanted, found.projects[0])
    return Fitting(found.projects, found.more, named)


def _latest(among: Select[Project], compared: int) -> Subquery:
    """Return what is compared with words, of the projects with the latest deadlines.

    Conditions on it stay outside of it, so that PostgreSQL reads these projects once. It would do so for each
    project that fits if their ids were a condition.
    """
    latest = among.order_by(None).order_by(Project.deadline_at.desc(), Project.id.desc()).limit(compared)
    columns = (Project.id, Project.folded_title, Project.search, Project.company_id)
    return latest.with_only_columns(*columns).subquery("latest")


def _of(among: Select[Project], ids: Sequence[int]) -> Select[Project]:
    return among.where(contained(Project.id, "ids")).params(ids=ids)


def _first(turn: Turn, among: Select[Project], most: int, *, named: bool = False) -> Fitting:
    found = search.with_companies(turn, among.limit(most + 1))
    return Fitting(found[:most], len(found) > most, named)


def _ranks(turn: Turn, latest: Subquery, wanted: str) -> dict[int, int]:
    """Return the projects that have the words, by id, each with its rank: the least fits best.

    What has them as its title is found before.
    """
    words, title = wanted.split(), latest.c.folded_title
    company = select(Company.folded_name).where(Company.id == latest.c.company_id).scalar_subquery()
    rank = case(
        (title.contains(wanted, autoescape=True), _TITLED),
        (and_(*(title.contains(word, autoescape=True) for word in words)), 2),
        (company.contains(wanted, autoescape=True), 3),
        else_=_MENTIONED,
    )
    has = (latest.c.search.contains(word, autoescape=True) for word in words)
    return dict(turn.session.execute(select(latest.c.id, rank).where(*has)).all())


def _beginning(turn: Turn, typed: str, among: Select[Project], most: int) -> Fitting:
    """Return the projects whose title begins with words, however old they are."""
    title = Project.folded_title
    begun = (
        select(Project.id)
        .where(Project.programme_id == turn.programme_id, begins(title, folded(typed)))
        .order_by(title)
        .limit(COMPARED)
    )
    ids = turn.session.scalars(begun).all()
    return _first(turn, _of(among, ids), most, named=True) if ids else Fitting()


def _alike(turn: Turn, wanted: str, latest: Subquery, among: Select[Project], most: int) -> Fitting:
    """Return the projects whose title or company is spelt almost like that, as near as the nearest."""
    query = select(latest.c.id, latest.c.folded_title, Company.folded_name).join(
        Company, Company.id == latest.c.company_id
    )
    scored = [(_likeness(wanted, title, name), number) for number, title, name in turn.session.execute(query)]
    near = max(_MISSPELT_LIKENESS, max(scored, default=(0.0, 0))[0] - _AS_NEAR)
    ids = [number for score, number in scored if score >= near]
    return _first(turn, _of(among, ids), most, named=True) if ids else Fitting()


def _is_misspelt(turn: Turn, wanted: str, project: Project) -> bool:
    """Tell whether words are nearly the title or the company of a project that mentions them."""
    name = folded(company_name(turn, project))
    return _likeness(wanted, project.folded_title, name) >= _MISSPELT_LIKENESS


def _likeness(wanted: str, title: str, company: str) -> float:
    return max(fuzz.WRatio(wanted, title), fuzz.WRatio(wanted, company))
