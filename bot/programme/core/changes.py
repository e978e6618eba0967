"""Changes: what a room announces so that rooms above it can follow, in the same turn.

What happens to a noun is announced by `bot/programme/core/lifecycle.py`, whether a room follows it or not.
Any other Change exists only where a call would have to go up to a higher room; a call downwards stays a call.
The handlers of a higher room are named by its `Routes.follows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from storage.tables import (
    Application,
    Case,
    Channel,
    CheckIn,
    Cohort,
    Erasure,
    Member,
    Mentor,
    Milestone,
    Placement,
    Project,
    Space,
    Submission,
)

__all__ = [
    "OF_EVERY_NOUN",
    "Begun",
    "Change",
    "Changed",
    "CheckInAnswered",
    "CohortEnded",
    "ErasureDue",
    "ProjectEdited",
    "StatusChanged",
    "TasksLate",
    "TasksRead",
    "WithStatus",
]

WithStatus = (
    Project | Application | Placement | Milestone | Submission | Mentor | Member | Channel | Space | Case
)
"""The nouns that have a lifecycle."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A noun was born: its row is stored, in its first status."""

    noun: WithStatus


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A change of a noun's status, from one to another; the row has the new status already."""

    noun: WithStatus
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Dates, places, the owner or more of a noun changed: the columns that differ, as they were and are."""

    noun: WithStatus
    before: Mapping[str, Any]
    after: Mapping[str, Any]


OF_EVERY_NOUN: Final = (Begun, StatusChanged, Changed)
"""What is announced of every noun with a lifecycle; no room has to follow it."""


@dataclass(frozen=True, slots=True)
class ProjectEdited:
    """A published project was edited: a copy of it as it was, and the locked row as it is now.

    `author_id`: the person who wrote what is new; another may have approved it.
    """

    before: Project
    project: Project
    author_id: int | None


@dataclass(frozen=True, slots=True)
class CohortEnded:
    """A coordinator ended a cohort."""

    cohort: Cohort


@dataclass(frozen=True, slots=True)
class CheckInAnswered:
    """A side answered a check-in, changed its answer, added a line, or kept it for the coordinators."""

    check_in: CheckIn


@dataclass(frozen=True, slots=True)
class ErasureDue:
    """The last report that kept evidence has its answer: what a person asked to be erased can be erased."""

    erasure: Erasure


@dataclass(frozen=True, slots=True)
class TasksRead:
    """The tasks are about to be read: their makers bring them up to date first."""


@dataclass(frozen=True, slots=True)
class TasksLate:
    """Tasks are late, and no second coordinator is here: the key and the kind of each."""

    tasks: tuple[tuple[str, str], ...]


_OfNouns = Begun | StatusChanged | Changed | ProjectEdited | CohortEnded
Change = _OfNouns | CheckInAnswered | ErasureDue | TasksLate | TasksRead
