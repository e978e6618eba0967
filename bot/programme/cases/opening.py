"""Opening of a case: what is said before the first word, the form, and who reads it from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, Reply
from bot.chat.answers import Option
from bot.chat.codec import RUN
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Button, Buttons, Plain, heading, layout, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.forms import Ask, Form, Question
from bot.chat.numbers import whole_number
from bot.chat.rendering.screen import in_rows
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import Names, Sentence
from bot.clock import at_local, next_local
from bot.programme import people, projects
from bot.programme.applications import messages
from bot.programme.cases import case_waits, lines, standstill, telling
from bot.programme.cases.lookup import CaseSubject, candidates, named, open_of, readers_of
from bot.programme.companies.trust import company_in_case
from bot.programme.core import subjects, verbs
from bot.programme.core.lifecycle import begin
from bot.programme.core.turn import Turn
from bot.programme.people.away import away_day, is_away
from storage.tables import Application, Case, CaseReader, Person, Project

__all__ = [
    "CASES",
    "FORM",
    "REPORT",
    "add_readers",
    "away_lines",
    "case_ask_pressed",
    "case_form",
    "case_open_pressed",
    "case_submitted",
    "chosen_of",
    "due_from",
    "readers_question",
    "report_command",
    "safety_blocks",
    "ticks",
]

FORM: Final = "case"
_MOST_CHARACTERS: Final = 3000
_MOST_READERS: Final = 25  # options that a platform shows in one select
_CHOICES: Final = 4  # applications to choose from, the newest first
_WEEKEND: Final = (5, 6)
_EVENING: Final = time(17, 0)
_LIVE: Final = frozenset({"admission", "submitted", "shortlisted", "offered", "accepted"})
"""Statuses of applications in which there is something to stop."""

REPORT: Final = CommandSpec(
    ("stint", "report"),
    "Talk to a coordinator in confidence: you choose who reads it",
    example="/stint report",
    reads=True,
)

CASES: Final = CommandSpec(
    ("stint", "cases"),
    "What you wrote to coordinators in confidence, or read as one",
    example="/stint cases",
    reads=True,
)

_STOP: Final = (
    Option("quiet", "They notice nothing"),
    Option("stop", "Stop their messages and all dates now"),
)
NO_ONE: Final = say("There is no coordinator here who could read this in confidence.")


def report_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/stint report`: ask what it is about, or show at once what is said before the first word."""
    query = (
        select(Application, Project)
        .join(Project, Project.id == Application.project_id)
        .where(Application.programme_id == turn.programme_id, Application.person_id == turn.own_id)
        .order_by(Application.id.desc())
        .limit(_CHOICES)
    )
    mine = turn.session.execute(query).all()
    if not mine:
        return [Reply(message(*_before(turn, "programme", 0)))]
    about = [
        Button(layout("{project}", project=projects.shortened(project.title, 40)), _ask(application.id))
        for application, project in mine
    ]
    about.append(Button("Something else", verbs.CASE_ASK("programme", 0)))
    about.append(Button("My cases", RUN(".".join(CASES.path))))
    return [Reply(message(text("What is it about?"), *in_rows(about)))]


def _ask(application_id: int) -> str:
    return verbs.CASE_ASK("application", application_id)


