"""What the writer of a message reads of where it is."""

from __future__ import annotations

from bot.chat.content import Plain, Text, text
from bot.programme import people
from bot.programme.applications import confidential
from bot.programme.core.turn import Turn
from storage.tables import Person

__all__ = ["said_where", "waits_for_all"]


def said_where(turn: Turn, reading: list[Person], title: Plain, *, waits: bool) -> Text:
    """Return where the message is: never that it has arrived, and that it waits for unreachable readers."""
    readers = confidential.named(reading)
    if readers is None:
        return _of_coordinators(turn, reading, title, waits=waits)
    if not waits:
        return text("On its way to **{readers}**, about **{project}**:", readers=readers, project=title)
    if not all(people.is_unreachable(turn, each) for each in reading):
        return text("This waits for **{readers}**, about **{project}**:", readers=readers, project=title)
    return text(
        "I cannot write to **{readers}** now: direct messages are closed to me there. This waits until I "
        "can, about **{project}**:",
        readers=readers,
        project=title,
    )


def _of_coordinators(turn: Turn, reading: list[Person], title: Plain, *, waits: bool) -> Text:
    """Return where the message is, for readers who are not named as they are many."""
    if not waits:
        return text("On its way to the coordinators, about **{project}**:", project=title)
    if not all(people.is_unreachable(turn, each) for each in reading):
        return text("This waits for the coordinators, about **{project}**:", project=title)
    return text(
        "I cannot write to the coordinators now: direct messages are closed to me there. This waits until I "
        "can, about **{project}**:",
        project=title,
    )


def waits_for_all(turn: Turn, reading: list[Person]) -> bool:
    """Return whether a message waits for all its readers: the bot may not, or could not, reach them."""
    unmet = people.awaiting_first_contact(turn, reading)
    return all(each in unmet or people.is_unreachable(turn, each) for each in reading)
