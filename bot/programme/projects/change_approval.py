"""Approval of changes: a material change of a published project waits for a coordinator's tap.

Until then the project stays as it was approved, for every reader. A corrected typo, what students do not
decide by, and the changes of a trusted company hold at once; the coordinators read the difference.
"""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.content import Block, Button, Buttons, Fields, Plain, message, note, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Form
from bot.chat.rendering.screen import paged
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksLate
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.notifications.tasks import close_task, open_task
from bot.programme.people import address, require_role
from bot.programme.people.coordinators_in_turn import in_turn, truth
from bot.programme.projects import approval, places, versions
from bot.programme.projects.details import whole_post
from bot.programme.projects.difference import difference_rows, in_short
from bot.programme.projects.display import title_part
from bot.programme.projects.from_answers import copy_of, rules_of
from bot.programme.projects.lookup import company_name, employer_of, manages, may_manage, project_of
from bot.programme.projects.places import Counting
from bot.programme.projects.private_details import makers_blocks
from bot.programme.projects.project_changes import carry_on, too_few_places, write_changes
from bot.programme.projects.scope_check import check
from storage.tables import Person, Project, ProjectVersion

__all__ = ["CHANGE_APPROVAL", "ask", "drop_waiting", "needed", "tell_coordinators"]

_REFUSE: Final = "version-refuse"


def needed(turn: Turn, project: Project, after: Project) -> bool:
    """Return whether a change of a published project waits for a coordinator."""
    return approval.needed(turn, after.company_id) and versions.is_material(project, after)


def ask(turn: Turn, project: Project, after: Project) -> list[Action]:
    """Keep a change as one that waits; put it before the coordinators, and tell its author so."""
    version = versions.record(turn, project, project, after, "waiting")
    lead = text(
        "**{project}** · {company}: a change waits for your approval.",
        project=title_part(project),
        company=company_name(turn, project),
    )
    rows = in_short(difference_rows(turn, project, after, None), turn.language)
    task = keys.CHANGE_TASK(version.id)
    opened = open_task(turn, task, "approval", subjects.PROJECT(project.id), lead, *rows, _decisions(version))
    said = message(
        text(
            "Your change of **{project}** is with the coordinators. I will let you know what they decide.",
            project=title_part(project),
        ),
        note("Until then students see the project as it was."),
        Buttons(
            (
                Button("See the change", verbs.VERSION_SHOW(version.id)),
                Button("Edit", verbs.PROJECT_EDIT(project.id)),
                Button("Take it back", verbs.VERSION_BACK(version.id)),
            )
        ),
    )
    return [Reply(said), *opened]


def _decisions(version: ProjectVersion) -> Buttons:
    return Buttons(
        (
            Button("Approve", verbs.VERSION_APPROVE(version.id), style="primary"),
            Button("Read it", verbs.VERSION_SHOW(version.id)),
            Button("Decline", verbs.VERSION_REFUSE(version.id), style="danger"),
        )
    )


def tell_coordinators(turn: Turn, project: Project, before: Project, version: ProjectVersion) -> list[Action]:
    """Tell the coordinators what differs in a change that needed none of them, where they approve posts."""
    if not turn.programme.approval or "coordinator" in turn.roles:
        return []
    lead = text(
        "**{project}** · {company} is changed. It needed no approval.",
        project=title_part(project),
        company=company_name(turn, project),
    )
    rows = in_short(difference_rows(turn, before, project, None), turn.language)
    ways = (
        Button("See it", verbs.PROJECT_SHOW(project.id)),
        Button("Read it", verbs.VERSION_SHOW(version.id)),
    )
    about = subjects.PROJECT(project.id)
    return open_task(turn, keys.CHANGE_TOLD(version.id), "changed", about, lead, *rows, Buttons(ways))


def _close(turn: Turn, version: ProjectVersion) -> None:
    """Close the task about a change that waits no more, and drop the news that it still waits."""
    close_task(turn, keys.CHANGE_TASK(version.id))
    daily_message.retract_notices(turn, subjects.CHANGE(version.id))


