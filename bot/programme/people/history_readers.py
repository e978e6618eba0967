"""Readers of the history: which rows of each noun a person sees, as they could when it happened.

`SEEN` is the whole rule. What it does not name is not seen: a reader without a row of the table sees nothing,
and what they may not see is answered like what does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true

from bot.chat.codec import Subject, head_of
from bot.programme.core import history, subjects
from bot.programme.core.turn import Turn
from bot.programme.people.parts import looked_after_by
from storage.tables import Alias, Application, HistoryRow, Project

__all__ = ["SEEN", "HistorySubject", "Kind", "Reader", "Sees", "condition", "knows_who", "readers_of"]

Kind = Literal["coordinator", "employer", "student"]
Times = tuple[tuple[datetime | None, datetime | None], ...]
"""Spans of time, from and to (UTC, without the last instant); None is without a bound."""


@dataclass(frozen=True, slots=True)
class Sees:
    """What a reader sees of a noun's rows.

    Attributes:
        when: "always"; "employer": while they owned the project, or had a part in its company; "public":
            since the project was first open; "own": always, where it is about their own application,
            placement or membership.
        what: the kinds of rows; empty is all.
        unless: moves that they do not see, as (from, to); "" is any status, and none at a birth.
    """

    when: Literal["always", "employer", "public", "own"]
    what: frozenset[str] = frozenset()
    unless: tuple[tuple[str, str], ...] = ()


_ALL: Final = Sees("always")
_EMPLOYER: Final = Sees("employer")
_OWN: Final = Sees("own")
_WORK: Final[Mapping[Kind, Sees]] = {"coordinator": _ALL, "employer": _EMPLOYER, "student": _OWN}

SEEN: Final[Mapping[Subject, Mapping[Kind, Sees]]] = {
    subjects.PROJECT: {
        "coordinator": _ALL,
        "employer": _EMPLOYER,
        # What its card says, not who looks after it nor what came before it was published.
        "student": Sees(
            "public",
            frozenset({history.BIRTH, history.STATUS, history.PLACES, "deadline", "decide", "starts"}),
            (("", "draft"), ("", "review"), ("", "changes")),
        ),
    },
    subjects.APPLICATION: {
        "coordinator": _ALL,
        # From submission on: nothing of one that waits for admission, or never came further.
        "employer": Sees(
            "employer", unless=(("", "admission"), ("admission", "withdrawn"), ("admission", "released"))
        ),
        # No private move of the employer's. A decision that can be undone has no row before it is sent.
        "student": Sees("own", unless=(("", "shortlisted"), ("shortlisted", "submitted"))),
    },
    subjects.OFFER: _WORK,
    subjects.PLACEMENT: _WORK,
    subjects.MILESTONE: _WORK,
    subjects.SUBMISSION: _WORK,
    # Not the employer's: the company need not know that a student has a mentor.
    subjects.MENTOR: {"coordinator": _ALL, "student": _OWN},
    subjects.MEMBER: {"coordinator": _ALL, "student": _OWN},
    # Their own, for people of a company.
    subjects.PART: {"coordinator": _ALL, "employer": _OWN},
    subjects.ABSENCE: {"coordinator": _ALL, "employer": _OWN},
    subjects.COMPANY: {"coordinator": _ALL},
    subjects.PROGRAMME: {"coordinator": _ALL},
    subjects.SCOPE_RULE: {"coordinator": _ALL},
    subjects.CHANNEL: {"coordinator": _ALL},
    subjects.SPACE: {"coordinator": _ALL},
}
"""Which rows of each noun are seen, by which reader. A person who is several of these sees what each sees."""


@dataclass(frozen=True, slots=True)
class HistorySubject:
    """What a history is of: a noun, as `subjects` has it, and its id.

    Attributes:
        project_id: the project that it is of; None for a membership, a channel or a space.
        student_id: whose application, placement or membership it is; None for a project.
        parts: subjects of what belongs to it whose own parts are in its history, too.
    """

    noun: Subject
    id: int
    project_id: int | None = None
    student_id: int | None = None
    parts: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return the things whose rows the history has, with the rows of what belongs to them."""
        return (self.noun(self.id), *self.parts)


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as a reader of one history.

    Attributes:
        coordinates: they are a coordinator.
        employed: when they owned the project, or had a part in its company.
        public_since: when the project was first open, for a student; None where they see nothing of it.
        own: the subjects of what is their own.
    """

    coordinates: bool
    employed: Times
    public_since: datetime | None
    own: tuple[str, ...]


def readers_of(turn: Turn, abouts: Sequence[HistorySubject]) -> list[Reader]:
    """Return the person who acts as a reader of each of these histories."""
    coordinates = "coordinator" in turn.roles
    of_projects = {about.project_id for about in abouts if about.project_id is not None}
    employed = _employed(turn, of_projects) if "employer" in turn.roles and not coordinates else {}
    return [
        Reader(
            coordinates,
            employed.get(about.project_id or 0, ()),
            _public_since(turn, about) if "student" in turn.roles and not coordinates else None,
            () if coordinates else _own(turn, about),
        )
        for about in abouts
    ]


def condition(reader: Reader) -> ColumnElement[bool]:
    """Return the condition of the rows that a reader sees, by `SEEN`."""
    times = ((lines, _when(sees, kind, reader)) for (kind, sees), lines in _CONDITIONS.items())
    return or_(false(), *(and_(lines, when) for lines, when in times if when is not None))


def knows_who(reader: Reader, row: HistoryRow) -> bool:
    """Tell whether a reader of a row may know who acted: who works at a project is not on its card."""
    return (
        reader.coordinates
        or head_of(row.subject) != subjects.PROJECT
        or any(
            (not since or row.at >= since) and (not until or row.at < until)
            for since, until in reader.employed
        )
    )


def _lines_condition(sees: Sees, nouns: Iterable[Subject]) -> ColumnElement[bool]:
    """Return the condition of the rows that a line of the table names for these nouns, of any time."""
    conditions: list[ColumnElement[bool]] = [
        or_(*(HistoryRow.subject.startswith(f"{noun}{noun.mark}") for noun in nouns))
    ]
    if sees.what:
        conditions.append(HistoryRow.what.in_(sorted(sees.what)))
    for before, after in sees.unless:
        moved = [func.coalesce(HistoryRow.before, "") == before] if before else []
        conditions.append(not_(and_(func.coalesce(HistoryRow.after, "") == after, *moved)))
    return and_(*conditions)


_LINES: Final = frozenset((kind, sees) for readers in SEEN.values() for kind, sees in readers.items())
_CONDITIONS: Final = {
    (kind, sees): _lines_condition(
        sees, [noun for noun, readers in SEEN.items() if readers.get(kind) == sees]
    )
    for kind, sees in sorted(_LINES, key=repr)
}
"""The lines of the table that say the same of several nouns, with the condition of what they name.

