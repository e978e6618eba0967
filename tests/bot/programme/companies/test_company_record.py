"""The record of a company: counted from the history, and said only after five answers."""

from datetime import datetime, timedelta

import pytest

from bot.chat.language import as_text
from bot.chat.values import replace
from bot.programme.companies.company_record import CompanyRecord, record_of, shown_record
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from storage.tables import Company, Project
from tests.support.history_world import put, world
from tests.support.projects import DECIDE
from tests.support.stage import MONDAY

DAY = timedelta(days=1)


def published(turn: Turn) -> tuple[Company, Project]:
    """Riverside Bikes with its project, whose applicants are promised an answer by DECIDE."""
    project = world(turn).project
    project.published_at = MONDAY
    turn.session.flush()
    return turn.session.get_one(Company, project.company_id), project


def applied(turn: Turn, project: Project, number: int, at: datetime = MONDAY) -> None:
    """An application of this number is sent."""
    put(turn, f"application:{number}", "birth", None, "submitted", at=at, parent=f"project:{project.id}")


def became(
    turn: Turn,
    project: Project,
    number: int,
    after: str,
    at: datetime,
    *,
    before: str = "submitted",
    reason: str = "",
    known_by: str = "",
) -> None:
    """An application of this number gets another status."""
    subject, parent = f"application:{number}", f"project:{project.id}"
    put(turn, subject, "status", before, after, at=at, parent=parent, reason=reason, known_by=known_by)


def answered(turn: Turn, project: Project, *days: float) -> None:
    """Applications 100, 101, ... are sent on MONDAY, and answered so many days later."""
    for number, after in enumerate(days, 100):
        applied(turn, project, number)
        became(turn, project, number, "not_selected" if number % 2 else "offered", MONDAY + after * DAY)


@pytest.mark.soak
def test_four_answers_are_no_record(turn: Turn) -> None:
    """One answer more, and there is one: so many in time, half of them within so many days."""
    company, project = published(turn)
    answered(turn, project, 1, 2, 3, 4)
    assert record_of(turn, company) is None
    answered(turn, project, 1, 2, 3, 4, 9)
    assert record_of(turn, company) == CompanyRecord(5, 5, 3)


def test_a_late_answer_and_silence_are_not_in_time(turn: Turn) -> None:
    """Silence counts among those who waited, though it is no answer whose days are counted."""
    company, project = published(turn)
    answered(turn, project, 1, 1, 1, 1, 1, 20)
    applied(turn, project, 90)
    became(turn, project, 90, "released", DECIDE + 5 * DAY, reason="silence")
    assert record_of(turn, company) == CompanyRecord(7, 5, 1)


def test_what_was_promised_at_the_time_counts(turn: Turn) -> None:
    """A decision date that was moved later makes no answer to an earlier applicant timely."""
    company, project = published(turn)
    answered(turn, project, 1, 1, 1, 1, 8)
    promise = (MONDAY + 5 * DAY).isoformat()
    subject = subjects.PROJECT(project.id)
    put(turn, subject, "decide", promise, DECIDE.isoformat(), at=MONDAY + 2 * DAY)
    assert record_of(turn, company) == CompanyRecord(5, 4, 1)
    applied(turn, project, 90, MONDAY + 3 * DAY)
    became(turn, project, 90, "offered", MONDAY + 8 * DAY)
    assert record_of(turn, company) == CompanyRecord(6, 5, 1)


def test_only_the_first_answer_to_each_application_counts(turn: Turn) -> None:
    """A later offer is no second answer; who applied again is answered again; who left is owed nothing."""
    company, project = published(turn)
    answered(turn, project, 1, 1, 1, 1, 1)
    became(turn, project, 100, "expired", MONDAY + 4 * DAY, before="offered")
    became(turn, project, 100, "not_selected", MONDAY + 20 * DAY, before="expired")
    became(turn, project, 101, "submitted", MONDAY + 5 * DAY, before="shortlisted")
    applied(turn, project, 90)
    became(turn, project, 90, "withdrawn", MONDAY + DAY)
    applied(turn, project, 91)
    became(turn, project, 91, "released", MONDAY + 25 * DAY, reason="full")
    assert record_of(turn, company) == CompanyRecord(5, 5, 1)
    became(turn, project, 90, "submitted", MONDAY + 2 * DAY, before="withdrawn")
    became(turn, project, 90, "offered", MONDAY + 4 * DAY)
    assert record_of(turn, company) == CompanyRecord(6, 6, 1)


def test_another_company_and_another_year_do_not_count(turn: Turn) -> None:
    """The record is of this company, and of the last year."""
    company, project = published(turn)
    answered(turn, project, 1, 1, 1, 1, 1)
    other = Company(programme_id=turn.programme_id, name="Quern", created_at=MONDAY)
    turn.session.add(other)
    turn.session.flush()
    assert record_of(turn, other) is None
    assert record_of(replace(turn, now=DECIDE + 364 * DAY), company) is not None
    assert record_of(replace(turn, now=DECIDE + 366 * DAY), company) is None


def test_rows_that_an_upgrade_found_do_not_count(turn: Turn) -> None:
    """It is not known when they came about."""
    company, project = published(turn)
    answered(turn, project, 1, 1, 1, 1)
    applied(turn, project, 90)
    became(turn, project, 90, "offered", MONDAY + DAY, known_by="found")
    assert record_of(turn, company) is None


def test_a_record_is_said_as_what_it_is() -> None:
    """All in time, or how many were, and the days of half of the answers."""
    assert as_text(shown_record(CompanyRecord(5, 5, 1))) == (
        "All 5 applicants of the last year had an answer in time, half of them within 1 day."
    )
    assert as_text(shown_record(CompanyRecord(12, 9, 6))) == (
        "Of 12 applicants of the last year, 9 had an answer in time. Half of the answers came within 6 days."
    )
