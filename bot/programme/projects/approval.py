"""Approval: a coordinator approves a project, asks for a change, or declines it; each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Plain,
    Sentence,
    Text,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed
from bot.chat.forms import Ask, Form, Question
from bot.chat.routes import Completed, Declined, FormRoute, MessageRoute, Routes, Waiting
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.notifications.daily_message import wakes_at, when_read
from bot.programme.notifications.tasks import close_task, open_task
from bot.programme.people import address, person_name, require_role
from bot.programme.people.coordinators_in_turn import in_turn, whose_turn
from bot.programme.people.parts import owner_of
from bot.programme.projects.display import state_of, title_part
from bot.programme.projects.from_answers import rules_of
from bot.programme.projects.lookup import company_name, project_of
from bot.programme.projects.preview import finding_blocks
from bot.programme.projects.publishing import publish, published_words
from bot.programme.projects.scope_check import ScopeFinding, check
from storage.tables import Company, Project

__all__ = [
    "APPROVAL",
    "DECIDED",
    "ask",
    "changed",
    "decisions",
    "needed",
    "published",
    "reason_form",
    "settled",
]

_OVERRIDE: Final = "project-override"
_CHANGE: Final = "project-change"
_DECLINE: Final = "project-decline"


def needed(turn: Turn, company_id: int | None) -> bool:
    """Tell whether what this person posts or changes for a company waits for a coordinator."""
    if not turn.programme.approval or "coordinator" in turn.roles:
        return False
    company = turn.session.get(Company, company_id) if company_id is not None else None
    return company is None or company.trusted_at is None


def ask(turn: Turn, project: Project, findings: Sequence[ScopeFinding]) -> list[Action]:
    """Put a project before the coordinators, or its new version, and tell its poster so."""
    item = _put_before(turn, project, findings)
    said = message(
        text(
            "**{project}** is with the coordinators. I will let you know what they decide.",
            project=title_part(project),
        ),
        note("Until then students do not see it, and you can still change it."),
        note(
            "Without an answer I ask them again every working day; nothing is published by itself.",
            "Without an answer I ask them again every {count} working days; nothing is published by itself.",
            count=turn.programme.coordinator_days,
        ),
        Buttons(
            (
                Button("See it", verbs.PROJECT_SHOW(project.id)),
                Button("Edit", verbs.PROJECT_EDIT(project.id)),
            )
        ),
    )
    return [Reply(said), *item]


def changed(turn: Turn, project: Project, findings: Sequence[ScopeFinding]) -> list[Action]:
    """Go on waiting for approval after a coordinator's change, with the project as it is now."""
    item = _put_before(turn, project, findings)
    said = text("**{project}** is changed. It still waits for approval.", project=title_part(project))
    return [Reply(message(said, *finding_blocks(findings), decisions(project))), *item]


def _put_before(turn: Turn, project: Project, findings: Sequence[ScopeFinding]) -> list[Action]:
    project.updated_at = turn.now
    moved = move(turn, project, "review") if project.status != "review" else []
    turn.session.flush()
    lead = text(
        "**{project}** · {company} waits for your approval.",
        project=title_part(project),
        company=company_name(turn, project),
    )
    turns = whose_turn(turn, in_turn(turn, project))
    item = (lead, *([turns] if turns else []), *finding_blocks(findings), decisions(project))
    return [*moved, *open_task(turn, _item(project), "approval", subjects.PROJECT(project.id), *item)]


def published(turn: Turn, project: Project, findings: Sequence[ScopeFinding]) -> list[Action]:
    """Tell the coordinators of a trusted company's post that is published without their approval."""
    if not turn.programme.approval or "coordinator" in turn.roles:
        return []
    lead = text(
        "**{project}** · {company} is published. The company is trusted, so it needed no approval.",
        project=title_part(project),
        company=company_name(turn, project),
    )
    see = Buttons((Button("See it", verbs.PROJECT_SHOW(project.id)),))
    about = subjects.PROJECT(project.id)
    return open_task(turn, keys.POSTED(project.id), "posted", about, lead, *finding_blocks(findings), see)


