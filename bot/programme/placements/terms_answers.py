"""Answers to a change of terms: a coordinator allows the question, the student agrees or keeps the terms."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.actions import Action, Reply, Update
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Text,
    message,
    text,
)
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.chat.sentences import Names
from bot.programme import projects
from bot.programme.applications import news, terms
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.placements import terms_changes
from bot.programme.placements.lookup import lock_placement, sides
from bot.programme.placements.terms_effects import take_up
from storage.tables import Placement, Project, TermsOffer

__all__ = [
    "terms_agree_pressed",
    "terms_agree_yes_pressed",
    "terms_ask_pressed",
    "terms_keep_pressed",
    "terms_refuse_pressed",
    "terms_withdraw_pressed",
]

Waiting = list[tuple[Placement, TermsOffer]]


def _asked(turn: Turn, event: ButtonPressed) -> tuple[Placement, TermsOffer]:
    """Return the change that the student who acts is asked about, its placement locked.

    Raises:
        Declined: the change is not theirs, or is no longer a question.
    """
    change_id = verbs.TERMS_AGREE.read(event).change
    query = select(Placement.id).join(TermsOffer, TermsOffer.application_id == Placement.application_id)
    found = turn.session.scalar(
        query.where(
            Placement.programme_id == turn.programme_id,
            Placement.person_id == turn.person.id,
            TermsOffer.id == change_id,
        )
    )
    if found is None:
        raise Declined("I cannot find that question. `/placement` shows what you agreed on.")
    placement = lock_placement(turn, found)
    newest = terms.latest(turn, placement.application_id)
    if placement.status != "active" or newest is None or newest.id != change_id:
        raise Declined("That question is no longer open. `/placement` shows what was agreed.")
    if newest.state not in {"asked", "kept"}:
        raise Declined("That is settled already. `/placement` shows what was agreed.")
    return placement, newest


def terms_agree_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Accept the change for the student; ask again where they would get less or have more to do."""
    placement, change = _asked(turn, event)
    now = terms_changes.holding(turn, placement)
    if not terms.is_worse(now, change):
        return _agreed(turn, placement, change)
    sure = Buttons(
        (
            Button("Yes, I agree", verbs.TERMS_AGREE_YES(change.id)),
            Button("Keep what we agreed", verbs.TERMS_KEEP(change.id)),
        )
    )
    changes = Fields(tuple(terms.changed_rows(turn, now, change, turn.person)))
    return [Reply(message(text("Do you agree to this? It cannot be undone by you alone."), changes, sure))]


def terms_agree_yes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Accept the change for the student after their confirmation."""
    return _agreed(turn, *_asked(turn, event))


def _agreed(turn: Turn, placement: Placement, change: TermsOffer) -> list[Action]:
    project = projects.project_of(turn, placement.project_id)
    changes = _changes(turn, placement, change)
    change.state, change.answered_at = "agreed", turn.now
    turn.session.flush()
    done = message(
        text("Agreed. This holds in **{project}** from now on:", project=projects.title_part(project)),
        Fields(tuple(terms.terms_rows(turn, change, turn.person))),
        Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
    )
    both = sides(turn, placement)
    lead = text(
        "**{student}** agrees to the change in **{project}**.", student=both.student_name, project=both.title
    )
    return [
        *_answered(change, done),
        *take_up(turn, placement, change),
        *_tell_employer(turn, project, change, lead, changes),
    ]


def terms_keep_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Keep the agreed terms for the student, who can still change their mind."""
    placement, change = _asked(turn, event)
    project = projects.project_of(turn, placement.project_id)
    if change.state == "kept":
        raise Declined("It stays as you agreed. `/placement` shows what that is.")
    change.state, change.answered_at = "kept", turn.now
    turn.session.flush()
    both = sides(turn, placement)
    done = message(
        text(
            "What you agreed on for **{project}** stays. I pass that on to {company}.",
            project=both.title,
            company=projects.company_name(turn, project),
        ),
        Buttons(
            (
                Button("Agree after all", verbs.TERMS_AGREE(change.id)),
                Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),
            )
        ),
    )
    lead = text(
        "**{student}** keeps what was agreed in **{project}**, so none of this changes there:",
        student=both.student_name,
        project=both.title,
    )
    told = _tell_employer(turn, project, change, lead, _changes(turn, placement, change))
    return [*_answered(change, done), *told]


