"""What every question of the programme's forms says fits whole on every platform."""

import importlib
import pkgutil
from collections.abc import Iterator

from pydantic import BaseModel

import bot.programme
from adapters.discord.limits import LIMITS
from bot.chat.forms import Ask, Question
from bot.chat.language import as_text


def asks() -> Iterator[Ask]:
    """Every Ask that stands in a module of the programme, in a model or by itself."""
    for found in pkgutil.walk_packages(bot.programme.__path__, "bot.programme."):
        for value in vars(importlib.import_module(found.name)).values():
            if isinstance(value, Question):
                yield value.ask
            elif isinstance(value, type) and issubclass(value, BaseModel):
                yield from (mark for info in value.model_fields.values() for mark in info.metadata
                            if isinstance(mark, Ask))  # fmt: skip


def test_no_hint_and_no_label_is_cut() -> None:
    """Discord has the least room under a question: a hint that ends in dots explains nothing."""
    found = list(asks())
    assert len(found) > 30
    assert [
        ask.label for ask in found if len(as_text(ask.hint or ask.prompt)) > (LIMITS.question_hint or 0)
    ] == []
    assert [ask.label for ask in found if len(as_text(ask.label)) > (LIMITS.question_label or 0)] == []