def settled(turn: Turn, project: Project) -> None:
    """Close the coordinators' task: the project needs their approval no more."""
    close_task(turn, _item(project))


def _item(project: Project) -> str:
    return keys.APPROVAL(project.id)


def decisions(project: Project) -> Buttons:
    """Return the ways in which a coordinator decides on a project."""
    return Buttons(
        (
            Button("Approve", verbs.PROJECT_APPROVE(project.id), style="primary"),
            Button("Read it", verbs.PROJECT_SHOW(project.id)),
            Button("Ask for a change", verbs.PROJECT_CHANGE(project.id)),
            Button("Decline", verbs.PROJECT_DECLINE(project.id), style="danger"),
        )
    )


def _waiting(turn: Turn, project_id: int | str, *, lock: bool = True) -> Project:
    """Return the project a coordinator decides on; a form is made without a lock, as on a reader.

    Raises:
        Declined: the person is no coordinator, or the project waits for no decision (any more).
    """
    require_role(turn, "coordinator")
    project = project_of(turn, project_id, lock=lock)
    if project.status != "review":
        raise Declined(
            text(
                "**{project}** does not wait for approval any more: {state}.",
                project=title_part(project),
                state=state_of(project),
            )
        )
    return project


def _project_approve_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    project = _waiting(turn, verbs.PROJECT_APPROVE.read(event).project)
    if (
        any(finding.stop for finding in check(project, rules_of(turn, project)))
        and not project.override_reason
    ):
        return [OpenForm(_OVERRIDE, str(project.id))]
    return _approved(turn, project)


def _approved(turn: Turn, project: Project) -> list[Action]:
    close_task(turn, _item(project))
    actions = publish(turn, project)
    good_news = text("Good news from the coordinators:")
    told = _tell_owner(turn, project, good_news, *published_words(turn, project).blocks)
    said = message(text("**{project}** is published.", project=title_part(project)))
    return [Reply(said, settles=True), *told, *actions]


def _project_override_submitted(turn: Turn, done: Completed) -> list[Action]:
    project = _waiting(turn, done.subject)
    project.override_reason = str(done.values["reason"])
    return _approved(turn, project)


def _project_change_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    project = _waiting(turn, verbs.PROJECT_CHANGE.read(event).project)
    return [OpenForm(_CHANGE, str(project.id))]


def _project_change_submitted(turn: Turn, done: Completed) -> list[Action]:
    project = _waiting(turn, done.subject)
    moved = move(turn, project, "changes")
    close_task(turn, _item(project))
    told = _tell_owner(
        turn,
        project,
        text(
            "A coordinator asks for a change to **{project}** before students see it:",
            project=title_part(project),
        ),
        text(Plain(str(done.values["reason"]))),
        Buttons((Button("Edit it", verbs.PROJECT_EDIT(project.id), style="primary"),)),
        note("When you save the changed project it goes to the coordinators again."),
    )
    passed_on = _passed_on(turn, project, told)
    back = text("When **{project}** is changed, it comes back to you.", project=title_part(project))
    return [Reply(message(passed_on, back), settles=True), *moved, *told]


def _project_decline_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    project = _waiting(turn, verbs.PROJECT_DECLINE.read(event).project)
    return [OpenForm(_DECLINE, str(project.id))]


def _project_decline_submitted(turn: Turn, done: Completed) -> list[Action]:
    project = _waiting(turn, done.subject)
    moved = move(turn, project, "declined")
    close_task(turn, _item(project))
    told = _tell_owner(
        turn,
        project,
        text(
            "The coordinators decided not to publish **{project}**. Their reason:",
            project=title_part(project),
        ),
        text(Plain(str(done.values["reason"]))),
        Buttons((Button("Begin another from it", verbs.PROJECT_REPEAT(project.id)),)),
    )
    said = text("**{project}** is declined.", project=title_part(project))
    passed_on = _passed_on(turn, project, told, reason=True)
    return [Reply(message(said, passed_on), settles=True), *moved, *told]


