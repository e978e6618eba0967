"""A case as its readers see it: what was written, who reads it, what each can do; and the list of cases."""

from __future__ import annotations

import sys
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from bot.chat.actions import Action, Reply
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Heading,
    Message,
    Plain,
    Sentence,
    Text,
    heading,
    layout,
    message,
    note,
    say,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.rendering.screen import in_rows, paged
from bot.chat.sentences import Names
from bot.programme import people, projects
from bot.programme.applications import messages
from bot.programme.cases import case_waits
from bot.programme.cases.lookup import about_of, may_read, own_or_read, readers_of
from bot.programme.core import verbs
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from storage.tables import Case, CaseLine, CaseReader, Person

__all__ = [
    "AGAIN",
    "case_show_pressed",
    "cases_command",
    "cases_page_pressed",
    "open_cases_of",
    "shown",
]

AGAIN: Final = 14
"""Days in which a case that is over can be opened again, and the other side can answer."""

_PAGE: Final = 5


def case_show_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show a case to its person, or to a coordinator who reads it; without a page the newest words."""
    pressed = verbs.CASE_SHOW.read(event)
    case, _ = own_or_read(turn, pressed.case)
    return [Reply(_card(turn, case, pressed.page), replace=pressed.page is not None)]


def shown(turn: Turn, case: Case, *first: Block) -> list[Action]:
    """Return the case as it is now, in the place of the message that was pressed, after these blocks."""
    return [Reply(Message((*first, *_card(turn, case, None).blocks)), settles=True)]


def _card(turn: Turn, case: Case, page: int | None) -> Message:
    own = case.person_id == turn.own_id
    top: list[Block] = [_title(turn, case, own=own), *_state(turn, case, own=own)]
    groups = [top, *([each] for each in _lines(turn, case, own=own))]
    ways = _persons_ways(turn, case) if own else _readers_ways(turn, case)
    return paged(
        groups,
        in_rows(ways),
        sys.maxsize if page is None else page,
        lambda number: verbs.CASE_SHOW(case.id, number),
        turn.language,
    )


def _title(turn: Turn, case: Case, *, own: bool) -> Heading:
    about, person = about_of(turn, case), people.person_name(people.person_of(turn, case.person_id))
    if about.project is None:
        return heading("Your case") if own else heading("Case of {person}", person=person)
    title = projects.title_part(about.project)
    if own:
        return heading("Your case about {project}", project=title)
    return heading("Case of {person} about {project}", person=person, project=title)


def _state(turn: Turn, case: Case, *, own: bool) -> list[Block]:
    """Return who reads a case and where it is: open, with what is on hold, or closed, with its end."""
    reading = readers_of(turn, case)
    blocks: list[Block] = []
    if reading:
        blocks.append(note("Only these read it: {people}", people=_all_readers(turn, case, reading)))
    else:
        blocks.append(note("No coordinator can open it now."))
    if case.status == "open":
        if case_waits.is_owed(turn, case):
            day = people.shown_day_there(turn, case.promised_at, turn.programme.zone, turn.person)
            blocks.append(text("An answer is promised by {day}.", day=day))
        if case.stopped:
            blocks.append(text("The other side's messages and all dates are stopped."))
        elif case.still:
            blocks.append(text("The other side notices nothing. I ask, remind and settle nothing."))
        return blocks
    ended = people.shown_day(turn, case.ended_at or turn.now, turn.person)
    if case.status == "withdrawn":
        return [text("Taken back on {day}. No coordinator can read it.", day=ended)]
    answer = Plain(case.answer) if case.answer else say("_erased_")
    blocks.append(text("Closed on {day}: {answer}", day=ended, answer=answer))
    if case.other_answer and not own:
        blocks.append(text("The other side reads: {answer}", answer=Plain(case.other_answer)))
    return blocks


def _all_readers(turn: Turn, case: Case, reading: list[Person]) -> Names:
    return people.person_names([people.person_of(turn, case.person_id), *reading])


def _lines(turn: Turn, case: Case, *, own: bool) -> list[Block]:
    """Return what was written, the oldest first; notes and the other side's answer are for the readers."""
    query = select(CaseLine).where(CaseLine.programme_id == turn.programme_id, CaseLine.case_id == case.id)
    if own:
        query = query.where(CaseLine.kind == "said")
    blocks: list[Block] = []
    if case.letter_id is not None:
        stored = messages.message_of(turn, case.letter_id)
        writer = people.person_name(people.person_of(turn, stored.sender_id))
        about = say("The message it is about, by {person}:", person=writer)
        blocks.append(Text((about, "\n", Plain(stored.text) if stored.text else say("_erased_"))))
    for line in turn.session.scalars(query.order_by(CaseLine.id)):
        words = Plain(line.text) if line.text else say("_erased_")
        blocks.append(Text((_head(turn, line), "\n", words)))
    return blocks


