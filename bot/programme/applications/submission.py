"""Submission of an application: last checks, receipt, the employer's news, a closed cohort's admission."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.chat.actions import Action, CancelTimers, Reply
from bot.chat.content import Block, Button, Buttons, Message, message, note, say, text
from bot.chat.routes import Completed
from bot.programme import cohorts, people, projects
from bot.programme.applications import (
    answer_retention,
    application_form,
    apply,
    cohort_choice,
    deadlines,
    drafts,
    lookup,
    messages,
    news,
    outcomes,
)
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.lifecycle import begin, move
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.people import files
from bot.programme.people.time_zones import zone_question
from bot.programme.projects.saved_projects import saved_subject
from storage.tables import Application, Cohort, Member, Person, Project
from storage.tables.values import Agreement

__all__ = ["admitted", "application_submitted", "refused"]


def application_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Send a confirmed application, or keep it until a closed cohort admits the student.

    Raises:
        Declined: it is a second application, or too late.
    """
    project = projects.project_of(turn, done.subject, lock=True)
    apply.refuse_again(turn, project)
    if not deadlines.in_time(turn, project, drafts.begun_at(turn, done.conversation_id)):
        raise apply.too_late(turn, project)
    cohort = cohort_choice.decided(turn, project)
    member, joined = cohorts.join(turn, cohort, turn.person)
    if member.state == "refused":
        raise cohort_choice.not_admitted(turn, project, cohort)
    waits = member.state != "admitted"
    application, written = _written(turn, project, cohort, done, "admission" if waits else "submitted")
    draft = subjects.DRAFT(project.id, turn.person.id)
    daily_message.retract_notices(turn, draft)
    daily_message.retract_notices(turn, saved_subject(project, turn.person.id))
    actions: list[Action] = [
        *joined,
        *written,
        CancelTimers(key=keys.APPLICATION_DRAFT(project.id, turn.person.id)),
        answer_retention.erase_timer(turn, project, application),
    ]
    if waits:
        return [Reply(message(*_kept(turn, project, cohort), *zone_question(turn, turn.person))), *actions]
    return [Reply(_receipt(turn, project, application)), *actions, *_news(turn, project, application)]


def _receipt(turn: Turn, project: Project, application: Application) -> Message:
    return message(
        text("Your application to **{project}** is sent.", project=projects.title_part(project)),
        *_what_next(turn, project, application, turn.person),
        note(
            "Sent to {company} on {when}.",
            company=projects.company_name(turn, project),
            when=news.shown_date(turn, turn.now, turn.person),
        ),
        *zone_question(turn, turn.person),
    )


def _written(
    turn: Turn, project: Project, cohort: Cohort, done: Completed, status: str
) -> tuple[Application, list[Action]]:
    """Return the row with these answers: a new row, or the row that was withdrawn."""
    # A person has one row for each project, so an application after a withdrawal takes the row again, and
    # what is left of its earlier end is cleared below.
    withdrawn = turn.session.scalar(
        select(Application).where(
            Application.programme_id == turn.programme_id,
            Application.project_id == project.id,
            Application.person_id == turn.person.id,
        )
    )
    application = withdrawn or Application(
        programme_id=turn.programme_id,
        project_id=project.id,
        person_id=turn.person.id,
        status=status,
        created_at=turn.now,
    )
    application.cohort_id = cohort.id
    application.answers = application_form.answers_of(done)
    read = Agreement("notice", turn.language.text(done.form.notice), turn.now)
    application.agreements = [read] if done.form.notice else []
    application.submitted_at = turn.now if status == "submitted" else None
    application.decided_at = None
    application.reason = ""
    application.release_reason, application.release_by = "", None
    written = begin(turn, application) if withdrawn is None else move(turn, application, status)
    files.hold(
        turn, "application", application.id, files.kept_in([answer.value for answer in application.answers])
    )
    return application, written


