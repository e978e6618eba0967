"""Which history a person means: by a noun and its number, a link, words of a title, or a student's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, bindparam, func, or_, select, true, union
from sqlalchemy import Select as SelectQuery
from sqlalchemy.orm import InstrumentedAttribute

from bot.chat.answers import Option
from bot.chat.codec import Subject
from bot.chat.content import Block, Button, Buttons, Select, text
from bot.chat.events import Suggest
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.chat.sentences import ChannelName, PersonName, Sentence, Term, layout, say
from bot.programme import people, projects
from bot.programme.core import subjects, verbs
from bot.programme.core.lifecycle import LIFECYCLES
from bot.programme.core.turn import Turn
from bot.programme.people import what_happened
from bot.programme.people.history_lines import LEFT
from bot.programme.people.parts import projects_of_employer
from bot.programme.people.what_happened import WithHistory
from bot.programme.projects import search
from bot.programme.projects.title_lookup import fitting
from storage.dialects import begins, literal
from storage.folding import folded
from storage.prepared import Prepared
from storage.tables import (
    Application,
    Channel,
    Cohort,
    Company,
    Member,
    Person,
    Placement,
    Programme,
    Project,
    Space,
)

__all__ = ["NOUNS", "meant", "own_list", "suggest", "title_of", "unknown"]

_MOST: Final = 25  # Discord's limit for a select and for autocomplete
_PROJECTS: Final = 12  # projects among the suggestions, so that there is room for students
_COMPARED: Final = 300  # people with whose names words are compared
_LINKS: Final = ("http://", "https://")
_OF_EACH: Final = 50  # of each status
_TITLE: Final = 40  # characters of a project's title in an option, beside a student's name

NOUNS: Final[Mapping[str, Subject]] = {
    "project": subjects.PROJECT,
    "application": subjects.APPLICATION,
    "placement": subjects.PLACEMENT,
    "membership": subjects.MEMBER,
    "company": subjects.COMPANY,
    "channel": subjects.CHANNEL,
    "space": subjects.SPACE,
    "programme": subjects.PROGRAMME,
}
"""The words before a number, and the noun that each is."""


def unknown() -> Declined:
    """Return the answer for what does not exist, and for what this reader may not see."""
    return Declined(
        "I find no history by that name that you could read. Name a project by words of its title, a "
        "student, or a number, like `/stint history project 12`."
    )


def meant(turn: Turn, typed: str) -> WithHistory:
    """Return the thing whose history words name; it may be one that the person who acts sees nothing of.

    Raises:
        Declined: nothing fits, or several things do, to choose from.
    """
    words = typed.strip()
    numbered = _numbered(turn, words)
    if numbered is not None:
        return numbered
    if not words:
        return _only_own(turn)
    found = _named(turn, words)
    if len(found) == 1:
        return found[0]
    if not found:
        raise unknown()
    raise Declined("Several histories fit. Which one do you mean?", _choice(turn, found))


def _only_own(turn: Turn) -> WithHistory:
    """Return the one thing with a history that the person who acts has.

    Raises:
        Declined: there are none, or several, to choose from.
    """
    found = _own(turn, 0, 2)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Declined(
            "There is no history of yours yet. It begins with a project, or an application to one."
        )
    raise Declined(*own_list(turn, 0))


def own_list(turn: Turn, start: int) -> list[Block]:
    """Return a page of what the person who acts may ask about first, to choose from; it begins at `start`."""
    found = _own(turn, start, _MOST + 1)
    turns = []
    if start:
        turns.append(Button("Newer", verbs.HISTORY_LIST(max(0, start - _MOST))))
    if len(found) > _MOST:
        turns.append(Button("Older", verbs.HISTORY_LIST(start + _MOST)))
    asked: list[Block] = [text("Whose history would you like to see?")]
    if found:
        asked.append(_choice(turn, found[:_MOST]))
    return [*asked, Buttons(tuple(turns))] if turns else asked


def _choice(turn: Turn, found: Sequence[WithHistory]) -> Select:
    options = tuple(_option(turn, each) for each in found)
    return Select(verbs.HISTORY_OF.choice(), options, placeholder="Choose a history")


def suggest(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest what fits the words typed so far; without any, what is the person's own."""
    typed = event.typed.strip()
    if not turn.person_id:  # a newcomer to the programme
        return []
    return [_option(turn, each) for each in (_named(turn, typed) if typed else _own(turn, 0, _MOST))]