def drop_waiting(turn: Turn, project: Project, state: str = "replaced") -> bool:
    """End a change that waits, as another takes its place or it is taken back; return whether one did."""
    waiting = versions.waiting_of(turn, project)
    if waiting is None:
        return False
    waiting.state, waiting.decided_at = state, turn.now
    _close(turn, waiting)
    turn.session.flush()
    return True


def _waiting(turn: Turn, version_id: int | str, *, lock: bool = True) -> tuple[Project, ProjectVersion]:
    """Return the change that a coordinator decides on, and its project; for a form without a lock.

    Raises:
        Declined: the person is no coordinator, or the change waits no more.
    """
    require_role(turn, "coordinator")
    project = project_of(turn, versions.version_of(turn, version_id).project_id, lock=lock)
    version = versions.version_of(turn, version_id)
    if version.state != "waiting":
        raise Declined(
            text("That change of **{project}** does not wait any more.", project=title_part(project))
        )
    return project, version


def _approve_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    project, version = _waiting(turn, verbs.VERSION_APPROVE.read(event).version)
    after = versions.with_fields(project, version.now)
    _still_fits(turn, project, after)
    version.state, version.decided_by_id, version.decided_at = "holds", turn.person_id, turn.now
    _close(turn, version)
    before = copy_of(project)
    edited = write_changes(turn, project, after, version.author_id)
    said, followed = carry_on(turn, before, project, version)
    good_news = text("Good news from the coordinators: your change holds now.")
    told = _tell_author(turn, project, version, good_news, *said)
    return [Reply(message(*said), settles=True), *told, *edited, *followed]


def _still_fits(turn: Turn, project: Project, after: Project) -> None:
    """Refuse a change that the time has overtaken: its dates have passed, or more places are taken.

    Raises:
        Declined: says why.
    """
    why = too_few_places(turn, project, after)
    if why is None:
        before = check(project, rules_of(turn, project))
        new = (f.words for f in check(after, rules_of(turn, project)) if f.stop and f not in before)
        why = next(new, None)
    if why is not None and not after.override_reason:
        raise Declined(
            text("This change does not fit any more: {reason}", reason=why),
            note("Decline it with that reason, or edit the project yourself."),
        )


def _refuse_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    _, version = _waiting(turn, verbs.VERSION_REFUSE.read(event).version)
    return [OpenForm(_REFUSE, str(version.id))]


def _refusal_submitted(turn: Turn, done: Completed) -> list[Action]:
    project, version = _waiting(turn, done.subject)
    version.state, version.decided_by_id, version.decided_at = "refused", turn.person_id, turn.now
    version.reason = str(done.values["reason"])
    _close(turn, version)
    told = _tell_author(
        turn,
        project,
        version,
        text(
            "The coordinators did not take your change of **{project}**. Their reason:",
            project=title_part(project),
        ),
        text(Plain(version.reason)),
        note("Students see the project as it was."),
        Buttons((Button("Edit", verbs.PROJECT_EDIT(project.id)),)),
    )
    said = text("**{project}** stays as it was.", project=title_part(project))
    return [Reply(message(said), settles=True), *told]


def _tell_author(turn: Turn, project: Project, version: ProjectVersion, *blocks: Block) -> list[Action]:
    """Tell the author of a change what became of it, or who looks after the project where they have left."""
    author = turn.session.get(Person, version.author_id) if version.author_id else None
    if author is None or author.erased_at is not None or author.left_at is not None:
        author = employer_of(turn, project)
    if author is None or author.id == turn.person_id:
        return []
    key, about = keys.CHANGE_DECIDED(version.id), subjects.OF_DECISION(project.id, project.status)
    to = address(turn, author)
    return [Post(to, message(*blocks), key, kind=approval.DECIDED, subject=about, writer=turn.person_id)]


