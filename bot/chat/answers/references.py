"""A channel or a person: adapters give `str(Place)` or `str(UserRef)`, picked or named with # or @."""

import re
from collections.abc import Callable
from typing import Final

from bot.chat.answers.model import JSONValue, Refused, Understood
from bot.chat.sentences import Sentence, say

__all__ = ["check_channel", "check_person"]

# What bot.chat.events.parse_destination reads; events build on answers, so it cannot be asked here.
_CHANNEL: Final = re.compile(r"[a-z]+/channel/[^/\s]*/\S+")
_PERSON: Final = re.compile(r"[a-z]+/@\S+")
_MOST_CHARACTERS: Final = 255

_Reads = Callable[[str], re.Match[str] | None]


def check_channel(value: JSONValue) -> Understood | Refused:
    """Take the reference of a channel; whether the bot can write there is seen when it is looked at."""
    found = _reference(value, _CHANNEL.fullmatch, say("the channel you chose"))
    return found or Refused(
        "I do not see that channel. Pick it from the list, or name it with #, like #spring."
    )


def check_person(value: JSONValue) -> Understood | Refused:
    """Take the reference of a person; it is a key to look up, and says nothing of who they are."""
    found = _reference(value, _PERSON.fullmatch, say("the person you chose"))
    return found or Refused("I do not see that person here. Pick from the list, or type a name with @.")


def _reference(value: JSONValue, reads: _Reads, shown: Sentence) -> Understood | None:
    typed = value.strip() if isinstance(value, str) else ""
    return Understood(typed, shown) if len(typed) <= _MOST_CHARACTERS and reads(typed) else None
