"""Rows about a person among cases: those they opened, those they read, and what they wrote in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import delete, select, update

from bot.chat.actions import Action
from bot.chat.content import Moment, layout, say, text
from bot.programme import people
from bot.programme.cases import case_waits, lines, readers
from bot.programme.core.lifecycle import move
from bot.programme.core.status_terms import status_term
from bot.programme.core.turn import Turn
from bot.programme.notifications.person_rows import erase_about
from bot.programme.people.personal_data import NOTHING_UNFINISHED, ErasureRequest, PersonalData, Section
from storage.tables import Case, CaseLine, CaseReader, Person

__all__ = ["PARTS"]


def _export(turn: Turn, person: Person) -> Iterator[Section]:
    zone = people.zone_of(turn, person)
    mine = select(Case).where(Case.programme_id == turn.programme_id, Case.person_id == person.id)
    yield (
        say("Cases you opened"),
        [
            text(
                layout(
                    "- {day}: {state}",
                    day=Moment(each.created_at, zone, "day"),
                    state=status_term(each, each.status),
                )
            )
            for each in turn.session.scalars(mine.order_by(Case.id))
        ],
    )
    written = select(CaseLine).where(
        CaseLine.programme_id == turn.programme_id, CaseLine.person_id == person.id, CaseLine.text != ""
    )
    yield (
        say("What you wrote in cases"),
        [
            text(layout("- {when}: {words}", when=Moment(each.created_at, zone), words=each.text))
            for each in turn.session.scalars(written.order_by(CaseLine.id))
        ],
    )
    ended = select(Case).where(Case.programme_id == turn.programme_id, Case.ended_by_id == person.id)
    yield (
        say("What you answered at the end of cases"),
        [
            text(layout("- {words}", words=words))
            for each in turn.session.scalars(ended.order_by(Case.id))
            for words in (each.answer, each.other_answer)
            if words
        ],
    )


def _erase(turn: Turn, request: ErasureRequest) -> list[Action]:
    """Erase the person's own cases whole, and what they wrote in those of others.

    A case about an application that is kept as it was is erased after its end.
    """
    person = request.person
    actions = readers.left_alone(turn, person, gone=True)
    mine = select(Case).where(Case.programme_id == turn.programme_id, Case.person_id == person.id)
    free = [case for case in turn.session.scalars(mine) if case.application_id not in request.held]
    for case in free:
        if case.status == "open":
            case.ended_at, case.ends = turn.now, case.ends + 1
            actions += [*move(turn, case, "withdrawn"), *case_waits.end(turn, case, "dropped")]
        lines.erase(turn, case)
    erase_about(request, {"case": [case.id for case in free]})
    turn.session.execute(delete(CaseReader).where(CaseReader.person_id == person.id))
    kept = select(Case.id).where(Case.application_id.in_(request.held))
    own = (CaseLine.person_id == person.id, CaseLine.case_id.not_in(kept))
    turn.session.execute(update(CaseLine).where(*own).values(text=""))
    return actions


def _merge(turn: Turn, first: Person, second: Person) -> list[Action]:
    """Let the first person read what either read, once."""
    read = select(CaseReader.case_id).where(CaseReader.person_id == first.id)
    both = (CaseReader.person_id == second.id, CaseReader.case_id.in_(read))
    turn.session.execute(delete(CaseReader).where(*both))
    rest = update(CaseReader).where(CaseReader.person_id == second.id).values(person_id=first.id)
    turn.session.execute(rest.execution_options(synchronize_session="fetch"))
    return []


PARTS: Final = (
    PersonalData(
        noun="cases",
        export=_export,
        erase=_erase,
        merge=_merge,
        on_left=NOTHING_UNFINISHED,
        moved=(Case.person_id, Case.about_id, Case.ended_by_id, CaseLine.person_id),
        joined=(CaseReader.person_id,),
        kept={
            Case.person_id: "That there was a case, and what became of it, without a name.",
            Case.about_id: "That a case was about a message, without a name.",
            Case.ended_by_id: "That a coordinator ended a case, without a name.",
            Case.answer: "What the programme answered in a case, in its name.",
            Case.other_answer: "What the programme wrote to the other side, in its name.",
            CaseLine.person_id: "That something was written in a case, without a name.",
        },
    ),
)
