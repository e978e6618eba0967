"""What the writer of a message reads of where it is."""

from __future__ import annotations

from bot.chat.content import Moment, Plain, Text, text
from bot.programme import people, projects
from bot.programme.applications import confidential
from bot.programme.applications.messages.exchange import Exchange, is_live
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from storage.tables import Person

__all__ = ["said_where", "waits_for_all"]


def said_where(turn: Turn, exchange: Exchange, reading: list[Person], *, waits: bool) -> Text:
    """Return where the message is: never that it has arrived, and that it waits for unreachable readers.

    It also waits for the end of quiet hours, of which the writer reads when they are over.
    """
    readers, title = confidential.named(reading), projects.title_part(exchange.project)
    goes = None if waits else _wake(turn, exchange, reading)
    if readers is None:
        return _of_coordinators(turn, reading, title, goes, waits=waits)
    if goes is not None:
        return text(
            "This goes to **{readers}** after quiet hours, by {when}, about **{project}**:",
            readers=readers,
            when=goes,
            project=title,
        )
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


def _wake(turn: Turn, exchange: Exchange, reading: list[Person]) -> Moment | None:
    """Return by when the quiet hours of all readers are over; None where a reader gets it now."""
    ends = [
        None if is_live(turn, exchange, each) else daily_message.wakes_at(turn, each, turn.now)
        for each in reading
    ]
    asleep = [each for each in ends if each is not None]
    if not asleep or len(asleep) < len(ends):
        return None
    return Moment(max(asleep), people.zone_of(turn, turn.person))


def _of_coordinators(
    turn: Turn, reading: list[Person], title: Plain, goes: Moment | None, *, waits: bool
) -> Text:
    """Return where the message is, for readers who are not named as they are many."""
    if goes is not None:
        return text(
            "This goes to the coordinators after quiet hours, by {when}, about **{project}**:",
            when=goes,
            project=title,
        )
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
