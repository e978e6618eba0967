"""Versions of a published project: what differs in each, who changed it, and the change that waits.

The project's row is always the version that holds. A change that waits for a coordinator is a separate row
with the changed fields, which nothing but the people who decide on it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import UNSET
from sqlalchemy import func, select

from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverables import set_deliverables, wanted_of
from bot.programme.projects.from_answers import copy_of
from bot.programme.projects.same_meaning import same_meaning
from storage.tables import Project, ProjectVersion
from storage.tables.values import OwnQuestion, ProjectFields, WantedDeliverable

__all__ = [
    "FIELDS",
    "as_changed",
    "between",
    "given",
    "is_material",
    "record",
    "version_of",
    "versions_of",
    "waiting_of",
    "with_fields",
]

FIELDS: Final = ProjectFields.__struct_fields__
"""The columns of a project that an edit can change, with its deliverables."""

_FREE: Final = frozenset(
    {"contact", "field", "levels", "override_reason", "places", "private_details", "skills"}
)
"""What an employer changes without a new approval: it is no work, no money and no date of a student's."""
_TEXTS: Final = frozenset({"title", "brief", "location", "payer", "unpaid_reason"})
"""What is in people's words, in which a typo may be corrected."""


def _value(project: Project, name: str) -> Any:  # noqa: ANN401 - of any field
    return wanted_of(project) if name == "deliverables" else getattr(project, name)


def between(before: Project, after: Project) -> tuple[ProjectFields, ProjectFields]:
    """Return the fields that differ, as they were and as they are."""
    changed = [name for name in FIELDS if _value(before, name) != _value(after, name)]
    was, now = ({name: _value(each, name) for name in changed} for each in (before, after))
    return ProjectFields(**was), ProjectFields(**now)


def given(fields: ProjectFields) -> dict[str, Any]:
    """Return the fields that are set, by column."""
    return {name: value for name in FIELDS if (value := getattr(fields, name)) is not UNSET}


def with_fields(project: Project, fields: ProjectFields) -> Project:
    """Return a copy of the project, not stored, with other fields."""
    copy = copy_of(project)
    for name, value in given(fields).items():
        if name == "deliverables":
            set_deliverables(copy, value)
        else:
            setattr(copy, name, value)
    return copy


def as_changed(turn: Turn, project: Project) -> Project:
    """Return a copy of the project with the change that waits; what its employer goes on editing."""
    waiting = waiting_of(turn, project)
    return with_fields(project, waiting.now) if waiting is not None else copy_of(project)


def is_material(before: Project, after: Project) -> bool:
    """Return whether students decide by what is changed: work, money, dates, readers, another meaning."""
    return any(not _is_free(name, before, after) for name in given(between(before, after)[1]))


def _is_free(name: str, before: Project, after: Project) -> bool:
    was, now = _value(before, name), _value(after, name)
    if name in _TEXTS:
        return same_meaning(was, now)
    if name == "deliverables":
        return _all_alike(_said_of(was), _said_of(now))
    if name == "questions":
        return _all_alike(_asked_by(was), _asked_by(now))
    return name in _FREE


def _said_of(wanted: list[WantedDeliverable]) -> Iterator[tuple[str, object]]:
    """Return the words of each deliverable, with what must be equal beside them."""
    for each in wanted:
        yield each.title, (each.after_days, each.due_on, each.level, each.first_step)
        yield each.done_when, ()


def _asked_by(questions: list[OwnQuestion]) -> Iterator[tuple[str, object]]:
    for each in questions:
        yield each.prompt, (each.kind, each.options)


def _all_alike(was: Iterator[tuple[str, object]], now: Iterator[tuple[str, object]]) -> bool:
    old, new = list(was), list(now)
    return len(old) == len(new) and all(
        beside == other and same_meaning(words, others)
        for (words, beside), (others, other) in zip(old, new, strict=True)
    )


def record(turn: Turn, project: Project, before: Project, after: Project, state: str) -> ProjectVersion:
    """Write down a change of a project by the person who acts, as its next version."""
    was, now = between(before, after)
    last = select(func.max(ProjectVersion.version)).where(ProjectVersion.project_id == project.id)
    made = ProjectVersion(
        programme_id=turn.programme_id,
        project_id=project.id,
        version=(turn.session.scalar(last) or 1) + 1,
        state=state,
        was=was,
        now=now,
        author_id=turn.person_id,
        created_at=turn.now,
    )
    turn.session.add(made)
    turn.session.flush()
    return made


def waiting_of(turn: Turn, project: Project) -> ProjectVersion | None:
    """Return the change of a project that waits for a coordinator."""
    query = select(ProjectVersion).where(
        ProjectVersion.programme_id == turn.programme_id,
        ProjectVersion.project_id == project.id,
        ProjectVersion.state == "waiting",
    )
    return turn.session.scalars(query).first()


def versions_of(turn: Turn, project: Project) -> list[ProjectVersion]:
    """Return every change of a project, the newest first."""
    query = select(ProjectVersion).where(
        ProjectVersion.programme_id == turn.programme_id, ProjectVersion.project_id == project.id
    )
    return list(turn.session.scalars(query.order_by(ProjectVersion.version.desc())))


def version_of(turn: Turn, version_id: int | str) -> ProjectVersion:
    """Return the version with this id in the turn's programme.

    Raises:
        Declined: there is none here.
    """
    wanted = whole_number(str(version_id))
    found = turn.session.get(ProjectVersion, wanted) if wanted is not None else None
    if found is None or found.programme_id != turn.programme_id:
        raise Declined("I cannot find that change. `/stint tasks` lists what waits.")
    return found
