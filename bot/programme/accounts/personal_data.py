"""Every noun's part in what becomes of a person's data: export, erasure, merging and leaving loop over it.

Higher rooms come first, since their rows refer to those of lower ones. Erasing goes from the first to the
last: withdrawing an application writes news, which the notifications erase or take the name out of after it;
words go before the files that were sent with them; and accounts, by which what was sent is found, go last.
Merging and export go the other way: a draft, a role and a membership are the first person's before an
application is joined that depends on them.
"""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.content import Block
from bot.programme.applications import person_rows as applications
from bot.programme.cases import person_rows as cases
from bot.programme.cohorts import person_rows as cohorts
from bot.programme.companies import person_rows as companies
from bot.programme.core.turn import Turn
from bot.programme.notifications import person_rows as notifications
from bot.programme.people import person_rows as people
from bot.programme.people.personal_data import ErasureRequest, PersonalData, Section, give_rows
from bot.programme.placements import person_rows as placements
from bot.programme.projects import person_rows as projects
from storage.tables import Person

__all__ = ["PARTS", "erase", "exported", "left_unfinished", "merge"]

PARTS: Final[tuple[PersonalData, ...]] = (
    *cases.PARTS,
    *placements.PARTS,
    *applications.PARTS,
    *cohorts.PARTS,
    *companies.PARTS,
    *projects.PARTS,
    *notifications.PARTS,
    *people.PARTS,
)


def exported(turn: Turn, person: Person) -> list[Section]:
    """Return what is stored about a person, noun by noun."""
    parts = (part.export for part in reversed(PARTS))
    return [section for export in parts if not isinstance(export, str) for section in export(turn, person)]


def erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase what every noun has of a person's words and name."""
    parts = (part.erase for part in PARTS)
    return [act for part in parts if not isinstance(part, str) for act in part(turn, request)]


def merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Make every noun's rows of the second person the first one's."""
    actions: list[Action] = []
    for part in reversed(PARTS):
        give_rows(turn, part.moved, first, second)
        if not isinstance(part.merge, str):
            actions += part.merge(turn, first, second)
    return actions


def left_unfinished(turn: Turn, person: Person) -> list[Block]:
    """Return what a person who left was in the middle of, for the coordinators to read."""
    parts = (part.on_left for part in PARTS)
    return [block for on_left in parts if not isinstance(on_left, str) for block in on_left(turn, person)]
