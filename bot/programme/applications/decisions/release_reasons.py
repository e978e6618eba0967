"""Reasons of a release: one reason for each application, given alike to all its readers."""

from __future__ import annotations

from typing import Final, Literal

from bot.chat.content import Block, Moment, Sentence, ShownDay, Text, say, text
from bot.chat.local_day import When
from bot.programme import people, projects
from bot.programme.applications import news
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.tables import Application, Project

__all__ = [
    "NOT_SENT",
    "Reason",
    "decision_date",
    "in_list",
    "promised_by",
    "reason_now",
    "standing",
    "to_employer",
    "to_student",
]

Reason = Literal["silence", "full", "admission", "refused", "late", "overfull"]
"""The reason: no answer came in time; every place is taken; never admitted to the cohort; not admitted;
admitted after the decisions; the place was taken away while the offer was open.
"""

NOT_SENT: Final = frozenset({"admission", "refused", "late"})
"""Reasons of applications that never reached an employer."""

_NOTES: Final = {
    "full": (
        "Every place in **{project}** is taken, so you need not wait any longer: your application is closed. "
        "What you wrote is kept, and offered to you again when you apply next."
    ),
    "admission": (
        "Your application to **{project}** was not sent: no coordinator admitted you to its cohort before "
        "the decisions were due. It is closed, and {company} has not read it."
    ),
    "refused": (
        "Your application to **{project}** could not be sent, because the coordinators did not admit you to "
        "its cohort."
    ),
    "late": (
        "The coordinators admitted you, but the decisions on **{project}** have been made in the meantime, "
        "so your application could not be sent any more."
    ),
}
"""What the student of an application reads that was released for each of these reasons."""

_STATES: Final = {
    "full": "Every place was taken, so I released you.",
    "overfull": "The place was taken away while you had the offer, so I released you.",
    "admission": "It was not sent: no coordinator admitted you to its cohort in time.",
    "refused": "It was not sent: the coordinators did not admit you to its cohort.",
    "late": "It was not sent: the coordinators admitted you after the decisions had been made.",
}
"""The state of a released application, in its student's list."""


def reason_now(turn: Turn, project: Project, application: Application) -> Reason:
    """Return the reason to release an applicant who waits now."""
    if application.status == "admission":
        return "admission"
    return "full" if places.free(turn, project, Counting.ACCEPTED) <= 0 else "silence"


def promised_by(application: Application, project: Project) -> When:
    """Return by when a released application was promised an answer, else the project's decision date."""
    by = application.release_by or project.decide_at
    return dates.read(project, "decide") if by == project.decide_at else by


def decision_date(turn: Turn, project: Project) -> ShownDay | Moment:
    """Return the project's decision date, as the employer and the coordinators read it."""
    return news.shown_date(turn, dates.read(project, "decide"), projects.employer_of(turn, project))


def to_student(turn: Turn, project: Project, application: Application) -> list[Block]:
    """Return what the student reads when they are released."""
    student = people.person_of(turn, application.person_id)
    company, title = projects.company_name(turn, project), projects.title_part(project)
    reason = application.release_reason
    if reason == "refused":
        return [text(_NOTES[reason], project=title), text(people.ask_if_different(turn, student))]
    if reason in _NOTES:
        return [text(_NOTES[reason], project=title, company=company)]
    return [
        text(
            "{company} promised you an answer on **{project}** by {when} and gave none. "
            "That is not a no, and you need not wait any longer: your application is closed.",
            company=company,
            project=title,
            when=news.shown_date(turn, promised_by(application, project), student),
        )
    ]


def standing(turn: Turn, project: Project, application: Application) -> Sentence:
    """Return the state of a released application, in its student's list."""
    reason = application.release_reason
    if reason == "silence":
        return say(
            "{company} gave no answer by {when}, so I released you.",
            company=projects.company_name(turn, project),
            when=news.shown_date(turn, promised_by(application, project), turn.person),
        )
    return say(_STATES[reason]) if reason in _STATES else say("No decision came, so I released you.")


def in_list(application: Application) -> Sentence:
    """Return the state of a released application, in its employer's list."""
    match application.release_reason:
        case "silence":
            return say("released, no answer came in time")
        case "full":
            return say("released, every place was taken")
        case "overfull":
            return say("released, the place was taken away")
        case _:
            return say("released", context="application")


def to_employer(turn: Turn, project: Project, reason: Reason, count: int) -> Text:
    """Return what the employer reads about applicants who were released together."""
    title = projects.title_part(project)
    if reason == "full":
        return text(
            "I have released one applicant from **{project}**, because every place is taken.",
            "I have released {count} applicants from **{project}**, because every place is taken.",
            count=count,
            project=title,
        )
    return text(
        "I have released one applicant from **{project}**, because no answer came by {when}.",
        "I have released {count} applicants from **{project}**, because no answer came by {when}.",
        count=count,
        project=title,
        when=decision_date(turn, project),
    )
