"""`/stint history`: what happened to a project, an application, a placement or a membership, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Button, Buttons, Message, heading, message, note, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.rendering.screen import LINES, height
from bot.chat.routes import Routes
from bot.chat.sentences import layout
from bot.programme import people, projects
from bot.programme.applications import confidential
from bot.programme.applications.lookup import application_of
from bot.programme.core import subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.history import meant
from bot.programme.people import what_happened
from bot.programme.people.history_lines import Entry
from bot.programme.people.what_happened import WithHistory, as_sentence
from storage.tables import Application, Company, Placement, Programme, Project

__all__ = ["ROUTES"]

_MOST: Final = 12  # entries of a page: more never fit on a phone's screen
_UNDER: Final = 3  # lines under the entries: what the mark means, where it is in the whole, and what turns it
_OLDER: Final = "† from before the history began"

HISTORY: Final = CommandSpec(
    ("stint", "history"),
    "What happened to a project, an application or a placement",
    (
        Argument(
            "subject",
            "Words of a title, a name, or a number, like: placement 3",
            suggests=True,
            rest=True,
        ),
    ),
    example="/stint history market map",
    reads=True,
)


def history_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Show the newest page of the history that is meant, or ask which one is (`/stint history [subject]`)."""
    return [Reply(_page(turn, meant.meant(turn, event.options.get("subject", "")), 0))]


def history_of_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Show the history that was chosen among several."""
    return [Reply(_page(turn, meant.meant(turn, verbs.HISTORY_OF.read(event).about), 0))]


def history_list_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the list to choose from, in place of the one before."""
    start = max(0, verbs.HISTORY_LIST.read(event).start)
    return [Reply(message(*meant.own_list(turn, start)), replace=True)]


def history_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show a page of a history; another page comes in place of the one before."""
    pressed = verbs.HISTORY.read(event)
    row = what_happened.find(turn, pressed.noun, pressed.id)
    if row is None:
        raise meant.unknown()
    return [Reply(_page(turn, row, pressed.start or 0), replace=pressed.start is not None)]


def _page(turn: Turn, row: WithHistory, start: int) -> Message:
    """Return as many entries of a history as a screen holds, from one on, with the ways to what it is of.

    Raises:
        Declined: the person who acts sees none of it.
    """
    reasons = _reads_reasons(turn, row)
    page = what_happened.page_of(turn, row, start, _MOST, reads_reasons=reasons)
    if not page.entries:
        raise meant.unknown()
    title = heading("History: {subject}", subject=meant.title_of(turn, row))
    ways = Buttons(tuple(_ways(turn, row)))
    room = LINES - height([title, ways], turn.language) - _UNDER
    shown = _fitting(turn, page.entries, room)
    end = start + len(shown)
    turns = []
    if start:
        before = what_happened.page_of(turn, row, max(0, start - _MOST), min(start, _MOST)).entries
        later = start - len(_fitting(turn, before[::-1], room))
        turns.append(Button("Later", verbs.HISTORY(_noun(turn, row), row.id, later)))
    if end < page.count:
        turns.append(Button("Earlier", verbs.HISTORY(_noun(turn, row), row.id, end)))
    return message(
        title,
        *shown,
        note(_OLDER) if any(entry.mark for entry in page.entries[: len(shown)]) else None,
        note("{first} to {last} of {all}", first=start + 1, last=end, all=page.count) if turns else None,
        Buttons(tuple(turns)) if turns else None,
        ways if ways.buttons else None,
    )


def _fitting(turn: Turn, entries: Sequence[Entry], room: int) -> list[Block]:
    """Return the first of these entries that fit into so many lines together; at least one."""
    shown: list[Block] = []
    for entry in entries:
        said = text(layout("- {entry}", entry=as_sentence(turn, entry)))
        room -= height([said], turn.language)
        if room < 0 and shown:
            break
        shown.append(said)
    return shown


def _noun(turn: Turn, row: WithHistory) -> str:
    return str(what_happened.about(turn, row).noun)


def _reads_reasons(turn: Turn, row: WithHistory) -> bool:
    """Return whether the person who acts is a coordinator who reads what is confided about this work."""
    if "coordinator" not in turn.roles:
        return False
    if isinstance(row, Company | Programme):
        return True
    if not isinstance(row, Application | Placement):
        return False
    application = row if isinstance(row, Application) else application_of(turn, row.application_id)
    project = projects.project_of(turn, row.project_id)
    student = people.person_of(turn, row.person_id)
    return confidential.may_read(turn, turn.person, project, application, student)


def _ways(turn: Turn, row: WithHistory) -> list[Button]:
    """Return the buttons that lead to what a history is of, and to the histories beside it."""
    match row:
        case Project():
            return [Button("See the project", verbs.PROJECT_SHOW(row.id))]
        case Application():
            project = projects.project_of(turn, row.project_id)
            ways = [Button("History of the project", verbs.HISTORY(str(subjects.PROJECT), project.id))]
            if row.person_id == turn.own_id:
                ways.append(Button("My applications", verbs.APPLICATIONS_LIST()))
            elif projects.manages(turn, project) and row.submitted_at is not None:
                ways.append(Button("See the application", verbs.APPLICANT_SHOW(row.id)))
            if (placement := _placement_of(turn, row)) is not None:
                history = verbs.HISTORY(str(subjects.PLACEMENT), placement.id)
                ways.append(Button("History of the placement", history))
            return ways
        case Placement():
            application = verbs.HISTORY(str(subjects.APPLICATION), row.application_id)
            return [
                Button("See the placement", verbs.PLACEMENT_SHOW(row.id)),
                Button("History of the application", application),
            ]
        case _:
            return []


def _placement_of(turn: Turn, application: Application) -> Placement | None:
    query = select(Placement).where(
        Placement.programme_id == turn.programme_id, Placement.application_id == application.id
    )
    return turn.session.scalar(query)


ROUTES = Routes(
    commands=((HISTORY, history_command),),
    buttons={
        verbs.HISTORY: history_pressed,
        verbs.HISTORY_OF: history_of_pressed,
        verbs.HISTORY_LIST: history_list_pressed,
    },
    reads=frozenset({verbs.HISTORY, verbs.HISTORY_OF, verbs.HISTORY_LIST}),
    suggestions={(HISTORY.path, "subject"): meant.suggest},
)
