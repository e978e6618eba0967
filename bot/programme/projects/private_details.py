"""What only a project's interns read: private details, and deliverables that are for them alone.

The poster reads it, too, and coordinators in the post.

They are in no card, list, search or digest; a student reads them from the kickoff message on.
"""

from __future__ import annotations

from bot.chat.content import Block, Plain, Text, text
from bot.chat.rendering.screen import in_lines
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverables import listed, wanted_of
from storage.tables import Project

__all__ = ["private_blocks", "team_blocks"]


def private_blocks(project: Project, title: Text, lines: int = 0) -> list[Block]:
    """Return the private details under a title; nothing where there are none.

    `lines` cuts them to so many lines of a phone's screen; 0 leaves them whole.
    """
    said = project.private_details
    if not said:
        return []
    return [title, text(Plain(in_lines(said, lines) if lines else said))]


def team_blocks(turn: Turn, project: Project, title: Text) -> list[Block]:
    """Return what only interns read, deliverables too, under a title; nothing where there is none."""
    wanted = wanted_of(project, "team")
    if not wanted:
        return private_blocks(project, title)
    details = [text(Plain(project.private_details))] if project.private_details else []
    return [title, Text(listed(turn, wanted, people.reader_of(turn))), *details]
