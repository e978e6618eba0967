"""The employer's own questions, written one a line: `Which day suits you? (choose: Monday / Friday)`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

from bot.chat.routes import Declined

__all__ = ["HOW", "MOST", "read_questions", "write_questions"]

MOST: Final = 5
HOW: Final = (
    f"One a line, at most {MOST}. Plain ones get a text. End a line with (link), (file) or "
    "(choose: this / that) for another kind of answer."
)

_MOST_OPTIONS: Final = 10
_LONGEST: Final = 300  # characters of one question
# Nothing endless stands beside another that could take the same characters: half a bracket and many blanks
# must not be read in every way there is.
_KIND: Final = re.compile(
    r"[(\[]\s*(?:(?P<kind>text|link|file)\s*"
    r"|(?:choose|choice|one of)(?P<options>[^()\[\]]*))[)\]]\s*$",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


def read_questions(words: str) -> list[dict[str, Any]]:
    """The questions in a text: name, kind (text, choice, link, file), prompt and options of each.

    A name stays the same while the prompt does.

    Raises:
        Declined: there are too many, or one cannot be asked as it is written; says which and why.
    """
    lines = [_NUMBER.sub("", line).strip() for line in words.splitlines()]
    found = [_question(line) for line in lines if line]
    if len(found) > MOST:
        raise Declined(f"These are {len(found)} questions. Please choose the {MOST} that matter most.")
    prompts = [question["prompt"].casefold() for question in found]
    if len(set(prompts)) < len(prompts):
        raise Declined("Two of the questions are the same.")
    return found


def _question(line: str) -> dict[str, Any]:
    kind, options, prompt = "text", list[str](), line
    marked = _KIND.search(line)
    if marked:
        prompt = line[: marked.start()].strip()
        kind = (marked["kind"] or "choice").lower()
        options = list(_options((marked["options"] or "").lstrip(" :")))
        if kind == "choice" and not 1 < len(options) <= _MOST_OPTIONS:
            raise Declined(
                f"A question to choose from needs 2 to {_MOST_OPTIONS} answers, like this: "
                "`Which day suits you? (choose: Monday / Friday)`"
            )
    if not prompt or len(prompt) > _LONGEST:
        raise Declined(f"A question has words before its brackets, and at most {_LONGEST} characters.")
    name = sha256(prompt.casefold().encode()).hexdigest()[:8]
    return {"name": name, "kind": kind, "prompt": prompt, "options": options}


def _options(words: str) -> Iterable[str]:
    pieces = words.split("/") if "/" in words else words.split(",")
    return dict.fromkeys(piece.strip() for piece in pieces if piece.strip())


def write_questions(questions: Sequence[dict[str, Any]]) -> str:
    """The questions as the text that `read_questions` reads."""
    return "\n".join(_written(question) for question in questions)


def _written(question: dict[str, Any]) -> str:
    if question["kind"] == "choice":
        return f"{question['prompt']} (choose: {' / '.join(question['options'])})"
    return question["prompt"] if question["kind"] == "text" else f"{question['prompt']} ({question['kind']})"
