"""The employer's own questions, written one a line: `Which day suits you? (choose: Monday / Friday)`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from rapidfuzz import fuzz, process

from bot.chat.content import say
from bot.programme.projects.unfit_answers import UnfitAnswerError
from storage.tables.values import OwnQuestion

__all__ = ["HOW", "MOST", "read_questions", "write_questions"]

MOST: Final = 5
HOW: Final = say(
    "One a line, at most {most}. End it with (link), (file), (number), (date), (yes/no) or (choose: a / b).",
    most=MOST,
)

_MOST_OPTIONS: Final = 10
_MOST_CHARACTERS: Final = 300  # characters of one question
_MISSPELT_LIKENESS: Final = (
    80  # how alike (of 100) a word in brackets and the name of a kind are where it is misspelt
)
_KINDS: Final = {
    "text": "text, words, short, long, paragraph",
    "link": "link, url, web address",
    "file": "file, upload, attachment, document, pdf, picture, photo, image",
    "number": "number, a number, integer, how many, figure, amount, digits",
    "date": "date, day, a date",
    "yes_no": "yes/no, yes / no, yes or no, y/n",
}
"""What the brackets at the end of a line may hold, by the kind of answer that it asks for."""

_NAMED: Final = {word: kind for kind, words in _KINDS.items() for word in words.split(", ")}
_MARK: Final = {"yes_no": "yes/no"}
_UNKNOWN: Final = frozenset(
    "audio checkbox checkboxes currency drop-down dropdown e-mail email grade money phone radio ranking "
    "rating scale score select slider time video".split()
) | {"multiple choice"}
"""Kinds of answers that other forms have and ours has not: a writer who names one expects it."""

# No endless pattern is beside another that could take the same characters: half a bracket and many blanks
# must not be read in every way there is.
_BRACKETS: Final = re.compile(r"[(\[](?P<inside>[^()\[\]]*)[)\]]\s*$")
_CHOOSE: Final = ("choose", "choice", "one of")
_NUMBER: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


def read_questions(words: str) -> list[OwnQuestion]:
    """Return the questions in a text; their kinds are those of `_KINDS`, and choice.

    A name stays the same while the prompt does.

    Raises:
        UnfitAnswerError: there are too many, or a question cannot be asked as it is written; says which
            and why.
    """
    lines = [_NUMBER.sub("", line).strip() for line in words.splitlines()]
    found = [_question(line) for line in lines if line]
    if len(found) > MOST:
        raise UnfitAnswerError(
            say(
                "You wrote {count} question. Please choose the {most} that matter most.",
                "You wrote {count} questions. Please choose the {most} that matter most.",
                count=len(found),
                most=MOST,
            )
        )
    prompts = [question.prompt.casefold() for question in found]
    if len(set(prompts)) < len(prompts):
        raise UnfitAnswerError(say("Two of the questions are the same."))
    return found


def _question(line: str) -> OwnQuestion:
    kind, options, prompt = "text", list[str](), line
    if marked := _BRACKETS.search(line):
        inside = marked["inside"].strip()
        kind, options = _kind(inside)
        prompt = line[: marked.start()].strip() if kind else line
        if kind == "choice" and not 1 < len(options) <= _MOST_OPTIONS:
            raise UnfitAnswerError(
                say(
                    "A question to choose from needs 2 to {most} answers, like this: "
                    "`Which day suits you? (choose: Monday / Friday)`",
                    most=_MOST_OPTIONS,
                )
            )
    if not prompt or len(prompt) > _MOST_CHARACTERS:
        raise UnfitAnswerError(
            say(
                "A question has words before its brackets, and at most {most} characters.",
                most=_MOST_CHARACTERS,
            )
        )
    name = sha256(prompt.casefold().encode()).hexdigest()[:8]
    return OwnQuestion(kind or "text", prompt, name, tuple(options))


def _kind(inside: str) -> tuple[str, list[str]]:
    """Return the kind of answer that brackets name, and its choices; "" for brackets that are words.

    Raises:
        UnfitAnswerError: they name an unknown kind.
    """
    plain = " ".join(inside.casefold().split())
    if plain.startswith(_CHOOSE):
        begun = next(word for word in _CHOOSE if plain.startswith(word))
        return "choice", list(_options(inside[len(begun) :].lstrip(" :")))
    misspelt = process.extractOne(plain, _NAMED, scorer=fuzz.ratio, score_cutoff=_MISSPELT_LIKENESS)
    if plain in _UNKNOWN or (plain not in _NAMED and misspelt):
        raise UnfitAnswerError(
            say(
                "I have no kind of answer called “{word}”. There are (link), (file), (number), (date), "
                "(yes/no) and (choose: this / that). Without brackets the answer is in words.",
                word=inside,
            )
        )
    return _NAMED.get(plain, ""), []


def _options(words: str) -> Iterable[str]:
    pieces = words.split("/") if "/" in words else words.split(",")
    return dict.fromkeys(piece.strip() for piece in pieces if piece.strip())


def write_questions(questions: Sequence[OwnQuestion]) -> str:
    """Return the questions as the text that `read_questions` reads."""
    return "\n".join(_written(question) for question in questions)


def _written(question: OwnQuestion) -> str:
    kind = question.kind
    if kind == "choice":
        return f"{question.prompt} (choose: {' / '.join(question.options)})"
    return question.prompt if kind == "text" else f"{question.prompt} ({_MARK.get(kind, kind)})"
