"""A person's data is erased when they ask for it.

Erased are their words and who they were; rows that others count on (how many applied, that a project
was completed) stay, without a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Button, Buttons, Message, layout, lines, message, note, say, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes
from bot.programme import applications, people, projects
from bot.programme.accounts import personal_data
from bot.programme.applications import outcomes
from bot.programme.core import verbs
from bot.programme.core.changes import ErasureDue
from bot.programme.core.turn import Turn
from bot.programme.people import evidence, unnaming
from bot.programme.people.personal_data import ErasureRequest
from bot.programme.projects import ownership
from storage.tables import Application, Erasure, Letter, Person, Placement, Project, Role

__all__ = ["ROUTES", "erase", "forget_ask_pressed", "forget_no_pressed", "forget_yes_pressed"]


def forget_ask_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Say what forgetting means, and ask first."""
    _check_possible(turn, turn.person)
    sure = Buttons(
        (
            Button("Yes, forget me", verbs.FORGET_YES(), style="danger"),
            Button("Keep my data", verbs.FORGET_NO()),
        )
    )
    return [Reply(message(*_what_it_means(), _looked_after(turn, turn.person), sure))]


def _looked_after(turn: Turn, person: Person) -> Block | None:
    """Say what becomes of the projects that the person looks after, where there are any."""
    count, to = len(ownership.owned(turn, person)), ownership.successor(turn, person)
    if not count:
        return None
    if to is None:
        return text(
            "The project you look after waits for a coordinator then; its students read so.",
            "The {count} projects you look after wait for a coordinator then; their students read so.",
            count=count,
        )
    return text(
        "{person} then looks after your project; its students read so. To choose another colleague, use "
        "`/project handover` first.",
        "{person} then looks after your {count} projects; their students read so. To choose another "
        "colleague, use `/project handover` first.",
        person=people.person_name(to, mention=True),
        count=count,
    )


def _what_it_means() -> list[Block]:
    return [
        text("**Shall I forget you?** This cannot be undone."),
        lines(
            say("- Open applications are withdrawn."),
            say(
                "- Your name, account, answers, drafts, messages and the work you handed in are erased here."
            ),
            say("- What stays is counts without a name, like “3 applied”."),
            say("- What others have already received in their chat stays there; I cannot take it back."),
        ),
    ]


def forget_no_pressed(_turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Stop forgetting: the person changed their mind."""
    return [Reply(message("Good. Nothing was changed."), replace=True)]


def _check_possible(turn: Turn, person: Person) -> None:
    """Raise Declined while other people count on this person; it says what to do first."""
    query = (
        select(Project.title)
        .join(Placement, Placement.project_id == Project.id)
        .where(Placement.person_id == person.id, Placement.status == "active")
    )
    title = turn.session.scalars(query).first()
    if title is not None:
        raise Declined(
            text(
                "Your placement in **{project}** has not ended, and another person counts on it. End it with "
                "`/placement`, then ask me again.",
                project=title,
            )
        )
    others = [each for each in people.coordinators(turn) if each.id != person.id]
    if "coordinator" in people.roles_of(turn, person) and not others:
        raise Declined(
            "You are the only coordinator here, and the programme needs one. Make another person a "
            "coordinator first: `/stint coordinator @name`."
        )


def forget_yes_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Erase what the person wrote and who they are."""
    person = turn.person
    _check_possible(turn, person)
    actions = erase(turn, person)
    done: Message = message(
        "Done: I have forgotten you. What I sent you stays in this chat until you delete it.",
        note(
            "My own copies of what was sent are erased within the next minutes. If you ever want to come "
            "back, press Apply on a project, and we begin again."
        ),
    )
    waits = evidence.waiting_for(turn, person)
    return [*actions, Reply(_waiting(turn, waits) if waits else done, replace=True)]


def _waiting(turn: Turn, waits: Sequence[Erasure]) -> Message:
    """Say what is kept for now and why, without the names of a report's writer and subject."""
    titles = {
        project.title: projects.title_part(project)
        for project in (_project_of(turn, each.application_id) for each in waits)
    }
    return message(
        "I have erased everything else. The coordinators are still looking into something about:",
        *(text(layout("- **{project}**", project=title)) for title in titles.values()),
        "What was written there stays as it is until they are done, and so do your name and your account, "
        "so that they know who wrote what. Then I erase that too. You need not ask again.",
        note("What I sent you stays in this chat until you delete it."),
    )


def _project_of(turn: Turn, application_id: int) -> Project:
    application = applications.application_of(turn, application_id)
    return projects.project_of(turn, application.project_id)


def erase(turn: Turn, person: Person) -> list[Action]:
    """Erase what a person wrote and who they are, even while other people count on them.

    What a report that is open is about stays until it has its answer, and the name and account with it
    (`complete`).
    """
    held = evidence.held_of(turn, person)
    for application_id in held:
        evidence.postpone(turn, application_id, "person", person)
    actions = personal_data.erase(turn, ErasureRequest(person, tuple(held)))
    if not held:
        _leave_nameless(turn, person)
    return actions


def complete(turn: Turn, change: ErasureDue) -> list[Action]:
    """Erase for a person what was kept for a report that has its answer now, if nothing else is kept.

    A person who came back meanwhile (applied, or was given a role) stays, and only what was kept is erased.
    """
    erasure = change.erasure
    person = people.person_of(turn, erasure.person_id or 0)
    if evidence.waiting_for(turn, person):
        return []
    applied = select(Application.id).where(
        Application.person_id == person.id, Application.created_at > erasure.asked_at
    )
    given = select(Role.id).where(Role.person_id == person.id)
    if turn.session.scalars(applied).first() is None and turn.session.scalars(given).first() is None:
        return erase(turn, person)
    application = applications.application_of(turn, erasure.application_id)
    if application.person_id == person.id:
        outcomes.erase(turn, application)
    mine = (Letter.sender_id == person.id, Letter.application_id == application.id)
    turn.session.execute(update(Letter).where(*mine).values(text=""))
    return []


def _leave_nameless(turn: Turn, person: Person) -> None:
    person.name = unnaming.GONE
    person.zone = person.quiet_from = person.quiet_to = None
    person.company_id = person.identity_id = None
    person.erased_at = turn.now
    turn.session.flush()


ROUTES = Routes(follows={ErasureDue: (complete,)})
