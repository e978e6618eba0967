"""The pseudo-language beside every test: what is said is put into it as well, and what stays bare fails it.

A word is bare that went through no catalogue: a text that is glued from pieces, or that `make texts` did not
find. What people wrote is a value and not looked at; nor are words of a message that was said before. A ready
answer that is shown as it is stored fails a test as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.chat import translation
from bot.chat.answers.terms import MARK
from bot.chat.content import (
    Block,
    Buttons,
    Fields,
    Heading,
    Image,
    Message,
    Note,
    Part,
    Plain,
    Select,
    Sentence,
    Text,
    Wording,
)
from bot.chat.language import Language
from bot.chat.languages import PSEUDO, language_for
from bot.chat.rendering import screen
from bot.chat.sentences import Duration, Names, Term, TypedWord, Value

__all__ = ["Listener"]

_MARKED = re.compile("⟦[^⟦⟧]*⟧")
_CODE = re.compile(r"`[^`]*`|\]\([^)]*\)|\{\w+\}")
_WORD = re.compile(r"[A-Za-z]{2}")


@dataclass
class Listener:
    """What is said in the tests of a process.

    `bare` are texts that no catalogue has, of the present test; `before` what was put into words
    already, which is not put again.
    """

    bare: list[str] = field(default_factory=list)
    before: set[str] = field(default_factory=set)
    clean: set[object] = field(default_factory=set)

    def listen(self) -> None:
        """Note from now on every text that is put into words in this process, by whatever way."""
        wording, put, before = Language.wording, Language.put, self.before

        def noted_wording(language: Language, words: Wording) -> Wording:
            made = wording(language, words)
            if language.tag != PSEUDO and isinstance(made, str):
                before.add(made)
            return made

        def noted_put(language: Language, said: Sentence) -> tuple[Part, ...]:
            made = put(language, said)
            if language.tag != PSEUDO:
                before.update(part for part in made if isinstance(part, str))
            return made

        screen.translated = self.put  # type: ignore[attr-defined]
        Language.put = noted_put  # type: ignore[assignment, method-assign]
        Language.wording = noted_wording  # type: ignore[assignment, method-assign]

    def translated(self, message: Message, language: Language) -> Message:
        """Put a message into words as the bot does, and look what it is in the pseudo-language."""
        pseudo = language_for(PSEUDO)
        for block in message.blocks:
            for words in (*_part_lists(block), *_labels(block)):
                shape = _shape(words)
                if shape in self.clean:
                    continue
                if _WORD.search(bare := self._bare(words, pseudo)):
                    self.bare.append(bare)
                else:
                    self.clean.add(shape)
        return self.put(message, language)

    def put(self, message: Message, language: Language) -> Message:
        """Put a message into words, and remember them: a page of it is not put again."""
        made = _translated(message, language)
        for block in made.blocks:
            self.bare += map(repr, filter(_holds_term, (*_part_lists(block), *_labels(block))))
            self.before |= {part for parts in _part_lists(block) for part in parts if isinstance(part, str)}
            for label in _labels(block):
                pieces = label if isinstance(label, tuple) else (label,)
                self.before |= {piece for piece in pieces if isinstance(piece, str)}
        return made

    def _bare(self, words: Wording, pseudo: Language) -> str:
        """Return what stays bare of a text in the pseudo-language; what was said before is not put again."""
        if isinstance(words, str):
            return "" if self._was_said(words) else _unmarked((pseudo.text(words),))
        parts = words if isinstance(words, tuple) else (words,)
        left = tuple(part for part in parts if not (isinstance(part, str) and self._was_said(part)))
        return _unmarked(pseudo.parts(left))

    def _was_said(self, words: str) -> bool:
        """Tell whether these are words of something that was put before, or a page's piece of it."""
        if words in self.before:
            return True
        return bool(_WORD.search(words)) and any(words.strip() in each for each in self.before)


_translated = translation.translated


def _shape(words: Value | Wording) -> object:
    """What decides whether something of a text is bare: its words and templates, and of values their kind."""
    match words:
        case str():
            return words
        case tuple():
            return tuple(map(_shape, words))
        case Sentence():
            values = ((name, _shape_of_value(value)) for name, value in words.values.items())
            return (words.one, words.many, words.context, *values)
        case Names():
            return (words.last, *map(_shape_of_value, words.names))
        case Duration() | Term() | TypedWord():
            return words
        case _:
            return type(words)


def _shape_of_value(value: Value) -> object:
    """Of a number it matters which plural it asks for; what people wrote is not looked at."""
    return value == 1 if isinstance(value, int) else str if isinstance(value, str) else _shape(value)


def _holds_term(words: Wording) -> bool:
    """Tell whether a text shows a ready answer as it is stored."""
    parts = words if isinstance(words, tuple) else (words,)
    return any(MARK in (part.text if isinstance(part, Plain) else str(part)) for part in parts)


def _part_lists(block: Block) -> Iterator[tuple[Part, ...]]:
    match block:
        case Text(parts) | Note(parts) | Heading(parts):
            yield parts
        case Fields(rows):
            yield from (row.parts for row in rows)
        case _:
            pass


def _labels(block: Block) -> Iterator[Wording]:
    match block:
        case Fields(rows):
            yield from (row.label for row in rows)
        case Buttons(buttons):
            yield from (button.label for button in buttons)
        case Select(options=options, placeholder=placeholder):
            yield placeholder
            for option in options:
                yield option.label
                yield option.description
        case Image(alt=alt):
            yield alt
        case _:
            pass


def _unmarked(parts: tuple[Part, ...]) -> str:
    """Return the words of the bot's that have no marks of the pseudo-language around them."""
    words = "".join(part if isinstance(part, str) else "\ufffc" for part in parts)
    words = _CODE.sub("", words)
    while (left := _MARKED.sub("", words)) != words:
        words = left
    return words.replace("\ufffc", "…")
