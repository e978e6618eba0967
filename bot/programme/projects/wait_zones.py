"""Time zones of waits: what is due after working days is due in the zone of who owes it."""

from __future__ import annotations

from bot.programme import people
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.projects.lookup import employer_of, project_of

__all__ = ["coordinators_zone", "employers_zone"]


def coordinators_zone(turn: Turn, _about: str) -> str:
    """Return the zone of what the coordinators owe, whatever it is about: the programme's."""
    return turn.programme.zone


def employers_zone(turn: Turn, about: str) -> str:
    """Return the zone of what the employer of a project owes, else the programme's."""
    employer = employer_of(turn, project_of(turn, subjects.PROJECT.id_of(about)))
    return people.zone_of(turn, employer) if employer else turn.programme.zone