def _head(turn: Turn, line: CaseLine) -> Sentence:
    name = people.person_name(people.person_of(turn, line.person_id))
    at = people.shown_date(turn, line.created_at, turn.person)
    match line.kind:
        case "note":
            return say("**{writer}**, {when}, a note for the coordinators of this case", writer=name, when=at)
        case "answer":
            return say("**{writer}**, {when}, for the other side", writer=name, when=at)
        case _:
            return layout("**{writer}**, {when}", writer=name, when=at)


def may_open_again(turn: Turn, case: Case) -> bool:
    """Tell whether a case that is over can still be opened again."""
    return case.ended_at is not None and (turn.now - case.ended_at).days < AGAIN


def _persons_ways(turn: Turn, case: Case) -> list[Button]:
    if case.status != "open":
        again = Button("Open it again", verbs.CASE_AGAIN(case.id))
        return [again] if may_open_again(turn, case) else []
    ways = [
        Button("Write", verbs.CASE_WRITE(case.id, "said"), style="primary"),
        Button("Change who reads it", verbs.CASE_READERS(case.id)),
    ]
    if case.still and case.stopped:
        ways.append(Button("Let messages and dates go on", verbs.CASE_GO_ON(case.id)))
    elif case.still:
        ways.append(Button("Stop their messages and dates", verbs.CASE_STOP(case.id)))
    return [*ways, Button("Take it back", verbs.CASE_BACK(case.id))]


def _readers_ways(turn: Turn, case: Case) -> list[Button]:
    if case.status != "open":
        again = Button("Open it again", verbs.CASE_AGAIN(case.id))
        return [again] if may_open_again(turn, case) else []
    ways = [
        Button("Write", verbs.CASE_WRITE(case.id, "said"), style="primary"),
        Button("Note", verbs.CASE_WRITE(case.id, "note")),
    ]
    if case.stopped:
        ways.append(Button("Tell the other side of the pause", verbs.CASE_PAUSED(case.id)))
    return [*ways, Button("Close it", verbs.CASE_END(case.id))]


def cases_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/stint cases`: list the person's own cases and those they read, the open ones first."""
    return [Reply(_list(turn, 0))]


def cases_page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the list, in place of the previous page."""
    return [Reply(_list(turn, verbs.CASES.read(event).page), replace=True)]


def open_cases_of(turn: Turn) -> int:
    """Count the open cases that the person who acts opened, or was left ticked for."""
    counted = select(func.count()).select_from(Case).where(*_mine(turn), Case.status == "open")
    return turn.session.scalar(counted) or 0


def _mine(turn: Turn) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the cases that the person who acts opened, or was left ticked for."""
    read = select(CaseReader.case_id).where(
        CaseReader.programme_id == turn.programme_id, CaseReader.person_id == turn.own_id
    )
    read_or_own = or_(Case.person_id == turn.own_id, Case.id.in_(read) & (Case.status != "withdrawn"))
    return Case.programme_id == turn.programme_id, read_or_own


def _list(turn: Turn, page: int) -> Message:
    """Return a page of the list, the open ones first; a case that can no longer be read is left out."""
    count = turn.session.scalar(select(func.count()).select_from(Case).where(*_mine(turn))) or 0
    pages = max(1, -(-count // _PAGE))
    page = min(max(0, page), pages - 1)
    query = select(Case).where(*_mine(turn)).order_by(Case.status != "open", Case.id.desc())
    there = turn.session.scalars(query.limit(_PAGE).offset(page * _PAGE)).all()
    found = [case for case in there if case.person_id == turn.own_id or may_read(turn, case)]
    if not found:
        report = Buttons((Button("Talk to a coordinator", verbs.CASE_ASK("programme", 0)),))
        return message(text("There is no case that you opened or read."), report)
    blocks: list[Block] = [heading("Cases")]
    for case in found:
        blocks += [_line(turn, case), Buttons((Button("Open the case", verbs.CASE_SHOW(case.id)),))]
    turns = [Button("Earlier", verbs.CASES(page - 1))] if page else []
    turns += [Button("More", verbs.CASES(page + 1))] if page < pages - 1 else []
    return message(*blocks, Buttons(tuple(turns)) if turns else None)


def _line(turn: Turn, case: Case) -> Text:
    about, person = about_of(turn, case), people.person_name(people.person_of(turn, case.person_id))
    since = people.shown_day(turn, case.created_at, turn.person)
    state = status_term(case, case.status)
    if about.project is None:
        return text(layout("- {person} · {state} · {day}", person=person, state=state, day=since))
    title = projects.title_part(about.project)
    return text(
        layout(
            "- **{project}** · {person} · {state} · {day}",
            project=title,
            person=person,
            state=state,
            day=since,
        )
    )
