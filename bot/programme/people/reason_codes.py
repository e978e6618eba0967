"""Codes of reasons, which the history keeps in place of words: why a placement ends, or a date moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.chat.sentences import Sentence, say

__all__ = ["ABSENCES", "AGREED", "ENDS", "EXTENSIONS", "OUTAGE", "REASONS", "SHOWN", "SILENCE"]

ENDS: Final[Mapping[str, Sentence]] = {
    "time": say("The time it takes does not fit any more"),
    "plans": say("Plans have changed"),
    "work": say("The work is not what was agreed"),
}
"""Why a placement ends early. The other side may read it where the person who ends it chooses so."""

EXTENSIONS: Final[Mapping[str, Sentence]] = {
    "exams": say("Exams or lectures"),
    "illness": say("Illness"),
    "longer": say("The work takes longer than expected"),
    "waiting": say("It waits for an answer or for material"),
    "other": say("Another reason"),
}
"""Why a deliverable gets another date, for the person who says so and the coordinators."""

ABSENCES: Final[Mapping[str, Sentence]] = {
    "holiday": say("Holiday or leave"),
    "illness": EXTENSIONS["illness"],
    "family": say("Family"),
    "elsewhere": say("Work elsewhere"),
    "other": EXTENSIONS["other"],
}
"""Why a person is away, for the person and the coordinators."""

AGREED: Final = "agreed"
"""The code of a date that moved because one side asked and the other agreed."""

SILENCE: Final = "silence"
"""The code of a date that moved because one side asked and the other gave no answer by the date for it."""

OUTAGE: Final = "outage"
"""The code of a date that moved because the person who owes it could not reach the bot."""

SHOWN: Final[Mapping[str, Sentence]] = {OUTAGE: say("I could not be reached.")}
"""The codes that every reader of a row reads."""

REASONS: Final[Mapping[str, Sentence]] = {**ENDS, **EXTENSIONS, **ABSENCES}
"""The codes that only the person who gave them and the coordinators read in the history."""