def _tell_owner(turn: Turn, project: Project, *blocks: Block) -> list[Action]:
    """Tell the poster what became of it."""
    owner = owner_of(turn, project)
    if owner is None or owner.erased_at is not None or owner.id == turn.person_id:
        return []
    key = keys.PROJECT(project.id, project.status, turn.source)
    about = subjects.OF_DECISION(project.id, project.status)
    return [
        Post(address(turn, owner), message(*blocks), key, kind=DECIDED, subject=about, writer=turn.person_id)
    ]


def _passed_on(turn: Turn, project: Project, told: list[Action], *, reason: bool = False) -> Text:
    """Say to which reader it goes, the coordinator's `reason` or more: none, if the project has no owner."""
    owner = owner_of(turn, project)
    if told and owner is not None and wakes_at(turn, owner, turn.now) is not None:
        return text(when_read(turn, [owner]))
    if told and owner is not None:
        return text(
            "I am sending your reason to **{owner}**." if reason else "I am sending that to **{owner}**.",
            owner=person_name(owner, mention=True),
        )
    if owner is not None and owner.id == turn.person_id:
        return text("You look after it yourself, so I sent no message.")
    return text("It has no owner here, so no message goes out.")


def _still_decided(turn: Turn, waiting: Waiting) -> Message | None:
    about = subjects.OF_DECISION.parse(waiting.subject)
    return waiting.message if project_of(turn, about.project).status == about.status else None


def _named(turn: Turn, subject: str) -> Sentence:
    project = project_of(turn, subjects.OF_DECISION.parse(subject).project)
    return say("The coordinators' answer about **{project}**", project=title_part(project))


DECIDED: Final = "project.decided"


def reason_form(
    form_id: str, *, title: str, submit: str, prompt: str, example: str, earlier: tuple[str, ...] = ()
) -> Form:
    """Return a form that asks a coordinator for a reason, which the employer reads."""
    ask = Ask(prompt, label="Your reason", kind="long", example=example, earlier=earlier)
    return Form(form_id, title, (Question("reason", ask, min_length=3, max_length=1000),), submit=submit)


_FORMS: Final = {
    form.id: form
    for form in (
        reason_form(
            _OVERRIDE,
            title="Publish anyway",
            submit="Publish",
            prompt="The scope check stops this project. Why may it be published anyway?",
            example="The fee is agreed with the department.",
            earlier=("A stop of the scope check stands. Why may it be published anyway?",),
        ),
        reason_form(
            _CHANGE,
            title="Ask for a change",
            submit="Ask",
            prompt="What should be changed, and why? The employer reads this.",
            example="Please name two deliverables, so that students know when they are done.",
        ),
        reason_form(
            _DECLINE,
            title="Decline project",
            submit="Decline",
            prompt="Why is it not published? The employer reads this.",
            example="This is ongoing work; our programme is for projects with an end.",
        ),
    )
}


def _form_of(form_id: str) -> Callable[[Turn, str], Form]:
    def form(turn: Turn, subject: str) -> Form:
        _waiting(turn, subject, lock=False)
        return _FORMS[form_id]

    return form


APPROVAL: Final = Routes(
    buttons={
        verbs.PROJECT_APPROVE: _project_approve_pressed,
        _CHANGE: _project_change_pressed,
        _DECLINE: _project_decline_pressed,
    },
    forms={
        _OVERRIDE: FormRoute(_form_of(_OVERRIDE), _project_override_submitted),
        _CHANGE: FormRoute(_form_of(_CHANGE), _project_change_submitted),
        _DECLINE: FormRoute(_form_of(_DECLINE), _project_decline_submitted),
    },
    messages={DECIDED: MessageRoute(_still_decided, _named)},
)
