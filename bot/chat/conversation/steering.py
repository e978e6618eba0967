"""The words that steer a conversation: `back`, `skip`, `edit 3`, `review`, `pause`, `help` and so on.

A message is such a word only if it is nothing else: "back" steers, "back-end work" is an answer. A
word in quotes is an answer too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.chat.answers import Kind
from bot.chat.answers.normalise import simplify
from bot.chat.conversation.draft import numbered
from bot.chat.forms import Form, Question
from bot.chat.language import as_text
from bot.chat.numbers import is_digits

__all__ = ["SteeringWord", "asks_to_resume", "find_question", "is_steering", "read_word", "unquote"]

_WORDS = ("back", "skip", "edit", "review", "pause", "resume", "cancel", "help")
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "‘": "’", "`": "`"}
_MISSPELT_LIKENESS = 90
"""Likeness (of 100) from which a misspelt question's name is taken for it."""

_TELLING = 3
"""Letters of a question's name that are enough to mean it."""

_ARTICLE = re.compile(r"^(?:(?:the|my) )?(?:(?:answer|question)s? (?:to |about |for )?)?(?:the |my )?")
"""Words that people put before a question's name: "my answer to the deadline"."""

_WORDY: frozenset[Kind] = frozenset({"text", "long", "skills"})
"""Kinds whose answers may well begin with "edit"."""


@dataclass(frozen=True, slots=True)
class SteeringWord:
    """A steering word; `argument` is a question's name for "edit", or what was typed instead."""

    verb: str
    argument: str = ""


def read_word(text: str, form: Form, at: str) -> SteeringWord | None:
    """Return the steering word that a message is, at question `at` ("" is the review); None for an answer."""
    if (whole := simplify(text)) and not whole.strip("? "):
        return SteeringWord("help")
    said = _plain(text)
    if said in _WORDS:
        return SteeringWord(said)
    verb, _, rest = said.partition(" ")
    if verb == "edit" and rest:
        return _edit(rest, form, at)
    return _at_review(said, form) if at == "" else None


def asks_to_resume(text: str) -> bool:
    """Tell whether the person asks to go on with a draft, in any words."""
    return _plain(text) in {"resume", "continue", "go on", "drafts", "my drafts"}


def is_steering(text: str) -> bool:
    """Tell whether the person means a draft while none of its questions is shown: `edit 1`, `review`."""
    said = _plain(text)
    return said in {"back", "skip", "review", "cancel"} or said.startswith("edit ") or asks_to_resume(text)


def _plain(text: str) -> str:
    return simplify(text).casefold().removeprefix("/").rstrip(".!?, ")


def unquote(text: str) -> str:
    """Return the text without the quotes that make a steering word an answer."""
    inner = text.strip()
    if len(inner) > 2 and _QUOTES.get(inner[0]) == inner[-1]:  # noqa: PLR2004 - two quotes and a word
        word = simplify(inner[1:-1]).casefold().removeprefix("/")
        if word in _WORDS or word.startswith("edit ") or not word.strip("? "):
            return inner[1:-1]
    return text


def find_question(rest: str, questions: Sequence[Question]) -> Question | None:
    """Return the question that a number of the review, a label or a name means."""
    number = rest.removeprefix("#").removeprefix("question ").removeprefix("no. ").strip()
    if is_digits(number):
        numbers = {str(place): question for place, question in enumerate(questions, start=1)}
        return numbers.get(number.lstrip("0"))
    names = {simplify(as_text(q.ask.label)).casefold(): q for q in questions}
    names |= {q.name.casefold().replace("_", " "): q for q in reversed(questions)}
    wanted = _ARTICLE.sub("", rest.replace("_", " "))
    if wanted in names:
        return names[wanted]
    beginning = {
        q.name: q for name, q in names.items() if len(wanted) >= _TELLING and f" {wanted}" in f" {name}"
    }
    if len(beginning) == 1:
        return next(iter(beginning.values()))
    near = process.extractOne(wanted, list(names), scorer=fuzz.ratio, score_cutoff=_MISSPELT_LIKENESS)
    return names[near[0]] if near else None


def _edit(rest: str, form: Form, at: str) -> SteeringWord | None:
    question = find_question(rest, numbered(form))
    if question:
        return SteeringWord("edit", question.name)
    waiting = form.by_name.get(at)
    if waiting and waiting.ask.kind in _WORDY and not is_digits(rest.removeprefix("#")):
        return None
    return SteeringWord("edit", rest)


def _at_review(said: str, form: Form) -> SteeringWord | None:
    """Read what is a steering word at the review alone, where nothing waits for an answer."""
    if said in {"send", "submit", simplify(as_text(form.submit)).casefold()}:
        return SteeringWord("send")
    question = find_question(said, numbered(form)) if said else None
    return SteeringWord("edit", question.name) if question else None
