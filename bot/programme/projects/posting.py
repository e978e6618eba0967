"""`/project post` and `/project repeat`: the draft, its preview with the scope check, and publishing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from bot.chat.actions import Action, OpenForm, RejectForm, Reply, StartConversation
from bot.chat.codec import RUN
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Button, Buttons, message, text
from bot.chat.conversation.draft import load_draft
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.programme.core import subjects, verbs
from bot.programme.core.lifecycle import begin
from bot.programme.core.turn import Turn
from bot.programme.projects import approval
from bot.programme.projects.display import shortened, title_part
from bot.programme.projects.form import POST, post_form
from bot.programme.projects.from_answers import blank_project, company_for, fill, rules_of
from bot.programme.projects.lookup import may_manage, may_post, project_of
from bot.programme.projects.preview import (
    detail_blocks,
    finding_blocks,
    preview_blocks,
    stopped,
    unanswered,
)
from bot.programme.projects.publishing import publish, published_words
from bot.programme.projects.scope_check import ScopeFinding, check
from bot.programme.projects.search import search_text
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_mine
from bot.programme.projects.to_answers import answers_of
from bot.programme.projects.unfit_answers import UnfitAnswerError
from storage.queries import Row
from storage.queries import conversations as drafts
from storage.tables import Company, Project, conversations

__all__ = ["POSTING", "clone"]

_WHO: Final = frozenset({"employer", "coordinator"})
_NOT_CLONED: Final = ("deadline", "decide", "start", "override")


def _project_post_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Start a new draft; without a new title, the draft that is under way is offered first."""
    person = may_post(turn)
    titled = " ".join(event.options.get("title", "").split())
    rows = drafts.unfinished(turn.connection, turn.programme_id, person.id)
    begun = [row for row in rows if row.form == POST]
    if titled:
        begun = [row for row in begun if _title_of(row).casefold() == titled.casefold()]
    if not begun:
        return [OpenForm(POST, _fresh_subject(turn), values={"title": titled} if titled else {})]
    row = begun[0]
    title = shortened(_title_of(row), 100)
    begun_before = (
        text("You have a project in the making: {project}.", project=title)
        if title
        else text("You have a project in the making; it has no title yet.")
    )
    buttons = Buttons(
        (
            Button("Go on with it", verbs.PROJECT_DRAFT(row.id), style="primary"),
            Button("Start another", verbs.PROJECT_NEW()),
            Button("From a template", RUN("project.template")),
        )
    )
    return [Reply(message(begun_before, buttons))]


def _title_of(row: Row) -> str:
    given = load_draft(row.draft).answers.get("title")
    return str(given.value) if given else ""


def _project_new_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    may_post(turn)
    return [OpenForm(POST, _fresh_subject(turn))]


def _project_draft_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    number = verbs.PROJECT_DRAFT.read(event).draft
    row = drafts.by_id(turn.connection, turn.programme_id, turn.person.id, number)
    if row is None or row.form != POST or row.state not in {"open", "waiting"}:
        raise Declined("That draft is no longer open. `/project post` begins a new one.")
    return [StartConversation(POST, row.subject)]


def _fresh_subject(turn: Turn) -> str:
    """Return what tells this new draft of the person's from their earlier drafts."""
    query = select(func.count()).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == turn.person.id,
        conversations.c.form == POST,
    )
    return subjects.NEW_PROJECT((turn.connection.execute(query).scalar() or 0) + 1)


def _project_repeat_command(turn: Turn, event: CommandUsed) -> list[Action]:
    may_post(turn)
    typed = event.options.get("project", "")
    return clone(turn, named_project(turn, typed, verbs.PROJECT_REPEAT, mine=True))


def _repeat_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    may_post(turn)
    return clone(turn, project_of(turn, verbs.PROJECT_REPEAT.read(event).project))


def clone(turn: Turn, project: Project) -> list[Action]:
    """Start a new draft with everything but the dates; a copy that is under way goes on.

    Raises:
        Declined: the person does not manage the project.
    """
    person = may_manage(turn, project)
    subject = _clone_subject(turn, project)
    if drafts.by_subject(turn.connection, turn.programme_id, person.id, POST, subject) is not None:
        return [StartConversation(POST, subject)]
    answers = {
        name: v for name, v in answers_of(turn, project).items() if name not in _NOT_CLONED and v != ""
    }
    said = message(
        text(
            "I copied **{project}**. Say when the new one closes, and look it over.",
            project=title_part(project),
        )
    )
    return [Reply(said), StartConversation(POST, subject, answers=answers)]


