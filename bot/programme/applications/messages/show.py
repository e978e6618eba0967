"""`All messages`: a whole exchange, for its readers."""

from __future__ import annotations

import sys
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Button, Plain, Sentence, Text, heading, layout, note, say, text
from bot.chat.events import ButtonPressed
from bot.chat.numbers import whole_number
from bot.chat.rendering.screen import in_rows, paged
from bot.chat.routes import Declined
from bot.programme import people, projects
from bot.programme.applications import lookup, news
from bot.programme.applications.messages import closed
from bot.programme.applications.messages.exchange import (
    COORDINATORS,
    MENTOR,
    Exchange,
    Side,
    may_open,
    messages_of,
    side_of,
    talk_button,
    with_mentor,
    write_button,
    writes_as,
)
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from bot.programme.people.mentors import mentor_of_application
from storage.tables import Application, Letter, Person, Project

__all__ = ["coordinators_button", "coordinators_ways", "messages_all_pressed", "ways"]

_PAGE: Final = "page"

_ERASED: Final = "_erased_"


def messages_all_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show a page of an exchange, newest message last.

    `letters-all:5` is the person's exchange with the other side, `letters-all:5:coordinators` with the
    coordinators, `letters-all:5:mentor7` the student's with that mentor. A coordinator opens the exchange of
    a person: `letters-all:5:12`. Then a page (from 0): `letters-all:5:sides:0:page`; without one the newest
    is shown. Older buttons had a message's number there.
    """
    pressed = verbs.MESSAGES_ALL.read(event)
    with_whom, wanted = pressed.sides or "", pressed.wanted
    application = lookup.application_of(turn, pressed.application)
    project = projects.project_of(turn, application.project_id)
    exchange = _wanted(turn, project, application, with_whom)
    if not may_open(turn, exchange):
        raise Declined(
            "These messages are between others, and only they read them. You see what is reported to you."
        )
    exchanged = messages_of(turn, exchange)
    lines: list[Block] = [_line(turn, exchange, stored) for stored in exchanged]
    lines = lines or [text("There are no messages yet.")]
    groups = [[*_top(exchange), lines[0]], *([line] for line in lines[1:])]
    ways = _next(turn, exchange)
    theirs = [stored for stored in exchanged if stored.recipient_id == turn.person.id]
    if exchange.between_sides and theirs:
        ways.append(closed.mute_button(theirs[-1]))
    if exchange.between_sides and messages_of(turn, Exchange(project, application, turn.person)):
        ways.append(coordinators_button(application))
    page = wanted if pressed.kind == _PAGE else None
    named = _named(turn, exchange)
    shown = paged(
        groups,
        in_rows(ways),
        sys.maxsize if page is None else page,
        lambda other: verbs.MESSAGES_ALL(application.id, named, other, _PAGE),
        turn.language,
    )
    return [Reply(shown, replace=wanted is not None)]


def _top(exchange: Exchange) -> list[Block]:
    """Return the heading of an exchange, and who reads it where that is not both sides."""
    top: list[Block] = [
        heading("Messages about {project}", project=projects.title_part(exchange.project)),
    ]
    if exchange.mentor is not None:
        top.append(
            note(
                "Between the student and {mentor} as mentor, who are its only readers.",
                mentor=people.person_name(exchange.mentor),
            )
        )
    if exchange.person is not None:
        top.append(
            note(
                "Between {person} and the coordinators, who are its only readers.",
                person=people.person_name(exchange.person),
            )
        )
    return top


def ways(turn: Turn, application: Application) -> list[Button]:
    """Return the buttons for the person who acts: to write about an application, or read what was written."""
    project = projects.project_of(turn, application.project_id)
    side = side_of(turn, project, application)
    if side == COORDINATORS:
        return coordinators_ways(turn, application)
    if side == MENTOR:
        return [write_button(application, "student"), write_button(application, "coordinators")]
    other: Side = "employer" if side == "student" else "student"
    across = [write_button(application, other)] if closed.is_open(turn, application) else []
    if side == "employer" and open_cases.is_paused(turn, application.id):
        across = []
    if application.status == "admission":
        across = []
    return [
        *across,
        talk_button(application) if side == "student" else write_button(application, "coordinators"),
    ]


def coordinators_ways(turn: Turn, application: Application) -> list[Button]:
    """Return a coordinator's buttons: to each side, and what the student and the coordinators wrote."""
    project = projects.project_of(turn, application.project_id)
    buttons = [write_button(application, "student")]
    if projects.employer_of(turn, project) is not None:
        buttons.append(write_button(application, "employer"))
    query = select(Letter.person_id).where(
        Letter.programme_id == turn.programme_id,
        Letter.application_id == application.id,
        Letter.person_id.is_not(None),
    )
    confided = set(turn.session.scalars(query))
    mentor = mentor_of_application(turn, application.id)
    mentor_id = mentor.person_id if mentor is not None else None
    known = {None, application.person_id, mentor_id}
    others = sorted(each for each in confided if each is not None and each not in known)
    if application.person_id in confided:
        whole = verbs.MESSAGES_ALL(application.id, application.person_id)
        buttons.append(Button("Messages with the student", whole))
    if mentor_id is not None and mentor_id in confided:
        buttons.append(Button("Messages with the mentor", verbs.MESSAGES_ALL(application.id, mentor_id)))
    if others:
        buttons.append(Button("Messages with the employer", verbs.MESSAGES_ALL(application.id, others[-1])))
    return buttons


