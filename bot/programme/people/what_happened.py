"""What happened: the rows of a history that a reader sees, in pages, and the newest in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select

from bot.chat.codec import Subject, head_of
from bot.chat.content import Block, Button, Buttons, Moment, text
from bot.chat.sentences import Sentence, Value, layout, say
from bot.chat.values import replace
from bot.programme.core import history, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.people.history_lines import WITHOUT_LINE, Entry, LineNames, line
from bot.programme.people.history_readers import HistorySubject, Reader, condition, knows_who, readers_of
from bot.programme.people.time_zones import zone_of
from storage.tables import (
    Alias,
    Application,
    Channel,
    Company,
    HistoryRow,
    Member,
    Mentor,
    Milestone,
    Person,
    Placement,
    Programme,
    Project,
    Space,
)

__all__ = [
    "HistoryPage",
    "Newest",
    "WithHistory",
    "about",
    "as_sentence",
    "find",
    "newest",
    "newest_blocks",
    "page_of",
]

WithHistory = Project | Application | Placement | Member | Company | Channel | Space | Programme
"""What a history can be asked of."""

_TABLES: Final[Mapping[str, Any]] = {
    subjects.PROJECT: Project,
    subjects.APPLICATION: Application,
    subjects.PLACEMENT: Placement,
    subjects.MEMBER: Member,
    subjects.COMPANY: Company,
    subjects.CHANNEL: Channel,
    subjects.SPACE: Space,
    subjects.PROGRAMME: Programme,
}


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some entries of a history, the newest first, and how many it has."""

    entries: tuple[Entry, ...]
    count: int


def find(turn: Turn, noun: str, number: int) -> WithHistory | None:
    """Return a thing of the turn's programme by its noun, as `subjects` has it, and its id; None for none."""
    row: WithHistory | None = turn.session.get(_TABLES[noun], number) if noun in _TABLES else None
    of = row.id if isinstance(row, Programme) else row and row.programme_id
    return row if of == turn.programme_id else None


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest entry of several histories as a line, what it is of, and a button to its history."""

    of: WithHistory
    entry: Sentence
    button: Button


def about(turn: Turn, row: WithHistory) -> HistorySubject:
    """Return the history of a thing, with what belongs to it.

    A project has its applications, an application its offers and its placement, a placement its deliverables
    and what was handed in, a company the parts that people have there, a programme the rules of its scope
    check and the absences of people who are of no company.
    """
    [found] = _abouts(turn, [row])
    return found


def _abouts(turn: Turn, rows: Sequence[WithHistory]) -> list[HistorySubject]:
    placements = [row.id for row in rows if isinstance(row, Placement)]
    parts = _milestones(turn, placements) if placements else {}
    return [_about(row, parts.get(row.id, ())) for row in rows]


def _about(row: WithHistory, parts: tuple[str, ...]) -> HistorySubject:
    match row:
        case Project():
            return HistorySubject(subjects.PROJECT, row.id, row.id)
        case Application():
            return HistorySubject(subjects.APPLICATION, row.id, row.project_id, row.person_id)
        case Placement():
            return HistorySubject(subjects.PLACEMENT, row.id, row.project_id, row.person_id, parts)
        case Member():
            return HistorySubject(subjects.MEMBER, row.id, student_id=row.person_id)
        case Company():
            return HistorySubject(subjects.COMPANY, row.id)
        case Channel():
            return HistorySubject(subjects.CHANNEL, row.id)
        case Space():
            return HistorySubject(subjects.SPACE, row.id)
        case Programme():
            return HistorySubject(subjects.PROGRAMME, row.id)


def _milestones(turn: Turn, placements: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the subjects of the deliverables of each placement."""
    held = select(Milestone.placement_id, Milestone.id).where(
        Milestone.programme_id == turn.programme_id, Milestone.placement_id.in_(placements)
    )
    found: dict[int, tuple[str, ...]] = {}
    for placement_id, number in turn.session.execute(held):
        found[placement_id] = (*found.get(placement_id, ()), subjects.MILESTONE(number))
    return found


def page_of(
    turn: Turn, row: WithHistory, start: int, most: int, *, reads_reasons: bool = False
) -> HistoryPage:
    """Return what the person who acts sees of a history, from an entry (the newest is 0) on.

    `reads_reasons`: they are a coordinator who may read the reasons that were given in confidence.
    """
    of = about(turn, row)
    [reader] = readers_of(turn, [of])
    seen = _seen(turn, [of], [reader])
    count = turn.session.scalar(select(func.count()).select_from(HistoryRow).where(seen)) or 0
    rows = _rows(turn, seen, most, start) if count else []
    names = _names(turn, rows, with_students=of.student_id is None)
    entries = (
        line(turn, each, names, reads_reasons=reads_reasons, knows_who=knows_who(reader, each))
        for each in rows
    )
    return HistoryPage(tuple(entries), count)


def newest(turn: Turn, *of: WithHistory) -> Newest | None:
    """Return the newest that the person who acts sees of these; None where they see nothing.

    Of a project it is what happened to itself: its applications may be many, and have lines of their own.
    """
    if not of or not turn.person_id:
        return None
    abouts = _abouts(turn, of)
    readers = readers_of(turn, abouts)
    rows = _rows(turn, _seen(turn, abouts, readers, whole=False), 1, 0)
    if not rows:
        return None
    [row] = rows
    at = next(at for at, each in enumerate(abouts) if {row.subject, row.parent} & set(each.subjects))
    names = _names(turn, rows, with_students=False)
    entry = line(turn, row, names, knows_who=knows_who(readers[at], row))
    leads = verbs.HISTORY(str(abouts[at].noun), abouts[at].id)
    return Newest(of[at], as_sentence(turn, entry), Button("See the history", leads))