def _clone_subject(turn: Turn, project: Project) -> str:
    """Return what tells this copy from earlier copies of the project: a second press goes on with it."""
    query = select(func.count()).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == turn.person.id,
        conversations.c.form == POST,
        conversations.c.subject.startswith(subjects.REPEATED_PROJECT.begin(project.id)),
        conversations.c.state.in_(("done", "cancelled")),
    )
    return subjects.REPEATED_PROJECT(project.id, (turn.connection.execute(query).scalar() or 0) + 1)


def _drafted(turn: Turn, done: Completed) -> tuple[Project, list[ScopeFinding]]:
    """Return the project that a draft describes, not stored, and what is found in it, stops first."""
    project = blank_project(turn, turn.person_id)
    unread = fill(turn, project, done.values)
    return project, [*unread, *check(project, rules_of(turn, project))]


def _review(turn: Turn, done: Completed) -> Sequence[Block]:
    project, findings = _drafted(turn, done)
    company = str(done.values.get("company") or "")
    decides = "coordinator" in turn.roles
    asked = bool(done.values.get("to_coordinator"))
    unknown = unanswered(done)
    known = [finding for finding in findings if finding.question not in unknown]
    found: list[Block] = []
    if known or not unknown:
        found = finding_blocks(known, done.conversation_id, decides=decides, asked=asked, passed=done.remark)
    return preview_blocks(turn, project, company, project.places, found, unknown)


def _details(turn: Turn, done: Completed) -> Sequence[Block]:
    project, _ = _drafted(turn, done)
    return detail_blocks(turn, project, str(done.values.get("company") or ""), project.places)


def _project_submitted(turn: Turn, done: Completed) -> list[Action]:
    may_post(turn)
    project, findings = _drafted(turn, done)
    stops = [finding for finding in findings if finding.stop]
    unreadable = [finding for finding in stops if finding.unread]
    asks = bool(done.values.get("to_coordinator")) and "coordinator" not in turn.roles
    if unreadable or (stops and not (project.override_reason or asks)):
        return [stopped(stops)]
    if not stops:
        project.override_reason = ""
    try:
        company = company_for(turn, str(done.values["company"]), project.field)
    except UnfitAnswerError as unfit:
        return [RejectForm({"company": unfit.reason})]
    begun = _store(turn, project, company)
    if approval.needed(turn, company.id) or (stops and asks):
        return [*begun, *approval.ask(turn, project, findings)]
    actions = [*publish(turn, project), *approval.published(turn, project, findings)]
    return [*begun, Reply(published_words(turn, project)), *actions]


def _publish_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Publish a project that came in by an import and is not published yet."""
    project = project_of(turn, verbs.PROJECT_PUBLISH.read(event).project, lock=True)
    may_manage(turn, project)
    if project.deadline_at <= turn.now:
        raise Declined(
            text(
                "The application deadline for **{project}** has passed. Set a later one first.",
                project=title_part(project),
            ),
            Buttons((Button("Edit", verbs.PROJECT_EDIT(project.id), style="primary"),)),
        )
    findings = check(project, rules_of(turn, project))
    if approval.needed(turn, project.company_id):
        return approval.ask(turn, project, findings)
    actions = [*publish(turn, project), *approval.published(turn, project, findings)]
    return [Reply(published_words(turn, project)), *actions]


def _store(turn: Turn, project: Project, company: Company) -> list[Action]:
    project.company_id = company.id
    project.contact_by_id = turn.person_id if project.contact else None
    project.search = search_text(project, company.name)
    if not company.field:
        company.field = project.field[:120]
    return begin(turn, project)


POSTING: Final = Routes(
    commands=(
        (
            CommandSpec(
                ("project", "post"),
                "Post a project for students to apply to",
                (Argument("title", "What it is called; the form asks for the rest", rest=True),),
                allowed=_WHO,
                example="/project post E-bike map",
            ),
            _project_post_command,
        ),
        (
            CommandSpec(
                ("project", "repeat"),
                "Post a project again, with new dates",
                (ANY_PROJECT,),
                allowed=_WHO,
                example="/project repeat market map",
            ),
            _project_repeat_command,
        ),
    ),
    buttons={
        verbs.PROJECT_NEW: _project_new_pressed,
        verbs.PROJECT_DRAFT: _project_draft_pressed,
        verbs.PROJECT_REPEAT: _repeat_pressed,
        verbs.PROJECT_PUBLISH: _publish_pressed,
    },
    forms={
        POST: FormRoute(
            post_form,
            _project_submitted,
            review=_review,
            details=_details,
            afterwards="`/project edit` changes what you posted.",
        )
    },
    suggestions={(("project", "repeat"), "project"): suggest_mine},
)
