"""The form a project is posted and edited with: what is asked, and the defaults of company and programme."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.answers import JSONValue, Option
from bot.chat.answers.terms import as_term, as_terms
from bot.chat.content import Plain, Wording, say
from bot.chat.conversation.draft import load_draft
from bot.chat.forms import Form, Question
from bot.chat.local_day import EVERYWHERE
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.projects.display import shortened
from bot.programme.projects.form_questions import OVERRIDE, POST, TO_COORDINATOR, WHOLE_FORM
from bot.programme.projects.from_answers import decides_in
from bot.programme.projects.lookup import may_manage, may_post, project_of
from bot.programme.projects.ready_answers import (
    contact_answers,
    name_in,
)
from bot.programme.projects.to_answers import answers_of
from bot.programme.projects.versions import as_changed
from storage.queries import conversations
from storage.tables import Cohort, Company, Project

__all__ = ["EDIT", "POST", "edit_form", "post_form"]

EDIT: Final = "project-edit"


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
    submit = "Publish" if _publishes(turn, company) else "Ask for approval"
    return replace(form, title=_draft_title(turn, subject), submit=submit)


def _draft_title(turn: Turn, subject: str) -> Wording:
    """Return what tells this draft from another of the same person: the project's title, if it has one."""
    # Not locked: help names the drafts on a reader, where PostgreSQL refuses a lock.
    unfinished = conversations.unfinished(turn.connection, turn.programme_id, turn.person.id)
    row = next((each for each in unfinished if (each.form, each.subject) == (POST, subject)), None)
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
    form = _with_defaults(
        turn, replace(_made(turn, project), id=EDIT), answers_of(turn, as_changed(turn, project))
    )
    questions = tuple(_loosened(question) for question in form.questions)
    return replace(
        form,
        questions=questions,
        title=say("Edit: {title}", title=shortened(project.title, 80)),
        submit="Save changes",
        notice="",
    )


def _publishes(turn: Turn, company: Company | None) -> bool:
    if "coordinator" in turn.roles or not turn.programme.approval:
        return True
    return company is not None and company.trusted_at is not None


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
    for question in WHOLE_FORM.questions:
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
    questions.append(OVERRIDE if "coordinator" in turn.roles else TO_COORDINATOR)
    return replace(
        WHOLE_FORM,
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
