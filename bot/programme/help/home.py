"""A person's own page, where a platform has such pages: what is theirs, what is due, what to press next.

It is drawn when the person opens it, and again after a turn that changed what it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select

from bot.chat.actions import Action, SetTimer, Update
from bot.chat.codec import RUN, TALK
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Message,
    Moment,
    Plain,
    Select,
    heading,
    layout,
    message,
    note,
    say,
    text,
)
from bot.chat.events import HomeOpened, MessageRef, Place, TimerFired, parse_destination
from bot.chat.languages import language_for
from bot.chat.numbers import whole_number
from bot.chat.rendering.screen import in_rows
from bot.chat.routes import Routes
from bot.chat.translation import hash_of
from bot.chat.values import replace
from bot.programme import people
from bot.programme.applications import overview
from bot.programme.applications.drafts import drafts_of
from bot.programme.applications.own_list import ListPage
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.changes import TasksRead
from bot.programme.core.timers import Timer, row_of
from bot.programme.core.turn import Turn
from bot.programme.help import menu
from bot.programme.notifications import tasks
from bot.programme.people import guests, what_happened
from bot.programme.people.company_spaces import EMPLOYER, company_of_place
from bot.programme.people.parts import projects_of_employer
from bot.programme.placements import overview as placement_overview
from bot.programme.projects.display import short_line, title_part
from bot.programme.projects.listing import page_of
from bot.programme.projects.search import matching, usual
from bot.programme.projects.selection import options_of
from storage.queries import Row, timers
from storage.tables import Application, Identity, Person, Project

__all__ = ["ROUTES", "draw_again"]

_REFRESH: Final = Timer.HOME_REFRESH
_PAGE: Final = "home"
_PROJECTS: Final = 5
_REFRESH_DELAY: Final = timedelta(seconds=2)

# What the buttons do that lead to a section of the page; a section that is shown needs no button.
_ITEMS: Final = verbs.TASK_PAGE("start")
_MINE: Final = RUN("applications")
_PLACED: Final = RUN("placement")
_OPEN: Final = RUN("project.list")


def opened(turn: Turn, event: HomeOpened) -> list[Action]:
    """Draw the page that a person looks at, and keep it fresh from now on."""
    if event.actor not in people.readers(turn, [event.actor]):
        return []
    if not guests.may_act(turn):
        return [Update(MessageRef(event.place, _PAGE), guests.guest_refusal(turn))]
    applied = overview.first_page(turn)
    told = overview.tell_of_offers(turn, applied)
    read = turn.follow(TasksRead()) if "coordinator" in turn.roles else []
    return [_drawn(turn, event.place, applied), *read, *told]


def _drawn(turn: Turn, place: Place, applied: ListPage) -> Update:
    """Draw the page of the person who acts, where it shows something else; the time alone is no news."""
    shown = _page(turn, applied)
    as_of = note("As of {when}.", when=Moment(turn.now, people.zone_of(turn, turn.person)))
    drawn = replace(shown, blocks=(*shown.blocks, as_of))
    return Update(MessageRef(place, _PAGE), drawn, shows=hash_of(shown, turn.language))


def _page(turn: Turn, applied: ListPage) -> Message:
    """Return the page of the person who acts: everything that concerns them is there once."""
    placed, drafts = placement_overview.under_way(turn), drafts_of(turn, person=turn.own_id)
    sections: list[tuple[str, Iterable[Block]]] = [
        (_ITEMS, tasks.open_items(turn).blocks if "coordinator" in turn.roles else ()),
        (_MINE, overview.overview(turn, applied)),
        (_PLACED, placed.blocks if placed else ()),
        ("", _projects(turn) if "employer" in turn.roles else ()),
        (_OPEN, _open_projects(turn, drafts) if "student" in turn.roles or not turn.roles else ()),
    ]
    shown = {door: list(blocks) for door, blocks in sections}
    blocks: list[Block] = [heading(Plain(turn.programme.name))]
    for section in shown.values():
        blocks += [Divider(), *section] if section else []
    begun = {row.id for row in drafts}  # which is shown among their applications
    further = [
        door
        for door in menu.doors(turn)
        if not shown.get(door.action) and _conversation_of(door) not in begun
    ]
    if len(blocks) == 1:
        nothing = text("Nothing is open or due for you now. When something is, you find it here.")
        nothing_else = text("Nothing else is open or due for you now. What you began waits below.")
        blocks.append(nothing_else if any(_conversation_of(door) for door in further) else nothing)
    return message(*blocks, Divider(), *in_rows(further))


def _conversation_of(button: Button) -> int | None:
    """Return the id of the conversation that a button goes on with."""
    talk = TALK.match(button.action)
    return talk.conversation if talk else None


def _open_projects(turn: Turn, drafts: Sequence[Row]) -> list[Block]:
    """Return what a student can apply to and has not yet, the nearest deadlines first."""
    drafted = (whole_number(row.subject) for row in drafts)
    begun = [number for number in drafted if number is not None]
    applied = select(Application.project_id).where(Application.person_id == turn.person.id)
    wanted = matching(turn, usual(turn)).where(Project.id.not_in(applied), Project.id.not_in(begun))
    found = page_of(turn, wanted, 1)
    if not found.count:
        return []
    shown = (short_line(turn, project, turn.person) for project in found.projects)
    lines = [text(layout("- {project}", project=each)) for each in shown]
    options = tuple(options_of(found.projects))
    choice = Select(verbs.PROJECT_SHOW.choice(), options, placeholder="Read a project")
    blocks: list[Block] = [heading("Open projects"), *lines, choice]
    if found.pages > 1:
        more = say("See {count} project", "See all {count} projects", count=found.count)
        blocks.append(Buttons((Button(more, _OPEN),)))
    return blocks


def _projects(turn: Turn) -> list[Block]:
    """Return an employer's projects that are open, and those whose applicants wait for an answer."""
    in_wait = Application.project_id == Project.id, Application.status.in_(("submitted", "shortlisted"))
    waiting = select(func.count(Application.id)).where(*in_wait).scalar_subquery()
    theirs = Project.programme_id == turn.programme_id, or_(*projects_of_employer(turn))
    query = (
        select(Project, waiting)
        .where(*theirs, or_(Project.status == "open", waiting > 0))
        .order_by(Project.decide_at, Project.id)
        .limit(_PROJECTS)
    )
    found = turn.session.execute(query).all()
    if not found:
        return []
    lines: list[Block] = [heading("Your projects")]
    buttons = []
    for project, count in found:
        named = {"project": project.title}
        by = people.shown_date(turn, dates.read(project, "decide"), turn.person)
        one = "- **{project}** · {count} applicant waits, decide by {when}"
        many = "- **{project}** · {count} applicants wait, decide by {when}"
        none = "- **{project}** · no applicant waits, decide by {when}"
        lines.append(
            text(one, many, count=count, when=by, **named) if count else text(none, when=by, **named)
        )
        buttons.append(Button(say("Applicants: {project}", **named), verbs.APPLICANTS_LIST(project.id)))
    return [*lines, Buttons(tuple(buttons)), *_newest(turn, [project for project, _ in found])]