def _answered(change: TermsOffer, done: Message) -> list[Action]:
    """Close the question that has its answer, in whichever message it was pressed."""
    return [Reply(done, replace=True), Update(keys.TERMS(change.id), done)]


def _changes(turn: Turn, placement: Placement, change: TermsOffer) -> Fields:
    holding, employer = terms_changes.holding(turn, placement), sides(turn, placement).employer
    return Fields(tuple(terms.changed_rows(turn, holding, change, employer)))


def _tell_employer(
    turn: Turn, project: Project, change: TermsOffer, lead: Text, *blocks: Block
) -> list[Action]:
    key = keys.TERMS_ANSWERED(change.id, change.state, turn.source)
    ways = Buttons((Button("What each intern agreed to", verbs.TERMS_LIST(project.id)),))
    return news.tell_employer(turn, project, key, subjects.NEWS(project.id), lead, *blocks, ways)


def _waiting(turn: Turn, event: ButtonPressed, *states: str) -> tuple[Project, Waiting]:
    require_role(turn, "coordinator")
    project = projects.project_of(turn, verbs.TERMS_ASK.read(event).project, lock=True)
    waiting = terms_changes.of_state(turn, project, *states)
    if not waiting:
        raise Declined("Nothing waits here any more: it was decided, taken back, or the placement is over.")
    return project, waiting


def _names(turn: Turn, waiting: Waiting) -> Names:
    return Names(tuple(sides(turn, each).student_name for each, _ in waiting))


def terms_ask_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the students about the change that a coordinator allows."""
    project, waiting = _waiting(turn, event, "coordinator", "refused")
    if not terms_changes.may_pass_on(turn, project):
        raise Declined("You are on the side that asks for it, so another coordinator has to let it be asked.")
    actions: list[Action] = []
    for placement, change in waiting:
        change.state, change.approved_by, change.answered_at = "asked", turn.person_id, None
        turn.session.flush()
        actions += terms_changes.ask_student(turn, placement, change)
    terms_changes.close_item(turn, project)
    asked = text(
        "I am asking **{students}**. Until there is a yes, what was agreed stays.",
        students=_names(turn, waiting),
    )
    return [Reply(message(asked), replace=True), *actions]


def terms_refuse_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Refuse, as a coordinator, to ask the students, and inform the employer."""
    project, waiting = _waiting(turn, event, "coordinator")
    for _, change in waiting:
        change.state, change.answered_at = "refused", turn.now
    turn.session.flush()
    terms_changes.close_item(turn, project)
    told = news.tell_employer(
        turn,
        project,
        keys.TERMS_REFUSED(project.id, turn.source),
        subjects.NEWS(project.id),
        text(
            "A coordinator did not pass on your change of terms in **{project}**. What you agreed on with "
            "**{students}** stays. The post itself says what you wrote, for later applicants.",
            project=projects.title_part(project),
            students=_names(turn, waiting),
        ),
        Buttons(
            (
                Button("What each intern agreed to", verbs.TERMS_LIST(project.id)),
                Button("Edit the project", verbs.PROJECT_EDIT(project.id)),
            )
        ),
    )
    said = "What was agreed in **{project}** stays, and no student is asked."
    if told:
        said = "What was agreed in **{project}** stays, and no student is asked. I am informing the employer."
    kept = message(
        text(said, project=projects.title_part(project)),
        Buttons((Button("Let them be asked after all", verbs.TERMS_ASK(project.id)),)),
    )
    return [Reply(kept, replace=True), *told]


def terms_withdraw_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take back an employer's change that no student has agreed to yet."""
    project = projects.project_of(turn, verbs.TERMS_WITHDRAW.read(event).project, lock=True)
    projects.may_manage(turn, project)
    waiting = terms_changes.of_state(turn, project, "coordinator", "asked")
    if not waiting:
        raise Declined("There is nothing to take back: every change has its answer.")
    actions: list[Action] = []
    for placement, _ in waiting:
        actions += terms_changes.settle(turn, placement)
    back = message(
        text(
            "Taken back: what you agreed on with **{students}** stays. The post still says what you wrote "
            "last, for later applicants.",
            students=_names(turn, waiting),
        ),
        Buttons((Button("Edit the project", verbs.PROJECT_EDIT(project.id)),)),
    )
    return [Reply(back, replace=True), *actions]
