"""Ends of cases: a coordinator records one with a sentence for each side, or the person takes the case back.

Either can be opened again within 14 days. After that, what was taken back is erased; what a coordinator ended
is erased after two years.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.actions import Action, OpenForm, Post, Reply, SetTimer, WithdrawPost
from bot.chat.content import Block, Button, Buttons, Message, Plain, message, note, say, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.forms import Ask, Form, Question
from bot.chat.routes import Completed, Declined
from bot.programme import people, projects
from bot.programme.applications import kept_data
from bot.programme.applications.decisions import decide
from bot.programme.applications.news import tell_employer
from bot.programme.cases import case_waits, lines, opening, standstill, stopping, telling, view
from bot.programme.cases.lookup import about_of, case_of, for_reader, may_read, must_be_open, subject
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from storage.tables import Case, Person

__all__ = [
    "FORM",
    "case_again_pressed",
    "case_back_pressed",
    "case_back_yes_pressed",
    "case_end_pressed",
    "case_end_submitted",
    "case_forget_due",
    "end_form",
]

FORM: Final = "case-end"
_KEPT: Final = timedelta(days=365 * 2)
_TAKEN_BACK: Final = timedelta(days=view.AGAIN)


def case_end_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask a coordinator who reads a case for what each side reads at its end."""
    case = for_reader(turn, verbs.CASE_END.read(event).case)
    must_be_open(case)
    return [OpenForm(FORM, str(case.id))]


def end_form(turn: Turn, subject: str) -> Form:
    """Return the form of a case's end: a sentence for its person, and for the other side."""
    case = for_reader(turn, subject)
    questions = [
        Question(
            "answer",
            Ask("What does the person who opened it read?", label="Your answer", kind="long"),
            min_length=3,
            max_length=2000,
        )
    ]
    notice = say("It ends the case. The person reads exactly what you write, with your name.")
    if _other(turn, case) is not None:
        questions.append(_other_question(case))
        notice = say(
            "The student chose that the other side notices nothing: leave the second answer empty, "
            "unless the student agrees to more."
        )
        if case.stopped:
            notice = say(
                "It ends the case and the pause. Each side reads exactly what you write to them, with your "
                "name, and that open dates move by the days they stood still."
            )
    return Form(FORM, "Close a case", tuple(questions), notice=notice, submit="Close it")


def _other_question(case: Case) -> Question:
    prompt = "What does the other side read? Leave it empty, and nothing is sent there."
    if case.stopped:
        prompt = "What does the other side read?"
    ask = Ask(prompt, label="To the other side", kind="long")
    return Question("other", ask, required=case.stopped, max_length=2000)


def _other(turn: Turn, case: Case) -> Person | None:
    """Return who reads of an end on the company's side, for a student's case about an application."""
    project = about_of(turn, case).project
    return projects.employer_of(turn, project) if case.still and project is not None else None


