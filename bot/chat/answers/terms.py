"""Ready answers as they are stored: a Term with its values in the place of words.

A tapped answer is kept as its code and its values, so that each reader gets it in their language, whatever
its words were when it was given. A text such as a list of deliverables may hold both: each line is a Term
(with the bullet and the brackets that were written around it) or a person's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import DecodeError, Struct, ValidationError, field
from msgspec.json import Decoder, encode

from bot.chat.answers.model import ReadyAnswer
from bot.chat.language import as_text
from bot.chat.sentences import Sentence, in_a_row, layout
from bot.chat.values import replace

__all__ = ["MARK", "as_term", "as_terms", "bullet_of", "ready_answer", "shown_lines", "stored_term"]

MARK: Final = "\x10"
"""What is before and after a Term: Data Link Escape. `keep` leaves control characters out of what people
type, so that only the bot writes a Term. It is no white space, which `str.strip` would take off."""

_BULLET: Final = re.compile(r"^\s{0,3}(?:[-*•–◦▪]|\(?\d{1,2}[.)])\s+(?=\S)")
_BRACKETS: Final = re.compile(r"\s*[(\[]")


class StoredTerm(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A Term as it is stored: the code of a ready answer, and the values of its sentence."""

    term: str
    values: dict[str, str | int] = field(default_factory=dict)


_DECODER: Final = Decoder(StoredTerm)


def bullet_of(line: str) -> str:
    """Return the bullet or number with which a line begins, with its blanks; "" where there is none."""
    found = _BULLET.match(line)
    return found[0] if found else ""


def stored_term(answer: ReadyAnswer) -> str:
    """Return a ready answer as it is stored: JSON without line breaks between two `MARK`s."""
    values = {name: value for name, value in answer.said.values.items() if isinstance(value, str | int)}
    return f"{MARK}{encode(StoredTerm(answer.code, values)).decode()}{MARK}"


def ready_answer(words: str, among: Sequence[ReadyAnswer]) -> ReadyAnswer | None:
    """Return the ready answer that a text is, with the values that it was stored with; None for own words.

    It is its Term, its words in English or in the language that its form is in, or words that it had earlier:
    rows hold those where they were written before answers were stored as Terms.
    """
    answer, rest = _beginning(words.strip(), among)
    return None if rest else answer


def as_term(words: str, among: Sequence[ReadyAnswer]) -> str:
    """Return a text as its Term where the whole of it is a ready answer."""
    answer = ready_answer(words, among)
    return words if answer is None else stored_term(answer)


def as_terms(text: str, among: Sequence[ReadyAnswer]) -> str:
    """Return a text with every line that is a ready answer as its Term."""
    lines = []
    for line in text.split("\n"):
        bullet, answer, rest = _parts(line, among)
        lines.append(line if answer is None else bullet + stored_term(answer) + rest)
    return "\n".join(lines)


def shown_lines(text: str, among: Sequence[ReadyAnswer]) -> str | Sentence:
    """Return a text for a reader of any language: as it is, where no line of it is a ready answer."""
    lines: list[str | Sentence] = []
    for line in text.split("\n"):
        bullet, answer, rest = _parts(line, among)
        if answer is None:
            lines.append(line)
        elif bullet or rest:
            lines.append(layout("{bullet}{answer}{rest}", bullet=bullet, answer=answer.said, rest=rest))
        else:
            lines.append(answer.said)
    if all(isinstance(line, str) for line in lines):
        return text
    return lines[0] if len(lines) == 1 else in_a_row(lines, "\n")


def _parts(line: str, among: Sequence[ReadyAnswer]) -> tuple[str, ReadyAnswer | None, str]:
    """Return the bullet of a line, its ready answer, None for own words, and the brackets after that."""
    bullet = bullet_of(line)
    return bullet, *_beginning(line.removeprefix(bullet), among)


def _beginning(words: str, among: Sequence[ReadyAnswer]) -> tuple[ReadyAnswer | None, str]:
    """Return the ready answer that these words are, before brackets or nothing, and the brackets."""
    if words.startswith(MARK):
        _, stored, rest = (*words.split(MARK, 2), "", "")[:3]
        return _of_term(stored, among), rest
    for answer in among:
        for known in (as_text(answer.said), answer.shown, *answer.earlier):
            rest = words.removeprefix(known)
            if known and words.startswith(known) and (not rest.strip() or _BRACKETS.match(rest)):
                return answer, rest
    return None, ""


def _of_term(stored: str, among: Sequence[ReadyAnswer]) -> ReadyAnswer | None:
    """Return what a Term means; None where it is of no such question, or its values are not the answer's."""
    try:
        term = _DECODER.decode(stored)
    except (DecodeError, ValidationError):
        return None
    for each in among:
        known = {name: type(value) for name, value in each.said.values.items()}
        if each.code == term.term and known == {name: type(value) for name, value in term.values.items()}:
            return replace(each, said=replace(each.said, values={**term.values}))
    return None
