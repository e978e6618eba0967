"""Overview of terms: what each intern agreed to, in a placement's card and for all interns of a project."""

from __future__ import annotations

from bot.chat.actions import Action, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Fields,
    Moment,
    Plain,
    Text,
    heading,
    layout,
    message,
    note,
    text,
)
from bot.chat.events import ButtonPressed
from bot.chat.rendering.screen import paged
from bot.chat.routes import Declined
from bot.chat.sentences import Names
from bot.programme import people, projects
from bot.programme.applications import terms
from bot.programme.core import dates, verbs
from bot.programme.core.changes import ProjectEdited
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from bot.programme.placements import terms_changes
from bot.programme.placements.lookup import Who, placement_of, sides, who_acts
from storage.tables import Placement, Project, Terms, TermsOffer

__all__ = ["change_blocks", "saved_blocks", "terms_list_pressed", "terms_show_pressed"]


def terms_show_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show every version of a placement's terms, the current version first."""
    pressed = verbs.TERMS_SHOW.read(event)
    placement = placement_of(turn, pressed.placement)
    who = who_acts(turn, placement)
    zone = people.zone_of(turn, turn.person)
    project = projects.project_of(turn, placement.project_id)
    found = terms.versions(turn, placement)[::-1]
    title = heading("What was agreed: {project}", project=projects.title_part(project))
    groups: list[list[Block]] = [[title]]
    groups += [[block] for each in found for block in _version(turn, each, zone, holds=each is found[0])]
    due = dates.read(placement, "due")
    if not terms.same_date(dates.read(found[0], "due"), due, "due"):
        by = people.shown_date(turn, due, turn.person)
        groups.append([note("The employer has given more time since: the work is due by {date}.", date=by)])
    page = pressed.page
    last = change_blocks(turn, placement, who)
    shown = paged(
        groups, last, page or 0, lambda number: verbs.TERMS_SHOW(placement.id, number), turn.language
    )
    return [Reply(shown, replace=page is not None)]


def _version(turn: Turn, version: Terms, zone: str, *, holds: bool) -> list[Block]:
    said = "Version {version}, accepted by **{student}** on {date}. It held before."
    if holds:
        said = "Version {version}, accepted by **{student}** on {date}. **It holds now.**"
    blocks: list[Block] = [
        text(
            said,
            version=version.version,
            student=people.person_name(people.person_of(turn, version.accepted_by), mention=True),
            date=Moment(version.accepted_at, zone),
        ),
        Fields(tuple(terms.terms_rows(turn, version, turn.person))),
        *terms.work_blocks(turn, version, turn.person),
    ]
    if version.from_project_at is not None:
        copied = Moment(version.from_project_at, zone, "day")
        blocks.append(
            note(
                "It was copied on {date} from the project as it was then: older terms were not kept.",
                date=copied,
            )
        )
    for each in version.agreements:
        at = Moment(each.at, zone, "day")
        blocks += [text("Agreed to by applying, on {date}:", date=at), Text((Plain(each.text),))]
    return blocks


def change_blocks(turn: Turn, placement: Placement, who: Who) -> list[Block]:
    """Return the last proposed change of a placement's terms, as this side reads it."""
    change = terms.latest(turn, placement.application_id)
    if placement.status != "active" or change is None or change.state not in _SAID[who]:
        return []
    if who == "student":
        if open_cases.is_open(turn, placement.application_id):  # nothing is asked then
            return []
        return terms_changes.question(turn, placement, change)
    asked = Moment(change.created_at, people.zone_of(turn, turn.person), "day")
    name = sides(turn, placement).student_name
    lead = text(_STATES[change.state], date=asked, student=name)
    ways = Buttons((Button("Take the change back", verbs.TERMS_WITHDRAW(placement.project_id)),))
    waits = change.state in {"coordinator", "asked"}
    return [lead, _changes(turn, placement, change), *([ways] if waits else [])]


_STATES = {
    "coordinator": "**A change was asked for on {date}.** A coordinator looks at it before I ask "
    "**{student}**.",
    "asked": "**A change was asked for on {date}.** **{student}** has not agreed yet. Until then what was "
    "agreed stays.",
    "kept": "**A change was asked for on {date}.** **{student}** keeps what was agreed.",
    "refused": "**A change was asked for on {date}.** A coordinator did not pass it on, so what was agreed "
    "stays.",
}


_SAID = {
    "student": {"asked"},
    "employer": {"coordinator", "asked", "kept", "refused"},
    "coordinator": {"coordinator", "asked", "kept", "refused"},
}
"""States of a change that each side is shown; a student sees a change only once they are asked about it."""


def _changes(turn: Turn, placement: Placement, change: TermsOffer) -> Fields:
    holding = terms_changes.holding(turn, placement)
    return Fields(tuple(terms.changed_rows(turn, holding, change, turn.person)))


def saved_blocks(turn: Turn, project: Project) -> list[Block]:
    """Return, after an edit, whose terms are in question, and that they hold until the student answers."""
    blocks: list[Block] = []
    for state in ("asked", "coordinator"):
        found = [
            sides(turn, placement).student_name
            for placement, change in terms_changes.of_state(turn, project, state)
            if change.created_at == turn.now
        ]
        if not found:
            continue
        said = "I am asking **{students}** to agree. Until then what you agreed on stays as it is."
        if state == "coordinator":
            changes = terms_changes.of_state(turn, project, state)
            worse = all(terms.is_worse(terms_changes.holding(turn, p), change) for p, change in changes)
            said = (
                "It means less money or more work, so a coordinator looks at it before I ask **{students}**. "
                "Until there is a yes, what you agreed on stays as it is."
                if worse
                else "A coordinator looks at it before I ask **{students}**. Until there is a yes, what you "
                "agreed on stays as it is."
            )
        blocks.append(text(said, students=Names(tuple(found))))
    if blocks:
        blocks.append(Buttons((Button("What each intern agreed to", verbs.TERMS_LIST(project.id)),)))
    return blocks


def project_edited(turn: Turn, change: ProjectEdited) -> list[Action]:
    """Ask about new terms after an edit, and name the people whose terms are in question."""
    asked = terms_changes.apply_project_changes(turn, change.before, change.project, change.author_id)
    blocks = saved_blocks(turn, change.project)
    return [*([Reply(message(*blocks))] if blocks else []), *asked]


def terms_list_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show what each intern of a project agreed to, and who has not agreed to a change."""
    project = projects.project_of(turn, verbs.TERMS_LIST.read(event).project)
    projects.may_manage(turn, project)
    found = terms_changes.active(turn, project)
    if not found:
        raise Declined("No student works on this project now. `/placement` lists every placement.")
    blocks: list[Block] = [
        heading("What each intern agreed to: {project}", project=projects.title_part(project))
    ]
    for placement in found:
        student = sides(turn, placement).student_name
        holds = terms.line(turn, terms_changes.holding(turn, placement), turn.person)
        blocks += [
            Divider(),
            text(layout("**{student}** · {terms}", student=student, terms=holds)),
            *change_blocks(turn, placement, who_acts(turn, placement)),
            Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
        ]
    return [Reply(message(*blocks))]
