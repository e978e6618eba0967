"""Absences: until when an employer or a coordinator is away, and who covers. They end by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bot.chat.content import Block, ShownDay, note
from bot.chat.local_day import Day
from bot.chat.sentences import Moment
from bot.programme.core.turn import Turn
from bot.programme.people.dates import shown_day
from bot.programme.people.names import person_name
from bot.programme.people.time_zones import zone_of
from storage.tables import Person

__all__ = ["away_day", "away_note", "back_first", "cover_of", "is_away"]


def is_away(turn: Turn, person: Person) -> bool:
    """Tell whether a person is away today, where they are; the day until which they are away is the last."""
    if person.away_until is None:
        return False
    return turn.now.astimezone(ZoneInfo(zone_of(turn, person))).date() <= person.away_until


def cover_of(turn: Turn, person: Person) -> Person | None:
    """Return the person who covers for one who is away, if they are here themselves."""
    cover = turn.session.get(Person, person.cover_id) if person.cover_id else None
    if cover is None or cover.left_at is not None or cover.erased_at is not None or is_away(turn, cover):
        return None
    return cover


def back_first(turn: Turn, people: Sequence[Person]) -> Person | None:
    """Return the person of these who is back first where all of them are away; None where one is here."""
    away = [each for each in people if is_away(turn, each)]
    if len(away) < len(people):
        return None
    return min(away, key=lambda each: (each.away_until or date.max, each.id), default=None)


def away_day(turn: Turn, person: Person, reader: Person | None) -> ShownDay | Moment:
    """Return the last day of a person's absence as `reader` reads it (None: a channel).

    Raises:
        ValueError: they are not away.
    """
    if person.away_until is None:
        raise ValueError(person.id)
    return shown_day(turn, Day(person.away_until, zone_of(turn, person)), reader)


def away_note(turn: Turn, owner: Person | None, reading: Sequence[Person]) -> Block | None:
    """Say to the writer of a message that its readers are away, or the owner that its reader covers for.

    None where a reader is here and covers for no other person.
    """
    away = [each for each in reading if is_away(turn, each)]
    if reading and len(away) == len(reading):
        last = max(away, key=lambda each: each.away_until or each.created_at.date())
        return note(
            "{person} is away until {day}, and no one covers: no one reads it before. If it cannot wait, "
            "turn to a person you trust outside this programme.",
            person=person_name(last),
            day=away_day(turn, last, turn.person),
        )
    if owner is None or owner in reading or not is_away(turn, owner) or len(reading) != 1:
        return None
    return note(
        "{person} is away until {day}; {cover} reads this.",
        person=person_name(owner),
        day=away_day(turn, owner, turn.person),
        cover=person_name(reading[0]),
    )
