"""Writing in a case: its person and its readers to one another, notes for its readers, and one answer.

The company's side answers what it reads at the end, within 14 days, to the readers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.chat.actions import Action, OpenForm, Reply
from bot.chat.content import Buttons, message, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Ask, Form, Question
from bot.chat.routes import Completed, Declined
from bot.programme import people
from bot.programme.cases import case_waits, lines, opening, telling, view
from bot.programme.cases.lookup import (
    case_of,
    for_reader,
    is_other_side,
    must_be_open,
    own_or_read,
    readers_of,
)
from bot.programme.core import subjects, verbs
from bot.programme.core.turn import Turn
from storage.tables import Case

__all__ = ["FORM", "case_line_submitted", "case_write_pressed", "line_form"]

FORM: Final = "case-line"
_MOST_CHARACTERS: Final = 3000

_NOTICES: Final[Mapping[str, str]] = {
    "said": "Only those who read this case read what you write.",
    "note": "Only the coordinators who read this case read it, and not the person who opened it.",
    "answer": "Only the coordinators who look after this read it. The student does not.",
}
_TITLES: Final[Mapping[str, str]] = {"said": "In confidence", "note": "Note", "answer": "Your answer"}


def case_write_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for words in a case."""
    pressed = verbs.CASE_WRITE.read(event)
    _writable(turn, pressed.case, pressed.kind)
    return [OpenForm(FORM, subjects.CASE_LINE(pressed.case, pressed.kind))]


def _writable(turn: Turn, number: int, kind: str) -> Case:
    """Return a case in which the person who acts may write such words.

    Raises:
        Declined: it is not theirs, it is over, or it takes no answer.
    """
    if kind == "answer":
        return _answerable(turn, number)
    case = for_reader(turn, number) if kind == "note" else own_or_read(turn, number)[0]
    must_be_open(case)
    return case


def _answerable(turn: Turn, number: int) -> Case:
    case = case_of(turn, number)
    heard = case.status == "ended" and bool(case.other_answer)
    if not heard or not is_other_side(turn, case):
        raise Declined("There is nothing to answer here.")
    if not view.may_open_again(turn, case):
        raise Declined("The days in which this could be answered are over.")
    return case


def line_form(turn: Turn, subject: str) -> Form:
    """Return the form with the one question of what is written in a case."""
    meant = subjects.CASE_LINE.parse(subject)
    _writable(turn, meant.case, meant.kind)
    question = Question(
        "words",
        Ask("What would you like to write?", label="Your words", kind="long"),
        max_length=_MOST_CHARACTERS,
    )
    kind = meant.kind if meant.kind in _NOTICES else "said"
    return Form(FORM, _TITLES[kind], (question,), notice=_NOTICES[kind], submit="Send")


def case_line_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Store what was written; who reads it hears that there is something to read."""
    meant = subjects.CASE_LINE.parse(done.subject)
    case = _writable(turn, meant.case, meant.kind)
    kind = meant.kind if meant.kind in _NOTICES else "said"
    lines.add(turn, case, kind, str(done.values["words"]))
    if kind == "answer":
        done_text = text("Thank you. Only the coordinators who look after this read it.")
        return [Reply(message(done_text), settles=True), *telling.tell_readers(turn, case, telling.ANSWERED)]
    if kind == "note":
        return view.shown(turn, case, text("Noted."))
    if case.person_id == turn.own_id:
        return _to_readers(turn, case)
    return _to_person(turn, case)


def _to_readers(turn: Turn, case: Case) -> list[Action]:
    """Ask the readers for an answer, by the end of the next working day where none is owed yet."""
    if not case_waits.is_owed(turn, case):
        case.promised_at = opening.due_from(turn)
        turn.session.flush()
    reading = readers_of(turn, case)
    told = telling.tell_readers(turn, case, telling.WROTE)
    first = [text("On its way."), *opening.away_lines(turn, reading), *telling.unreached(turn, reading)]
    return [*case_waits.begin(turn, case), *view.shown(turn, case, *first), *told]


def _to_person(turn: Turn, case: Case) -> list[Action]:
    """Tell the person of a case that a coordinator has written; an answer that was owed is given."""
    ended = case_waits.end(turn, case, "kept")
    person = people.person_of(turn, case.person_id)
    words = text(
        "**{coordinator}** (coordinator) has written to you in confidence.",
        coordinator=people.person_name(turn.person, mention=True),
    )
    told = telling.post(
        turn, case, person, telling.WRITTEN, message(words, Buttons((telling.open_button(case),)))
    )
    first = [text("On its way."), *telling.unreached(turn, [person])]
    return [*ended, *view.shown(turn, case, *first), told]
