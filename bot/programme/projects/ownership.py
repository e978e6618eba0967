"""Who looks after a project: handed over in one act, and all sides read who it is now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct, convert
from sqlalchemy import Select, func, select

from bot.chat.actions import Action, Post, SetTimer
from bot.chat.codec import RUN
from bot.chat.content import Block, Button, Buttons, Message, Sentence, message, note, say, text
from bot.chat.events import TimerFired
from bot.chat.routes import MessageRoute, Routes, Waiting
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import change
from bot.programme.core.timers import NEWS_PIECE, Timer, next_piece_at
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.notifications.moved_news import give_news
from bot.programme.people.parts import acting_for, looked_after_by, owner_of
from bot.programme.projects.display import title_part
from bot.programme.projects.lookup import company_name, project_of
from storage.tables import Application, Company, Milestone, Notice, Person, Placement, Project, timers

__all__ = [
    "ROUTES",
    "cover",
    "give",
    "leave",
    "let_go",
    "owned",
    "successor",
    "tell_students",
    "to_new_owner",
    "to_old_owner",
    "what_waits",
]

_KIND: Final = "project.owner"
_AT_ONCE: Final = 10
"""Projects that a turn hands over when a person goes; a timer hands over the next."""
_GOES_ON: Final = ("draft", "review", "changes", "open", "closed")
_WAITING: Final = ("admission", "submitted", "shortlisted", "offered")
_TO_ANSWER: Final = ("submitted", "shortlisted")


def owned(turn: Turn, person: Person, most: int | None = None) -> list[Project]:
    """Return the projects that a person looks after, whatever became of them; at most `most`."""
    query = select(Project).where(Project.programme_id == turn.programme_id, looked_after_by(person))
    return list(turn.session.scalars(query.order_by(Project.id).limit(most)))


def successor(turn: Turn, person: Person) -> Person | None:
    """Return the colleague who decides for a person's company after them; None where there is none."""
    return _colleague(turn, person, person.company_id or 0)


def _colleague(turn: Turn, person: Person, company_id: int) -> Person | None:
    company = turn.session.get(Company, company_id) if company_id else None
    found = acting_for(turn, company, "owner") if company is not None else []
    return next((each for each in found if each.id != person.id), None)


def give(turn: Turn, project: Project, to: Person | None, *, back: bool = False) -> list[Action]:
    """Give a project another owner, who gets the news that waits; students read who it is now.

    `to` is None where no person of the company can take it: then a coordinator is asked. `back`: it undoes
    what was given before.
    """
    before = owner_of(turn, project)
    given = _give(turn, project, to)
    if before is not None:
        given += give_news(turn, before, to, _things(turn, [project]))
    return [*given, *tell_students(turn, project, to, back=back)]


def _give(turn: Turn, project: Project, to: Person | None) -> list[Action]:
    project.updated_at = turn.now
    actions = change(turn, project, owner_id=to.id if to else None)
    about = subjects.PROJECT(project.id)
    if to is not None:
        tasks.close_task(turn, keys.UNOWNED(about))
    elif _goes_on(turn, project):
        actions += tasks.open_task(turn, keys.UNOWNED(about), "unowned", about, *_left_over(turn, project))
    return actions


class _Left(Struct, frozen=True):
    """The payload of the timer that hands over more projects of a person: their company's id, 0 for none."""

    company: int


def let_go(turn: Turn, person: Person) -> list[Action]:
    """Give everything that a person looks after to a colleague, who reads of it, or to the coordinators.

    The news about all of it is given at once, since a person who is forgotten keeps none. A timer hands over
    the projects that are more than a turn's, and others inform the students.
    """
    news = give_news(turn, person, successor(turn, person), _things(turn, owned(turn, person)))
    return [*news, *_let_some_go(turn, person, person.company_id or 0)]


