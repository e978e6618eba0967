"""Project templates, one for each field: answers to the questions of a post, which an employer adapts.

They are data, in `templates.toml` beside this module; their words are texts of the catalogues.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from bot.chat.answers import JSONValue
from bot.chat.content import Sentence, layout
from bot.chat.language import Language
from bot.chat.sentences import Term
from bot.programme.projects.deliverable_list import write_deliverables
from bot.programme.projects.scope_check import MOST_WEEKS
from storage.tables.values import WantedDeliverable

__all__ = ["TEMPLATES", "Template", "answers_from", "name_of", "read_templates", "template_named"]

_FILE: Final = "templates.toml"
_FIRST_STEP: Final = 7  # days from the start that hold five working days, on whichever weekday it is

_Words = Annotated[str, Meta(min_length=1)]


class TemplateDeliverable(Struct, frozen=True, forbid_unknown_fields=True):
    """A deliverable of a template; due so many days after the start, or at the end of the work."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    done_when: str = ""
    after_days: int | None = None


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """A template: a field, by which it is chosen, and what a project of that field often says."""

    field: Annotated[str, Meta(pattern="^[a-z]+$")]
    name: Annotated[str, Meta(min_length=1, max_length=50)]
    title: Annotated[str, Meta(min_length=3, max_length=70)]
    brief: Annotated[str, Meta(min_length=20, max_length=1000)]
    hours: Annotated[int, Meta(ge=5, le=40)]
    weeks: Annotated[int, Meta(ge=2, le=MOST_WEEKS)]
    skills: Annotated[list[_Words], Meta(min_length=1)]
    deliverables: Annotated[list[TemplateDeliverable], Meta(min_length=2)]
    questions: list[_Words] = []


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    templates: list[Template]


def read_templates(written: str) -> tuple[Template, ...]:
    """Return the templates of a file in TOML.

    Raises:
        ValueError: it is no TOML, a value is missing or does not fit, or a first step is late.
    """
    found = tuple(convert(tomllib.loads(written), _File).templates)
    if len({each.field for each in found}) < len(found):
        raise ValueError("two templates have the same field")
    for each in found:
        first = each.deliverables[0]
        if first.after_days is None or not 0 < first.after_days <= _FIRST_STEP or not first.done_when:
            raise ValueError(
                f"{each.field}: the first deliverable is small and due within {_FIRST_STEP} days"
            )
    return found


TEMPLATES: Final = read_templates(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"))
"""The templates, in the order in which they are offered."""


def name_of(template: Template) -> Sentence:
    """Return the name of a template's field."""
    return layout("{name}", name=Term(template.name, "template"))


def template_named(words: str, language: Language) -> Template | None:
    """Return the template of this field: by its code, or its name in English or the reader's language."""
    wanted = words.strip().casefold()
    for each in TEMPLATES:
        names = (each.field, each.name, language.text(name_of(each)))
        if wanted in {name.casefold() for name in names}:
            return each
    return None


def answers_from(template: Template, language: Language) -> dict[str, JSONValue]:
    """Return a template's answers to the questions of a post, in the words of the person who adapts them."""
    return {
        "title": language.text(template.title),
        "brief": language.text(template.brief),
        "deliverables": write_deliverables(list(_deliverables(template, language))),
        "hours": template.hours,
        "weeks": template.weeks,
        "field": language.text(name_of(template)),
        "skills": [language.text(skill) for skill in template.skills],
        "questions": "\n".join(language.text(question) for question in template.questions),
    }


def _deliverables(template: Template, language: Language) -> Iterable[WantedDeliverable]:
    for number, each in enumerate(template.deliverables):
        yield WantedDeliverable(
            language.text(each.title),
            language.text(each.done_when),
            each.after_days,
            first_step=number == 0,
        )
