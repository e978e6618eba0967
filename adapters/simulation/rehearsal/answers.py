"""The answers of a rehearsal's people: the example of each question, and dates of a usual term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from adapters.terminal.records import Entry
from adapters.terminal.screen import buttons_of, page_of, words_of
from bot.chat.adapter import OpenedForm
from bot.chat.codec import TALK, head_of
from bot.chat.forms import Question
from bot.chat.language import as_text

__all__ = ["answer_below", "page_filled"]

_TITLES: Final = (
    "Market map of repair shops",
    "A newsletter for spring",
    "Interviews with ten cyclists",
    "A tidy price list",
    "A short film about bees",
    "Photo captions for the archive",
    "A guide for first visitors",
    "A survey of bus stops",
)
_OF_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "title": _TITLES,
    "brief": ("Our readers ask for it, and we have the data but not the time. Make what they can use.",),
    "deliverables": ("A table of what you found\nA summary of one page", "A first draft\nThe final text"),
    "hours": ("20", "30"),
    "deadline": ("in 10 days", "in 2 weeks"),
    "decide": ("in 3 weeks",),
    "start": ("in 4 weeks",),
    "weeks": ("3", "4"),
    "places": ("1", "2"),
    "fee": ("$400", "$600"),
    "due": ("in 5 days",),
}
"""The answers to questions whose example fits no term: names of questions with what may be said."""

_OF_KINDS: Final[Mapping[str, str]] = {
    "number": "3",
    "money": "$400",
    "date": "in 5 days",
    "yes_no": "yes",
    "skills": "writing, research",
    "link": "https://example.org/work",
    "email": "name@example.org",
    "zone": "London",
    "country": "Spain",
    "countries": "any",
}
_WORDS: Final = "I have done something like it for our student paper, and it went well."
_EXAMPLE: Final = "For example: "


def page_filled(opened: OpenedForm, draw: Random) -> dict[str, str]:
    """Return what a person writes into the open page: what has an answer already stays."""
    return {
        question.name: _answer(question, draw)
        for question in page_of(opened).questions
        if question.ask.kind != "file"
        and (question.name in opened.errors or not opened.values.get(question.name))
        and (question.required or question.name in _OF_NAMES)
    }


def _answer(question: Question, draw: Random) -> str:
    ask = question.ask
    if question.name in _OF_NAMES:
        return draw.choice(_OF_NAMES[question.name])
    if ask.options:
        return as_text(draw.choice(ask.options).label)
    return as_text(ask.example) if ask.example else _OF_KINDS.get(ask.kind, _WORDS)


def answer_below(seen: Sequence[Entry], draw: Random) -> str | None:
    """Return what a person writes below their newest direct message; None where it is no question."""
    if not seen or ":talk:" not in seen[-1].key or seen[-1].key.endswith(":"):
        return None
    asked, verbs = words_of(seen[-1]), {_talk(button.action) for button in buttons_of(seen[-1])}
    if "send" in verbs:
        return None
    if "skip" in verbs and draw.random() < 0.5:
        return "skip"
    if _EXAMPLE in asked:
        return asked.partition(_EXAMPLE)[2].partition("\n")[0]
    return _OF_KINDS["yes_no"] if "yes or no" in asked.casefold() else _WORDS


def _talk(action: str) -> str:
    return str(TALK.parse(action).verb) if head_of(action) == TALK else ""
