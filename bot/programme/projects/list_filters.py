"""Filters of `/project list`: read from what is typed, and packed into the id of a button."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.chat.answers import Asking, Understood, read_answer
from bot.chat.content import Button, Buttons, note, say, text
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.chat.sentences import Command, Names
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.projects.countries import country_of
from bot.programme.projects.filter_suggestions import open_cohorts
from bot.programme.projects.search import ANYWHERE, Filters
from storage.folding import tidy

__all__ = ["filters_of", "packed", "page_action", "unpacked"]

_ANY: Final = frozenset({"any", "all", "*"})
_LETTERS: Final = {
    "words": "w",
    "skill": "s",
    "field": "f",
    "company": "c",
    "hours": "h",
    "paid": "p",
    "remote": "r",
    "cohort": "k",
    "country": "l",
    "mine": "m",
}
"""One letter per filter, so that they fit into a button's id."""


def page_action(number: int, filters: str) -> str | None:
    """Return the action id that shows a page of the list with packed filters; None where it is too long."""
    try:
        return verbs.PROJECT_LIST(number, filters or None)
    except ValueError:  # too long for a button
        return None


def packed(filters: Filters) -> str:
    """Return filters packed in few characters: `w=market map|h=10`; `tidy` keeps `|` and `:` out of words."""
    pieces = []
    for name, letter in _LETTERS.items():
        value = getattr(filters, name)
        if value is None or value == "" or (name == "mine" and not value):
            continue
        held = str(int(value)) if isinstance(value, bool) else f"{value:g}" if name == "hours" else str(value)
        pieces.append(f"{letter}={held}")
    return "|".join(pieces)


def unpacked(filters: str) -> Filters:
    """Return the filters that `packed` packed; an unknown piece filters nothing."""
    names = {letter: name for name, letter in _LETTERS.items()}
    given: dict[str, Any] = {}
    for piece in filters.split("|"):
        letter, _, value = piece.partition("=")
        match names.get(letter):
            case "words" | "skill" | "field" | "company" as name:
                given[name] = tidy(value)
            case "paid" | "remote" | "mine" as name:
                given[name] = value == "1"
            case "hours" if re.fullmatch(r"\d{1,6}(\.\d+)?", value):
                given["hours"] = float(value)
            case "country" if re.fullmatch(r"[A-Z]{2}|\*", value):
                given["country"] = value
            case "cohort" if (cohort_id := whole_number(value)) is not None:
                given["cohort"] = cohort_id
            case _:
                pass
    return Filters(**given)


def filters_of(turn: Turn, options: dict[str, str]) -> Filters:
    """Return a command's options as filters.

    Raises:
        Declined: some cannot be read; names their format, what was typed, and lists without them.
    """
    given: dict[str, Any] = {name: tidy(options.get(name, "")) for name in _WORDS}
    unread: dict[str, Declined] = {}
    for name, read in _READERS.items():
        try:
            given[name] = read(turn, name, options.get(name, ""))
        except Declined as no:
            unread[name] = no
    given["mine"] = bool(given.get("mine"))
    if given["mine"] and not options.get("country"):
        given.pop("country", None)
    if not unread:
        return Filters(**given)
    reasons = (block for no in unread.values() for block in no.message.blocks)
    typed = " ".join(value if name == "words" else f"{name}:{value}" for name, value in options.items())
    without = page_action(1, packed(Filters(**given)))
    label = say("List without {filters}", filters=Names(tuple(unread)))
    leave = [Buttons((Button(label, without),))] if without else []
    raise Declined(*reasons, note("You typed: {words}", words=typed), *leave)


def _hours(turn: Turn, _name: str, typed: str) -> float | None:
    if not typed:
        return None
    asking = Asking("number", turn.now, ZoneInfo(turn.programme.zone), unit="hours", minimum=0)
    read = read_answer(typed, asking)
    if isinstance(read, Understood) and isinstance(read.value, int | float):
        return float(read.value)
    raise Declined("Write the most hours as a number: `hours:20` shows projects of at most 20 hours.")


def _country(turn: Turn, _name: str, typed: str) -> str:
    """Return the country whose students may apply: of who asks, where nothing is typed and it is known."""
    if not typed:
        return country_of(turn) or ""
    if typed.casefold() in _ANY:
        return ANYWHERE
    read = read_answer(typed, Asking("country", turn.now, ZoneInfo(turn.programme.zone)))
    if isinstance(read, Understood):
        return str(read.value)
    raise Declined("Write the name of a country, or `country:any` for projects of all countries.")


def _yes_no(_turn: Turn, name: str, typed: str) -> bool | None:
    if not typed:
        return None
    if typed.casefold() in {"yes", "y", "true", "1", "on"}:
        return True
    if typed.casefold() in {"no", "n", "false", "0", "off"}:
        return False
    yes, no = Command(f"{name}:yes"), Command(f"{name}:no")
    raise Declined(text("Write {yes} or {no}.", yes=yes, no=no))


def _cohort(turn: Turn, _name: str, typed: str) -> int | None:
    if not typed:
        return None
    cohorts = open_cohorts(turn)
    for cohort in cohorts:
        if typed == str(cohort.id) or tidy(cohort.name) == tidy(typed):
            return cohort.id
    if not cohorts:
        raise Declined("There is no cohort here yet.")
    raise Declined(
        text(
            "I know no cohort of that name here. The only one is {cohorts}.",
            "I know no cohort of that name here. There are {cohorts}.",
            count=len(cohorts),
            cohorts=Names(tuple(each.name for each in cohorts)),
        )
    )


_WORDS: Final = ("words", "skill", "field", "company")
_READERS: Final[Mapping[str, Callable[[Turn, str, str], Any]]] = {
    "hours": _hours,
    "paid": _yes_no,
    "remote": _yes_no,
    "cohort": _cohort,
    "country": _country,
    "mine": _yes_no,
}