def _newest(turn: Turn, projects: Sequence[Project]) -> list[Block]:
    """Return the newest that happened to any of these projects, with a button to its history."""
    newest = what_happened.newest(turn, *projects)
    if newest is None or not isinstance(newest.of, Project):
        return []
    title = title_part(newest.of)
    said = text("What happened in {project}: {entry}", project=title, entry=newest.entry)
    return [said, Buttons((newest.button,))]


def draw_again(turn: Turn, identities: Iterable[int]) -> None:
    """Have the pages of these accounts drawn again."""
    due = turn.now + _REFRESH_DELAY  # so that what happens together is drawn together
    drawn = (SetTimer(keys.HOME(n), due, _REFRESH, subjects.IDENTITY(n), late="drop") for n in identities)
    timers.remind(turn.connection, [row_of(turn.programme_id, timer) for timer in drawn])


def home_refresh_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Draw a page again."""
    identity = turn.session.get(Identity, subjects.IDENTITY.id_of(event.subject))
    if identity is None or identity.programme_id != turn.programme_id or identity.home is None:
        return []
    place = parse_destination(identity.home)
    user = people.account_of(identity)
    known = people.find_identity(turn.connection, turn.programme_id, user)
    if known is None or not isinstance(place, Place):
        return []
    person_id, roles = known
    spoken = language_for(identity.locale)  # lists are cut into pages in it
    company = company_of_place(turn, place)
    if company is not None:  # as a turn there has it
        works = turn.session.get_one(Person, person_id).company_id == company
        roles = roles & EMPLOYER if works else frozenset()
    theirs = replace(
        turn, person_id=person_id, roles=roles, user=user, place=place, language=spoken, space_company=company
    )
    return [_drawn(theirs, place, overview.first_page(theirs))]


ROUTES = Routes(timers={_REFRESH: home_refresh_due}, home=opened, reads=frozenset({_REFRESH}))
