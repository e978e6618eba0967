"""The form a project is posted and edited with: what is asked, and the defaults of company and programme."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, Field
from sqlalchemy import select

from bot.chat.answers import JSONValue, Option
from bot.chat.answers.terms import as_term, as_terms
from bot.chat.content import Plain, Wording, say
from bot.chat.conversation.draft import load_draft
from bot.chat.forms import Ask, Form, Question, form_of
from bot.chat.local_day import EVERYWHERE
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.projects.deliverable_list import HOW as HOW_DELIVERABLES
from bot.programme.projects.display import shortened
from bot.programme.projects.from_answers import decides_in
from bot.programme.projects.lookup import may_manage, may_post, project_of
from bot.programme.projects.questions import HOW
from bot.programme.projects.ready_answers import (
    DELIVERABLES,
    REASONS,
    contact_answers,
    name_in,
)
from bot.programme.projects.scope_check import MOST_WEEKS
from bot.programme.projects.to_answers import answers_of
from storage.queries import conversations
from storage.tables import Cohort, Company, Project

__all__ = ["EDIT", "POST", "edit_form", "post_form"]

POST: Final = "project"
EDIT: Final = "project-edit"

_PAGES: Final = ("The project", "Fee and time", "About the work", "Who is involved")
_NOTICE: Final = (
    "Students of the cohorts you choose will read this, and the coordinators see who posted it. It is kept "
    "for as long as the programme exists. You can cancel the draft at any time; once it is published, "
    "/project close takes it off the list."
)


class _Post(BaseModel):
    title: Annotated[
        str,
        Field(min_length=3, max_length=200),
        Ask("What is the project called?", label="Title", example="A market map of e-bike rental"),
    ]
    brief: Annotated[
        str,
        Field(min_length=20, max_length=3000),
        Ask(
            "What is wanted, and what for?",
            label="What is wanted",
            kind="long",
            hint="Say what you have, what you need, and who will use it.",
            example="We rent e-bikes in three cities. Find out who else does and what they charge.",
        ),
    ]
    deliverables: Annotated[
        str,
        Field(max_length=3000),
        Ask(
            "What will be handed in? One thing a line.",
            label="Deliverables",
            kind="long",
            hint=HOW_DELIVERABLES,
            example="A spreadsheet of ten competitors",
            ready=DELIVERABLES,
        ),
    ]
    hours: Annotated[
        float,
        Field(ge=1, le=400),
        Ask(
            "About how many hours does it take?",
            label="Estimated hours",
            kind="number",
            unit="hours",
            hint="Micro-internships take 5 to 40.",
            example=Plain("20"),
        ),
    ]
    deadline: Annotated[
        str,
        Ask(
            "Until when can students apply?",
            label="Application deadline",
            kind="date",
            future=True,
            hint="A day counts until it is over everywhere on earth.",
            example="next Friday",
        ),
    ]
    fee: Annotated[
        str | None,
        Ask(
            "What is the fixed fee for each intern?",
            label="Fee",
            kind="money",
            page=1,
            later=True,
            hint="Write “unpaid” if there is none, and say why below.",
            example=Plain("$400"),
        ),
    ] = None
    unpaid_reason: Annotated[
        str,
        Field(max_length=300),
        Ask(
            "If it is unpaid, why?",
            label="Why it is unpaid",
            page=1,
            later=True,
            example=REASONS[0].said,
            ready=REASONS,
        ),
    ] = ""
    weeks: Annotated[
        int | None,
        Field(ge=1, le=MOST_WEEKS),
        Ask(
            "Over how many weeks?",
            label="Weeks",
            kind="number",
            unit="weeks",
            page=1,
            later=True,
            hint="Left empty, it is a week for every ten hours.",
            example=Plain("3"),
        ),
    ] = None
    places: Annotated[
        int,
        Field(ge=1, le=50),
        Ask(
            "How many interns do you want?",
            label="Places",
            kind="number",
            unit="places",
            page=1,
            later=True,
            example=Plain("2"),
        ),
    ] = 1
    start: Annotated[
        str | None,
        Ask(
            "When does the work start?",
            label="Start",
            kind="date",
            page=1,
            later=True,
            hint="Left empty, it is the weekday after the decision date.",
            example="in 3 weeks",
        ),
    ] = None
    company: Annotated[
        str,
        Field(max_length=120),
        Ask("Whose project is it?", label="Company", page=2, later=True, example="Acme Maps"),
    ]
    field: Annotated[
        str,
        Field(max_length=120),
        Ask("Which field is it in?", label="Field", page=2, later=True, example="market research"),
    ] = ""
    location: Annotated[
        str,
        Field(max_length=200),
        Ask(
            "Remote, or at a place?",
            label="Where",
            page=2,
            later=True,
            example="our office in Leeds, Tuesdays",
        ),
    ] = "remote"
    skills: Annotated[
        list[str],
        Field(max_length=80),
        Ask(
            "Which skills does it need?",
            label="Skills",
            kind="skills",
            page=2,
            later=True,
            example="Excel, interviewing, writing",
        ),
    ] = []
    decide: Annotated[
        str | None,
        Ask(
            "By when do you promise every applicant an answer?",
            label="Decision date",
            kind="date",
            page=2,
            later=True,
            hint="Left empty, it is the programme's usual number of days after the deadline.",
            example="2 weeks from now",
        ),
    ] = None
    cohorts: Annotated[
        list[str],
        Ask("Which cohorts should see it?", label="Cohorts", kind="choices", page=3, later=True),
    ] = []
    contact: Annotated[
        str,
        Field(max_length=300),
        Ask(
            "Who answers questions, and how often?",
            label="Who answers questions",
            page=3,
            later=True,
            example="Marta Ruiz, within one working day",
        ),
    ] = ""
    private_details: Annotated[
        str,
        Field(max_length=3000),
        Ask(
            "Is there anything that only accepted interns should see?",
            label="Only for accepted interns",
            kind="long",
            page=3,
            later=True,
            hint="It is never in a channel, a list or a digest.",
            example="The client's name, logins, the meeting link",
        ),
    ] = ""
    questions: Annotated[
        str,
        Field(max_length=1500),
        Ask(
            "What do you want to ask applicants?",
            label="Your own questions",
            kind="long",
            page=3,
            later=True,
            hint=HOW,
            example="Which tools have you used for this?",
        ),
    ] = ""


_OVERRIDE: Final = Question(
    "override",
    Ask(
        "If the scope check stops it: why publish anyway?",
        label="Publish over a stop because",
        page=3,
        later=True,
        earlier=("If a stop of the scope check stands: why publish anyway?",),
        example="agreed with the dean on 3 March",
    ),
    required=False,
    max_length=300,
    default="",
)
_TO_COORDINATOR: Final = Question(
    "to_coordinator",
    Ask(
        "If the scope check stops it: shall a coordinator decide?",
        label="A coordinator decides on stops",
        kind="yes_no",
        page=3,
        later=True,
        earlier=("If a stop of the scope check stands: shall a coordinator decide?",),
        example="no",
    ),
    required=False,
    default=False,
)
_FORM: Final = form_of(_Post, form_id=POST, title="Post a project", page_titles=_PAGES, notice=_NOTICE)


def post_form(turn: Turn, subject: str) -> Form:
    """Return the form for a new project, with the defaults of the person's company and of the programme.

    Raises:
        Declined: the person posts no projects.
    """
    person = may_post(turn)
    company = turn.session.get(Company, person.company_id) if person.company_id else None
    last = _latest(turn, company)
    defaults: dict[str, JSONValue] = {
        "company": company.name if company else None,
        "field": (company.field if company else "") or (last.field if last else ""),
        "location": (last.location if last else "") or "remote",
        "contact": last.contact if last else "",
    }
    form = _with_defaults(turn, _made(turn, None), defaults)
    submit = "Publish" if _publishes(turn) else "Ask for approval"
    return replace(form, title=_draft_title(turn, subject), submit=submit)


def _draft_title(turn: Turn, subject: str) -> Wording:
    """Return what tells this draft from another of the same person: the project's title, if it has one."""
    row = conversations.by_subject(turn.connection, turn.programme_id, turn.person.id, POST, subject)
    given = load_draft(row.draft).answers.get("title") if row is not None else None
    return say("Post: {title}", title=shortened(str(given.value), 60)) if given else "Post a project"


