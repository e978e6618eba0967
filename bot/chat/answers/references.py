"""A channel or a person: adapters give `str(Place)` or `str(UserRef)`, picked or named with # or @."""

import re
from typing import Final

from bot.chat.answers.model import Answer, JSONValue, Refused, Understood

__all__ = ["check_channel", "check_person", "read_channel", "read_person"]

# What bot.chat.events.parse_destination reads; events build on answers, so it cannot be asked here.
_CHANNEL: Final = re.compile(r"[a-z]+/channel/[^/\s]*/\S+")
_PERSON: Final = re.compile(r"[a-z]+/@\S+")
_LONGEST: Final = 255


def read_channel(text: str) -> Answer:
    """Take the reference that an adapter has put in the place of what was typed."""
    return check_channel(text)


def check_channel(value: JSONValue) -> Understood | Refused:
    """Take the reference of a channel; whether the bot can write there is seen when it is looked at."""
    typed = _reference(value, _CHANNEL)
    if not typed:
        return Refused("I do not see that channel. Pick it from the list, or name it with #, like #spring.")
    return Understood(typed, "the channel you chose")


def read_person(text: str) -> Answer:
    """As `read_channel`."""
    return check_person(text)


def check_person(value: JSONValue) -> Understood | Refused:
    """Take the reference of a person; it is a key to look up, and says nothing of who they are."""
    typed = _reference(value, _PERSON)
    if not typed:
        return Refused("I do not see that person here. Pick them from the list, or name them with @.")
    return Understood(typed, "the person you chose")


def _reference(value: JSONValue, shape: re.Pattern[str]) -> str:
    typed = value.strip() if isinstance(value, str) else ""
    return typed if len(typed) <= _LONGEST and shape.fullmatch(typed) else ""