def more_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Hand over the next projects of a person who has gone."""
    person = people.person_of(turn, subjects.LOOKED_AFTER.parse(event.subject).person)
    return _let_some_go(turn, person, event.read(_Left).company)


def _let_some_go(turn: Turn, person: Person, company_id: int) -> list[Action]:
    to, mine = _colleague(turn, person, company_id), owned(turn, person, most=_AT_ONCE + 1)
    actions: list[Action] = []
    for project in mine[:_AT_ONCE]:
        actions += _give(turn, project, to)
        if to is not None and _goes_on(turn, project):
            actions.append(to_new_owner(turn, project, to, None))
        actions += tell_students(turn, project, to, at_once=0)
    if len(mine) > _AT_ONCE:
        key, about = keys.PROJECTS_REST(person.id), subjects.LOOKED_AFTER(person.id)
        due, left = next_piece_at(turn.now), _Left(company_id)
        actions.append(SetTimer(key, due, Timer.PROJECTS_REST, about, left))
    return actions


def cover(turn: Turn, person: Person, said: Block) -> list[Action]:
    """Give the news that waits for a person who is away to the people who act, with `said` below it."""
    actions: list[Action] = []
    for project in owned(turn, person):
        acting = next(iter(acting_for(turn, project, "owner")), person)
        if acting.id != person.id:
            actions += give_news(turn, person, acting, _things(turn, [project]), said)
    return actions


def leave(turn: Turn, person: Person) -> list[Action]:
    """Do what follows when a person's last account is gone: a colleague takes over what they look after.

    Without one the projects stay theirs, in case they come back; the coordinators read of it, and students
    read that the coordinators look after it.
    """
    if successor(turn, person) is not None:
        return let_go(turn, person)
    going_on = [project for project in owned(turn, person) if _goes_on(turn, project)]
    return [act for project in going_on for act in tell_students(turn, project, None, at_once=0)]


def to_new_owner(turn: Turn, project: Project, to: Person, by: Person | None) -> Post:
    """Return what a new owner reads; `by` handed it over, None where the person before has gone."""
    title, company = title_part(project), company_name(turn, project)
    lead = text(
        "**{project}** · {company} is yours to look after now: the person who did it is not here any more.",
        project=title,
        company=company,
    )
    if by is not None:
        lead = text(
            "{person} handed **{project}** · {company} over to you: you look after it now.",
            person=people.person_name(by, mention=True),
            project=title,
            company=company,
        )
    ways = (
        Button("See it", verbs.PROJECT_SHOW(project.id)),
        Button("Applicants", verbs.APPLICANTS_LIST(project.id)),
        Button("Placements", RUN("placement")),
    )
    said = note("Its dates and what was agreed stay. The students read that they can turn to you.")
    return _post(
        turn, project, to, message(lead, text(what_waits(turn, project)), said, Buttons(ways)), "yours"
    )


def to_old_owner(turn: Turn, project: Project, person: Person, to: Person) -> Post:
    """Return what the person before reads, where another person handed the project over."""
    words = text(
        "**{project}** is looked after by {person} now. You need not do anything more for it.",
        project=title_part(project),
        person=people.person_name(to, mention=True),
    )
    return _post(turn, project, person, message(words), "not")


def what_waits(turn: Turn, project: Project) -> Sentence:
    """Say how many applicants wait for an answer, and how many students are at work."""
    answer = _count(turn, select(Application.id).where(Application.status.in_(_TO_ANSWER)), project)
    work = _count(turn, select(Placement.id).where(Placement.status == "active"), project)
    return say("Applicants to answer: {applicants} · at work: {interns}", applicants=answer, interns=work)


class _Rest(Struct, frozen=True, omit_defaults=True):
    """The payload of the timer that informs the next students of who looks after a project.

    Attributes:
        to: the id of the person, 0 where the coordinators do.
        owner: the project's owner then, 0 for none; one who has left stays it where no colleague takes over.
        source: what handed it over, which is in the keys of the news.
        spared: the ids of students who do not read of it.
        after: the last application whose student got the news.
    """

    to: int
    owner: int
    source: str
    spared: tuple[int, ...] = ()
    after: int = 0


def tell_students(
    turn: Turn, project: Project, to: Person | None, *, back: bool = False, at_once: int = NEWS_PIECE
) -> list[Action]:
    """Let applicants who wait, and students at work, read who looks after the project now.

    Students who have not read of an earlier change read of the last one only, and of none if it goes `back`.
    A timer tells those who are more than a turn's.
    """
    spared = _unread(turn, project) if back else ()
    daily_message.retract_notices(turn, subjects.HANDED_OVER(project.id))
    rest = _Rest(to.id if to else 0, _owner_id(turn, project), turn.source, tuple(spared))
    return _tell_some(turn, project, to, rest, at_once)


def _owner_id(turn: Turn, project: Project) -> int:
    owner = owner_of(turn, project)
    return owner.id if owner is not None else 0


def _tell_some(
    turn: Turn, project: Project, to: Person | None, rest: _Rest, at_once: int = NEWS_PIECE
) -> list[Action]:
    words, about = _for_students(turn, project, to), subjects.HANDED_OVER(project.id)
    found = _concerned(turn, project, rest.after, at_once + 1)
    now, told = found[:at_once], list[Action]()
    for application in now:
        student = people.person_of(turn, application.person_id)
        if student.id not in rest.spared:
            key = keys.HANDED_OVER(application.id, rest.source)
            told += daily_message.notify(turn, student, key, about, *words)
    if len(found) > at_once:
        key, of = keys.HANDED_OVER_REST(project.id), subjects.PROJECT(project.id)
        left = replace(rest, after=now[-1].id if now else rest.after)
        told.append(SetTimer(key, next_piece_at(turn.now), Timer.PROJECT_OWNER, of, left))
    return told


def rest_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Tell the next students who looks after a project, if its owner is the same still."""
    rest = event.read(_Rest)
    project = project_of(turn, subjects.PROJECT.id_of(event.subject), lock=True)
    if _owner_id(turn, project) != rest.owner:
        return []
    return _tell_some(turn, project, people.person_of(turn, rest.to) if rest.to else None, rest)


