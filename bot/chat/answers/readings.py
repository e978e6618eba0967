"""One meaning is understood, several are asked about, none is refused: the rule all readers share."""

from collections.abc import Iterable

from bot.chat.answers.model import Ambiguous, Answer, Reading, Refused, Understood
from bot.chat.language import as_text, as_value
from bot.chat.sentences import Names, Number, Plain, Sentence, Wording, layout, say

__all__ = ["MOST_READINGS", "meant_by", "number_of", "reading_of", "reason_of", "settle"]

MOST_READINGS = 5
"""Buttons of one question: Discord puts five in a row, and more are not read anyway."""


def settle(checked: Iterable[Understood | Refused], question: Wording, *, ask: bool = False) -> Answer:
    """Decide between the possible meanings of one answer, each already held against the limits.

    Meanings outside the limits are dropped; if all are, the first refusal is the answer. Equal meanings
    count once. `ask` says that even a single meaning left needs the person's word.
    """
    refused: list[Refused] = []
    meant: list[Understood] = []
    for result in checked:
        if isinstance(result, Refused):
            refused.append(result)
        elif all(each.value != result.value for each in meant):
            meant.append(result)
    if not meant:
        return refused[0] if refused else Ambiguous(question)
    if len(meant) == 1 and not ask:
        return meant[0]
    return Ambiguous(question, tuple(map(reading_of, meant[:MOST_READINGS])))


def reading_of(meant: Understood) -> Reading:
    """Return an understood answer as one of several that may be meant."""
    label = meant.shown if isinstance(meant.shown, Sentence) else Plain(meant.shown)
    return Reading(label, meant.value)


def meant_by(reading: Reading) -> Understood:
    """Return the answer that a reading is."""
    label = reading.label
    return Understood(reading.value, label if isinstance(label, Sentence) else as_text(label))


def reason_of(answer: Refused | Ambiguous) -> Sentence:
    """Return why an answer was not taken, or what is asked about it, with what could be typed."""
    match answer:
        case Refused(reason, example) if example:
            return say("{reason}\nFor example: {example}", reason=as_value(reason), example=as_value(example))
        case Refused(reason):
            return _whole(reason)
        case Ambiguous(question, readings) if readings:
            labels = Names(tuple(Plain(as_text(reading.label)) for reading in readings), "or")
            return layout("{question}\n({readings})", question=as_value(question), readings=labels)
        case Ambiguous(question):
            return _whole(question)


def _whole(words: Wording) -> Sentence:
    value = as_value(words)
    return value if isinstance(value, Sentence) else layout("{reason}", reason=value)


def number_of(count: int) -> int | Number:
    """Return a count as the value that decides about a plural; a large one is written in groups."""
    return count if count < 1_000 else Number(str(count))  # noqa: PLR2004 - where groups begin
