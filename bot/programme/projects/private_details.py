"""Private details of a project: read by its poster, by coordinators in the post, and by its interns.

They are in no card, list, search or digest; a student reads them from the kickoff message on.
"""

from __future__ import annotations

from bot.chat.content import Block, Plain, Text, text
from bot.chat.rendering.screen import in_lines
from storage.tables import Project

__all__ = ["private_blocks"]


def private_blocks(project: Project, title: Text, lines: int = 0) -> list[Block]:
    """Return the private details under a title; nothing where there are none.

    `lines` cuts them to so many lines of a phone's screen; 0 leaves them whole.
    """
    said = project.private_details
    if not said:
        return []
    return [title, text(Plain(in_lines(said, lines) if lines else said))]
