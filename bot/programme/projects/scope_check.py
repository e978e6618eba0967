"""The scope check: what makes a post hard to apply to, in concrete sentences with one-tap fixes.

A finding is a note, which the poster may ignore, or a stop, which only a coordinator may override.
The rules are data (`scope_rules.toml`), which a programme tunes; here is how each looks at a post. They come
from what makes short, paid, well-ended student projects work; the published ones are Parker Dewey's project
eligibility rules (a floor per estimated hour, deliverables, no ongoing work).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.content import Moment, Sentence, Wording, say
from bot.chat.day_parts import day_part
from bot.chat.local_day import EVERYWHERE, Day, date_of
from bot.chat.sentences import Money, Number, ShownDay, Value
from bot.programme.core import dates
from bot.programme.projects.display import shown_fee, shown_hours
from bot.programme.projects.ready_answers import CONTACT_LABELS, DELIVERABLES, deliverable_in_words
from bot.programme.projects.scope_rules import ScopeRule, advice_of, found_in, rules_in_force
from storage.tables import Project
from storage.tables.values import TunedRule

__all__ = [
    "MOST_WEEKS",
    "Fix",
    "Rules",
    "ScopeFinding",
    "check",
    "least_fee",
    "weeks_for",
]


MOST_WEEKS: Final = 10

_REASONS: Final = (
    say("It counts for course credit"),
    say("We are a non-profit and have no budget for it"),
    say("It is an open-source project of volunteers"),
)
"""What the buttons of REASONS say."""

_HOURS_A_WEEK: Final = 10  # what a student has beside their courses
_A_WEEK: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """The programme's settings that a post is held against, and the instant it is held at (UTC).

    `zone`: the programme's; `decides_in`: that of the employer, whose day the decision date is.
    `floor_cents`: the least fee per estimated hour, in cents of `currency`; 0 is no floor. `tuned`: the rules
    of the scope check that the programme tuned, by their ids.
    """

    now: datetime
    zone: str
    decides_in: str
    floor_cents: int
    currency: str
    decision_days: int
    tuned: Mapping[str, TunedRule] | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that settles a finding: its button's label, the question it answers, and with what.

    `value` is a whole number as text: an amount of hours, weeks or cents, a date (`date.toordinal`), or
    a position in DELIVERABLES, REASONS or CONTACTS.
    """

    label: Wording
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class ScopeFinding:
    """What was found: at which question of the form, in whole sentences, and what would settle it.

    `unread`: the answer could not be read, so that no person can publish over the stop. `why`: the reason
    of the programme's own for the rule, in a coordinator's words.
    """

    question: str
    words: Sentence
    fixes: tuple[Fix, ...] = ()
    stop: bool = False
    unread: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Match:
    """A rule that a post does not keep: at which question, with which values, and what would settle it."""

    rule: ScopeRule
    question: str
    fixes: tuple[Fix, ...]
    values: Mapping[str, Value]


_Held = Mapping[str, ScopeRule]
"""The rules of the programme, by their ids."""


def check(project: Project, rules: Rules) -> tuple[ScopeFinding, ...]:
    """Return everything the scope check finds in a post, stops first; `project` need not be stored."""
    held = rules_in_force(rules.tuned)
    found = [
        _finding(match)
        for look in _LOOKS
        for match in look(project, rules, held)
        if match.rule.state != "off"
    ]
    return tuple(sorted(found, key=lambda finding: not finding.stop))


def _finding(match: _Match) -> ScopeFinding:
    rule = match.rule
    words = advice_of(rule, match.values)
    return ScopeFinding(match.question, words, match.fixes, stop=rule.state == "stop", why=rule.why)


def _match(rule: ScopeRule, question: str, *fixes: Fix, **values: Value) -> _Match:
    return _Match(rule, question, fixes, values)


def weeks_for(hours: float) -> int:
    """Return how many weeks so many hours take beside a student's courses."""
    return min(MOST_WEEKS, max(1, ceil(hours / _HOURS_A_WEEK)))


def least_fee(rules: Rules, hours: float) -> int:
    """Return the least fee for so many hours, in cents of the programme's currency; 0 where there is none."""
    return ceil(rules.floor_cents * hours / 100) * 100


def _deadline(project: Project, rules: Rules, held: _Held) -> Iterable[_Match]:
    week = Day((rules.now + _A_WEEK).astimezone(ZoneInfo(rules.zone)).date(), EVERYWHERE)
    fix = Fix(say("Apply by {when}", when=_on_button(week, rules)), "deadline", _number(week))
    kept = dates.read(project, "deadline")
    short = held["short-notice"]
    if project.deadline_at <= rules.now:
        zone = ZoneInfo(rules.decides_in)
        when = day_part(kept, zone, rules.now) if isinstance(kept, Day) else Moment(kept, zone.key)
        yield _match(held["deadline-passed"], "deadline", fix, when=when)
    elif project.deadline_at - rules.now < short.limit * _HOUR:
        # The day of the fix may be too soon as well, where a programme asks for more than a week.
        fixes = [fix] if short.limit * _HOUR <= _A_WEEK else []
        yield _match(short, "deadline", *fixes, count=ceil((project.deadline_at - rules.now) / _HOUR))


