"""The one IANA zone that a few words mean, or a reason why there is none."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.answers.model import Ambiguous, Asking, Refused, Understood, Unreadable
from bot.chat.answers.reading import read_answer
from bot.chat.language import as_text

__all__ = ["read_zone_name"]


def read_zone_name(typed: str, now: datetime) -> str:
    """Return the IANA zone that a city, a country or a zone's name means.

    Raises:
        Unreadable: it means no zone, or several.
    """
    match read_answer(typed, Asking(kind="zone", now=now, zone=ZoneInfo("UTC"))):
        case Understood(value=str(zone)):
            return zone
        case Ambiguous(question=question, readings=readings):
            meant = ", ".join(as_text(reading.label) for reading in readings)
            raise Unreadable(f"{question} {meant}" if meant else question)
        case Refused(reason=reason, example=example):
            raise Unreadable(f"{reason} For example: {example}" if example else reason)
        case Understood():
            pass
    raise Unreadable("I do not know that time zone. The nearest big city works best.")
