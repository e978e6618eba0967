"""Drafts of applications: those of a project or a person, and when each was begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from bot.programme.applications import application_form
from bot.programme.core.turn import Turn
from storage.dialects import literal
from storage.prepared import Prepared
from storage.queries import Row
from storage.tables import Project, conversations

__all__ = ["begun_at", "drafts_of"]

_LIVE: Final = (
    select(conversations)
    .where(
        conversations.c.programme_id == bindparam("programme_id"),
        conversations.c.form == application_form.FORM,
        conversations.c.state.in_((literal("open"), literal("waiting"))),
    )
    .order_by(conversations.c.id)
)
_PERSONS: Final = conversations.c.person_id == bindparam("person")
_PROJECTS: Final = conversations.c.subject == bindparam("project")
_OF_PERSON: Final = Prepared(_LIVE.where(_PERSONS))
_OF_PROJECT: Final = Prepared(_LIVE.where(_PROJECTS))
_OF_BOTH: Final = Prepared(_LIVE.where(_PERSONS, _PROJECTS))


def begun_at(turn: Turn, conversation_id: int) -> datetime | None:
    """Return when a draft was begun (UTC); None when there is no such draft."""
    query = select(conversations.c.created_at).where(
        conversations.c.id == conversation_id, conversations.c.programme_id == turn.programme_id
    )
    found: datetime | None = turn.connection.execute(query).scalar()
    return found


def drafts_of(turn: Turn, *, project: Project | None = None, person: int | None = None) -> Sequence[Row]:
    """Return unfinished applications (rows of conversations) to a project, of a person (an id), or both."""
    wanted = {
        "programme_id": turn.programme_id,
        "project": str(project.id if project else 0),
        "person": person,
    }
    drafts = _OF_PERSON if project is None else _OF_PROJECT if person is None else _OF_BOTH
    return drafts.rows(turn.connection, wanted)