def _answer(project: Project, rules: Rules, held: _Held) -> Iterable[_Match]:
    zone = ZoneInfo(rules.decides_in)
    if project.decide_at < project.deadline_at:
        closes = date_of(dates.read(project, "deadline"), zone)
        later = Day(closes + timedelta(days=rules.decision_days), rules.decides_in)
        fix = Fix(say("Decide by {when}", when=_on_button(later, rules)), "decide", _number(later))
        yield _match(held["answer-before-deadline"], "decide", fix)
    elif project.starts_at < project.decide_at:
        start = Day(date_of(dates.read(project, "decide"), zone) + timedelta(days=1), EVERYWHERE)
        fix = Fix(say("Start on {when}", when=_on_button(start, rules)), "start", _number(start))
        yield _match(held["start-before-answer"], "start", fix)


def _on_button(day: Day, rules: Rules) -> ShownDay:
    """Return a day for a button's label, where no clock is drawn."""
    return day_part(day, ZoneInfo(rules.decides_in), rules.now, clock=False)


def _number(day: Day) -> str:
    return str(day.date.toordinal())


def _deliverables(project: Project, _rules: Rules, held: _Held) -> Iterable[_Match]:
    count, each = len(project.deliverables), held["little-time-each"]
    if not count:
        ready = _to_tap("deliverables", (one.said for one in DELIVERABLES))
        yield _match(held["no-deliverables"], "deliverables", *ready)
    elif count > 1 and project.hours < each.limit * count:
        yield _match(
            each,
            "hours",
            _take_hours(each.limit * count),
            count=count,
            hours=shown_hours(project.hours),
            each=Number(f"{project.hours / count:.1f}"),
        )


def _to_tap(question: str, labels: Iterable[Sentence]) -> tuple[Fix, ...]:
    return tuple(Fix(label, question, str(number)) for number, label in enumerate(labels))


def _take_hours(hours: int) -> Fix:
    return Fix(say("Make it {count} hour", "Make it {count} hours", count=hours), "hours", str(hours))


def _fee(project: Project, rules: Rules, held: _Held) -> Iterable[_Match]:
    below = held["fee-below-the-least"]
    asked = below.state != "off" and project.currency == rules.currency
    floor = rules.floor_cents if asked else 0
    enough = least_fee(rules, project.hours) if floor else 0
    pay = Fix(say("Pay {fee}", fee=Money(enough, rules.currency)), "fee", str(enough))
    if not project.fee_cents:
        if not project.unpaid_reason.strip():
            fixes = ((pay,) if floor else ()) + _to_tap("unpaid_reason", _REASONS)
            yield _match(held["unpaid-without-reason"], "fee", *fixes)
    elif project.fee_cents < floor * project.hours:
        fewer = int(project.fee_cents // floor)
        yield _match(
            below,
            "fee",
            pay,
            *([_take_hours(fewer)] if fewer > 1 else []),
            fee=shown_fee(project),
            hours=shown_hours(project.hours),
            an_hour=Money(round(project.fee_cents / project.hours), rules.currency),
            least=Money(floor, rules.currency),
        )


def _time(project: Project, _rules: Rules, held: _Held) -> Iterable[_Match]:
    long, dense, thin = held["too-long"], held["too-dense"], held["too-thin"]
    a_week, hours = project.hours / project.weeks, shown_hours(project.hours)
    usual = min(_HOURS_A_WEEK, dense.limit)
    enough = min(MOST_WEEKS, max(1, ceil(project.hours / usual)))
    fix = Fix(say("Make it {count} week", "Make it {count} weeks", count=enough), "weeks", str(enough))
    if long.state != "off" and project.hours > long.limit:
        yield _match(long, "hours", hours=hours)
    elif a_week > dense.limit and enough > project.weeks:
        shown = Number(f"{a_week:.0f}")
        yield _match(dense, "weeks", fix, hours=hours, count=project.weeks, a_week=shown, usual=usual)
    if a_week < thin.limit and enough < project.weeks:
        yield _match(thin, "weeks", fix, hours=hours, count=project.weeks, limit=thin.limit)


def _project_rather_than_job(project: Project, _rules: Rules, held: _Held) -> Iterable[_Match]:
    wanted = (deliverable_in_words(each.title) for each in project.deliverables)
    found = found_in(held["ongoing-work"], "\n".join([project.title, project.brief, *wanted]))
    if found:
        yield _match(held["ongoing-work"], "brief", words=found)


def _contact(project: Project, _rules: Rules, held: _Held) -> Iterable[_Match]:
    if not project.contact.strip():
        yield _match(held["no-contact"], "contact", *_to_tap("contact", CONTACT_LABELS))


def _skills(project: Project, _rules: Rules, held: _Held) -> Iterable[_Match]:
    if not project.skills:
        yield _match(held["no-skills"], "skills")


_LOOKS: Final[Sequence[Callable[[Project, Rules, _Held], Iterable[_Match]]]] = (
    _deadline,
    _answer,
    _deliverables,
    _fee,
    _time,
    _project_rather_than_job,
    _contact,
    _skills,
)