def case_ask_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Say who reads what is written, who has to pass it on, and who else can help."""
    pressed = verbs.CASE_ASK.read(event)
    return [Reply(message(*_before(turn, pressed.kind, pressed.id)))]


def _before(turn: Turn, kind: str, number: int) -> list[Block]:
    """Return what is said before the first word of a case."""
    about = named(turn, kind, number)
    known = open_of(turn, turn.person, about)
    if known is not None:
        see = Button("Open the case", verbs.CASE_SHOW(known.id), style="primary")
        return [text("You have an open case about this already."), Buttons((see,))]
    reading = candidates(turn, turn.person, about)
    top: list[Block] = [heading("Talk to a coordinator")]
    if not reading:
        return [*top, text(NO_ONE), *safety_blocks(turn, outside=True)]
    ways = [Button("Write", verbs.CASE_OPEN(kind, number), style="primary")]
    if about.application is not None:
        ways.append(
            messages.write_button(about.application, "coordinators", say("Just a question, to all of them"))
        )
    return [
        *top,
        _who_reads(turn, about, reading),
        note("You can leave out any of them. No other coordinator learns of it.")
        if len(reading) > 1
        else note("No other person in the programme learns of it."),
        *away_lines(turn, reading),
        *safety_blocks(turn),
        Buttons(tuple(ways)),
    ]


def _who_reads(turn: Turn, about: CaseSubject, reading: Sequence[Person]) -> Block:
    names = people.person_names(reading, mention=True)
    if about.project is None or about.application is None or about.application.person_id != turn.own_id:
        return text("Who reads what you write: {readers}", readers=names)
    return text(
        "Who reads what you write about **{project}**: {readers}. No one at {company} does.",
        project=projects.title_part(about.project),
        readers=names,
        company=projects.company_name(turn, about.project),
    )


def away_lines(turn: Turn, reading: Sequence[Person]) -> list[Block]:
    """Say which of the readers are away, and until when."""
    return [
        note(
            "{person} is away until {day}.",
            person=people.person_name(each),
            day=away_day(turn, each, turn.person),
        )
        for each in reading
        if is_away(turn, each)
    ]


def safety_blocks(turn: Turn, *, outside: bool = False) -> list[Block]:
    """Return who else can help, and what coordinators have to pass on; `outside`: no coordinator reads it."""
    programme = turn.programme
    blocks: list[Block] = []
    if not outside:
        passed = text("Before you write, ask whether they have to pass it on: the programme has not said.")
        if programme.passed_on_to:
            passed = text("They may have to pass it on: {words}", words=Plain(programme.passed_on_to))
        blocks.append(passed)
    if programme.safety_contacts:
        blocks.append(
            text("Outside this programme you can reach: {words}", words=Plain(programme.safety_contacts))
        )
    elif outside:
        blocks.append(text("Please turn to a person you trust outside this programme."))
    blocks.append(
        text("I am a program, and at night no one reads this. In danger, call 112, 911 or your local number.")
    )
    return blocks


def case_open_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the form of a case."""
    pressed = verbs.CASE_OPEN.read(event)
    about = named(turn, pressed.kind, pressed.id)
    if open_of(turn, turn.person, about) is not None:
        return [Reply(message(*_before(turn, pressed.kind, pressed.id)))]
    reading = candidates(turn, turn.person, about)
    if not reading:
        raise Declined(text(NO_ONE), *safety_blocks(turn, outside=True))
    return [OpenForm(FORM, subjects.CASE_ABOUT(pressed.kind, pressed.id), values=ticks(reading))]


def case_form(turn: Turn, subject: str) -> Form:
    """Return the form of a case: who reads it, what happened, and what the other side notices."""
    meant = subjects.CASE_ABOUT.parse(subject)
    about = named(turn, meant.kind, meant.id)
    reading = candidates(turn, turn.person, about)
    questions = [
        readers_question(turn, reading),
        Question(
            "words",
            Ask("What would you like them to know?", label="Your words", kind="long"),
            max_length=_MOST_CHARACTERS,
        ),
    ]
    if _can_stop(turn, about):
        questions.append(
            Question(
                "stop",
                Ask(
                    "What should the other side notice?",
                    label="The other side",
                    kind="choice",
                    options=_STOP,
                    hint="You can change this at any time.",
                ),
                required=False,
                default="quiet",
            )
        )
    return Form(
        FORM,
        "In confidence",
        tuple(questions),
        notice=_notice(reading),
        submit="Send",
    )


def _notice(reading: Sequence[Person]) -> Sentence:
    names = people.person_names(reading, mention=True)
    if len(reading) > 1:
        return say("Only those you leave ticked read this: {readers}", readers=names)
    return say("Only {readers} reads this.", readers=names)


def ticks(reading: Sequence[Person]) -> dict[str, str]:
    """Return the answer with which a dialog asks who reads a case: these are ticked.

    It is no default of the question: who became a coordinator meanwhile must not be ticked unseen.
    """
    return {"readers": ", ".join(str(each.id) for each in reading)}


def readers_question(turn: Turn, reading: Sequence[Person]) -> Question:
    """Return the question who reads a case."""
    options = tuple(Option(str(each.id), _label(turn, each)) for each in reading[:_MOST_READERS])
    ask = Ask("Who may read it?", label="Who reads it", kind="choices", options=options)
    return Question("readers", ask, minimum=1)