def title_of(turn: Turn, row: WithHistory, *, most: int = 0) -> Sentence:
    """Return what a history is called; a project's title is cut to `most` characters."""
    match row:
        case Project():
            return layout("{project}", project=_title(row, most))
        case Application() | Placement():
            project = projects.project_of(turn, row.project_id)
            student = _student(turn, row.person_id)
            return layout("{student} · {project}", student=student, project=_title(project, most))
        case Member():
            cohort = turn.session.get_one(Cohort, row.cohort_id)
            return layout("{student} · {cohort}", student=_student(turn, row.person_id), cohort=cohort.name)
        case Company():
            return layout("{company}", company=row.name)
        case Channel():
            return layout("{channel}", channel=ChannelName(row.place))
        case Space():
            return layout("{space}", space=row.name or row.external_id)
        case Programme():
            return layout("{programme}", programme=row.name)


def _title(project: Project, most: int) -> str:
    return projects.shortened(project.title, most) if most else " ".join(project.title.split())


def _student(turn: Turn, person_id: int) -> PersonName | Term:
    person = people.person_of(turn, person_id)
    return LEFT if person.erased_at is not None else people.person_name(person)


def _option(turn: Turn, row: WithHistory) -> Option:
    """Return a history to choose: its value is what could be typed, "application 7"."""
    noun = what_happened.about(turn, row).noun
    word = next(word for word, each in NOUNS.items() if each == noun)
    label = title_of(turn, row, most=_TITLE)
    match row:
        case Application():
            label = say("Application: {application}", application=label)
        case Member():
            label = say("Membership: {membership}", membership=label)
        case Programme():
            label = say("The programme: {programme}", programme=label)
        case Company():
            label = say("Company: {company}", company=label)
    return Option(f"{word} {row.id}", label)


def _numbered(turn: Turn, words: str) -> WithHistory | None:
    """Return the thing of a noun and its number, "project 12", "#12"; None where no number is typed.

    A number alone is a project's.

    Raises:
        Declined: there is no such thing in this programme.
    """
    *before, last = words.replace("#", " ").split() or [""]
    number = whole_number(last)
    noun = NOUNS.get(" ".join(before).casefold() or "project")
    if number is None or noun is None:
        return None
    found = what_happened.find(turn, noun, number)
    if found is None:
        raise unknown()
    return found


def _named(turn: Turn, words: str) -> list[WithHistory]:
    """Return the projects of that link or title, and what students of that name have here."""
    if words.startswith(_LINKS):
        return [*_linked(turn, words)]
    shown = fitting(turn, words, _projects(turn), _PROJECTS)
    found: list[WithHistory] = [*shown.projects] if shown.named else []
    return [*_programme(turn, words), *found, *_of_students(turn, words), *_companies(turn, words)][:_MOST]


def _programme(turn: Turn, words: str) -> list[Programme]:
    """Return the programme for a coordinator who types that word, or the beginning of its name."""
    named = words.casefold() == "programme" or folded(turn.programme.name).startswith(folded(words) or words)
    return [turn.programme] if named and "coordinator" in turn.roles else []


def _companies(turn: Turn, words: str) -> Sequence[Company]:
    """Return the companies whose name begins so: all for a coordinator, for others their own."""
    own = turn.person.company_id if "employer" in turn.roles else None
    if not folded(words) or ("coordinator" not in turn.roles and own is None):
        return []
    begins_so = begins(Company.folded_name, folded(words))
    query = select(Company).where(Company.programme_id == turn.programme_id, begins_so)
    if "coordinator" not in turn.roles:
        query = query.where(Company.id == own)
    return turn.session.scalars(query.order_by(Company.folded_name).limit(_MOST)).all()


def _linked(turn: Turn, link: str) -> Sequence[Project]:
    """Return the projects whose own page has this address."""
    query = select(Project).where(Project.programme_id == turn.programme_id, Project.url == link)
    return turn.session.scalars(query.order_by(Project.id).limit(_MOST)).all()


def _projects(turn: Turn) -> SelectQuery[Project]:
    """Return the projects whose history the person who acts may read, the nearest deadline first."""
    query = select(Project).where(Project.programme_id == turn.programme_id)
    if "coordinator" not in turn.roles:
        # Not alternatives of one condition: no index serves those, so that all projects would be read.
        known = [select(Application.project_id).where(Application.person_id == turn.own_id)]
        mine = select(Project.id).where(Project.programme_id == turn.programme_id)
        if "employer" in turn.roles:
            known += [mine.where(each) for each in projects_of_employer(turn)]
        if "student" in turn.roles:
            is_open = (Project.status == "open", Project.deadline_at > turn.now)
            known.append(mine.where(*is_open, search.visible(turn)))
        query = query.where(Project.id.in_(union(*known)))
    return query.order_by(Project.deadline_at, Project.id)


