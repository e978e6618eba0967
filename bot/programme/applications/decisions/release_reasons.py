"""Reasons of a release: one reason for each application, given alike to all its readers."""

from __future__ import annotations

from typing import Final, Literal

from bot.chat.content import Block, Part, Plain, Text, text
from bot.chat.local_day import When
from bot.programme import people, projects
from bot.programme.applications import news
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.tables import Application, Project

__all__ = ["NOT_SENT", "Reason", "in_list", "reason_now", "standing", "to_employer", "to_student", "why"]

Reason = Literal["silence", "full", "admission", "refused", "late", "overfull"]
"""The reason: no answer came in time; every place is taken; never admitted to the cohort; not admitted;
admitted after the decisions; the place was taken away while the offer was open.
"""

NOT_SENT: Final = frozenset({"admission", "refused", "late"})
"""Reasons of applications that never reached an employer."""


def reason_now(turn: Turn, project: Project, application: Application) -> Reason:
    """Return the reason to release an applicant who waits now."""
    if application.status == "admission":
        return "admission"
    return "full" if places.free(turn, project, Counting.ACCEPTED) <= 0 else "silence"


def promised_by(application: Application, project: Project) -> When:
    """Return by when a released application was promised an answer, else the project's decision date."""
    by = application.release_by or project.decide_at
    return dates.read(project, "decide") if by == project.decide_at else by


def why(turn: Turn, project: Project, reason: Reason) -> tuple[Part, ...]:
    """Return the reason in words, after "because"; for the employer and the coordinators."""
    if reason == "full":
        return ("every place is taken",)
    by = news.shown_date(turn, dates.read(project, "decide"), projects.employer_of(turn, project))
    return ("no answer came by ", by)


def to_student(turn: Turn, project: Project, application: Application) -> list[Block]:
    """Return what the student reads when they are released."""
    student = people.person_of(turn, application.person_id)
    company = Plain(projects.company_name(turn, project))
    title = ("**", projects.title_part(project), "**")
    by = news.shown_date(turn, promised_by(application, project), student)
    match application.release_reason:
        case "full":
            end = " is taken, so you need not wait any longer: your application is closed. "
            kept = "What you wrote is kept, and offered to you again when you apply next."
            said = text("Every place in ", *title, end, kept)
        case "admission":
            end = " was not sent: no coordinator admitted you to its cohort before the decisions were due. "
            said = text(
                "Your application to ", *title, end, "It is closed, and ", company, " has not read it."
            )
        case "refused":
            end = " could not be sent, because you were not admitted to its cohort. "
            whom = ("If that should be different, ", *people.contact_names(turn, student), ".")
            said = text("Your application to ", *title, end, *whom)
        case "late":
            end = " have been made in the meantime, so your application could not be sent any more."
            said = text("You are admitted, but the decisions on ", *title, end)
        case _:
            end = "That is not a no, and you need not wait any longer: your application is closed."
            said = text(company, " promised you an answer on ", *title, " by ", by, " and gave none. ", end)
    return [said]


def standing(turn: Turn, project: Project, application: Application) -> tuple[Part, ...]:
    """Return the state of a released application, in its student's list."""
    company = Plain(projects.company_name(turn, project))
    match application.release_reason:
        case "silence":
            by = news.shown_date(turn, promised_by(application, project), turn.person)
            return (company, " gave no answer by ", by, ", so you were released.")
        case "full":
            return ("Every place was taken, so you were released.",)
        case "overfull":
            return ("The place was taken away while you had the offer, so you were released.",)
        case "admission":
            return ("It was not sent: no coordinator admitted you to its cohort in time.",)
        case "refused":
            return ("It was not sent: you were not admitted to its cohort.",)
        case "late":
            return ("It was not sent: you were admitted after the decisions had been made.",)
        case _:
            return ("You were released: no decision came.",)


def in_list(application: Application) -> str:
    """Return the state of a released application, in its employer's list."""
    reasons = {
        "silence": "released, no answer came in time",
        "full": "released, every place was taken",
        "overfull": "released, the place was taken away",
    }
    return reasons.get(application.release_reason, "released")


def to_employer(turn: Turn, project: Project, reason: Reason, count: int) -> Text:
    """Return what the employer reads about applicants who were released together."""
    who = "one applicant" if count == 1 else f"{count} applicants"
    title = projects.title_part(project)
    return text(f"I have released {who} of **", title, "**, because ", *why(turn, project, reason), ".")