def edit_form(turn: Turn, subject: str) -> Form:
    """Return the form for changing a project: every answer may stay as it is.

    Its defaults are the present answers, so a draft holds only the changes.

    Raises:
        Declined: there is no such project, or it is not the person's to change.
    """
    project = project_of(turn, subject)
    may_manage(turn, project)
    form = _with_defaults(turn, replace(_made(turn, project), id=EDIT), answers_of(turn, project))
    questions = tuple(_loosened(question) for question in form.questions)
    return replace(
        form,
        questions=questions,
        title=say("Edit: {title}", title=shortened(project.title, 80)),
        submit="Save changes",
        notice="",
    )


def _publishes(turn: Turn) -> bool:
    return "coordinator" in turn.roles or not turn.programme.approval


def _loosened(question: Question) -> Question:
    """Loosen a question: it is not asked in turn, and a present answer may stay, however long or old."""
    ask = replace(question.ask, later=True, future=False)
    most = question.max_length
    if most is not None and isinstance(question.default, str):
        most = max(most, len(question.default))
    return replace(question, ask=ask, required=False, min_length=None, max_length=most)


def _latest(turn: Turn, company: Company | None) -> Project | None:
    if company is None:
        return None
    query = select(Project).where(
        Project.programme_id == turn.programme_id,
        Project.company_id == company.id,
        Project.published_at.is_not(None),
    )
    return turn.session.scalars(query.order_by(Project.id.desc()).limit(1)).first()