def coordinators_button(application: Application) -> Button:
    """Return the button for what the person who presses it and the coordinators wrote to each other."""
    return Button("Messages with the coordinators", verbs.MESSAGES_ALL(application.id, COORDINATORS))


def _wanted(turn: Turn, project: Project, application: Application, with_whom: str) -> Exchange:
    mentor_id = whole_number(with_whom.removeprefix(MENTOR)) if with_whom.startswith(MENTOR) else None
    if mentor_id is not None:
        return Exchange(project, application, mentor=people.person_of(turn, mentor_id))
    person_id = whole_number(with_whom)
    if person_id is not None:
        return Exchange(project, application, people.person_of(turn, person_id))
    if with_whom == COORDINATORS:
        return Exchange(project, application, turn.person)
    if side_of(turn, project, application) == "coordinators":
        return Exchange(project, application, people.person_of(turn, application.person_id))
    return Exchange(project, application)


def _named(turn: Turn, exchange: Exchange) -> str:
    """Return how `letters-all` names the exchange for this reader."""
    if exchange.mentor is not None:
        return with_mentor(exchange.mentor)
    if exchange.person is None:
        return "sides"
    return COORDINATORS if exchange.person.id == turn.person.id else str(exchange.person.id)


def _line(turn: Turn, exchange: Exchange, stored: Letter) -> Block:
    sender = people.person_of(turn, stored.sender_id)
    return Text(
        (_head(turn, exchange, stored, sender), "\n", Plain(stored.text) if stored.text else say(_ERASED))
    )


def _head(turn: Turn, exchange: Exchange, stored: Letter, sender: Person) -> Sentence:
    """Return the line above a message: who wrote it, and when."""
    name, at = people.person_name(sender), news.shown_date(turn, stored.created_at, turn.person)
    match writes_as(exchange, sender):
        case "student":
            return layout("**{writer}**, {when}", writer=name, when=at)
        case "employer":
            company = projects.company_name(turn, exchange.project)
            return layout("**{writer} ({company})**, {when}", writer=name, company=company, when=at)
        case "mentor":
            return say("**{writer} (mentor)**, {when}", writer=name, when=at)
        case _:
            return say("**{writer} (coordinator)**, {when}", writer=name, when=at)


def _next(turn: Turn, exchange: Exchange) -> list[Button]:
    """Return the buttons that write the next message of the exchange."""
    application = exchange.application
    if exchange.mentor is not None:
        mentor = mentor_of_application(turn, application.id)
        if mentor is None or mentor.person_id != exchange.mentor.id:
            return [write_button(application, "coordinators")]
        return [write_button(application, "student" if mentor.person_id == turn.person_id else "mentor")]
    if exchange.person is not None and exchange.person.id == turn.person.id:
        return [write_button(application, "coordinators")]
    if exchange.person is not None:
        return [
            write_button(
                application, "student" if exchange.person.id == application.person_id else "employer"
            )
        ]
    if not closed.is_open(turn, application):
        return [write_button(application, "coordinators")]
    return [write_button(application, "employer" if application.person_id == turn.person.id else "student")]