def newest_blocks(turn: Turn, row: WithHistory) -> list[Block]:
    """Return the newest in one line, with a button to the whole; nothing where the reader sees none."""
    found = newest(turn, row)
    return [text("What happened: {entry}", entry=found.entry), Buttons((found.button,))] if found else []


def as_sentence(turn: Turn, entry: Entry) -> Sentence:
    """Return an entry as a line: when, what and who; one that is older than the history has a mark."""
    zone = zone_of(turn, turn.person)
    this_year = entry.at.astimezone(ZoneInfo(zone)).year == turn.now.astimezone(ZoneInfo(zone)).year
    when: Value = Moment(entry.at, zone, "date_clock" if this_year else "full")
    if entry.mark == "found":
        when = say("after {when}", when=when)
    said = layout("{when}: {what}", when=when, what=entry.what)
    if entry.who is not None:
        said = layout("{what} ({who})", what=said, who=entry.who)
    return layout("{what} †", what=said) if entry.mark else said


def _seen(
    turn: Turn, abouts: Sequence[HistorySubject], readers: Sequence[Reader], *, whole: bool = True
) -> ColumnElement[bool]:
    """Return the condition of the rows of these histories that the person who acts sees.

    Without `whole` a project has its own rows alone.
    """
    alike: dict[Reader, list[int]] = {}
    for at, reader in enumerate(readers):
        alike.setdefault(replace(reader, own=()), []).append(at)
    told = (
        and_(
            _rows_of([abouts[at] for at in places], whole=whole),
            condition(replace(reader, own=tuple(each for at in places for each in readers[at].own))),
        )
        for reader, places in alike.items()
    )
    return and_(HistoryRow.programme_id == turn.programme_id, not_(WITHOUT_LINE), or_(false(), *told))


def _rows_of(of: Sequence[HistorySubject], *, whole: bool) -> ColumnElement[bool]:
    own = [each for about in of for each in about.subjects]
    parents = [each for about in of if whole or about.noun != subjects.PROJECT for each in about.subjects]
    mine = HistoryRow.subject.in_(own)
    return or_(mine, HistoryRow.parent.in_(parents)) if parents else mine


def _rows(turn: Turn, seen: ColumnElement[bool], most: int, offset: int) -> list[HistoryRow]:
    # By the instant, as an upgrade may write rows of what was before.
    newest_first = (HistoryRow.at.desc(), HistoryRow.id.desc())
    query = select(HistoryRow).where(seen).order_by(*newest_first).limit(most).offset(offset)
    return list(turn.session.scalars(query))


def _names(turn: Turn, rows: Sequence[HistoryRow], *, with_students: bool) -> LineNames:
    """Return the names that these rows need; `with_students`: the student of each application, too."""
    aliases = {row.alias_id for row in rows if row.alias_id is not None}
    of_people = (subjects.PART, subjects.ABSENCE)
    found = (noun.match(row.subject) for row in rows for noun in of_people)
    aliases |= {each.alias for each in found if each is not None}
    aliases |= {int(row.after) for row in rows if row.what == history.OWNER and row.after is not None}
    named = (
        select(Alias.id, Person)
        .join(Person, Person.id == Alias.person_id)
        .where(Alias.programme_id == turn.programme_id, Alias.id.in_(aliases))
    )
    people = {row[0]: row[1] for row in turn.session.execute(named)} if aliases else {}
    students = _students(turn, rows) if with_students else {}
    return LineNames(people, students, _deliverables(turn, rows), _mentors(turn, rows))


def _students(turn: Turn, rows: Sequence[HistoryRow]) -> dict[str, Person]:
    numbers = _ids(subjects.APPLICATION, rows)
    query = (
        select(Application.id, Person)
        .join(Person, Person.id == Application.person_id)
        .where(Application.programme_id == turn.programme_id, Application.id.in_(numbers))
    )
    found = turn.session.execute(query) if numbers else ()
    return {subjects.APPLICATION(number): person for number, person in found}


def _mentors(turn: Turn, rows: Sequence[HistoryRow]) -> dict[str, Person]:
    numbers = _ids(subjects.MENTOR, rows)
    query = (
        select(Mentor.id, Person)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.programme_id == turn.programme_id, Mentor.id.in_(numbers))
    )
    found = turn.session.execute(query) if numbers else ()
    return {subjects.MENTOR(number): person for number, person in found}


def _deliverables(turn: Turn, rows: Sequence[HistoryRow]) -> dict[str, int]:
    numbers = _ids(subjects.MILESTONE, rows)
    query = select(Milestone.id, Milestone.position).where(
        Milestone.programme_id == turn.programme_id, Milestone.id.in_(numbers)
    )
    found = turn.session.execute(query) if numbers else ()
    return {subjects.MILESTONE(number): position for number, position in found}


def _ids(noun: Subject, rows: Sequence[HistoryRow]) -> set[int]:
    """Return the ids of the things of a noun that these rows are about, or that theirs belong to."""
    about = {each for row in rows for each in (row.subject, row.parent)}
    return {noun.id_of(each) for each in about if head_of(each) == noun}
