"""Withdrawal of an application: confirmed first, sent to the employer; also when a student leaves."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.content import Button, Buttons, message, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.programme import projects
from bot.programme.applications import (
    lookup,
    news,
    offer_expiry,
    offer_messages,
    offers,
    outcomes,
)
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import can_move
from bot.programme.core.turn import Turn
from bot.programme.people import evidence
from storage.tables import Application, Notice, Person, Project

__all__ = [
    "application_keep_pressed",
    "application_withdraw_pressed",
    "leave",
    "withdraw_application",
    "withdraw_pressed",
]


def application_withdraw_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the student to confirm the withdrawal."""
    project, application = lookup.lock_own_application(
        turn, verbs.APPLICATION_WITHDRAW.read(event).application
    )
    if application.status == "offered":
        return _has_an_offer(turn, application)
    _must_be_withdrawable(application)
    ask = text(
        "Withdraw your application to **{project}**? Your answers are deleted and cannot be brought back.",
        project=projects.title_part(project),
    )
    if turn.now < project.deadline_at:
        ask = text(
            "Withdraw your application to **{project}**? Your answers are deleted and cannot be brought "
            "back. You can apply again until applications close.",
            project=projects.title_part(project),
        )
    return [
        Reply(
            message(
                ask,
                Buttons(
                    (
                        Button("Withdraw it", verbs.APPLICATION_WITHDRAW_YES(application.id), style="danger"),
                        Button("Keep it", verbs.APPLICATION_KEEP(application.id)),
                    )
                ),
            )
        )
    ]


def application_keep_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Keep an application that was not withdrawn after all."""
    project, application = lookup.lock_own_application(turn, verbs.APPLICATION_KEEP.read(event).application)
    if application.status == "offered":
        return _has_an_offer(turn, application)
    _must_be_withdrawable(application)
    kept = text("Your application to **{project}** stays as it is.", project=projects.title_part(project))
    return [Reply(message(kept), replace=True)]


def withdraw_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Withdraw the application after the student's confirmation."""
    project, application = lookup.lock_own_application(
        turn, verbs.APPLICATION_WITHDRAW_YES.read(event).application
    )
    if application.status == "offered":
        return _has_an_offer(turn, application)
    _must_be_withdrawable(application)
    title = projects.title_part(project)
    gone = text("Your application to **{project}** is withdrawn and your answers are deleted.", project=title)
    if evidence.is_held(turn, application.id):
        gone = text(
            "Your application to **{project}** is withdrawn. The coordinators are still looking into "
            "something about it, so your answers are kept until they are done, and deleted then.",
            project=title,
        )
    done = message(gone, Buttons((Button("My applications", verbs.APPLICATIONS_LIST()),)))
    return [Reply(done, replace=True), *withdraw_application(turn, project, application)]


def _has_an_offer(turn: Turn, application: Application) -> list[Action]:
    """Show the student an offer that came in the meantime: it is declined, not withdrawn."""
    begun = offer_expiry.shown(turn, application)
    until = application.offer_until or turn.now
    said = message(
        "You have an offer for this one. If you do not want it, decline the offer.",
        offer_messages.offer_line(turn, application),
        text("Please answer by {when}.", when=news.shown_date(turn, until, turn.person)),
        Buttons(tuple(offer_messages.offer_buttons(turn, application))),
    )
    return [Reply(said), *begun]


def _must_be_withdrawable(application: Application) -> None:
    if application.status == "accepted":
        raise Declined(
            "You accepted this one, so it is a placement now. `/placement` shows it, and how to end it."
        )
    if not can_move(application, "withdrawn"):
        raise Declined("This application is over already. Nothing was changed.")


def withdraw_application(turn: Turn, project: Project, application: Application) -> list[Action]:
    """Take an application back: erase what was written, inform the employer if they knew of it."""
    known = _known(turn, project, application)
    offered = application.status == "offered"
    actions = outcomes.settle(turn, project, application, "withdrawn")
    outcomes.erase_answers(turn, application)
    if known:
        actions += news.tell_employer(
            turn,
            project,
            keys.APPLICATION_WITHDRAWN(application.id, turn.source),
            subjects.WITHDRAWN(application.id),
            text(
                "**{student}** withdrew the application to **{project}**. There is nothing for you to do.",
                student=news.name_of(turn, application),
                project=projects.title_part(project),
            ),
        )
    if offered:
        actions += offers.next_in_line(turn, project)
    return actions


def _known(turn: Turn, project: Project, application: Application) -> bool:
    """Return whether the employer knows of the application, or dealt with it."""
    if application.status == "admission":
        return False
    employer = projects.employer_of(turn, project)
    if employer is None or application.status != "submitted" or application.waiting or application.held:
        return True
    waiting = select(Notice.id).where(
        Notice.programme_id == turn.programme_id,
        Notice.person_id == employer.id,
        Notice.subject == subjects.APPLICATION(application.id),
        Notice.state == "waiting",
    )
    return turn.session.scalar(waiting) is None


def leave(turn: Turn, person: Person) -> list[Action]:
    """Withdraw the open applications of a person who is to be forgotten, and erase all they wrote."""
    query = select(Application.id).where(
        Application.programme_id == turn.programme_id, Application.person_id == person.id
    )
    actions: list[Action] = []
    applications: list[Application] = []
    for application_id in turn.session.scalars(query.order_by(Application.project_id)).all():
        project, application = lookup.lock_application(turn, application_id)
        if application.status != "accepted" and can_move(application, "withdrawn"):
            actions += withdraw_application(turn, project, application)
        applications.append(application)
    outcomes.erase(turn, *applications)
    return actions