def _back_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take a change back that waits: its author, or another person who manages the project."""
    version = versions.version_of(turn, verbs.VERSION_BACK.read(event).version)
    project = project_of(turn, version.project_id, lock=True)
    may_manage(turn, project)
    waiting = versions.waiting_of(turn, project)
    if waiting is None or waiting.id != version.id:
        raise Declined(
            text("That change of **{project}** does not wait any more.", project=title_part(project))
        )
    drop_waiting(turn, project, "withdrawn")
    said = text(
        "Your change of **{project}** is taken back. It stays as it was.", project=title_part(project)
    )
    again = Buttons((Button("Edit", verbs.PROJECT_EDIT(project.id)),))
    return [Reply(message(said, again), replace=True)]


def _show_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show the difference of a version, and the whole post as it has it, in pages."""
    pressed = verbs.VERSION_SHOW.read(event)
    version = versions.version_of(turn, pressed.version)
    project = project_of(turn, version.project_id)
    if not manages(turn, project):
        raise Declined("I cannot find that change. `/stint tasks` lists what waits.")
    before = versions.with_fields(project, version.was)
    after = versions.with_fields(before, version.now)
    rows = difference_rows(turn, before, after, turn.person)
    lead = text("What differs in **{project}**", project=title_part(before))
    left = max(0, places.free(turn, after, Counting.PUBLIC))
    whole = whole_post(turn, after, company_name(turn, after), left)
    groups: list[list[Block]] = [
        [lead, Fields(tuple(rows))],
        *whole,
        makers_blocks(turn, after, text("**Only for accepted interns**")),
    ]
    decides = version.state == "waiting" and "coordinator" in turn.roles
    page, lines = pressed.page, [_decisions(version)] if decides else []
    shown = paged(
        [each for each in groups if each],
        lines,
        page or 0,
        lambda number: verbs.VERSION_SHOW(version.id, number),
        turn.language,
    )
    return [Reply(shown, replace=page is not None)]


def _form(turn: Turn, subject: str) -> Form:
    _waiting(turn, subject, lock=False)
    return approval.reason_form(
        _REFUSE,
        title="Decline change",
        submit="Decline",
        prompt="Why does the project stay as it was? The employer reads this.",
        example="Students have applied for 20 hours; please post the rest as another project.",
    )


def tasks_late(turn: Turn, change: TasksLate) -> list[Action]:
    """Tell the authors of changes that no coordinator has looked at them, and what they can do meanwhile."""
    found = [keys.CHANGE_TASK.parse(key).version for key, _ in change.tasks if keys.CHANGE_TASK.match(key)]
    return [act for each in found for act in _still_waits(turn, versions.version_of(turn, each))]


def _still_waits(turn: Turn, version: ProjectVersion) -> list[Action]:
    project = project_of(turn, version.project_id)
    author = employer_of(turn, project)
    if author is None or version.state != "waiting":
        return []
    return daily_message.notify(
        turn,
        author,
        keys.CHANGE_LATE(version.id),
        subjects.CHANGE(version.id),
        text("Your change of **{project}** still waits.", project=title_part(project)),
        truth(turn, in_turn(turn, project), author),
        note("Until then students see the project as it was."),
        Buttons(
            (
                Button("See the change", verbs.VERSION_SHOW(version.id)),
                Button("Take it back", verbs.VERSION_BACK(version.id)),
            )
        ),
    )


CHANGE_APPROVAL: Final = Routes(
    follows={TasksLate: (tasks_late,)},
    buttons={
        verbs.VERSION_APPROVE: _approve_pressed,
        verbs.VERSION_BACK: _back_pressed,
        verbs.VERSION_REFUSE: _refuse_pressed,
        verbs.VERSION_SHOW: _show_pressed,
    },
    reads=frozenset({verbs.VERSION_SHOW}),
    forms={_REFUSE: FormRoute(_form, _refusal_submitted)},
)
