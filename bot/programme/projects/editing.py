"""`/project edit`: what changes, on every announced copy, and which people have to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import and_, or_, select

from bot.chat.actions import Action, CancelTimers, RejectForm, Reply, StartConversation
from bot.chat.commands import CommandSpec
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.programme.core import keys, verbs
from bot.programme.core.changes import ProjectEdited
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.projects import approval, news, places
from bot.programme.projects.cards import announce, count_cards, refresh
from bot.programme.projects.company_lookup import find_company
from bot.programme.projects.deliverables import set_deliverables, wanted_of
from bot.programme.projects.display import title_part
from bot.programme.projects.form import EDIT, edit_form
from bot.programme.projects.from_answers import (
    company_for,
    copy_of,
    fill,
    moved_along,
    rules_of,
)
from bot.programme.projects.lookup import company_name, may_manage, project_of
from bot.programme.projects.places import Counting
from bot.programme.projects.preview import detail_blocks, finding_blocks, preview_blocks, stopped
from bot.programme.projects.publishing import reopen, set_timers
from bot.programme.projects.saved_projects import move_reminders
from bot.programme.projects.scope_check import ScopeFinding, check
from bot.programme.projects.search import search_text
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_mine
from bot.programme.projects.unfit_answers import UnfitAnswerError
from storage.tables import Placement, Project

__all__ = ["EDITING"]

_ROLES: Final = frozenset({"employer", "coordinator"})
_COLUMNS: Final = (
    "title",
    "brief",
    "hours",
    "deadline_at",
    "deadline_day",
    "deadline_zone",
    "company_id",
    "field",
    "location",
    "skills",
    "weeks",
    "fee_cents",
    "currency",
    "unpaid_reason",
    "places",
    "starts_at",
    "starts_day",
    "starts_zone",
    "decide_at",
    "decide_day",
    "decide_zone",
    "contact",
    "private_details",
    "questions",
    "cohorts",
    "override_reason",
)


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
    after = copy_of(project)
    unread = fill(turn, after, done.values)
    moved_along(turn, project, after)
    return after, [*unread, *check(after, rules_of(turn, project))]


def _review(turn: Turn, done: Completed) -> Sequence[Block]:
    project = project_of(turn, done.subject)
    after, findings = _drafted(turn, project, done)
    left = _left_to_students(turn, project) + after.places - project.places
    told: list[Block] = []
    changed = list(news.differences(turn, project, after, turn.person))
    if project.published_at and changed and news.applicants(turn, project):
        told.append(
            text(
                "The people who applied will hear once what is different: {what}.",
                what=news.labels_of(changed),
            )
        )
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
    stops = _new_stops(turn, project, findings)
    allowed = after.override_reason if "coordinator" in turn.roles else ""
    asks = bool(done.values.get("to_coordinator")) and project.published_at is None
    if any(f.unread for f in stops) or (stops and not allowed and not asks):
        return [stopped(stops)]
    taken = project.places - max(0, places.free(turn, project, Counting.HELD))
    if after.places < taken:
        held = say(
            "{count} place is offered or taken already.",
            "{count} places are offered or taken already.",
            count=taken,
        )
        return [RejectForm({"places": held})]
    try:
        after.company_id = _company_id(turn, project, str(done.values.get("company") or ""), after.field)
    except UnfitAnswerError as unfit:
        return [RejectForm({"company": unfit.reason})]
    before = copy_of(project)
    changed = [name for name in _COLUMNS if getattr(project, name) != getattr(after, name)]
    work = wanted_of(after)
    if not changed and work == wanted_of(project) and project.status != "changes":
        return [Reply(message("Nothing was changed."))]
    edited = change(turn, project, **{name: getattr(after, name) for name in changed})
    if work != wanted_of(project):
        set_deliverables(project, work)
    if "contact" in changed:
        project.contact_by_id = turn.person_id
    project.updated_at = turn.now
    project.search = search_text(project, company_name(turn, project))
    turn.session.flush()
    return [*edited, *_carried_on(turn, before, project, findings)]


def _company_id(turn: Turn, project: Project, name: str, field: str) -> int:
    found = find_company(turn, name)
    if not name or (found and found.id == project.company_id):
        return project.company_id
    return company_for(turn, name, field).id


def _carried_on(
    turn: Turn, before: Project, project: Project, findings: Sequence[ScopeFinding]
) -> list[Action]:
    """Go on after a change, according to the project's status."""
    if project.published_at is None:
        if project.status == "draft":
            return [Reply(message(*_kept_words(project)))]
        if "coordinator" in turn.roles:
            return approval.changed(turn, project, findings)
        # What a coordinator looks at goes back to them, whatever the setting says by now.
        return approval.ask(turn, project, findings)
    actions = []
    moved = project.deadline_at != before.deadline_at
    reopened = project.status == "closed" and moved and project.deadline_at > turn.now
    if reopened:
        actions += reopen(turn, project)
    elif project.status == "open" and moved:
        actions += [
            CancelTimers(key=keys.PROJECT_CLOSE(project.id)),
            *set_timers(project),
        ]
    if moved:
        actions += move_reminders(turn, project)
    if project.status == "open":
        actions += announce(turn, project)
    actions += refresh(turn, project)
    told = news.tell_applicants(turn, before, project)
    words = _saved_words(turn, project, len(told), reopened=reopened)
    followed = turn.follow(ProjectEdited(before, project))
    return [Reply(message(*words)), *actions, *told, *followed]


def _kept_words(project: Project) -> Iterable[Block]:
    yield text(
        "**{project}** is changed. Students do not see it before it is published.",
        project=title_part(project),
    )
    yield Buttons((Button("Publish", verbs.PROJECT_PUBLISH(project.id), style="primary"),))


def _saved_words(turn: Turn, project: Project, told: int, *, reopened: bool) -> Iterable[Block]:
    yield text(
        "**{project}** is changed. It takes applications again." if reopened else "**{project}** is changed.",
        project=title_part(project),
    )
    yield from _cards_words(turn, project)
    if told:
        yield note(
            "I am telling one person who applied what is different.",
            "I am telling {count} people who applied what is different.",
            count=told,
        )


def _cards_words(turn: Turn, project: Project) -> Iterable[Block]:
    """Say what becomes of the cards; a card that was deleted is not said to be changed."""
    there, deleted = count_cards(turn, project)
    if there:
        yield note("Its card is being changed now.", "Its {count} cards are being changed now.", count=there)
    if deleted:
        yield note(
            "In one channel the card was deleted, so the change is not seen there.",
            "In {count} channels the card was deleted, so the change is not seen there.",
            count=deleted,
        )


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
    messages=news.MESSAGES,
)
