"""Changes: what a room announces so that rooms above it can follow, in the same turn.

A Change exists only where a call would have to go up to a higher room; a call downwards stays a call. The
handlers of a higher room are named by its `Routes.follows`.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.tables import Application, Cohort, Erasure, Project

__all__ = [
    "Change",
    "CohortEnded",
    "ErasureDue",
    "OfferAccepted",
    "ProjectClosed",
    "ProjectEdited",
    "ProjectPublished",
    "TasksRead",
]


@dataclass(frozen=True, slots=True)
class ProjectPublished:
    """A locked project was opened for applications for the first time."""

    project: Project


@dataclass(frozen=True, slots=True)
class ProjectClosed:
    """A locked project takes no more applications."""

    project: Project


@dataclass(frozen=True, slots=True)
class ProjectEdited:
    """A published project was edited: a copy of it as it was, and the locked row as it is now."""

    before: Project
    project: Project


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """A student took the place that this locked application was offered."""

    application: Application


@dataclass(frozen=True, slots=True)
class CohortEnded:
    """A coordinator ended a cohort."""

    cohort: Cohort


@dataclass(frozen=True, slots=True)
class ErasureDue:
    """The last report that kept evidence has its answer: what a person asked to be erased can be erased."""

    erasure: Erasure


@dataclass(frozen=True, slots=True)
class TasksRead:
    """The open items are about to be read: those that name what changes meanwhile are brought up to date."""


Change = (
    ProjectPublished | ProjectClosed | ProjectEdited | OfferAccepted | CohortEnded | ErasureDue | TasksRead
)