def _label(turn: Turn, person: Person) -> Sentence:
    name = people.person_name(person)
    if is_away(turn, person):
        return say("{person}, away until {day}", person=name, day=away_day(turn, person, turn.person))
    return layout("{person}", person=name)


def _can_stop(turn: Turn, about: CaseSubject) -> bool:
    application = about.application
    return application is not None and application.person_id == turn.own_id and application.status in _LIVE


def case_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Open the case: its readers are informed at once, and no clock of the application runs from now on."""
    meant = subjects.CASE_ABOUT.parse(done.subject)
    about = named(turn, meant.kind, meant.id)
    if open_of(turn, turn.person, about) is not None:
        return [Reply(message(*_before(turn, meant.kind, meant.id)))]
    reading = candidates(turn, turn.person, about)
    chosen = chosen_of(reading, done)
    stops = _can_stop(turn, about) and done.values.get("stop") == "stop"
    case = Case(**_columns(turn, about, stops=stops))
    opened = begin(turn, case)
    add_readers(turn, case, chosen)
    lines.add(turn, case, "said", str(done.values["words"]))
    return [
        _receipt(turn, case, about),
        *opened,
        *standstill.begin(turn, case),
        *case_waits.begin(turn, case),
        *telling.tell_readers(turn, case, telling.OPENED),
        *(telling.withdraw_messages(turn, case) if stops else []),
        *_end_trust(turn, case, about),
    ]


def chosen_of(able: Sequence[Person], done: Completed) -> list[Person]:
    """Return the coordinators that the person left ticked, of those who can still read it."""
    picked = done.values.get("readers")
    wanted = {whole_number(str(each)) for each in picked} if isinstance(picked, list) else set()
    return [each for each in able if each.id in wanted]


def _columns(turn: Turn, about: CaseSubject, *, stops: bool) -> dict[str, Any]:
    """Return the columns of a new case of the person who acts."""
    own = about.application is not None and about.application.person_id == turn.own_id
    return {
        "programme_id": turn.programme_id,
        "person_id": turn.own_id,
        "application_id": about.application.id if about.application else None,
        "letter_id": about.letter_id,
        "about_id": about.writer.id if about.writer else None,
        "status": "open",
        "still": own,
        "stopped": stops,
        "stopped_at": turn.now if stops else None,
        "created_at": turn.now,
        "opened_at": turn.now,
        "promised_at": due_from(turn),
        "ends": 0,
    }


def due_from(turn: Turn) -> datetime:
    """Return by when an answer is promised that is asked for now: the end of the next working day."""
    zone = ZoneInfo(turn.programme.zone)
    day = next_local(turn.now.astimezone(zone).date(), weekdays_off=_WEEKEND)
    return at_local(day, _EVENING, zone)


def add_readers(turn: Turn, case: Case, persons: Sequence[Person]) -> None:
    """Store who reads a case, besides those who do."""
    for person in persons:
        turn.session.add(
            CaseReader(
                programme_id=turn.programme_id, case_id=case.id, person_id=person.id, created_at=turn.now
            )
        )
    turn.session.flush()


def _end_trust(turn: Turn, case: Case, about: CaseSubject) -> list[Action]:
    """End the trust in the company that a student's case is about, without a word of why."""
    if case.still and about.project is not None:
        company_in_case(turn, about.project.company_id)
    return []


def _receipt(turn: Turn, case: Case, about: CaseSubject) -> Reply:
    """Return who has it, by when they answer, and what the person need not do meanwhile."""
    reading = readers_of(turn, case)
    names: Names = people.person_names(reading, mention=True)
    blocks: list[Block] = [
        text("On its way to: {readers}", readers=names),
        text(
            "You will have an answer by {day}.",
            day=people.shown_day_there(turn, case.promised_at, turn.programme.zone, turn.person),
        ),
        *away_lines(turn, reading),
        *telling.unreached(turn, reading),
    ]
    if case.still and about.project is not None:
        company = projects.company_name(turn, about.project)
        blocks.append(text("You need not go on with it meanwhile, and nothing is counted against you."))
        blocks.append(
            text(
                "Messages from {company} wait, and all dates are on hold. There they read only that the "
                "coordinators have paused it, and only if they look or write.",
                company=company,
            )
            if case.stopped
            else text("I tell {company} nothing of it.", company=company)
        )
    blocks.append(Buttons((Button("Open the case", verbs.CASE_SHOW(case.id), style="primary"),)))
    return Reply(message(*blocks), settles=True)
