"""`/project edit`: what changes, on every announced copy, and which people have to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import and_, or_, select

from bot.chat.actions import Action, RejectForm, Reply, StartConversation
from bot.chat.commands import CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.projects import approval, change_approval, news, places, versions
from bot.programme.projects.company_lookup import find_company
from bot.programme.projects.display import title_part
from bot.programme.projects.form import EDIT, edit_form
from bot.programme.projects.from_answers import (
    company_for,
    copy_of,
    fill,
    moved_along,
    rules_of,
)
from bot.programme.projects.lookup import may_manage, project_of
from bot.programme.projects.places import Counting
from bot.programme.projects.preview import detail_blocks, finding_blocks, preview_blocks, stopped
from bot.programme.projects.project_changes import carry_on, too_few_places, write_changes
from bot.programme.projects.scope_check import ScopeFinding, check
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_mine
from bot.programme.projects.unfit_answers import UnfitAnswerError
from bot.programme.projects.versions import between, given
from storage.tables import Placement, Project

__all__ = ["EDITING"]

_ROLES: Final = frozenset({"employer", "coordinator"})
_CAN_BE_EDITED: Final = and_(
    Project.status.not_in(("declined", "discarded")),
    or_(Project.status != "closed", Project.published_at.is_not(None)),
)


def _project_edit_command(turn: Turn, event: CommandUsed) -> list[Action]:
    require_role(turn, *_ROLES)
    typed = event.options.get("project", "")
    return _begin(turn, named_project(turn, typed, verbs.PROJECT_EDIT, mine=True, fits=_CAN_BE_EDITED))


def _can_be_edited(project: Project) -> bool:
    """Return whether `_CAN_BE_EDITED` holds for a project."""
    taken_back = project.status == "closed" and not project.published_at
    return project.status not in {"declined", "discarded"} and not taken_back


def _edit_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    return _begin(turn, project_of(turn, verbs.PROJECT_EDIT.read(event).project))


def _begin(turn: Turn, project: Project) -> list[Action]:
    may_manage(turn, project)
    if not _can_be_edited(project):
        raise Declined(
            "This project was declined. `/project repeat` begins a new one from it."
            if project.status == "declined"
            else "This project was taken back. `/project repeat` begins a new one from it."
        )
    return [StartConversation(EDIT, str(project.id))]


def _drafted(turn: Turn, project: Project, done: Completed) -> tuple[Project, list[ScopeFinding]]:
    """Return the project as the draft would have it, not stored, and what is found in it."""
    base = versions.as_changed(turn, project)
    after = copy_of(base)
    unread = fill(turn, after, done.values)
    moved_along(turn, base, after)
    return after, [*unread, *check(after, rules_of(turn, project))]


def _review(turn: Turn, done: Completed) -> Sequence[Block]:
    project = project_of(turn, done.subject)
    after, findings = _drafted(turn, project, done)
    left = _left_to_students(turn, project) + after.places - project.places
    told: list[Block] = []
    changed = list(news.differences(turn, project, after, turn.person))
    if project.published_at and changed and news.has_applicants(turn, project):
        told.append(
            text(
                "The people who applied will hear once what is different: {what}.",
                what=news.labels_of(changed),
            )
        )
    if project.published_at and change_approval.needed(turn, project, after):
        told.append(note("A coordinator looks at this change first. Until then students see it as it was."))
    if versions.waiting_of(turn, project) is not None:
        told.append(note("This includes the change that waits for a coordinator."))
    if project.published_at and _at_work(turn, project):
        told.append(note("Your interns keep what they agreed to until they agree to something else."))
    decides = "coordinator" in turn.roles
    new = [f for f in findings if not f.stop or f in _new_stops(turn, project, findings)]
    told += finding_blocks(new, done.conversation_id, decides=decides, passed=done.remark)
    company = str(done.values.get("company") or "")
    return preview_blocks(turn, after, company, max(0, left), told)


def _left_to_students(turn: Turn, project: Project) -> int:
    """Count the places left as the preview shows them: as students would read it."""
    return max(0, places.free(turn, project, Counting.PUBLIC))


def _details(turn: Turn, done: Completed) -> Sequence[Block]:
    project = project_of(turn, done.subject)
    after, _ = _drafted(turn, project, done)
    left = _left_to_students(turn, project) + after.places - project.places
    return detail_blocks(turn, after, str(done.values.get("company") or ""), max(0, left))


def _new_stops(turn: Turn, project: Project, findings: Sequence[ScopeFinding]) -> list[ScopeFinding]:
    """Return the stops that an edit brings; earlier stops do not hold other changes back."""
    before = check(project, rules_of(turn, project)) if project.published_at else ()
    return [finding for finding in findings if finding.stop and finding not in before]


def _project_edit_submitted(turn: Turn, done: Completed) -> list[Action]:
    project = project_of(turn, done.subject, lock=True)
    may_manage(turn, project)
    after, findings = _drafted(turn, project, done)
    refused = _refused(turn, project, after, findings, done)
    if refused is not None:
        return [refused]
    try:
        after.company_id = _company_id(turn, project, str(done.values.get("company") or ""), after.field)
    except UnfitAnswerError as unfit:
        return [RejectForm({"company": unfit.reason})]
    if project.published_at is not None:
        return _published_changed(turn, project, after)
    if not given(between(project, after)[1]) and project.status != "changes":
        return [Reply(message("Nothing was changed."))]
    return [*write_changes(turn, project, after, turn.person_id), *_carried_on(turn, project, findings)]


def _refused(
    turn: Turn, project: Project, after: Project, findings: Sequence[ScopeFinding], done: Completed
) -> RejectForm | None:
    """Return why a change cannot be saved as it is."""
    stops = _new_stops(turn, project, findings)
    allowed = after.override_reason if "coordinator" in turn.roles else ""
    asks = bool(done.values.get("to_coordinator")) and project.published_at is None
    if any(f.unread for f in stops) or (stops and not allowed and not asks):
        return stopped(stops)
    held = too_few_places(turn, project, after)
    return RejectForm({"places": held}) if held is not None else None


def _published_changed(turn: Turn, project: Project, after: Project) -> list[Action]:
    """Carry out a change of a published project, or put it before the coordinators first."""
    dropped = change_approval.drop_waiting(turn, project)
    if not given(between(project, after)[1]):
        said = "Nothing was changed."
        if dropped:
            said = "The change that waited is taken back. Students see the project as it was."
        return [Reply(message(said))]
    if change_approval.needed(turn, project, after):
        return change_approval.ask(turn, project, after)
    before = copy_of(project)
    edited = write_changes(turn, project, after, turn.person_id)
    version = versions.record(turn, project, before, project, "holds")
    said_blocks, followed = carry_on(turn, before, project, version)
    told = change_approval.tell_coordinators(turn, project, before, version)
    return [Reply(message(*said_blocks)), *edited, *followed, *told]


def _company_id(turn: Turn, project: Project, name: str, field: str) -> int:
    found = find_company(turn, name)
    if not name or (found and found.id == project.company_id):
        return project.company_id
    return company_for(turn, name, field).id


def _carried_on(turn: Turn, project: Project, findings: Sequence[ScopeFinding]) -> list[Action]:
    """Go on after a change of a project that no student has seen, according to its status."""
    if project.status == "draft":
        return [Reply(message(*_kept_words(project)))]
    if "coordinator" in turn.roles:
        return approval.changed(turn, project, findings)
    # What a coordinator looks at goes back to them, whatever the setting says by now.
    return approval.ask(turn, project, findings)


def _kept_words(project: Project) -> Iterable[Block]:
    yield text(
        "**{project}** is changed. Students do not see it before it is published.",
        project=title_part(project),
    )
    yield Buttons((Button("Publish", verbs.PROJECT_PUBLISH(project.id), style="primary"),))


def _at_work(turn: Turn, project: Project) -> bool:
    query = select(Placement.id).where(
        Placement.programme_id == turn.programme_id,
        Placement.project_id == project.id,
        Placement.status == "active",
    )
    return turn.session.scalars(query.limit(1)).first() is not None


EDITING: Final = Routes(
    commands=(
        (
            CommandSpec(
                ("project", "edit"),
                "Change a project; its cards in the channels follow",
                (ANY_PROJECT,),
                allowed=_ROLES,
                example="/project edit market map",
            ),
            _project_edit_command,
        ),
    ),
    buttons={verbs.PROJECT_EDIT: _edit_pressed},
    forms={
        EDIT: FormRoute(
            edit_form,
            _project_edit_submitted,
            review=_review,
            details=_details,
            afterwards="`/project edit` changes it again.",
        )
    },
    suggestions={(("project", "edit"), "project"): suggest_mine},
)
