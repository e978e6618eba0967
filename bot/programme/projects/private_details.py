"""What only a project's interns read: private details, and deliverables that are for them alone.

The poster reads it, too, and coordinators in the post.

They are in no card, list, search or digest; a student reads them from the kickoff message on.
"""

from __future__ import annotations

from bot.chat.content import Block, Plain, Text, text
from bot.chat.rendering.screen import in_lines
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.projects.confidentiality import level_of, read_by
from bot.programme.projects.deliverables import listed, wanted_of
from bot.programme.projects.ready_answers import shown_contact
from storage.tables import Project
from storage.tables.values import Level

__all__ = ["makers_blocks", "private_blocks"]


def private_blocks(project: Project, title: Text, lines: int = 0, reader: Level = "team") -> list[Block]:
    """Return the private details under a title; nothing where there are none for this reader.

    `lines` cuts them to so many lines of a phone's screen; 0 leaves them whole.
    """
    said = read_by(project, "private_details", reader)
    if not said:
        return []
    return [title, text(Plain(in_lines(said, lines) if lines else said))]


def makers_blocks(turn: Turn, project: Project, title: Text) -> list[Block]:
    """Return everything that is not open, for the people who manage a project; nothing where all of it is.

    What only interns read is under `title`, what is under agreement after that.
    """
    blocks: list[Block] = []
    titles: dict[Level, Text] = {
        "team": title,
        "agreement": text("**Only under your agreement: no intern reads it yet**"),
    }
    for level, heading in titles.items():
        said = _of_level(turn, project, level)
        blocks += [heading, *said] if said else []
    return blocks


def _of_level(turn: Turn, project: Project, level: Level) -> list[Block]:
    """Return what of a project has exactly this level."""
    blocks: list[Block] = []
    if wanted := wanted_of(project, level):
        blocks.append(Text(listed(turn, wanted, people.reader_of(turn))))
    if project.contact and level_of(project, "contact") == level:
        contact = shown_contact(turn, project.contact, project.contact_by_id)
        blocks.append(text("Questions: {contact}", contact=contact))
    if project.private_details and level_of(project, "private_details") == level:
        blocks.append(text(Plain(project.private_details)))
    return blocks
