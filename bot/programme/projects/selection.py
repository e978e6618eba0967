"""Which project a person means: by its number, by words of its title, by a button or a select."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement
from sqlalchemy import Select as SelectQuery

from bot.chat.answers import Option
from bot.chat.codec import Verb
from bot.chat.commands import Argument
from bot.chat.content import Button, Buttons, Plain, Select, Sentence, layout, note
from bot.chat.events import Suggest
from bot.chat.numbers import is_digits
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.programme.core.turn import Turn
from bot.programme.projects import search, title_lookup
from bot.programme.projects.display import shortened, state_of
from bot.programme.projects.lookup import accepts_applications, company_name, shown_project
from storage.folding import tidy
from storage.prepared import Row
from storage.tables import Project

__all__ = [
    "ANY_PROJECT",
    "named_project",
    "options_of",
    "suggest_mine",
    "suggest_open",
    "suggest_shown",
]

_MOST_OPTIONS: Final = 25  # Discord's limit for a select and for autocomplete
_MOST_TITLED_BUTTONS: Final = 5
"""The number of projects that are a button each, as many as fit in one row; more are a select."""

_BUTTON: Final = 40  # characters of a button that names a project
_LABEL: Final = 75  # characters, Slack's limit for an option's label


ANY_PROJECT: Final = Argument(
    "project", "Its number or words of its title; without it, I ask which", suggests=True, rest=True
)


def named_project(
    turn: Turn,
    typed: str,
    verb: Verb,
    *,
    mine: bool = False,
    shown: bool = False,
    fits: ColumnElement[bool] | None = None,
    given: tuple[int, ...] = (),
) -> Project:
    """Return the project that a command's option names: by number, title or words of it, or company.

    `verb`: the button verb that goes on with it, where several fit and the person chooses a project; `given`:
    its arguments before the project.
    `mine`: look among what the person manages, whatever its status, rather than among open ones; `shown`:
    among both, an open one first. Where nothing is typed it is the only one that `fits`, or is asked.

    Raises:
        Declined: none fits, or several do (with a button or an option for each).
    """
    wanted = typed.strip().removeprefix("#").strip()
    if is_digits(wanted):
        return shown_project(turn, wanted)
    among = (
        search.among_mine(turn) if mine else search.among_shown(turn) if shown else search.among_open(turn)
    )
    if not tidy(typed):
        fitting = among if fits is None else among.where(fits)
        return _only(title_lookup.fitting(turn, "", fitting, _MOST_OPTIONS), turn, verb, given, mine=mine)
    found = title_lookup.fitting(turn, typed, among, _MOST_OPTIONS)
    # The latest deadlines are first, so those that take applications are before all others.
    taking = [each for each in found.projects if accepts_applications(turn, each)] if shown else []
    if found.named and len(taking) == 1:
        return taking[0]
    if found.named and found.only:
        return found.only
    if not found.projects:
        raise _none_found(mine=mine)
    raise _several_fit(turn, found, verb, given)


def _several_fit(turn: Turn, found: title_lookup.Fitting, verb: Verb, given: tuple[int, ...]) -> Declined:
    several = "Several projects fit. Which one do you mean?"
    return Declined(
        several if found.named else "No project has that title or company. Do you mean one that mentions it?",
        Select(
            verb.choice(*given),
            tuple(_distinct_options(turn, found.projects)),
            placeholder="Choose a project",
        ),
    )


def _none_found(*, mine: bool) -> Declined:
    return Declined(
        "I find no project of yours by that title or company. `/project list mine:yes` shows them."
        if mine
        else "I find no project that is open by that title or company. `/project list` shows them."
    )


def _only(
    found: title_lookup.Fitting, turn: Turn, verb: Verb, given: tuple[int, ...], *, mine: bool
) -> Project:
    """Return the only project that a command without a project can be about.

    Raises:
        Declined: there is none, or there are several, to choose from.
    """
    shown = found.projects
    if found.only:
        return found.only
    if not shown and mine:
        raise Declined(
            "You have no project that this can be done with now. `/project list mine:yes` shows yours, and "
            "`/project post` begins one."
        )
    if not shown:
        raise Declined("No project is open to you just now. New ones are announced in the cohort's channel.")
    asked = "Which project do you mean?"
    if len(shown) <= _MOST_TITLED_BUTTONS and len({project.title for project in shown}) == len(shown):
        buttons = (Button(Plain(shortened(each.title, _BUTTON)), verb(*given, each.id)) for each in shown)
        raise Declined(asked, Buttons(tuple(buttons)))
    left_out = note("There are more: add words of the title to what you typed.")
    raise Declined(
        asked,
        Select(verb.choice(*given), tuple(_distinct_options(turn, shown)), placeholder="Choose a project"),
        *([left_out] if found.more else []),
    )


def _distinct_options(turn: Turn, found: Sequence[Project]) -> list[Option]:
    """Return projects to choose from, with what tells two of the same title apart."""
    return [
        replace(option, description=_described(turn, project))
        for option, project in zip(options_of(found), found, strict=True)
    ]


def _described(turn: Turn, project: Project) -> Sentence:
    return layout("{company} · {state}", company=company_name(turn, project), state=state_of(project))


def options_of(projects: Sequence[Project | Row]) -> list[Option]:
    """Return projects to choose from: the number is stored, the title shown."""
    return [Option(str(project.id), Plain(shortened(project.title, _LABEL))) for project in projects]


def suggest_open(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest open projects that fit what is typed so far."""
    return _suggested(turn, event, search.among_open(turn))


def suggest_mine(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest projects the person manages that fit what is typed so far."""
    return _suggested(turn, event, search.among_mine(turn))


def suggest_shown(turn: Turn, event: Suggest) -> list[Option]:
    """Open projects, and those the person manages, that fit what is typed so far."""
    return _suggested(turn, event, search.among_shown(turn))


def _suggested(turn: Turn, event: Suggest, among: SelectQuery[Project]) -> list[Option]:
    return options_of(title_lookup.fitting(turn, event.typed, among, _MOST_OPTIONS).projects)
