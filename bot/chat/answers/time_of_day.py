"""A time of day, as people write it: "9", "9am", "9:30 pm", "21.30", "noon"."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.answers.model import Unreadable

__all__ = ["local_time", "read_time"]

_NAMED: Final = {"midnight": "00:00", "noon": "12:00", "midday": "12:00"}
_TIME: Final = re.compile(
    r"(?:at )?(?P<hour>[0-9]{1,2})(?:[:.h ]?(?P<minute>[0-9]{2}))?\s*(?:h\s*)?(?P<half>[ap])?\.?(?:m\.?)?"
    r"(?: ?o'?clock)?"
)
_NOON: Final = 12


def read_time(typed: str) -> str:
    """Return a time of day as "HH:MM": "9", "9am", "9:30 pm", "21.30", "noon".

    Raises:
        Unreadable: it is no time of day.
    """
    plain = " ".join(typed.casefold().split())
    if plain in _NAMED:
        return _NAMED[plain]
    match = _TIME.fullmatch(plain)
    if match is None:
        raise Unreadable("I could not read that as a time of day. Write it like 09:00 or 5 pm.")
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), match["half"]
    if half and not 1 <= hour <= _NOON:
        raise Unreadable("That is no time of day. Write it like 09:00 or 5 pm.")
    if half:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    if hour > 23 or minute > 59:  # noqa: PLR2004 - what a clock shows
        raise Unreadable("A day ends at 23:59. Write the time like 09:00 or 5 pm.")
    return f"{hour:02}:{minute:02}"


def local_time(now: datetime, zone: str) -> str:
    """Return what a clock in an IANA zone shows at `now`: "09:03".

    Not a Moment, which shows the reader's time.
    """
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"
