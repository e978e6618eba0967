"""Readers of a case: its person chooses them, and hears when none of them is there any more."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select

from bot.chat.actions import Action, OpenForm
from bot.chat.content import Block, Button, Buttons, message, say, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Form
from bot.chat.routes import Completed, Declined
from bot.programme import people
from bot.programme.cases import opening, telling, view
from bot.programme.cases.lookup import about_of, candidates, case_of, must_be_open, readers_here, readers_of
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people.away import away_day, is_away
from storage.tables import Case, CaseReader, Person

__all__ = ["FORM", "case_readers_pressed", "case_readers_submitted", "left_alone", "readers_form"]

FORM: Final = "case-readers"


def _own(turn: Turn, number: int | str) -> Case:
    """Return the open case of the person who acts.

    Raises:
        Declined: it is not theirs, or it is over.
    """
    case = case_of(turn, number, lock=not turn.reading)
    if case.person_id != turn.own_id:
        raise Declined("Who reads a case is chosen by the person who opened it.")
    must_be_open(case)
    return case


def case_readers_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the person of a case who may read it."""
    case = _own(turn, verbs.CASE_READERS.read(event).case)
    if not candidates(turn, turn.person, about_of(turn, case)):
        raise Declined(text(opening.NO_ONE), *opening.safety_blocks(turn, outside=True))
    ticked = ", ".join(str(each.id) for each in readers_of(turn, case))
    return [OpenForm(FORM, str(case.id), values={"readers": ticked})]


def readers_form(turn: Turn, subject: str) -> Form:
    """Return the form of who reads a case, with its present readers ticked."""
    case = _own(turn, subject)
    able = candidates(turn, turn.person, about_of(turn, case))
    return Form(
        FORM,
        "Who reads it",
        (opening.readers_question(turn, able),),
        notice="The coordinators you tick read all of it. The others can no longer open it.",
        submit=say("Save", context="dialog"),
    )


def case_readers_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Store who reads a case from now on; who is new to it is informed at once."""
    case = _own(turn, done.subject)
    chosen = opening.chosen_of(candidates(turn, turn.person, about_of(turn, case)), done)
    before = {each.id for each in readers_of(turn, case)}
    kept = [each.id for each in chosen]
    turn.session.execute(
        delete(CaseReader).where(
            CaseReader.programme_id == turn.programme_id,
            CaseReader.case_id == case.id,
            CaseReader.person_id.not_in(kept),
        )
    )
    new = [each for each in chosen if each.id not in before]
    opening.add_readers(turn, case, new)
    return [
        *view.shown(turn, case, text("Saved."), *opening.away_lines(turn, chosen)),
        *telling.tell_readers(turn, case, telling.CHANGED, among=new),
    ]


def left_alone(turn: Turn, reader: Person, *, gone: bool = False) -> list[Action]:
    """Ask the people of open cases who else may read them, where a reader was the last one there.

    `gone`: they are about to be forgotten, and no longer count.
    """
    query = (
        select(Case)
        .join(CaseReader, CaseReader.case_id == Case.id)
        .where(Case.programme_id == turn.programme_id, Case.status == "open")
        .where(CaseReader.person_id == reader.id)
        .order_by(Case.id)
    )
    alone = [case for case in turn.session.scalars(query) if not _left(turn, case, reader, gone=gone)]
    return [
        telling.post(turn, case, person, telling.ALONE, message(*_alone(turn, case, person, reader)))
        for case in alone
        if (person := people.person_of(turn, case.person_id)).erased_at is None
    ]


def _left(turn: Turn, case: Case, reader: Person, *, gone: bool) -> list[Person]:
    return [each for each in readers_here(turn, case) if not gone or each.id != reader.id]


def _alone(turn: Turn, case: Case, person: Person, reader: Person) -> list[Block]:
    name = people.person_name(reader)
    lead = text("**{person}** can no longer read your case, and no other coordinator does.", person=name)
    if is_away(turn, reader) and reader in readers_of(turn, case):
        lead = text(
            "**{person}** is away until {day}, and no other coordinator reads your case: no answer may come "
            "before.",
            person=name,
            day=away_day(turn, reader, person),
        )
    if not [each for each in candidates(turn, person, about_of(turn, case)) if each.id != reader.id]:
        return [lead, text(opening.NO_ONE), *opening.safety_blocks(turn, outside=True)]
    return [
        lead,
        text("Who else may read it?"),
        Buttons(
            (
                Button("Change who reads it", verbs.CASE_READERS(case.id), style="primary"),
                Button("Open the case", verbs.CASE_SHOW(case.id)),
            )
        ),
    ]