def _news(turn: Turn, project: Project, application: Application) -> list[Action]:
    """Return the employer's news of an application."""
    news.recount(turn, project)
    employer = projects.employer_of(turn, project)
    student = people.person_name(people.person_of(turn, application.person_id))
    subject = subjects.APPLICATION(application.id)
    return news.tell_employer(
        turn,
        project,
        keys.APPLICATION_SENT(application.id, turn.source),
        subject,
        text(
            "**{student}** applied to **{project}**. Your answer is expected by {when}.",
            student=student,
            project=projects.title_part(project),
            when=news.shown_date(turn, dates.read(project, "decide"), employer),
        ),
        Buttons((Button(say("Read: {student}", student=student), verbs.APPLICANT_SHOW(application.id)),)),
    )


def _what_next(turn: Turn, project: Project, application: Application, student: Person) -> list[Block]:
    return [
        text(
            "{company} promises an answer by {when}. Whatever it is, I bring it to you here.",
            company=projects.company_name(turn, project),
            when=news.shown_date(turn, dates.read(project, "decide"), student),
        ),
        note(
            "If no answer comes by then, I release you one day later and say why.",
            "If no answer comes by then, I release you {count} days later and say why.",
            count=turn.programme.release_days,
        ),
        Buttons(
            (
                Button("My applications", verbs.APPLICATIONS_LIST()),
                messages.write_button(application, "employer"),
                _back(turn, project, application.cohort_id, student),
            )
        ),
    ]


def _back(turn: Turn, project: Project, cohort_id: int | None, student: Person) -> Button:
    """Return the button to the card in the channel, where the platform can link there; else to the post here.

    A student whose application is sent by another person's act may read of it anywhere, so they get no link.
    """
    card = projects.card_there(turn, project, cohort_id) if turn.person_id == student.id else ""
    return Button("Back to the project", verbs.PROJECT_SHOW(project.id), to=card)


def _kept(turn: Turn, project: Project, cohort: Cohort) -> list[Block]:
    return [
        text(
            "Your application to **{project}** is complete and saved.", project=projects.title_part(project)
        ),
        text(
            "It is sent as soon as a coordinator admits you to {cohort}. There is nothing left for you to "
            "do; I will let you know here when it is sent.",
            cohort=cohort.name,
        ),
        note(
            "Without an answer I ask the coordinators again every working day, and you read so.",
            "Without an answer I ask the coordinators again every {count} working days, and you read so.",
            count=turn.programme.coordinator_days,
        ),
        Buttons(
            (
                Button("My applications", verbs.APPLICATIONS_LIST()),
                _back(turn, project, cohort.id, turn.person),
            )
        ),
    ]


def admitted(turn: Turn, member: Member) -> list[Action]:
    """Send what a student had ready for a closed cohort that has admitted them."""
    actions: list[Action] = []
    for project, application in _ready(turn, member):
        if turn.now > project.decide_at + timedelta(days=turn.programme.release_days):
            actions += outcomes.release(turn, project, application, "late")
            continue
        application.submitted_at = turn.now
        actions += move(turn, application, "submitted")
        actions += _news(turn, project, application)
        actions += news.tell_student(
            turn,
            application,
            keys.APPLICATION_ADMITTED(application.id, turn.source),
            text(
                "Your application to **{project}** is sent now that you are admitted.",
                project=projects.title_part(project),
            ),
            *_what_next(turn, project, application, people.person_of(turn, member.person_id)),
        )
    return actions


def refused(turn: Turn, member: Member) -> list[Action]:
    """End with an answer what a student had ready for a closed cohort that has refused them."""
    actions: list[Action] = []
    for project, application in _ready(turn, member):
        actions += outcomes.release(turn, project, application, "refused")
    return actions


def _ready(turn: Turn, member: Member) -> list[tuple[Project, Application]]:
    """Return complete applications that wait for this admission, with their projects, locked."""
    query = select(Application.id, Application.project_id).where(
        Application.programme_id == turn.programme_id,
        Application.person_id == member.person_id,
        Application.cohort_id == member.cohort_id,
        Application.status == "admission",
    )
    found = turn.session.execute(query.order_by(Application.project_id)).all()
    return [lookup.lock_application(turn, application_id) for application_id, _ in found]
