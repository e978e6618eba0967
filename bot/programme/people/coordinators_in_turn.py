"""Coordinators in turn: the first answers, and after some working days the second is asked as well.

All of them have each task from the beginning, and any may answer it. The first coordinator is the one who has
served longest; a person who is away is last, and the person who covers for them in their place.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.content import Block, note, text
from bot.programme.core.turn import Turn
from bot.programme.people.away import away_day, back_first, is_away
from bot.programme.people.names import person_name, person_names
from bot.programme.people.parts import acting_for, is_of_employer
from storage.tables import Person, Project

__all__ = ["asked_next", "in_turn", "last_ask", "truth", "whose_turn"]


def in_turn(turn: Turn, project: Project | None = None) -> list[Person]:
    """Return the coordinators who can answer, the first ahead; for a project none of its employer's side."""
    found = acting_for(turn, None, "coordinator")
    return [each for each in found if project is None or not is_of_employer(each, project)]


def whose_turn(turn: Turn, asked: Sequence[Person]) -> Block | None:
    """Say in a task which coordinator answers first, and who is asked next; None where only one is here."""
    here = [each for each in asked if not is_away(turn, each)]
    if len(here) < 2:  # noqa: PLR2004 - a first and a second
        return None
    return note(
        "{first} answers first; after one working day without an answer it goes to {second} as well.",
        "{first} answers first; after {count} working days without an answer it goes to {second} as well.",
        first=person_name(here[0]),
        second=person_name(here[1]),
        count=turn.programme.coordinator_days,
    )


def asked_next(turn: Turn, asked: Sequence[Person], reader: Person) -> list[Block]:
    """Say to the second coordinator that the first has not answered; nothing to the others."""
    here = [each for each in asked if not is_away(turn, each)]
    if here[1:2] != [reader]:
        return []
    return [note("{first} has not answered, so please take it.", first=person_name(here[0]))]


def last_ask() -> Block:
    """Say to a coordinator that no reminder follows, and where what waits is still found."""
    return note("I do not ask again. It stays in the list: `/stint tasks`.")


def truth(turn: Turn, asked: Sequence[Person], reader: Person) -> Block:
    """Say to a person who waits whether a coordinator is here, and until when the first of them is away."""
    if not asked:
        return text("No coordinator has looked at it: there is none here now.")
    away = back_first(turn, asked)
    if away is not None:
        return text(
            "No coordinator has looked at it yet. {person} is away until {day}, and no other coordinator is "
            "here.",
            person=person_name(away),
            day=away_day(turn, away, reader),
        )
    return text("{people} has not looked at it yet. It stays in the tasks.", people=person_names(asked))
