"""What is to be handed in, as people write it: a list when it is written as one, prose when it is prose.

Brackets at the end of a deliverable say more of it: `A table of shops (done when it has ten) (after 5 days)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.chat.answers import Ambiguous, Asking, Understood, read_answer
from bot.chat.answers.dates import when_of
from bot.chat.answers.readings import reason_of
from bot.chat.answers.terms import bullet_of
from bot.chat.content import say
from bot.chat.local_day import EVERYWHERE, date_of
from bot.programme.projects.unfit_answers import UnfitAnswerError
from storage.tables.values import Level, WantedDeliverable

__all__ = ["HOW", "deliverable_lines", "names_deliverables", "read_deliverables", "write_deliverables"]

HOW: Final = say(
    "You can end one with (done when …), (after 5 days), (by 12 March), (interns only) or (first step)."
)

_MOST_DAYS: Final = 400
_BRACKETS: Final = re.compile(r"[(\[](?P<inside>[^()\[\]]*)[)\]]\s*$")
_DONE: Final = re.compile(
    r"(?:it |this |counts as )?(?:is )?done (?:when|if|once)\s+(?P<what>\S.*)", re.IGNORECASE | re.DOTALL
)
_AFTER: Final = re.compile(r"(?:after|within)\s+(?P<number>\d{1,3})\s+(?P<unit>days?|weeks?)", re.IGNORECASE)
_BY: Final = re.compile(r"(?:by|due|until)\s++(?P<date>[^\d\n]*+\d.*)", re.IGNORECASE)
_LEVELS: Final[dict[str, Level]] = {
    "interns only": "team",
    "only interns": "team",
    "only for interns": "team",
    "for interns only": "team",
    "under agreement": "agreement",
}

_FIRST_STEP: Final = frozenset({"first step", "a first step", "the first step"})
_LONGEST_ITEM: Final = 160  # characters; a longer line without a bullet is prose
_NOTHING: Final = frozenset(
    {
        "",
        "later",
        "n a",
        "na",
        "no",
        "no deliverable",
        "no deliverables",
        "none",
        "not sure",
        "not sure yet",
        "nothing",
        "tba",
        "tbc",
        "tbd",
        "to be decided",
        "to be defined",
        "to be determined",
        "to be discussed",
        "unknown",
        "we will see",
    }
)


def names_deliverables(words: str) -> bool:
    """Tell whether the text says that something is handed in, rather than "tbd" or nothing."""
    return " ".join(re.findall(r"\w+", words.casefold())) not in _NOTHING


def deliverable_lines(words: str) -> tuple[str, ...]:
    """Return the deliverables one by one, where they are written as a list; else the whole text as one.

    A list is lines with bullets or numbers (lines without belong to the one before), or short lines.
    Nothing is left out: joined again, the pieces are the text without its bullets.
    """
    lines = [line for line in words.splitlines() if line.strip()]
    if not names_deliverables(words):
        return ()
    if sum(bool(bullet_of(line)) for line in lines) >= 2:  # noqa: PLR2004 - one bullet is no list
        return _by_bullets(lines)
    if len(lines) > 1 and all(len(_unmarked(line)) <= _LONGEST_ITEM for line in lines):
        return tuple(line.removeprefix(bullet_of(line)).strip() for line in lines)
    return (words.strip(),)


def _by_bullets(lines: list[str]) -> tuple[str, ...]:
    items: list[list[str]] = []
    lead: list[str] = []
    for line in lines:
        if bullet_of(line):
            items.append([*lead, line.removeprefix(bullet_of(line)).strip()])
            lead = []
        elif items:
            items[-1].append(line.strip())
        else:
            lead.append(line.strip())
    return tuple("\n".join(item) for item in items)


def _unmarked(line: str) -> str:
    """Return a line without the brackets at its end."""
    while found := _BRACKETS.search(line):
        line = line[: found.start()]
    return line.strip()


def read_deliverables(words: str, now: datetime, zone: str) -> list[WantedDeliverable]:
    """Return the deliverables in a text, with what the brackets at their ends say.

    `now`, `zone`: when and where dates in brackets are read. Brackets of another meaning stay in the title.

    Raises:
        UnfitAnswerError: brackets say something twice, hold an unclear date, or follow no title.
    """
    asking = Asking("date", now, ZoneInfo(zone), days_of=EVERYWHERE)
    return [_read(piece, asking) for piece in deliverable_lines(words)]


def _read(piece: str, asking: Asking) -> WantedDeliverable:
    title, said = piece, dict[str, Any]()
    while (found := _BRACKETS.search(title)) and (mark := _mark(found["inside"].strip(), asking)):
        if not said.keys().isdisjoint(mark) or {"after_days", "due_on"} <= said.keys() | mark.keys():
            raise UnfitAnswerError(say("“{deliverable}” says the same thing twice.", deliverable=piece))
        said |= mark
        title = title[: found.start()].strip()
    if not title:
        raise UnfitAnswerError(say("“{words}” says when, and not what is handed in.", words=piece))
    return WantedDeliverable(title, **said)


def _mark(inside: str, asking: Asking) -> dict[str, Any]:
    """Return what brackets say of a deliverable; nothing where they are words like any other."""
    if done := _DONE.fullmatch(inside):
        return {"done_when": done["what"].strip()}
    if after := _AFTER.fullmatch(inside):
        days = int(after["number"]) * (7 if after["unit"].casefold().startswith("w") else 1)
        return {"after_days": days} if 0 < days <= _MOST_DAYS else {}
    words = " ".join(inside.casefold().split())
    if level := _LEVELS.get(words):
        return {"level": level}
    if words in _FIRST_STEP:
        return {"first_step": True}
    by = _BY.fullmatch(inside)
    return _due(by["date"], asking) if by else {}


def _due(words: str, asking: Asking) -> dict[str, Any]:
    read = read_answer(words, asking)
    if isinstance(read, Ambiguous):
        raise UnfitAnswerError(
            say("The date in “(by {words})” is not clear: {reason}", words=words, reason=reason_of(read))
        )
    when = when_of(read.value) if isinstance(read, Understood) else None
    return {} if when is None else {"due_on": date_of(when, asking.zone)}


def write_deliverables(wanted: Sequence[WantedDeliverable]) -> str:
    """Return deliverables as a text that `read_deliverables` reads."""
    lines = [" ".join([each.title, *_marks(each)]) for each in wanted]
    if len(lines) > 1 and any("\n" in line or len(_unmarked(line)) > _LONGEST_ITEM for line in lines):
        lines = ["- " + line.replace("\n", "\n  ") for line in lines]
    return "\n".join(lines)


def _marks(wanted: WantedDeliverable) -> list[str]:
    marks = [f"(done when {wanted.done_when})"] if wanted.done_when else []
    if wanted.after_days is not None:
        marks.append(f"(after {wanted.after_days} {'day' if wanted.after_days == 1 else 'days'})")
    if wanted.due_on is not None:
        marks.append(f"(by {wanted.due_on.isoformat()})")
    if wanted.first_step:
        marks.append("(first step)")
    readers = {"open": [], "team": ["(interns only)"], "agreement": ["(under agreement)"]}
    return [*marks, *readers[wanted.level]]
