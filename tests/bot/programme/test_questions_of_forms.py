"""What every question of the programme's forms says fits whole on every platform."""

import importlib
import pkgutil
from collections.abc import Iterator

from pydantic import BaseModel

import bot.programme
from adapters.discord.limits import LIMITS
from bot.chat.forms import Ask, Question, form_of, question_of
from bot.chat.language import as_text
from bot.programme.projects.form_questions import WHOLE_FORM

ASKED = """
014f50153822 0275a33f511c 033da00c6a8b 039fa6067470 0ab97d987031 0f732487f085 10d281ec14df
1832eaad4074 189616a16fca 1ceaed1b2246 1dec1539bb95 2daeec8221ec 33012608330d 391a80eccda9
3c2f1a96a546 3ed8ac57f610 4420cda0b578 5490334943bb 5c60d82989f2 65b980056561 66ddad6acd41
6a9cdc885a22 6aefed439301 6b726caeb5ce 6e6f7040ab1f 75ed78549d31 770c10b50b93 788b7d6da0de
7918c9b971c1 7b88c435601e 878d4d791418 8f131687d145 9393a808fb9c 945f721d2e6b 965ffbf45677
96b20b13e32a 98d140f98b02 a12a4e82a7e5 a2594f5708ce a27f74215d62 a4b3d73f973c ab27432d62ad
b112c73007ed b4e0b1732e65 c6a3211c1a86 c80343bf582c c91b7557b5b6 c9635fdd027a ce14b2db84d9
cf5ae6c8bf2d d0341f8591c5 d4094edcb351 d6175c1affc1 d8089965d96c d90a734dd854 de30f2db7d51
e11991c23ef5 ea32fd157c28 eb042ef7a7b0 f4605137934d
""".split()
"""Fingerprints under which answers of drafts and applications are kept."""


def forms() -> Iterator[type[BaseModel]]:
    """Every model of the programme's forms."""
    for found in pkgutil.walk_packages(bot.programme.__path__, "bot.programme."):
        for value in vars(importlib.import_module(found.name)).values():
            if isinstance(value, type) and issubclass(value, BaseModel):
                yield value


def questions() -> Iterator[Question]:
    """Every question in a module of the programme, in a model or by itself."""
    for found in pkgutil.walk_packages(bot.programme.__path__, "bot.programme."):
        for value in vars(importlib.import_module(found.name)).values():
            if isinstance(value, Question):
                yield value
            elif isinstance(value, type) and issubclass(value, BaseModel):
                for name, info in value.model_fields.items():
                    if any(isinstance(mark, Ask) for mark in info.metadata):
                        yield question_of(name, info)


def asks() -> Iterator[Ask]:
    """How every question is asked."""
    return (question.ask for question in questions())


def test_no_hint_and_no_label_is_cut() -> None:
    """Discord has the least room under a question: a hint that ends in dots explains nothing."""
    found = list(asks())
    assert len(found) > 30
    assert [
        ask.label for ask in found if len(as_text(ask.hint or ask.prompt)) > (LIMITS.question_hint or 0)
    ] == []
    assert [ask.label for ask in found if len(as_text(ask.label)) > (LIMITS.question_label or 0)] == []


def test_every_answer_of_a_form_can_be_chosen_to_be_edited() -> None:
    """All questions of a form are options of one select, of which Discord takes 25: split a longer form."""
    lengths = {model.__name__: len(form_of(model, form_id="x", title="x").questions) for model in forms()}
    lengths["a post, with what a stop needs"] = len(WHOLE_FORM.questions) + 1
    assert {name: length for name, length in lengths.items() if length > (LIMITS.options or 0)} == {}


def test_answers_that_are_kept_still_belong_to_their_questions() -> None:
    """A question in other words names the earlier ones (`Ask.earlier`), so that no draft asks it again."""
    now = {fingerprint for question in questions() for fingerprint in question.fingerprints}
    assert set(ASKED) <= now
