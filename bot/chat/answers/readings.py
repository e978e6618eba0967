"""One meaning is understood, several are asked about, none is refused: the rule all readers share."""

from collections.abc import Iterable

from bot.chat.answers.model import Ambiguous, Answer, Reading, Refused, Understood
from bot.chat.language import as_text
from bot.chat.sentences import Wording

MOST_READINGS = 5
"""Buttons of one question: Discord puts five in a row, and more are not read anyway."""


def settle(checked: Iterable[Understood | Refused], question: Wording, *, ask: bool = False) -> Answer:
    """Decide between the possible meanings of one answer, each already held against the limits.

    Meanings outside the limits are dropped; if all are, the first refusal is the answer. Equal meanings
    count once. `ask` says that even a single meaning left needs the person's word.
    """
    refused: list[Refused] = []
    readings: list[Reading] = []
    for result in checked:
        if isinstance(result, Refused):
            refused.append(result)
        elif all(reading.value != result.value for reading in readings):
            readings.append(Reading(result.shown, result.value))
    if not readings:
        return refused[0] if refused else Ambiguous(question)
    if len(readings) == 1 and not ask:
        return Understood(readings[0].value, as_text(readings[0].label))
    return Ambiguous(question, tuple(readings[:MOST_READINGS]))