Built once: in a home page, building it for each reading took half of the processor's time.
"""


def _when(sees: Sees, kind: Kind, reader: Reader) -> ColumnElement[bool] | None:
    """Return the condition of the time and the things that a line lets its reader see; None: nothing."""
    match sees.when:
        case "always":
            return true() if kind == "coordinator" and reader.coordinates else None
        case "employer":
            return or_(*(_between(*each) for each in reader.employed)) if reader.employed else None
        case "public":
            return None if reader.public_since is None else HistoryRow.at >= reader.public_since
        case "own":
            mine = or_(HistoryRow.subject.in_(reader.own), HistoryRow.parent.in_(reader.own))
            return mine if reader.own else None


def _between(start: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    since = [HistoryRow.at >= start] if start is not None else []
    until = [HistoryRow.at < end] if end is not None else []
    return and_(true(), *since, *until)


def _employed(turn: Turn, project_ids: Collection[int]) -> dict[int, Times]:
    """Return when the person who acts owned each project or had a part in its company, by the history.

    Before its first change of owner, the owner of then had it; without a change, the owner of now always had.
    """
    aliases = select(Alias.id).where(Alias.programme_id == turn.programme_id, Alias.person_id == turn.own_id)
    mine = {str(number) for number in turn.session.scalars(aliases)}
    query = select(Project.id, Project.company_id, looked_after_by(turn.person)).where(
        Project.programme_id == turn.programme_id, Project.id.in_(project_ids)
    )
    projects = turn.session.execute(query).all()
    owners = _changes(turn, [subjects.PROJECT(number) for number, *_ in projects], history.OWNER)
    companies = {company_id for _, company_id, _ in projects}
    parts = {company_id: _with_a_part(turn, company_id, mine) for company_id in companies}
    return {
        number: (*_owned(owners.get(subjects.PROJECT(number), ()), mine, owns=owns), *parts[company_id])
        for number, company_id, owns in projects
    }


def _owned(changes: Sequence[HistoryRow], mine: Collection[str], *, owns: bool | None) -> Times:
    """Return when a person owned a project, by its changes of owner; `owns`: they own it now."""
    if not changes:
        return ((None, None),) if owns else ()
    owners = [changes[0].before, *(each.after for each in changes)]
    times = [None, *(each.at for each in changes), None]
    return tuple((times[at], times[at + 1]) for at, owner in enumerate(owners) if owner in mine)


def _with_a_part(turn: Turn, company_id: int, mine: Collection[str]) -> Times:
    """Return when the person who acts had a part in a company.

    A birth that an upgrade found is of before the history; without a row, people of now were always of it.
    """
    changes = _changes(turn, [subjects.PART(company_id, int(alias)) for alias in mine])
    times: list[tuple[datetime | None, datetime | None]] = []
    for rows in changes.values():
        for row in rows:
            if row.what == history.BIRTH:
                times.append((None if row.known_by else row.at, None))
            elif row.after == history.LEFT and times:
                times[-1] = (times[-1][0], row.at)
    if not changes and turn.person.company_id == company_id:
        return ((None, None),)
    return tuple(times)


def _changes(turn: Turn, about: Sequence[str], what: str = "") -> dict[str, list[HistoryRow]]:
    """Return the rows of a kind, or of each, of these subjects, in their order."""
    query = select(HistoryRow).where(
        HistoryRow.programme_id == turn.programme_id, HistoryRow.subject.in_(about)
    )
    found: dict[str, list[HistoryRow]] = {}
    for row in turn.session.scalars(
        (query.where(HistoryRow.what == what) if what else query).order_by(HistoryRow.id)
    ):
        found.setdefault(row.subject, []).append(row)
    return found


def _public_since(turn: Turn, about: HistorySubject) -> datetime | None:
    """Return when a project was first open; None for a history that has no rows of one."""
    if about.project_id is None or about.student_id is not None:
        return None
    opened = select(func.min(HistoryRow.at)).where(
        HistoryRow.programme_id == turn.programme_id,
        HistoryRow.subject == subjects.PROJECT(about.project_id),
        HistoryRow.what.in_((history.BIRTH, history.STATUS)),
        HistoryRow.after == "open",
    )
    return turn.session.scalar(opened)


def _own_in_company(turn: Turn, company_id: int) -> tuple[str, ...]:
    """Return the subjects of the parts and absences of the person who acts in a company."""
    aliases = select(Alias.id).where(Alias.programme_id == turn.programme_id, Alias.person_id == turn.own_id)
    mine = turn.session.scalars(aliases).all()
    return tuple(
        each for alias in mine for each in (subjects.PART(company_id, alias), subjects.ABSENCE(alias))
    )


def _own(turn: Turn, about: HistorySubject) -> tuple[str, ...]:
    """Return the subjects of this history that are of the person who acts: all, or their application."""
    if about.noun == subjects.COMPANY:
        return _own_in_company(turn, about.id)
    if about.student_id is not None:
        return about.subjects if about.student_id == turn.own_id else ()
    if about.project_id is None:
        return ()
    applied = select(Application.id).where(
        Application.programme_id == turn.programme_id,
        Application.project_id == about.project_id,
        Application.person_id == turn.own_id,
    )
    return tuple(subjects.APPLICATION(number) for number in turn.session.scalars(applied))
