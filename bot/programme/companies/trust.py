"""Trusted companies: their posts and changes need no approval, and the coordinators read what differs.

A coordinator trusts a company with a tap, once two of its projects are finished. Trust ends by itself: with a
report about the company's people, with a case about it, or when two answers were promised and not given.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, func, select

from bot.chat.actions import Action, Reply
from bot.chat.content import Button, Buttons, Sentence, message, note, say, text
from bot.chat.events import ButtonPressed
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined, Routes
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import StatusChanged
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import require_role
from storage.tables import Application, Case, Company, Placement, Project, Report

__all__ = ["ROUTES", "company_in_case", "company_reported", "finished_projects"]

_FINISHED: Final = 2  # finished projects, after which a company can be trusted
_BROKEN: Final = 2  # promises of an answer that were not kept, after which it is trusted no more
_REPORTED: Final = say("a report about one of its people is open")
_UNANSWERED: Final = say("it promised {count} answers and did not give them", count=_BROKEN)


def finished_projects(turn: Turn, company: Company) -> int:
    """Count the projects of a company whose work is done: a placement is complete, and none is under way."""
    under_way = exists().where(Placement.project_id == Project.id, Placement.status == "active")
    complete = exists().where(Placement.project_id == Project.id, Placement.status == "completed")
    query = select(func.count(Project.id)).where(
        Project.programme_id == turn.programme_id, Project.company_id == company.id, complete, ~under_way
    )
    return turn.session.scalar(query) or 0


def _open_report(turn: Turn, company: Company) -> bool:
    query = (
        select(Report.id)
        .join(Application, Application.id == Report.application_id)
        .join(Project, Project.id == Application.project_id)
        .where(Report.programme_id == turn.programme_id, Report.ended_at.is_(None))
        .where(Project.company_id == company.id, Report.about_id != Application.person_id)
    )
    return turn.session.scalars(query.limit(1)).first() is not None


def _open_case(turn: Turn, company: Company) -> bool:
    query = (
        select(Case.id)
        .join(Application, Application.id == Case.application_id)
        .join(Project, Project.id == Application.project_id)
        .where(Case.programme_id == turn.programme_id, Case.status == "open", Case.still)
        .where(Project.company_id == company.id)
    )
    return turn.session.scalars(query.limit(1)).first() is not None


def _broken_promises(turn: Turn, company: Company) -> int:
    """Count the applicants who got no answer from a company by its date since it is trusted."""
    query = (
        select(func.count(Application.id))
        .join(Project, Project.id == Application.project_id)
        .where(Application.programme_id == turn.programme_id, Application.status == "released")
        .where(Application.release_reason == "silence", Project.company_id == company.id)
        .where(Application.release_by >= company.trusted_at)
    )
    return turn.session.scalar(query) or 0


def _company_of(turn: Turn, company_id: int | str) -> Company:
    wanted = whole_number(str(company_id))
    found = turn.session.get(Company, wanted) if wanted is not None else None
    if found is None or found.programme_id != turn.programme_id:
        raise Declined("I cannot find that company. `/employer list` shows the companies.")
    return found


def moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """Offer to trust a company that has finished two projects; end trust where an answer was not given."""
    noun = change.noun
    if isinstance(noun, Placement) and change.after == "completed":
        return _offer(turn, turn.session.get_one(Project, noun.project_id))
    if isinstance(noun, Application) and change.after == "released":
        company = turn.session.get_one(Company, turn.session.get_one(Project, noun.project_id).company_id)
        if company.trusted_at is not None and _broken_promises(turn, company) >= _BROKEN:
            return _end(turn, company, _UNANSWERED)
    return []


def company_reported(turn: Turn, company_id: int) -> list[Action]:
    """End a company's trust, as a message of one of its people was reported."""
    company = turn.session.get_one(Company, company_id)
    return _end(turn, company, _REPORTED) if company.trusted_at is not None else []


def company_in_case(turn: Turn, company_id: int) -> None:
    """End a company's trust with a student's case about it; why is not said, as few read the case."""
    company = turn.session.get_one(Company, company_id)
    company.trusted_at = None
    turn.session.flush()


def _offer(turn: Turn, project: Project) -> list[Action]:
    company = turn.session.get_one(Company, project.company_id)
    if company.trusted_at is not None or not turn.programme.approval:
        return []
    count = finished_projects(turn, company)
    if count < _FINISHED or _open_report(turn, company) or _open_case(turn, company):
        return []
    return tasks.open_task(
        turn,
        keys.TRUST_TASK(company.id),
        "trust",
        subjects.COMPANY(company.id),
        text(
            "**{company}** has finished {count} project.",
            "**{company}** has finished {count} projects.",
            company=company.name,
            count=count,
        ),
        note(
            "If you trust it, its posts and changes need no approval, and you read what differs. Trust "
            "ends by itself with an open report, or when two answers were promised and not given."
        ),
        Buttons((Button("Trust it", verbs.COMPANY_TRUST(company.id), style="primary"),)),
    )


def _end(turn: Turn, company: Company, why: Sentence) -> list[Action]:
    """End a company's trust and tell the coordinators; a report is named without what it says."""
    company.trusted_at = None
    turn.session.flush()
    return tasks.open_task(
        turn,
        keys.TRUST_ENDED(company.id, turn.source),
        "trust",
        subjects.COMPANY(company.id),
        text("**{company}** is trusted no more: {reason}.", company=company.name, reason=why),
        note("Its posts and changes wait for your approval again."),
        about=tasks.TaskSubject(company_id=company.id),
    )


def _trust_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    require_role(turn, "coordinator")
    company = _company_of(turn, verbs.COMPANY_TRUST.read(event).company)
    if _open_report(turn, company):
        raise Declined(
            text("A report about **{company}** is open. It has to be answered first.", company=company.name)
        )
    if _open_case(turn, company):
        raise Declined(
            text(
                "**{company}** cannot be trusted for now: its trust has ended by itself.",
                company=company.name,
            )
        )
    if finished_projects(turn, company) < _FINISHED:
        raise Declined(text("**{company}** has not finished two projects yet.", company=company.name))
    company.trusted_at = company.trusted_at or turn.now
    tasks.close_task(turn, keys.TRUST_TASK(company.id))
    said = text("**{company}** is trusted. Its posts and changes need no approval.", company=company.name)
    undo = Buttons((Button("Trust it no more", verbs.COMPANY_DISTRUST(company.id)),))
    return [Reply(message(said, undo), settles=True)]


def _distrust_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    require_role(turn, "coordinator")
    company = _company_of(turn, verbs.COMPANY_DISTRUST.read(event).company)
    company.trusted_at = None
    said = text("The posts and changes of **{company}** wait for your approval again.", company=company.name)
    again = Buttons((Button("Trust it", verbs.COMPANY_TRUST(company.id)),))
    return [Reply(message(said, again), replace=True)]


ROUTES: Final = Routes(
    buttons={verbs.COMPANY_TRUST: _trust_pressed, verbs.COMPANY_DISTRUST: _distrust_pressed},
    follows={StatusChanged: (moved,)},
)
