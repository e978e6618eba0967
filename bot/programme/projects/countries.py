"""The countries of a project: where students live who may apply to it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, cast, or_, select

from bot.chat.answers.countries import EU, is_within
from bot.chat.content import Sentence, say
from bot.chat.sentences import CountryName, Names
from bot.programme.core.turn import Turn
from storage.prepared import Row
from storage.tables import Person, Project

__all__ = ["country_of", "is_open_in", "open_in", "open_to"]


def country_of(turn: Turn) -> str | None:
    """Return where the student who acts lives; None where it is not known, and for people of other roles.

    Coordinators and employers look at projects for other people.
    """
    if turn.person_id is None or turn.roles & {"coordinator", "employer"}:
        return None
    return turn.session.scalar(select(Person.country).where(Person.id == turn.person_id))


def open_in(country: str | None) -> ColumnElement[bool]:
    """Return the condition of the projects to which students of this country may apply; None is any."""
    listed = cast(Project.countries, Text)  # a list of codes in JSON
    codes = [code for code in (country, EU) if code and is_within(country or "", [code])]
    open_to_all = Project.id.is_not(None) if country is None else listed == "[]"
    return or_(open_to_all, *(listed.contains(f'"{code}"') for code in codes))


def is_open_in(project: Project | Row, country: str | None) -> bool:
    """Return whether students of this country may apply; None, which is not known, is not decided yet."""
    return not project.countries or country is None or is_within(country, project.countries)


def open_to(project: Project | Row, most: int = 0) -> Sentence | None:
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
