"""The scope check: what it finds, what it lets pass, and that its fixes settle what they are for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.chat.content import message
from bot.chat.language import as_text
from bot.chat.local_day import EVERYWHERE, Day
from bot.chat.rendering.plain_text import plain_text
from bot.programme.core import dates
from bot.programme.projects.scope_check import Rules, ScopeFinding, check, weeks_for
from storage.tables import Project
from tests.support.projects import deliverable_rows

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
RULES = Rules(NOW, "Europe/London", "Europe/Madrid", 2000, "USD", 5)


def project(**columns: object) -> Project:
    """A post in which nothing is to be found, but for `columns`."""
    values: dict[str, Any] = {
        "title": "Market map",
        "brief": "Find out who rents e-bikes and what they charge.",
        "deliverables": "A spreadsheet\nA summary",
        "hours": 20.0,
        "weeks": 2,
        "deadline_at": NOW + timedelta(days=7),
        "decide_at": NOW + timedelta(days=12),
        "starts_at": NOW + timedelta(days=13),
        "fee_cents": 40000,
        "currency": "USD",
        "unpaid_reason": "",
        "contact": "Marta, daily",
        "skills": ["Excel"],
    }
    values |= columns
    return Project(**(values | {"deliverables": deliverable_rows(values["deliverables"])}))


def found(question: str, **columns: object) -> ScopeFinding:
    """The one finding about `question`."""
    (finding,) = (f for f in check(project(**columns), RULES) if f.question == question)
    return finding


def words(finding: ScopeFinding) -> str:
    """What a finding says."""
    return plain_text(message(finding.words))


def test_dates_and_weeks_are_mended_by_one_tap() -> None:
    """The buttons say the date and the weeks that they set."""
    late = found("decide", decide_at=NOW + timedelta(days=3))
    dense = found("weeks", hours=5.0, weeks=8)
    assert as_text(late.fixes[0].label).startswith("Decide by ")
    assert as_text(dense.fixes[0].label) == "Make it 1 week"


def test_a_sound_post_passes() -> None:
    """Nothing is found where nothing is wrong."""
    assert check(project(), RULES) == ()


@pytest.mark.parametrize(
    ("columns", "question", "said"),
    [
        ({"deadline_at": NOW - timedelta(hours=1)}, "deadline", "has passed"),
        ({"deliverables": "tbd"}, "deliverables", "No deliverable is named"),
        ({"fee_cents": 10000}, "fee", "$100 for 20 h is $5 an hour"),
        ({"fee_cents": None}, "fee", "no fee and no reason"),
        ({"decide_at": NOW + timedelta(days=6)}, "decide", "before applications close"),
    ],
)
def test_stops(columns: dict[str, Any], question: str, said: str) -> None:
    """What holds a post back, in words, with at least one fix."""
    finding = found(question, **columns)
    assert finding.stop
    assert said in words(finding)
    assert finding.fixes


@pytest.mark.parametrize(
    ("columns", "question", "said"),
    [
        ({"deadline_at": NOW + timedelta(hours=20)}, "deadline", "close in 20 hours"),
        ({"hours": 5.0, "fee_cents": 10000, "deliverables": "a\nb\nc\nd"}, "hours", "1.2 h each"),
        ({"hours": 60.0, "fee_cents": 120000}, "weeks", "30 h a week"),
        ({"hours": 5.0, "weeks": 10}, "weeks", "less than an hour a week"),
        ({"hours": 200.0, "fee_cents": 400000}, "hours", "a whole internship"),
        ({"brief": "Help with day-to-day tasks."}, "brief", "“day-to-day” sounds like ongoing work"),
        ({"contact": ""}, "contact", "No contact for questions"),
        ({"skills": []}, "skills", "No skills are named"),
        ({"starts_at": NOW + timedelta(days=8)}, "start", "before you have promised an answer"),
    ],
)
def test_notes(columns: dict[str, Any], question: str, said: str) -> None:
    """What is worth a look but holds nothing back."""
    finding = found(question, **columns)
    assert not finding.stop
    assert said in words(finding)


def test_unpaid_with_a_reason_is_no_stop() -> None:
    """A reason that students read takes the place of a fee, whatever the floor."""
    assert check(project(fee_cents=None, unpaid_reason="course credit"), RULES) == ()


def test_another_currency_is_not_held_against_the_floor() -> None:
    """Amounts of two currencies are not compared."""
    assert check(project(fee_cents=1000, currency="EUR"), RULES) == ()


def test_stops_come_first() -> None:
    """What must be settled is read before what may be."""
    stops = [finding.stop for finding in check(project(contact="", skills=[], deliverables=""), RULES)]
    assert stops == sorted(stops, reverse=True)


def test_the_fee_fixes_settle_the_fee() -> None:
    """Paying the named amount, or asking for the named hours, leaves nothing under the floor."""
    pay, fewer = found("fee", fee_cents=15000).fixes
    assert (pay.question, fewer.question) == ("fee", "hours")
    assert check(project(fee_cents=int(pay.value)), RULES) == ()
    assert not any(f.stop for f in check(project(fee_cents=15000, hours=float(fewer.value)), RULES))


def test_the_date_fixes_settle_the_dates() -> None:
    """A fix's date is a day, and what it was for is gone."""
    (fix,) = found("deadline", deadline_at=NOW - timedelta(days=1)).fixes
    assert date.fromordinal(int(fix.value)) == date(2026, 3, 16)
    assert as_text(fix.label) == "Apply by Mon 16 March"
    (fix,) = found("decide", decide_at=NOW + timedelta(days=1)).fixes
    decide = dates.columns("decide", Day(date.fromordinal(int(fix.value)), RULES.decides_in))
    assert not any(f.stop for f in check(project(**decide), RULES))
    (fix,) = found("start", starts_at=NOW).fixes
    start = dates.columns("starts", Day(date.fromordinal(int(fix.value)), EVERYWHERE))
    assert check(project(**start), RULES) == ()


def test_a_passed_day_is_named_without_a_clock_of_nobody() -> None:
    """The check does not know who reads it: a day for many people is named alone."""
    passed = dates.columns("deadline", Day(date(2026, 3, 7), EVERYWHERE))
    said = words(found("deadline", **passed))
    assert said == "The application deadline has passed: Sat 7 March."


@pytest.mark.parametrize(("hours", "weeks"), [(1, 1), (10, 1), (11, 2), (40, 4), (400, 10)])
def test_a_week_for_every_ten_hours(hours: float, weeks: int) -> None:
    """The usual weeks grow with the hours, up to ten."""
    assert weeks_for(hours) == weeks