def _made(turn: Turn, project: Project | None) -> Form:
    """Return the form with cohorts, currency, and the zone of its dates; `project` None is a new project."""
    query = select(Cohort).where(Cohort.programme_id == turn.programme_id, Cohort.ended_at.is_(None))
    cohorts = turn.session.scalars(query.order_by(Cohort.id)).all()
    options = tuple(Option(str(cohort.id), Plain(cohort.name)) for cohort in cohorts)
    days_of = {"deadline": EVERYWHERE, "decide": decides_in(turn, project), "start": EVERYWHERE}
    questions: list[Question] = []
    for question in _FORM.questions:
        if question.name == "cohorts":
            if options:
                ask = replace(question.ask, options=options)
                everyone: list[JSONValue] = [option.value for option in options]
                questions.append(replace(question, ask=ask, default=everyone))
        elif question.name in days_of:
            # A past deadline is a stop, which a coordinator may override.
            future = question.ask.future and "coordinator" not in turn.roles
            ask = replace(question.ask, future=future, days_of=days_of[question.name])
            questions.append(replace(question, ask=ask))
        else:
            questions.append(question)
    questions.append(_OVERRIDE if "coordinator" in turn.roles else _TO_COORDINATOR)
    return replace(
        _FORM,
        questions=tuple(questions),
        currency=turn.programme.currency,
        zone=people.zone_of(turn, turn.person),
    )


def _with_defaults(turn: Turn, form: Form, defaults: dict[str, JSONValue]) -> Form:
    """Return the form with these defaults; who answers questions may be who acts, or who did so far.

    A default that rows hold in earlier words is the Term, as its answer is when it is left as it was.
    """
    known = contact_answers(turn.person.name, name_in(str(defaults["contact"])))
    questions = []
    for each in form.questions:
        question = replace(each, ask=replace(each.ask, ready=known)) if each.name == "contact" else each
        if each.name in defaults:
            default = defaults[each.name]
            if question.ask.ready and isinstance(default, str):
                change = as_terms if question.ask.kind == "long" else as_term
                default = change(default, question.ask.ready)
            question = replace(question, default=default, required=each.required and default is None)
        questions.append(question)
    return replace(form, questions=tuple(questions))
