"""`/project versions`: what was changed in a published project, when and by which person."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Button, Buttons, Fields, Message, Moment, heading, note, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.rendering.screen import paged
from bot.chat.routes import Routes
from bot.programme import people
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.projects import versions
from bot.programme.projects.difference import difference_rows
from bot.programme.projects.display import title_part
from bot.programme.projects.lookup import may_manage, project_of
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_mine
from storage.tables import Person, Project, ProjectVersion

__all__ = ["VERSIONS"]

_WHO: Final = frozenset({"employer", "coordinator"})
_SAID: Final = {
    "waiting": "Version {version}, {when}, by {author}: waits for a coordinator.",
    "holds": "Version {version}, {when}, by {author}.",
    "refused": "Version {version}, {when}, by {author}: the coordinators did not take it.",
    "replaced": "Version {version}, {when}, by {author}: another change took its place.",
    "withdrawn": "Version {version}, {when}, by {author}: it was taken back.",
}
_BY_NOBODY_KNOWN: Final = "Version {version}, {when}."


def _command(turn: Turn, event: CommandUsed) -> list[Action]:
    require_role(turn, *_WHO)
    typed = event.options.get("project", "")
    return [Reply(_listed(turn, named_project(turn, typed, verbs.VERSION_LIST, mine=True), 0))]


def _pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    pressed = verbs.VERSION_LIST.read(event)
    project = project_of(turn, pressed.project)
    return [Reply(_listed(turn, project, pressed.page or 0), replace=pressed.page is not None)]


def _listed(turn: Turn, project: Project, page: int) -> Message:
    """Return a page (from 0) of a project's versions, the newest first."""
    may_manage(turn, project)
    groups: list[list[Block]] = [[heading("Versions: {project}", project=title_part(project))]]
    groups += [_lines(turn, project, each) for each in versions.versions_of(turn, project)]
    groups.append(_first(turn, project))
    return paged(groups, (), page, lambda number: verbs.VERSION_LIST(project.id, number), turn.language)


def _lines(turn: Turn, project: Project, version: ProjectVersion) -> list[Block]:
    author = turn.session.get(Person, version.author_id) if version.author_id else None
    before = versions.with_fields(project, version.was)
    after = versions.with_fields(before, version.now)
    when = Moment(version.created_at, people.zone_of(turn, turn.person), "day")
    lead = text(_BY_NOBODY_KNOWN, version=version.version, when=when)
    if author is not None:
        said = _SAID[version.state]
        lead = text(said, version=version.version, when=when, author=people.person_name(author, mention=True))
    rows = difference_rows(turn, before, after, turn.person)
    see = Buttons((Button("See it", verbs.VERSION_SHOW(version.id)),))
    return [lead, Fields(tuple(rows)), *([see] if version.state == "waiting" else [])]


def _first(turn: Turn, project: Project) -> list[Block]:
    """Return the line of what was published first."""
    if project.published_at is None:
        return [note("It is not published, so it has no versions yet.")]
    when = Moment(project.published_at, people.zone_of(turn, turn.person), "day")
    return [text("Version 1 was published on {when}.", when=when)]


VERSIONS: Final = Routes(
    commands=(
        (
            CommandSpec(
                ("project", "versions"),
                "See what was changed in a project, by whom and when",
                (ANY_PROJECT,),
                allowed=_WHO,
                example="/project versions market map",
                reads=True,
            ),
            _command,
        ),
    ),
    buttons={verbs.VERSION_LIST: _pressed},
    reads=frozenset({verbs.VERSION_LIST}),
    suggestions={(("project", "versions"), "project"): suggest_mine},
)
