"""Questions for the tests of answers, and a short way to see what was made of a text."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat.answers import (
    Ambiguous,
    Answer,
    Asking,
    FileRef,
    Kind,
    Option,
    Reading,
    Refused,
    Understood,
    read_answer,
)
from bot.chat.language import ENGLISH

WEDNESDAY = datetime(2026, 10, 14, 10, 0, tzinfo=UTC)
"""Noon in Berlin, on a Wednesday."""

BERLIN = ZoneInfo("Europe/Berlin")

WAYS = (
    Option("remote", "Remote"),
    Option("onsite", "On site"),
    Option("hybrid", "Hybrid, two days on site"),
    Option("rw", "Research and writing"),
)


def ask(kind: Kind, **limits: Any) -> Asking:  # noqa: ANN401 - any field of Asking
    """Return a question asked on a Wednesday noon in Berlin; choices are of WAYS."""
    given: dict[str, Any] = {"now": WEDNESDAY, "zone": BERLIN}
    if kind in {"choice", "choices"}:
        given["options"] = WAYS
    return Asking(kind, **(given | limits))


def read(text: str, asking: Asking, files: tuple[FileRef, ...] = ()) -> str:
    """Return what was made of a text on one line: `= shown`, `? label | label` or `! reason`."""
    return in_short(read_answer(text, asking, files))


def in_words(answer: Answer) -> Answer:
    """Return an answer with its words as English text, to compare it."""
    match answer:
        case Understood(value, shown):
            return Understood(value, ENGLISH.text(shown))
        case Ambiguous(question, readings):
            said = tuple(Reading(ENGLISH.text(reading.label), reading.value) for reading in readings)
            return Ambiguous(ENGLISH.text(question), said)
        case Refused(reason, example):
            return Refused(ENGLISH.text(reason), ENGLISH.text(example))


def in_short(answer: Answer) -> str:
    """Return an answer on one line, as `read` does."""
    match answer:
        case Understood(shown=shown):
            return f"= {ENGLISH.text(shown)}"
        case Ambiguous(question, readings):
            assert ENGLISH.text(question)
            return f"? {' | '.join(ENGLISH.text(reading.label) for reading in readings)}".strip()
        case Refused(reason, example):
            assert ENGLISH.text(example) or not example
            return f"! {ENGLISH.text(reason)}"
