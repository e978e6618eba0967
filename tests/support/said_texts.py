"""The texts that are said in the tests: each text of the catalogue is, or is listed with the reason why not.

A text is said where it is put into words, by whatever way: a test that only makes a sentence has not said it,
nor has one that makes a question's fingerprint. What is said in an example that Hypothesis draws is not
counted, as the next run draws others. What each process said is gathered at the end of a run of all tests,
and only there decided about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations
from typing import Final

import msgspec
import pytest
from babel.messages.pofile import read_po

from bot.chat.forms import Ask, Form, Question
from bot.chat.language import ENGLISH, Language
from bot.chat.sentences import Wording
from scripts.texts import TEMPLATE
from tests.support.unsaid_texts import UNSAID

__all__ = ["SAID", "counted", "is_whole", "listen", "needlessly_listed", "texts", "unsaid"]

SAID: Final[set[tuple[str, str]]] = set()
"""The texts that were said in this process, and by the end in all of them, each with its context."""

_FINGERPRINT: Final = ContextVar("_FINGERPRINT", default=False)
"""Whether a question's fingerprint is being made, which puts words together and says them to no reader."""


def _note(text: str, context: str = "") -> None:
    if not _FINGERPRINT.get():
        SAID.add((text, context))


class _Heard(NullTranslations):
    """English, which notes what is looked up in it."""

    def gettext(self, message: str) -> str:
        """Note a text."""
        _note(message)
        return message

    def pgettext(self, context: str, message: str) -> str:
        """Note a text with a context."""
        _note(message, context)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Note a text that has a plural, by its singular."""
        _note(msgid1)
        return msgid1 if n == 1 else msgid2

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """Note a text that has a plural and a context."""
        _note(msgid1, context)
        return msgid1 if n == 1 else msgid2


def listen() -> None:
    """Note from now on every text that is said in English in this process."""
    msgspec.structs.force_setattr(ENGLISH, "catalogue", _Heard())
    put = Form.in_language

    def noted(form: Form, language: Language) -> Form:
        """Note the texts of a form's questions, which are not looked up where they are bare English."""
        for question in form.questions if language is ENGLISH else ():
            SAID.update((words, "") for words in _bare_words(question.ask))
        return put(form, language)

    Form.in_language = noted  # type: ignore[assignment, method-assign]
    made = Question._fingerprint_as  # noqa: SLF001 - what it gives is kept: only the first test would say it

    def unheard(question: Question, prompt: Wording) -> str:
        """Make a fingerprint without noting its words."""
        token = _FINGERPRINT.set(True)
        try:
            return made(question, prompt)
        finally:
            _FINGERPRINT.reset(token)

    Question._fingerprint_as = unheard  # type: ignore[assignment, method-assign]  # noqa: SLF001 - what it gives is kept: only the first test would say it


@contextmanager
def counted(test: object) -> Iterator[None]:
    """Count what is said while this function of a test runs, by any thread, unless Hypothesis draws for it.

    What it says then differs from run to run.
    """
    before = SAID.copy() if getattr(test, "is_hypothesis_test", False) else None
    yield
    if before is not None:
        SAID.intersection_update(before)


def _bare_words(ask: Ask) -> Iterator[str]:
    for words in (ask.prompt, ask.label, ask.example, ask.hint):
        yield words if isinstance(words, str) else ""
    for option in ask.options:
        for words in (option.label, option.description):
            yield words if isinstance(words, str) else ""


def is_whole(config: pytest.Config) -> bool:
    """Tell whether a run is of all tests: none is chosen, left out or put first."""
    chosen = ("keyword", "lf", "failedfirst", "deselect", "ignore", "ignore_glob", "stepwise", "collectonly")
    by_paths = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return (
        by_paths
        and config.option.markexpr.strip() in {"", "not soak"}
        and not any(config.getoption(name, default=None) for name in chosen)  # a plugin may be switched off
    )


def unsaid(said: Collection[tuple[str, str]]) -> list[str]:
    """Return a line for each text that no test said and for which no reason is listed."""
    return [f"no test says {_shown(text)}" for text in sorted(texts() - _listed() - set(said))]


def needlessly_listed(said: Collection[tuple[str, str]]) -> list[str]:
    """Return a line for each text that is listed as unsaid, and was said."""
    return [f"listed as unsaid, and said: {_shown(text)}" for text in sorted(_listed() & set(said))]


def texts() -> set[tuple[str, str]]:
    """Return the texts of the catalogues, each with its context."""
    with TEMPLATE.open("rb") as lines:
        return {
            (each.id if isinstance(each.id, str) else each.id[0], each.context or "")
            for each in read_po(lines)
            if each.id
        }


def _listed() -> set[tuple[str, str]]:
    return {text for listed in UNSAID.values() for text in listed}


def _shown(text: tuple[str, str]) -> str:
    words, context = text
    return f"{words!r} ({context})" if context else repr(words)
