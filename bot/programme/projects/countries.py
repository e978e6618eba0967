"""The countries of a project: where students live who may apply to it."""

from __future__ import annotations

from bot.chat.answers.countries import is_within
from bot.chat.content import Sentence, say
from bot.chat.sentences import CountryName, Names
from storage.prepared import Row
from storage.tables import Project

__all__ = ["is_open_in", "open_to"]


def is_open_in(project: Project | Row, country: str | None) -> bool:
    """Return whether students of this country may apply; None, which is not known, is not decided yet."""
    return not project.countries or country is None or is_within(country, project.countries)


def open_to(project: Project, most: int = 0) -> Sentence | None:
    """Return which students may apply, None where all may; it names `most` countries, or all for 0."""
    named = [CountryName(code) for code in project.countries or ()]
    if not named:
        return None
    if not most or len(named) <= most:
        return say("students who live in {countries}", countries=Names(tuple(named), "or"))
    return say(
        "students who live in {countries}, or in {count} other country",
        "students who live in {countries}, or in {count} other countries",
        countries=Names(tuple(named[:most]), "or"),
        count=len(named) - most,
    )