def case_end_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Record the end: the clocks run again, and each side reads its sentence once it cannot be undone."""
    case = for_reader(turn, done.subject, lock=True)
    must_be_open(case)
    other = str(done.values.get("other") or "")
    case.answer, case.other_answer = str(done.values["answer"]), other
    days, over = _over(turn, case, "ended", _KEPT)
    told = [*_tell_person(turn, case, days), *_tell_other(turn, case, days)]
    undo = Buttons((Button("Undo", verbs.CASE_AGAIN(case.id)),))
    return [Reply(message(text("The case is closed."), undo), settles=True), *over, *told]


def _over(turn: Turn, case: Case, status: str, kept: timedelta) -> tuple[int, list[Action]]:
    """End a case: what stood still goes on. Return by how many days dates moved, and what follows."""
    case.ended_at, case.ended_by_id = turn.now, turn.own_id
    case.ends += 1
    project = about_of(turn, case).project
    kept_before = open_cases.kept_places(turn, project) if project is not None else 0
    ended = move(turn, case, status)
    days, moved = standstill.move_dates(turn, case)
    resumed = standstill.end(turn, case)
    key = keys.CASE_FORGET(case.id, case.ends)
    waits = case_waits.end(turn, case, "kept" if status == "ended" else "dropped")
    erased = kept_data.erase_what_waited(turn, case.application_id) if case.application_id else []
    forget = SetTimer(key, turn.now + kept, Timer.CASE_FORGET, subject(case))
    return days, [*ended, *moved, *resumed, *waits, forget, *_offer_place(turn, case, kept_before), *erased]


def _offer_place(turn: Turn, case: Case, kept: int) -> list[Action]:
    """Ask the employer about a free place that is not kept any more; `kept`: how many were."""
    project = about_of(turn, case).project
    if project is None or not case.still or open_cases.kept_places(turn, project) >= kept:
        return []
    blocks = decide.place_blocks(turn, project)
    if not blocks:
        return []
    key = keys.CASE_PLACE(project.id, turn.source)
    return tell_employer(turn, project, key, subjects.FREE(project.id), *blocks)


def _moved(days: int) -> list[Block]:
    if not days:
        return []
    return [text("Open dates are one day later.", "Open dates are {count} days later.", count=days)]


def _tell_person(turn: Turn, case: Case, days: int) -> list[Action]:
    person = people.person_of(turn, case.person_id)
    if person.erased_at is not None or person.left_at is not None:
        return []
    on, by = people.shown_day(turn, turn.now, person), people.person_name(turn.person, mention=True)
    lead = text("Your case was closed on {day} by **{coordinator}**, coordinator:", day=on, coordinator=by)
    project = about_of(turn, case).project
    if project is not None:
        lead = text(
            "Your case about **{project}** was closed on {day} by **{coordinator}**, coordinator:",
            project=projects.title_part(project),
            day=on,
            coordinator=by,
        )
    words = message(
        lead,
        Plain(case.answer),
        *_moved(days),
        note("What you wrote stays with those who read it. You can open the case again within 14 days."),
        Buttons((telling.open_button(case),)),
    )
    return [_later(turn, case, person, "person", words)]


def _tell_other(turn: Turn, case: Case, days: int) -> list[Action]:
    other, project = _other(turn, case), about_of(turn, case).project
    if other is None or project is None or not case.other_answer:
        return []
    words = message(
        text(
            "**{coordinator}**, coordinator, writes to you about **{project}**:",
            coordinator=people.person_name(turn.person, mention=True),
            project=projects.title_part(project),
        ),
        Plain(case.other_answer),
        *_moved(days),
        text(
            "You can answer until {day}. Only the coordinators who look after this read it.",
            day=people.shown_day(turn, turn.now + _TAKEN_BACK, other),
        ),
        Buttons((Button(say("Answer", context="button"), verbs.CASE_WRITE(case.id, "answer")),)),
    )
    return [_later(turn, case, other, "other", words)]


def _later(turn: Turn, case: Case, to: Person, which: str, words: Message) -> Post:
    """Return the message of an end: it goes when the end can no longer be undone, and not in a night."""
    at = turn.now + timedelta(seconds=turn.programme.undo_seconds)
    key = keys.CASE_ENDED(case.id, case.ends, which)
    return Post(
        people.address(turn, to),
        words,
        key,
        due_at=at,
        kind=telling.KIND,
        subject=str(case.id),
    )


def _own(turn: Turn, number: int) -> Case:
    case = case_of(turn, number, lock=True)
    if case.person_id != turn.own_id:
        raise Declined("Only the person who opened a case can take it back.")
    must_be_open(case)
    return case


def case_back_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the person of a case whether to take it back."""
    case = _own(turn, verbs.CASE_BACK.read(event).case)
    words = message(
        text("Take it back? The coordinators can no longer open it; what they have read they know."),
        text("For 14 days you can open it again. Then what was written in it is erased."),
        Buttons(
            (
                Button("Take it back", verbs.CASE_BACK_YES(case.id), style="danger"),
                Button("Keep it open", verbs.CASE_SHOW(case.id)),
            )
        ),
    )
    return [Reply(words)]


def case_back_yes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take a case back for its person: what stood still goes on, and no coordinator can open it."""
    case = _own(turn, verbs.CASE_BACK_YES.read(event).case)
    told = telling.tell_readers(turn, case, telling.BACK)
    days, over = _over(turn, case, "withdrawn", _TAKEN_BACK)
    return [*view.shown(turn, case, *_moved(days)), *over, *told, *stopping.tell_go_on(turn, case, days)]


def case_again_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open a case again that was closed or taken back within 14 days; what was not sent of its end is not."""
    case = case_of(turn, verbs.CASE_AGAIN.read(event).case, lock=True)
    own = case.person_id == turn.own_id
    if not own and not may_read(turn, case):
        for_reader(turn, case.id)
    if case.status == "open":
        return view.shown(turn, case, text("It is open already."))
    if not view.may_open_again(turn, case):
        raise Declined("A case can be opened again within 14 days of its end. You can open another one.")
    unsent = [WithdrawPost(keys.CASE_ENDED(case.id, case.ends, to)) for to in ("person", "other")]
    ended = case.ended_at or turn.now
    noticed = turn.now >= ended + timedelta(seconds=turn.programme.undo_seconds)
    back: list[Action] = []
    if case.status == "ended" and not noticed:
        back = standstill.move_back(turn, case)
    else:
        case.stopped_at = turn.now if case.stopped else None
    case.opened_at, case.promised_at = turn.now, opening.due_from(turn)
    case.answer = case.other_answer = ""
    opened = move(turn, case, "open")
    told: list[Action] = telling.tell_readers(turn, case, telling.OPENED_AGAIN) if own else []
    if not own and noticed:
        told = [_tell_open(turn, case)]
    waits = case_waits.begin(turn, case) if own else []
    return [
        *unsent,
        *back,
        *opened,
        *standstill.begin(turn, case),
        *waits,
        *view.shown(turn, case, text("The case is open again.")),
        *told,
    ]


def _tell_open(turn: Turn, case: Case) -> Post:
    words = text(
        "**{coordinator}** (coordinator) has opened your case again.",
        coordinator=people.person_name(turn.person, mention=True),
    )
    return telling.tell_person(turn, case, "again", words)


def case_forget_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Erase what was written in a case that is over since then; that there was one is kept."""
    case = case_of(turn, subjects.CASE.id_of(event.subject))
    if case.status != "open" and keys.CASE_FORGET.parse(event.key).count == case.ends:
        lines.erase(turn, case)
    return []
