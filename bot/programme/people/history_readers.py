"""Readers of the history: which rows of each noun a person sees, as they could when it happened.

`SEEN` is the whole rule. What it does not name is not seen: a reader without a row of the table sees nothing,
and what they may not see is answered like what does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, and_, false, func, not_, or_, select, true

from bot.chat.codec import Subject, head_of
from bot.programme.core import history, subjects
from bot.programme.core.turn import Turn
from storage.tables import Alias, Application, HistoryRow, Project

__all__ = ["SEEN", "About", "Kind", "Reader", "Sees", "condition", "knows_who", "readers_of"]

Kind = Literal["coordinator", "employer", "student"]
Times = tuple[tuple[datetime | None, datetime | None], ...]
"""Spans of time, from and to (UTC, without the last instant); None is without a bound."""


@dataclass(frozen=True, slots=True)
class Sees:
    """What a reader sees of a noun's rows.

    Attributes:
        when: "always"; "owned": while they owned the project; "public": since the project was first open;
            "own": always, where it is about their own application, placement or membership.
        what: the kinds of rows; empty is all.
        unless: moves that they do not see, as (from, to); "" is any status, and none at a birth.
    """

    when: Literal["always", "owned", "public", "own"]
    what: frozenset[str] = frozenset()
    unless: tuple[tuple[str, str], ...] = ()


_ALL: Final = Sees("always")
_OWNED: Final = Sees("owned")
_OWN: Final = Sees("own")
_WORK: Final[Mapping[Kind, Sees]] = {"coordinator": _ALL, "employer": _OWNED, "student": _OWN}

SEEN: Final[Mapping[Subject, Mapping[Kind, Sees]]] = {
    subjects.PROJECT: {
        "coordinator": _ALL,
        "employer": _OWNED,
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
            "owned", unless=(("", "admission"), ("admission", "withdrawn"), ("admission", "released"))
        ),
        # No private move of the employer's. A decision that can be undone has no row before it is sent.
        "student": Sees("own", unless=(("", "shortlisted"), ("shortlisted", "submitted"))),
    },
    subjects.OFFER: _WORK,
    subjects.PLACEMENT: _WORK,
    subjects.MILESTONE: _WORK,
    subjects.SUBMISSION: _WORK,
    subjects.MEMBER: {"coordinator": _ALL, "student": _OWN},
    subjects.PART: {"coordinator": _ALL},
    subjects.CHANNEL: {"coordinator": _ALL},
    subjects.SPACE: {"coordinator": _ALL},
}
"""Which rows of each noun are seen, by which reader. A person who is several of these sees what each sees."""


@dataclass(frozen=True, slots=True)
class About:
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
        owned: when they owned the project.
        public_since: when the project was first open, for a student; None where they see nothing of it.
        own: the subjects of what is their own.
    """

    coordinates: bool
    owned: Times
    public_since: datetime | None
    own: tuple[str, ...]


def readers_of(turn: Turn, abouts: Sequence[About]) -> list[Reader]:
    """Return the person who acts as a reader of each of these histories."""
    coordinates = "coordinator" in turn.roles
    of_projects = {about.project_id for about in abouts if about.project_id is not None}
    owned = _owned(turn, of_projects) if "employer" in turn.roles and not coordinates else {}
    return [
        Reader(
            coordinates,
            owned.get(about.project_id or 0, ()),
            _public_since(turn, about) if "student" in turn.roles and not coordinates else None,
            () if coordinates else _own(turn, about),
        )
        for about in abouts
    ]


def condition(reader: Reader) -> ColumnElement[bool]:
    """Return the condition of the rows that a reader sees, by `SEEN`."""
    return or_(
        false(),
        *(
            and_(HistoryRow.subject.startswith(f"{noun}{noun.mark}"), _told(sees, kind, reader))
            for noun, readers in SEEN.items()
            for kind, sees in readers.items()
        ),
    )


def knows_who(reader: Reader, row: HistoryRow) -> bool:
    """Tell whether a reader of a row may know who acted: who works at a project is not on its card."""
    return (
        reader.coordinates
        or head_of(row.subject) != subjects.PROJECT
        or any(
            (not since or row.at >= since) and (not until or row.at < until) for since, until in reader.owned
        )
    )


def _told(sees: Sees, kind: Kind, reader: Reader) -> ColumnElement[bool]:
    """Return the condition of a line of the table, for a reader who may or may not be of its kind."""
    told = [_when(sees, kind, reader)]
    if sees.what:
        told.append(HistoryRow.what.in_(sorted(sees.what)))
    for before, after in sees.unless:
        moved = [func.coalesce(HistoryRow.before, "") == before] if before else []
        told.append(not_(and_(func.coalesce(HistoryRow.after, "") == after, *moved)))
    return and_(*told)


def _when(sees: Sees, kind: Kind, reader: Reader) -> ColumnElement[bool]:
    """Return the condition of the time and the things that a line of the table lets its reader see."""
    match sees.when:
        case "always":
            return true() if kind == "coordinator" and reader.coordinates else false()
        case "owned":
            return or_(false(), *(_between(*each) for each in reader.owned))
        case "public":
            return false() if reader.public_since is None else HistoryRow.at >= reader.public_since
        case "own":
            return or_(HistoryRow.subject.in_(reader.own), HistoryRow.parent.in_(reader.own))


def _between(start: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    since = [HistoryRow.at >= start] if start is not None else []
    until = [HistoryRow.at < end] if end is not None else []
    return and_(true(), *since, *until)


def _owned(turn: Turn, project_ids: Collection[int]) -> dict[int, Times]:
    """Return when the person who acts owned each project, as the history has it.

    Before its first change of owner, the owner of then had it; without a change, the owner of now always had.
    """
    aliases = select(Alias.id).where(Alias.programme_id == turn.programme_id, Alias.person_id == turn.own_id)
    mine = {str(number) for number in turn.session.scalars(aliases)}
    projects = turn.session.execute(
        select(Project.id, Project.owner_id).where(
            Project.programme_id == turn.programme_id, Project.id.in_(project_ids)
        )
    ).all()
    changes: dict[str, list[Row[*tuple[Any, ...]]]] = {subjects.PROJECT(each.id): [] for each in projects}
    query = (
        select(HistoryRow.subject, HistoryRow.before, HistoryRow.after, HistoryRow.at)
        .where(HistoryRow.programme_id == turn.programme_id, HistoryRow.subject.in_(changes))
        .where(HistoryRow.what == history.OWNER)
        .order_by(HistoryRow.id)
    )
    for row in turn.session.execute(query):
        changes[row.subject].append(row)
    found: dict[int, Times] = {}
    for number, owner_id in projects:
        moves = changes[subjects.PROJECT(number)]
        owners = [moves[0].before, *(each.after for each in moves)] if moves else [None]
        times = [None, *(each.at for each in moves), None]
        is_mine = [owner in mine for owner in owners] if moves else [owner_id == turn.own_id]
        found[number] = tuple((times[at], times[at + 1]) for at, held in enumerate(is_mine) if held)
    return found


def _public_since(turn: Turn, about: About) -> datetime | None:
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


def _own(turn: Turn, about: About) -> tuple[str, ...]:
    """Return the subjects of this history that are of the person who acts: all, or their application."""
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
