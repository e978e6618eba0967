"""Which project a person means: by its number, by words of its title, by a button or a select."""

from __future__ import annotations

from typing import Final

from bot.chat.answers import Option
from bot.chat.content import Choose, action
from bot.chat.events import ButtonPressed, ChoiceMade, Suggest
from bot.chat.numbers import is_digits
from bot.chat.routes import Declined
from bot.programme.projects.lookup import project_of, shown_project
from bot.programme.projects.search import Filters, matching, tidy
from bot.programme.projects.words import shortened
from bot.programme.turn import Turn
from storage.tables import Project

__all__ = ["named_project", "options_of", "pressed_project", "suggest_mine", "suggest_open"]

_MOST_OPTIONS: Final = 25  # Discord's limit for a select and for autocomplete
_LABEL: Final = 75  # characters, Slack's limit for an option's label


def named_project(turn: Turn, typed: str, verb: str, *, mine: bool = False) -> Project:
    """The project that a command's option names: its number, or words of it.

    `verb`: the button verb that goes on with it, where several fit and the person chooses one.
    `mine`: look among what the person manages, whatever its status, rather than among open ones.

    Raises:
        Declined: none fits, or several do (with a select of them).
    """
    wanted = typed.strip().removeprefix("#").strip()
    if is_digits(wanted):
        return shown_project(turn, wanted)
    found = _fitting(turn, typed, mine=mine)
    exact = [project for project in found if tidy(project.title) == tidy(typed)]
    if len(exact) == 1:
        return exact[0]
    if len(found) == 1:
        return found[0]
    if not found:
        where = "of yours" if mine else "that is open"
        raise Declined(f"I find no project {where} by those words. `/project list` shows what there is.")
    raise Declined(
        "Several projects fit. Which one do you mean?",
        Choose(action(verb), tuple(options_of(found)), placeholder="Choose a project"),
    )


def _fitting(turn: Turn, typed: str, *, mine: bool) -> list[Project]:
    query = matching(turn, Filters(words=typed, mine=mine)).limit(_MOST_OPTIONS)
    found = list(turn.session.scalars(query))
    wanted = tidy(typed)
    titled = [project for project in found if wanted in tidy(project.title)]
    return titled or found


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
    return _suggested(turn, event, mine=False)


def suggest_mine(turn: Turn, event: Suggest) -> list[Option]:
    """Projects the person manages that fit what is typed so far."""
    return _suggested(turn, event, mine=True)


def _suggested(turn: Turn, event: Suggest, *, mine: bool) -> list[Option]:
    query = matching(turn, Filters(words=event.typed, mine=mine)).limit(_MOST_OPTIONS)
    return options_of(list(turn.session.scalars(query)))