def _unread(turn: Turn, project: Project) -> Collection[int]:
    """Return the ids of the people who have not read yet that the project was handed over."""
    query = select(Notice.person_id).where(
        Notice.programme_id == turn.programme_id,
        Notice.subject == subjects.HANDED_OVER(project.id),
        Notice.state == "waiting",
    )
    rest = select(timers.c.payload).where(
        timers.c.programme_id == turn.programme_id,
        timers.c.key == keys.HANDED_OVER_REST(project.id),
        timers.c.state == "pending",
    )
    untold = turn.connection.execute(rest).scalar()
    later = _concerned(turn, project, convert(untold, _Rest).after) if untold else ()
    return {*turn.session.scalars(query), *(application.person_id for application in later)}


def _for_students(turn: Turn, project: Project, to: Person | None) -> list[Block]:
    title, company = title_part(project), company_name(turn, project)
    if to is None:
        return [
            text(
                "No one at {company} looks after **{project}** just now, so the coordinators do. You need "
                "not do anything: your dates and what you agreed to stay. For questions, ask {contacts}.",
                company=company,
                project=title,
                contacts=people.contacts(turn),
            )
        ]
    return [
        text(
            "{person} looks after **{project}** for {company} now. You need not do anything: your dates and "
            "what you agreed to stay, and what you write goes to {person}.",
            person=people.person_name(to),
            project=title,
            company=company,
        )
    ]


def _concerned(
    turn: Turn, project: Project, after: int = 0, most: int | None = None
) -> Sequence[Application]:
    """Return the applications of students who wait for an answer, or are at work; `most` of those `after`."""
    active = select(Placement.application_id).where(
        Placement.project_id == project.id, Placement.status == "active"
    )
    query = select(Application).where(
        Application.programme_id == turn.programme_id, Application.project_id == project.id
    )
    concerned = Application.status.in_(_WAITING) | Application.id.in_(active)
    query = query.where(concerned, Application.id > after).order_by(Application.id).limit(most)
    return turn.session.scalars(query).all()


def _things(turn: Turn, projects: Sequence[Project]) -> dict[str, Collection[int]]:
    """Return the ids of everything of these projects that news can be about."""
    numbers = [project.id for project in projects]
    placed = select(Placement.id).where(Placement.project_id.in_(numbers))
    return {
        "project": numbers,
        "application": _ids(turn, select(Application.id).where(Application.project_id.in_(numbers))),
        "placement": _ids(turn, placed),
        "milestone": _ids(turn, select(Milestone.id).where(Milestone.placement_id.in_(placed))),
    }


def _ids(turn: Turn, query: Select[int]) -> list[int]:
    return list(turn.session.scalars(query))


def _count(turn: Turn, query: Select[int], project: Project) -> int:
    table = query.column_descriptions[0]["entity"]
    counted = query.where(table.project_id == project.id).subquery()
    return turn.session.scalar(select(func.count()).select_from(counted)) or 0


def _goes_on(turn: Turn, project: Project) -> bool:
    """Tell whether anything of a project still needs a person: it goes on, or students count on it."""
    if project.status not in _GOES_ON:
        return False
    return project.status != "closed" or bool(_concerned(turn, project, most=1))


def _left_over(turn: Turn, project: Project) -> list[Block]:
    """Return the coordinators' task about a project without an owner."""
    ways = (
        Button("See it", verbs.PROJECT_SHOW(project.id)),
        Button("I look after it", verbs.PROJECT_TAKE(project.id)),
    )
    said = text(
        "**{project}** · {company} has no owner now.",
        project=title_part(project),
        company=company_name(turn, project),
    )
    return [said, text(what_waits(turn, project)), Buttons(ways)]


def _post(turn: Turn, project: Project, reader: Person, words: Message, holds: str) -> Post:
    key = keys.OWNER(project.id, reader.id, turn.source)
    about = subjects.OF_OWNER(project.id, reader.id, holds)
    return Post(people.address(turn, reader), words, key, kind=_KIND, subject=about)


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late word of an owner while it is true."""
    about = subjects.OF_OWNER.parse(waiting.subject)
    owner = owner_of(turn, project_of(turn, about.project))
    owns = owner is not None and owner.id == about.person
    return waiting.message if owns == (about.holds == "yours") else None


def _named(turn: Turn, subject: str) -> Sentence:
    project = project_of(turn, subjects.OF_OWNER.parse(subject).project)
    return say("Who looks after **{project}**", project=title_part(project))


ROUTES: Final = Routes(
    messages={_KIND: MessageRoute(_still_so, _named)},
    timers={Timer.PROJECT_OWNER: rest_due, Timer.PROJECTS_REST: more_due},
)
"""The routes of messages to both owners, and of the timers that go on with students and with projects."""
