"""The scope check: what it finds, what it lets pass, and that its fixes settle what they are for."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from bot.chat.content import message
from bot.chat.language import as_text
from bot.chat.local_day import EVERYWHERE, Day
from bot.chat.rendering.plain_text import plain_text
from bot.chat.values import replace
from bot.programme.core import dates
from bot.programme.projects.scope_check import Rules, ScopeFinding, check, weeks_for
from bot.programme.projects.scope_rules import SCOPE_RULES, read_rules
from storage.tables import Project
from storage.tables.values import RuleState, TunedRule
from tests.support.projects import deliverable_rows

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
RULES = Rules(NOW, "Europe/London", "Europe/Madrid", 2000, "USD", 5)


BROKEN: dict[str, dict[str, Any]] = {
    "short-notice": {"deadline_at": NOW + timedelta(hours=20)},
    "start-before-answer": {"starts_at": NOW + timedelta(days=8)},
    "no-deliverables": {"deliverables": "tbd"},
    "little-time-each": {"hours": 5.0, "fee_cents": 10000, "deliverables": "a\nb\nc\nd"},
    "unpaid-without-reason": {"fee_cents": None},
    "fee-below-the-least": {"fee_cents": 10000},
    "too-long": {"hours": 200.0, "weeks": 10, "fee_cents": 400000},
    "too-dense": {"hours": 60.0, "fee_cents": 120000},
    "too-thin": {"hours": 5.0, "weeks": 10},
    "ongoing-work": {"brief": "Help with day-to-day tasks."},
    "no-contact": {"contact": ""},
    "no-skills": {"skills": []},
}
"""A post that does not keep a rule, for each rule that can be tuned."""


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
        ({"hours": 5.0, "weeks": 10}, "weeks", "less than 1 h a week"),
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


def test_a_passed_day_is_named_without_a_clock() -> None:
    """The check does not know who reads it: a day for many people is named alone."""
    passed = dates.columns("deadline", Day(date(2026, 3, 7), EVERYWHERE))
    said = words(found("deadline", **passed))
    assert said == "The application deadline has passed: Sat 7 March."


@pytest.mark.parametrize(("hours", "weeks"), [(1, 1), (10, 1), (11, 2), (40, 4), (400, 10)])
def test_a_week_for_every_ten_hours(hours: float, weeks: int) -> None:
    """The usual weeks grow with the hours, up to ten."""
    assert weeks_for(hours) == weeks


def tuned(rule: str, state: RuleState = "suggestion", **values: Any) -> Rules:  # noqa: ANN401 - as TunedRule has it
    """The rules with one that the programme tuned."""
    return replace(RULES, tuned={rule: TunedRule(state, "We agreed so.", **values)})


@pytest.mark.parametrize("name", [name for name, rule in SCOPE_RULES.items() if not rule.fixed])
def test_each_rule_can_be_switched_off_and_made_a_stop(name: str) -> None:
    """What a rule finds is there as a stop with the programme's reason, and is not there once it is off."""
    columns = BROKEN[name]
    by_rule = check(project(**columns), tuned(name, "stop", limit=SCOPE_RULES[name].limit))
    reasons = [finding.why for finding in by_rule if finding.why]
    assert reasons == ["We agreed so."]
    assert all(finding.stop for finding in by_rule if finding.why)
    off = check(project(**columns), tuned(name, "off"))
    assert len(off) == len(by_rule) - 1


def test_a_fixed_rule_is_not_tuned() -> None:
    """Dates that do not fit together stay a stop, whatever is stored."""
    (finding,) = check(project(decide_at=NOW + timedelta(days=6)), tuned("answer-before-deadline", "off"))
    assert (finding.stop, finding.why) == (True, "")


@pytest.mark.parametrize(
    ("name", "limit", "columns", "fixed"),
    [
        ("too-dense", 8, {"hours": 20.0, "weeks": 2}, "weeks"),
        ("too-thin", 5, {"hours": 8.0, "weeks": 4}, "weeks"),
        ("little-time-each", 12, {}, "hours"),
        ("short-notice", 100, {"deadline_at": NOW + timedelta(days=3)}, "deadline"),
    ],
)
def test_a_fix_settles_a_tuned_limit(name: str, limit: int, columns: dict[str, Any], fixed: str) -> None:
    """With the value of its button a post keeps the programme's own limit."""
    assert not any(finding.why for finding in check(project(**columns), tuned(name)))
    rules = tuned(name, limit=limit)
    (fix,) = next(each.fixes for each in check(project(**columns), rules) if each.why)
    assert fix.question == fixed
    value: dict[str, Any] = {fixed: float(fix.value)}
    if fixed == "deadline":
        value = {"deadline_at": NOW + timedelta(days=7)}
    assert not any(finding.why for finding in check(project(**{**columns, **value}), rules))


def test_a_notice_of_more_than_a_week_has_no_button() -> None:
    """The day of the button would be too soon as well."""
    (finding,) = check(project(deadline_at=NOW + timedelta(days=6)), tuned("short-notice", limit=200))
    assert finding.fixes == ()


def test_the_programme_s_own_words_are_looked_for_whole() -> None:
    """Another space, a hyphen or capital letters are the same phrase; a part of a word is none."""
    rules = tuned("ongoing-work", words=("night watch", "c++"))
    for brief, found in (("Night-watch", 1), ("the NIGHT  WATCH.", 1), ("C++ code", 1), ("night watches", 0)):
        assert len(check(project(brief=brief), rules)) == found
    assert check(project(brief="Help with day-to-day tasks."), rules) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("limit = 48", "limit = 0"), "short-notice: the limit"),
        (('id = "no-skills"', 'id = "no-contact"'), "two rules have the same id"),
        (('state = "stop"', 'state = "must"'), "Invalid enum value"),
        (("reason = ", "why_not = "), "unknown field"),
    ],
)
def test_a_file_of_rules_is_read_strictly(change: tuple[str, str], said: str) -> None:
    """A limit out of bounds, an id twice, an unknown state or key stops the program."""
    file = files("bot.programme.projects").joinpath("scope_rules.toml").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_rules(file.replace(*change, 1))
