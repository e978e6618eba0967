"""The applications of a project that have reached its employer: as columns where they will do, or counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from bot.programme.applications import lookup
from bot.programme.core.turn import Turn
from storage.tables import Application, Person, Project

__all__ = ["SENT", "counts_of", "load", "of_project", "projects_to_answer"]

SENT: Final = frozenset(
    {"submitted", "shortlisted", "offered", "accepted", "declined", "expired", "not_selected", "released"}
)
"""Statuses of an application that its employer may read."""


def of_project(turn: Turn, project: Project) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return id, status, waiting and `held` (whether a decision is on its way) of each, the first sent first.

    None that ended before its student was admitted is among them.
    """
    held = Application.held.is_not(None).label("held")
    query = select(Application.id, Application.status, Application.waiting, held).where(
        Application.programme_id == turn.programme_id, Application.project_id == project.id, *_sent()
    )
    return turn.session.execute(query.order_by(Application.submitted_at, Application.id)).all()


def load(turn: Turn, ids: Sequence[int]) -> list[Application]:
    """Return these applications in this order; their students are loaded as well."""
    query = (
        select(Application, Person)
        .join(Person, Person.id == Application.person_id)
        .where(Application.programme_id == turn.programme_id, Application.id.in_(ids))
    )
    found = {application.id: application for application, _ in turn.session.execute(query)}
    return [found[each] for each in ids]


def counts_of(turn: Turn, projects: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return how many applications these projects (ids) have, and how many of them wait for an answer.

    A project without any is left out.
    """
    waits = func.sum(case((Application.status.in_(lookup.UNDECIDED), 1), else_=0))
    query = (
        select(Application.project_id, func.count(), waits)
        .where(Application.project_id.in_(projects), *_sent())
        .group_by(Application.project_id)
    )
    return {project: (int(sent), int(waiting)) for project, sent, waiting in turn.session.execute(query)}


def projects_to_answer(turn: Turn) -> Select[int]:
    """Return the ids of projects where an application waits for an answer, as a subquery."""
    return select(Application.project_id).where(
        Application.programme_id == turn.programme_id,
        Application.status.in_(sorted(lookup.TO_DECIDE)),
    )


def _sent() -> tuple[ColumnElement[bool], ...]:
    return Application.status.in_(SENT), Application.submitted_at.is_not(None)
