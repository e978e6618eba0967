"""Drafts of applications: those of a project or a person, and when each was begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select

from bot.programme.applications import application_form
from bot.programme.core.turn import Turn
from storage.tables import Person, Project, conversations

__all__ = ["begun_at", "drafts_of"]

_LIVE: Final = ("open", "waiting")


def begun_at(turn: Turn, conversation_id: int) -> datetime | None:
    """Return when a draft was begun (UTC); None when there is no such draft."""
    query = select(conversations.c.created_at).where(
        conversations.c.id == conversation_id, conversations.c.programme_id == turn.programme_id
    )
    found: datetime | None = turn.connection.execute(query).scalar()
    return found


def drafts_of(
    turn: Turn, *, project: Project | None = None, person: Person | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return unfinished applications (rows of conversations) to a project, of a person, or both."""
    query = select(conversations).where(
        conversations.c.programme_id == turn.programme_id,
        conversations.c.form == application_form.FORM,
        conversations.c.state.in_(_LIVE),
    )
    if project is not None:
        query = query.where(conversations.c.subject == str(project.id))
    if person is not None:
        query = query.where(conversations.c.person_id == person.id)
    return turn.connection.execute(query.order_by(conversations.c.id)).all()
