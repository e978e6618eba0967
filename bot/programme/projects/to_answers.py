"""Stored projects as answers to the form's questions: for editing a project and for posting it again."""

from __future__ import annotations

from typing import Any

from bot.chat.answers import JSONValue
from bot.chat.local_day import Day, When, dump_day
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects.confidentiality import write_choices
from bot.programme.projects.deliverable_list import write_deliverables
from bot.programme.projects.deliverables import wanted_of
from bot.programme.projects.lookup import cohort_ids, company_name
from bot.programme.projects.questions import write_questions
from storage.tables import Project

__all__ = ["answers_of", "as_date", "as_money"]


def as_date(when: When) -> JSONValue:
    """Return a date as the answer to a question for a date."""
    return dump_day(when) if isinstance(when, Day) else when.isoformat()


def as_money(cents: int, currency: str) -> dict[str, JSONValue]:
    """Return an amount as the answer to a question for money."""
    whole, rest = divmod(cents, 100)
    return {"amount": f"{whole}.{rest:02d}" if rest else str(whole), "currency": currency}


def answers_of(turn: Turn, project: Project) -> dict[str, JSONValue]:
    """Return a project's contents as answers to the form's questions."""
    values: dict[str, Any] = {
        "title": project.title,
        "brief": project.brief,
        "deliverables": write_deliverables(wanted_of(project)),
        "hours": project.hours,
        "deadline": as_date(dates.read(project, "deadline")),
        "fee": as_money(project.fee_cents or 0, project.currency),
        "unpaid_reason": project.unpaid_reason,
        "weeks": project.weeks,
        "places": project.places,
        "start": as_date(dates.read(project, "starts")),
        "company": company_name(turn, project),
        "field": project.field,
        "location": project.location or "remote",
        "skills": list(project.skills),
        "decide": as_date(dates.read(project, "decide")),
        "cohorts": [str(cohort_id) for cohort_id in cohort_ids(project)],
        "contact": project.contact,
        "private_details": project.private_details,
        "questions": write_questions(project.questions),
        "payer": project.payer,
        "pay_days": project.pay_days,
        "countries": list(project.countries),
        "fixed": list(project.fixed),
        "confidential": write_choices(project.levels),
        "override": project.override_reason,
    }
    return values