def _owned(turn: Turn) -> ColumnElement[bool]:
    """Return the condition of the projects of the acting person's side; a coordinator may read of all."""
    return true() if "coordinator" in turn.roles else or_(*projects_of_employer(turn))


def _of_students(turn: Turn, words: str) -> list[WithHistory]:
    """Return applications, and for a coordinator memberships, of students whose name has all these words."""
    if turn.roles.isdisjoint({"coordinator", "employer"}):
        return []
    students = _students(turn, words)
    applied = (
        select(Application)
        .join(Project, Project.id == Application.project_id)
        .where(Application.person_id.in_(students), _owned(turn))
        .order_by(Application.id.desc())
        .limit(_MOST)
    )
    found: list[WithHistory] = [*turn.session.scalars(applied)]
    if "coordinator" in turn.roles:
        member = select(Member).where(Member.person_id.in_(students)).order_by(Member.id)
        found += turn.session.scalars(member.limit(_MOST))
    return found


def _students(turn: Turn, words: str) -> Sequence[int]:
    """Return the ids of people whose name begins so, or is one of those compared and has all these words."""
    here = (Person.programme_id == turn.programme_id, Person.erased_at.is_(None))
    begun = begins(Person.folded_name, folded(words) or words)
    whole = select(Person.id).where(*here, begun).order_by(Person.folded_name).limit(_MOST)
    named = [Person.folded_name.contains(word, autoescape=True) for word in folded(words).split()]
    # As a sum, so that SQLite does not read all people by the index of their names.
    compared = (Person.programme_id + 0 == turn.programme_id, Person.id.in_(_compared(turn)))
    among = select(Person.id).where(*compared, Person.erased_at.is_(None), *named).limit(_MOST)
    return [*turn.session.scalars(whole), *turn.session.scalars(among)]


def _newest(
    noun: type[Application | Member], state: ColumnElement[bool], by: InstrumentedAttribute[int]
) -> SelectQuery[int]:
    """Return the people of the newest rows in a state."""
    of_state = select(noun.person_id).where(noun.programme_id == bindparam("programme"), state)
    return select(of_state.order_by(by.desc()).limit(_OF_EACH).subquery().c.person_id)


_NEWEST: Final = Prepared(
    union(
        *(
            _newest(Application, Application.status == literal(each), Application.project_id)
            for each in LIFECYCLES[Application][1]
        ),
        *(_newest(Member, Member.state == literal(each), Member.cohort_id) for each in LIFECYCLES[Member][1]),
    )
)


def _compared(turn: Turn) -> set[int]:
    """Return the ids of people with whose names words are compared.

    To an employer they are those who applied last; to a coordinator, of each status, the applicants of the
    newest projects and the members of the newest cohorts, as the indexes have them.
    """
    applied = select(Application.person_id).where(Application.programme_id == turn.programme_id)
    if "coordinator" not in turn.roles:
        mine = applied.join(Project, Project.id == Application.project_id).where(_owned(turn))
        return {*turn.session.scalars(mine.order_by(Application.id.desc()).limit(_COMPARED))}
    return {row.person_id for row in _NEWEST.rows(turn.connection, {"programme": turn.programme_id})}


def _own(turn: Turn, start: int, most: int) -> list[WithHistory]:
    """Return what the person who acts may ask about first: projects they manage, then their applications.

    `start`: how many of all these are passed over.
    """
    applied = select(Application).where(
        Application.programme_id == turn.programme_id, Application.person_id == turn.own_id
    )
    found: list[WithHistory] = []
    passed = start
    if turn.roles & {"coordinator", "employer"}:
        mine = select(Project).where(Project.programme_id == turn.programme_id, _owned(turn))
        latest = mine.order_by(Project.deadline_at.desc(), Project.id.desc())
        found += turn.session.scalars(latest.offset(start).limit(most))
        if start and not found:
            counted = select(func.count()).select_from(mine.subquery())
            passed -= turn.session.scalar(counted) or 0
        elif found:
            passed = 0
    own = applied.order_by(Application.id.desc()).offset(passed).limit(most - len(found))
    return [*found, *turn.session.scalars(own)] if len(found) < most else found
