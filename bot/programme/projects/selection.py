"""Which project a person means: by its number, by words of its title, by a button or a select."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.answers import Option
from bot.chat.content import Choose, action
from bot.chat.events import ButtonPressed, ChoiceMade, Suggest
from bot.chat.numbers import is_digits
from bot.chat.routes import Declined
from bot.programme.core.lifecycle import LABELS
from bot.programme.core.turn import Turn
from bot.programme.projects import search
from bot.programme.projects.display import shortened
from bot.programme.projects.lookup import accepts_applications, company_name, project_of, shown_project
from storage.tables import Project

__all__ = ["named_project", "options_of", "pressed_project", "suggest_mine", "suggest_open", "suggest_shown"]

_MOST_OPTIONS: Final = 25  # Discord's limit for a select and for autocomplete
_LABEL: Final = 75  # characters, Slack's limit for an option's label


def named_project(turn: Turn, typed: str, verb: str, *, mine: bool = False, shown: bool = False) -> Project:
    """The project that a command's option names: its number, its title or words of it, its company.

    `verb`: the button verb that goes on with it, where several fit and the person chooses one.
    `mine`: look among what the person manages, whatever its status, rather than among open ones; `shown`:
    among both, an open one first.

    Raises:
        Declined: none fits, or several do (with a select of them).
    """
    wanted = typed.strip().removeprefix("#").strip()
    if is_digits(wanted):
        return shown_project(turn, wanted)
    among = (
        search.among_mine(turn) if mine else search.among_shown(turn) if shown else search.among_open(turn)
    )
    found = search.fitting(turn, typed, among)
    named = bool(found) and search.by_name(turn, typed, found[0])
    takes = [project for project in found if accepts_applications(turn, project)]
    if shown and named and len(takes) == 1:
        return takes[0]
    if len(found) == 1 and named:
        return found[0]
    if not found:
        where, see = ("of yours", " mine:yes") if mine else ("that is open", "")
        raise Declined(
            f"I find no project {where} by that title or company. `/project list{see}` shows them."
        )
    several = "Several projects fit. Which one do you mean?"
    raise Declined(
        several if named else "No project has that title or company. Do you mean one that mentions it?",
        Choose(action(verb), tuple(_told_apart(turn, found)), placeholder="Choose a project"),
    )


def _told_apart(turn: Turn, found: list[Project]) -> list[Option]:
    """Projects to choose from, with what tells two of the same title apart."""
    options = options_of(found[:_MOST_OPTIONS])
    return [
        replace(option, description=f"{company_name(turn, project)} · {LABELS[project.status]}")
        for option, project in zip(options, found, strict=False)
    ]


def options_of(projects: list[Project]) -> list[Option]:
    """Projects to choose from: the number is stored, the title shown."""
    return [Option(str(project.id), shortened(project.title, _LABEL)) for project in projects]


def pressed_project(turn: Turn, event: ButtonPressed | ChoiceMade, *, lock: bool = False) -> Project:
    """The project that a button or a select is about.

    Raises:
        Declined: there is none here.
    """
    _, *arguments = event.action.split(":")
    chosen = event.values if isinstance(event, ChoiceMade) else ()
    wanted = next(iter([*arguments, *chosen]), "")
    return project_of(turn, wanted, lock=lock)


def suggest_open(turn: Turn, event: Suggest) -> list[Option]:
    """Open projects that fit what is typed so far."""
    return _suggested(search.fitting(turn, event.typed, search.among_open(turn)))


def suggest_mine(turn: Turn, event: Suggest) -> list[Option]:
    """Projects the person manages that fit what is typed so far."""
    return _suggested(search.fitting(turn, event.typed, search.among_mine(turn)))


def suggest_shown(turn: Turn, event: Suggest) -> list[Option]:
    """Open projects, and those the person manages, that fit what is typed so far."""
    return _suggested(search.fitting(turn, event.typed, search.among_shown(turn)))


def _suggested(found: list[Project]) -> list[Option]:
    return options_of(found[:_MOST_OPTIONS])
