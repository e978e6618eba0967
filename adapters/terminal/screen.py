"""The reading of a person's screen: the words, buttons and selects of messages, and the open page."""

from __future__ import annotations

from adapters.terminal.limits import LIMITS
from adapters.terminal.workspace import Entry
from bot.chat.adapter import OpenedForm
from bot.chat.content import Button, Buttons, Select
from bot.chat.forms import Page, Question, pages_of
from bot.chat.language import as_text
from bot.chat.rendering.plain_text import plain_text

__all__ = ["buttons_of", "form_words", "is_file", "is_many", "page_of", "selects_of", "words_of"]


def words_of(entry: Entry) -> str:
    """Return every word of a message, without markup."""
    return entry.content if isinstance(entry.content, str) else plain_text(entry.content, clocks=True)


def buttons_of(entry: Entry) -> list[Button]:
    """Return the buttons of a message, in order."""
    if isinstance(entry.content, str):
        return []
    return [b for block in entry.content.blocks if isinstance(block, Buttons) for b in block.buttons]


def selects_of(entry: Entry) -> list[Select]:
    """Return the selects of a message, in order."""
    if isinstance(entry.content, str):
        return []
    return [block for block in entry.content.blocks if isinstance(block, Select)]


def page_of(opened: OpenedForm) -> Page:
    """Return the page of an open form that is to be filled."""
    return pages_of(opened.form, LIMITS.form_questions)[opened.page]


def form_words(opened: OpenedForm) -> str:
    """Return every word of the open page: titles, questions, answers, and mistakes."""
    page = page_of(opened)
    lines = [opened.form.title, page.title, opened.form.notice]
    for question in page.questions:
        ask = question.ask
        lines += [ask.label, ask.prompt, ask.hint, opened.values.get(question.name, "")]
        lines += [option.label for option in ask.options]
        lines.append(opened.errors.get(question.name, ""))
    return "\n".join(as_text(line) for line in lines if line)


def is_many(question: Question) -> bool:
    """Return whether several options can be chosen."""
    return question.ask.kind == "choices"


def is_file(question: Question) -> bool:
    """Return whether a file is asked for."""
    return question.ask.kind == "file"
