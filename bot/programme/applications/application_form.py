"""The application form: three questions of ours, then at most five questions of the employer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.answers import JSONValue, Kind, Option
from bot.chat.content import Moment, Plain, ShownDay, Wording, say
from bot.chat.day_parts import day_part
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import as_text
from bot.chat.local_day import Day, When
from bot.chat.routes import Completed
from bot.chat.sentences import Number
from bot.programme import people, projects
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from storage.tables import Application, Project
from storage.tables.values import GivenAnswer, OwnQuestion

__all__ = ["FORM", "answers_of", "application_form", "as_read", "ends_at", "form_of", "offered_answers"]

FORM: Final = "application"

_OWN: Final = "own_"
_WORDS: Final = 2000  # characters of a written answer: two screens of a phone
_LABEL: Final = 45  # Discord's limit for the label of a dialog's field
_KINDS: Final[dict[str, Kind]] = {
    "text": "long",
    "choice": "choice",
    "link": "link",
    "file": "file",
    "number": "number",
    "date": "date",
    "yes_no": "yes_no",
}
_WRITTEN: Final = frozenset({"text", "long"})
_NOTICE_OF_A_DAY: Final = (
    "The people who run this project and the programme's coordinators will read your answers. "
    "They are kept until one day after the project is over, then erased. "
    "You can delete the draft at any time; after sending, Withdraw in `/applications` deletes them."
)
_NOTICE_OF_DAYS: Final = (
    "The people who run this project and the programme's coordinators will read your answers. "
    "They are kept until {count} days after the project is over, then erased. "
    "You can delete the draft at any time; after sending, Withdraw in `/applications` deletes them."
)

_WHY: Final = Question(
    "why",
    Ask(
        "Why this project? A few sentences are enough.",
        label="Why this project",
        kind="long",
        example="I sorted survey answers for our student paper and want to see how a company does it.",
    ),
    min_length=20,
    max_length=_WORDS,
)
_WORK: Final = Question(
    "work",
    Ask(
        "What have you done that fits? A link, or a few words.",
        label="Relevant work",
        kind="long",
        hint="Coursework, a club, a job or a hobby all count.",
        example="https://example.org/my-report",
    ),
    required=False,
    max_length=_WORDS,
)

_OURS: Final = frozenset({_WHY.name, _WORK.name})


def ends_at(project: Project) -> datetime:
    """Return when the work should be done: the start plus the weeks it may take (UTC)."""
    return project.starts_at + timedelta(weeks=project.weeks)


def application_form(turn: Turn, project_id: str) -> Form:
    """Return the form for a project as it is now, for the person who acts.

    Raises:
        Declined: there is no such project for them.
    """
    project = projects.shown_project(turn, project_id)
    return form_of(turn, project, people.zone_of(turn, turn.person))


def form_of(turn: Turn, project: Project, zone: str) -> Form:
    """Return the form for a project as it is now, with its dates as they are in a zone."""
    own = (_own_question(number, question) for number, question in enumerate(project.questions, start=1))
    days = turn.programme.retention_days
    return Form(
        FORM,
        Plain(project.title),
        (_WHY, _WORK, _time_question(project, zone, turn.now), *own),
        notice=say(_NOTICE_OF_A_DAY, _NOTICE_OF_DAYS, count=days),
        submit="Send application",
        page_titles=("Your application", "More questions"),
        currency=project.currency,
        zone=zone,
    )


def _end_of(project: Project) -> When:
    """Return the day on which the work should be done, or the instant where the start is an instant."""
    start = dates.read(project, "starts")
    if isinstance(start, Day):
        return Day(start.date + timedelta(weeks=project.weeks), start.zone)
    return ends_at(project)


def _shown_day(when: When, zone: str, now: datetime) -> ShownDay | Moment:
    if isinstance(when, Day):
        return day_part(when, ZoneInfo(zone), now, clock=False)
    return Moment(when, zone, "day")


def _time_question(project: Project, zone: str, now: datetime) -> Question:
    begins, ends = (_shown_day(each, zone, now) for each in (dates.read(project, "starts"), _end_of(project)))
    hours = Number(f"{project.hours:g}")
    ask = Ask(
        say(
            "Can you give about {hours} hours between {begins} and {ends}?",
            hours=hours,
            begins=begins,
            ends=ends,
        ),
        label="Time for it",
        kind="yes_no",
        example="yes",
    )
    return Question("time", ask)


def _own_question(number: int, question: OwnQuestion) -> Question:
    """Return a question of the employer's, as the project keeps it."""
    prompt = question.prompt
    ask = Ask(
        Plain(prompt),
        label=Plain(prompt if len(prompt) <= _LABEL else prompt[: _LABEL - 1].rstrip() + "…"),
        kind=_KINDS[question.kind],
        options=tuple(Option(option, Plain(option)) for option in question.options),
        page=1,
    )
    name = f"{_OWN}{question.name or number}"
    return Question(name, ask, max_length=_WORDS if ask.kind == "long" else None)


def as_read(question: Question) -> Wording:
    """Return a question as the reader of its answer reads it: two of ours are shorter than they are asked."""
    return question.ask.label if question.name in _OURS else question.ask.prompt


def answers_of(done: Completed) -> list[GivenAnswer]:
    """Return the answers as an Application keeps them, in the form's order, without skipped questions."""
    return [
        GivenAnswer(
            name=question.name,
            label=as_text(question.ask.label),
            prompt=as_text(as_read(question)),
            kind=question.ask.kind,
            value=done.values[question.name],
            shown=done.shown.get(question.name, ""),
            fingerprint=question.fingerprint,
        )
        for question in done.form.questions
        if done.values.get(question.name) is not None
    ]


def offered_answers(turn: Turn, form: Form) -> dict[str, JSONValue]:
    """Return written answers of the person's latest other application, by the question they would answer now.

    Our own questions are the same everywhere; an employer's question is the same only word for word.
    """
    latest = turn.session.scalar(
        select(Application)
        .where(
            Application.programme_id == turn.programme_id,
            Application.person_id == turn.person.id,
        )
        .order_by(Application.created_at.desc(), Application.id.desc())
        .limit(1)
    )
    if latest is None:
        return {}
    own = {q.fingerprint: q.name for q in form.questions if q.ask.kind in _WRITTEN and q.name not in _OURS}
    offered: dict[str, JSONValue] = {}
    for answer in latest.answers:
        name = answer.name if answer.name in _OURS else own.get(answer.fingerprint)
        if name and answer.value:
            offered[name] = answer.value
    return offered
