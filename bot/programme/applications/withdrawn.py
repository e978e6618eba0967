"""Applications that a student withdrew for a place, and can send again where the project is still open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.chat.content import Block, Button, Buttons, text
from bot.programme import projects
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from storage.dialects import among
from storage.tables import Application, Person, Project

__all__ = ["again_blocks"]

_MOST = 5  # as many as a phone's screen holds


def again_blocks(turn: Turn, student: Person, since: datetime) -> list[Block]:
    """Return the applications that the student withdrew since an instant (UTC) and can send again."""
    withdrawn = select(Application.project_id).where(
        Application.programme_id == turn.programme_id,
        Application.person_id == student.id,
        Application.status == "withdrawn",
        Application.decided_at >= since,
    )
    ids = turn.session.scalars(withdrawn).all()
    # By their ids alone: with more conditions a database goes through all open projects.
    query = select(Project).where(Project.programme_id == turn.programme_id, among(Project.id, "ids"))
    known = turn.session.scalars(query, {"ids": ids}).all() if ids else ()
    still_open = [each for each in known if each.status == "open" and each.deadline_at > turn.now]
    found = sorted(still_open, key=lambda each: (each.deadline_at, each.id))[:_MOST]
    if not found:
        return []
    blocks: list[Block] = [text("You withdrew these applications for this place. They still take yours:")]
    for each in found:
        again = Button("Apply again", verbs.APPLICATION_BEGIN(each.id), style="primary")
        blocks += [text(projects.short_line(turn, each, student)), Buttons((again,))]
    return blocks
