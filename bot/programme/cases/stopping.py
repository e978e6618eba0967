"""Stopping: the student of a case has the other side's messages and all dates stopped, or lets them go on."""

from __future__ import annotations

from bot.chat.actions import Action, Post, Reply
from bot.chat.content import message, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.programme import people, projects
from bot.programme.cases import standstill, telling, view
from bot.programme.cases.lookup import about_of, case_of, for_reader, must_be_open
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from storage.tables import Case

__all__ = ["case_go_on_pressed", "case_paused_pressed", "case_stop_pressed", "tell_go_on"]


def _own(turn: Turn, number: int) -> Case:
    case = case_of(turn, number, lock=True)
    if case.person_id != turn.own_id or not case.still:
        raise Declined("Only the student of a case decides what is stopped.")
    must_be_open(case)
    return case


def case_stop_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Stop the other side's messages and all dates, for the student of a case."""
    case = _own(turn, verbs.CASE_STOP.read(event).case)
    if not case.stopped:
        case.stopped, case.stopped_at = True, turn.now
        turn.session.flush()
    said = text(
        "Stopped. On the other side they read only that the coordinators have paused it, and only if they "
        "look or write."
    )
    return [
        *view.shown(turn, case, said),
        *telling.withdraw_messages(turn, case),
        *telling.tell_readers(turn, case, telling.STOPPED),
    ]


def case_go_on_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Let messages and dates go on; the dates move by the days for which they stood still."""
    case = _own(turn, verbs.CASE_GO_ON.read(event).case)
    days, moved = standstill.move_dates(turn, case)
    case.stopped, case.stopped_at = False, None
    turn.session.flush()
    said = text("Messages and dates go on. The case stays open.")
    if days:
        said = text(
            "Messages and dates go on. Open dates are one day later. The case stays open.",
            "Messages and dates go on. Open dates are {count} days later. The case stays open.",
            count=days,
        )
    return [*view.shown(turn, case, said), *moved, *tell_go_on(turn, case, days)]


def tell_go_on(turn: Turn, case: Case, days: int) -> list[Action]:
    """Tell the other side that the dates which stood still have moved; nothing where none has."""
    project = about_of(turn, case).project
    employer = projects.employer_of(turn, project) if project is not None else None
    if project is None or employer is None or not days:
        return []
    words = message(
        text(
            "**{project}** goes on. The open dates of **{student}** are one day later.",
            "**{project}** goes on. The open dates of **{student}** are {count} days later.",
            project=projects.title_part(project),
            student=people.person_name(people.person_of(turn, case.person_id)),
            count=days,
        )
    )
    return [
        Post(
            people.address(turn, employer),
            words,
            keys.CASE(case.id, employer.id, telling.GO_ON, turn.source),
            kind=telling.KIND,
            subject=str(case.id),
        )
    ]


def case_paused_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Tell the other side of a pause, in a coordinator's name and without a reason."""
    case = for_reader(turn, verbs.CASE_PAUSED.read(event).case, lock=True)
    must_be_open(case)
    project = about_of(turn, case).project
    employer = projects.employer_of(turn, project) if project is not None else None
    if not case.stopped or project is None or employer is None:
        raise Declined("Nothing is stopped here, or there is no one at the company to write to.")
    student = people.person_name(people.person_of(turn, case.person_id))
    coordinator = people.person_name(turn.person, mention=True)
    words = message(
        text("The coordinators have paused **{project}**.", project=projects.title_part(project)),
        text(
            "Its dates are on hold. Please do not write to **{student}**, here or elsewhere: "
            "**{coordinator}** speaks with you.",
            student=student,
            coordinator=coordinator,
        ),
    )
    told = Post(
        people.address(turn, employer),
        words,
        keys.CASE(case.id, employer.id, telling.PAUSED, turn.source),
        kind=telling.KIND,
        subject=str(case.id),
    )
    said = text("**{person}** reads that it is paused, and not why.", person=people.person_name(employer))
    return [Reply(message(said)), told]
