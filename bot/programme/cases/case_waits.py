"""Waits for an answer in a case: owed by those who read it, and by no other coordinator.

The last step comes again every day: silence ends no case. Each time its readers are asked, and the person
reads once that there is no answer yet, or that none of the readers is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.actions import Action, Post
from bot.chat.content import Block, Button, Buttons, Sentence, message, say, text
from bot.chat.routes import WaitRoute, WaitSides, WaitStep
from bot.programme import people
from bot.programme.cases import telling
from bot.programme.cases.lookup import case_of, readers_here, readers_of, subject
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.projects.wait_zones import coordinators_zone
from storage.tables import Case, Person

__all__ = ["RULE", "WAIT", "begin", "end", "is_owed"]

WAIT: Final = "case"
"""The kind of the waits for an answer in a case."""

_A_DAY: Final = timedelta(days=1)


def begin(turn: Turn, case: Case) -> list[Action]:
    """Open the wait for an answer, owed by the case's date; one that is open keeps its own."""
    return waits.begin(turn, WAIT, subject(case), subject(case), case.promised_at)


def end(turn: Turn, case: Case, state: str) -> list[Action]:
    """End the wait for an answer: `kept` by words of a reader, or `dropped` with the case."""
    return waits.end(turn, WAIT, subject(case), state)


def is_owed(turn: Turn, case: Case) -> bool:
    """Tell whether an answer in a case is owed now."""
    return waits.standing(turn, WAIT, subject(case)) is not None


def ask_again(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Ask the readers of a case again, and inform its person once that there is no answer yet."""
    case = case_of(turn, subjects.CASE.id_of(reached.about))
    wait = waits.standing(turn, WAIT, reached.about)
    if case.status != "open" or wait is None:
        return []
    zone = ZoneInfo(turn.programme.zone)
    since, today = (each.astimezone(zone).date() for each in (wait.since, turn.now))
    asked = telling.tell_readers(turn, case, telling.AGAIN, text(_age(since, today)))
    again = waits.put_off(turn, WAIT, reached.about, turn.now + _A_DAY)
    return [*again, *asked, _late(turn, case)]


def _age(since: date, today: date) -> Sentence:
    return say(
        "It has waited for an answer since yesterday.",
        "It has waited for an answer for {count} days.",
        count=max(1, (today - since).days),
    )


def _late(turn: Turn, case: Case) -> Post:
    person, reading = people.person_of(turn, case.person_id), readers_of(turn, case)
    why = text("None of the coordinators you left ticked can open it now.")
    if reading and readers_here(turn, case):
        why = text(
            "Every day I remind those who read it, and no other coordinator: {readers}",
            readers=people.person_names(reading, mention=True),
        )
    elif reading:
        why = text("Those who read it are away: {readers}", readers=people.person_names(reading))
    words = message(
        text(
            "I am sorry: you have no answer yet in your case. It was promised by {day}.",
            day=people.shown_day_there(turn, case.promised_at, turn.programme.zone, person),
        ),
        why,
        text("You can let another coordinator read it."),
        Buttons((telling.open_button(case), Button("Change who reads it", verbs.CASE_READERS(case.id)))),
    )
    key = keys.CASE_LATE(case.id, case.promised_at)
    return Post(people.address(turn, person), words, key, kind=telling.KIND, subject=str(case.id))


def _found(_turn: Turn, _after: int, _most: int) -> Sequence[AwaitedThing]:
    """Return nothing: there were no cases before their waits."""
    return ()


def _owing(turn: Turn, about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    return dict.fromkeys(of, readers_of(turn, case_of(turn, subjects.CASE.id_of(about))))


def _waiting(turn: Turn, about: str, _subject: str) -> list[Person]:
    person = people.person_of(turn, case_of(turn, subjects.CASE.id_of(about)).person_id)
    return [] if person.left_at or person.erased_at else [person]


def _said(turn: Turn, _subject: str, due: datetime, reader: Person) -> Block:
    return text(
        "The answer in a case: by {when}", when=people.shown_day_there(turn, due, turn.programme.zone, reader)
    )


def _later(turn: Turn, about: str, _of: Sequence[str], by: timedelta) -> list[Action]:
    """Let the answer in a case be promised for so much later, unless its day had passed before."""
    case, wait = case_of(turn, subjects.CASE.id_of(about)), waits.standing(turn, WAIT, about)
    if wait is None or wait.due_at is None:
        return []
    if wait.due_at == case.promised_at:
        case.promised_at += by
        return waits.move_due(turn, WAIT, about, case.promised_at)
    return waits.put_off(turn, WAIT, about, wait.due_at + by)


RULE: Final = WaitRoute(
    waits="student",
    owes="coordinators",
    steps=(WaitStep("late", ask_again),),
    zone=coordinators_zone,
    found=_found,
    sides=WaitSides(_owing, _waiting, _said, _later),
)
