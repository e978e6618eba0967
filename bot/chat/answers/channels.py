"""A channel: adapters give it as `str(Place)`, whether it was picked or named with #."""

import re

from bot.chat.answers.model import Answer, JSONValue, Refused, Understood

# What bot.chat.events.parse_destination reads; events build on answers, so it cannot be asked here.
_CHANNEL = re.compile(r"[a-z]+/channel/[^/\s]*/\S+")
_LONGEST = 255


def read_channel(text: str) -> Answer:
    """Take the reference that an adapter has put in the place of what was typed."""
    return check_channel(text)


def check_channel(value: JSONValue) -> Understood | Refused:
    """Take the reference of a channel; whether the bot can write there is seen when it is looked at."""
    typed = value.strip() if isinstance(value, str) else ""
    if len(typed) > _LONGEST or not _CHANNEL.fullmatch(typed):
        return Refused("I do not see that channel. Pick it from the list, or name it with #, like #spring.")
    return Understood(typed, "the channel you chose")
