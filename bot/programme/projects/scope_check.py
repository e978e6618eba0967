"""The scope check: what makes a post hard to apply to, in concrete sentences with one-tap fixes.

A finding is a note, which the poster may ignore, or a stop, which only a coordinator may override.
The rules come from what makes short, paid, well-ended student projects work; the published ones are
Parker Dewey's project eligibility rules (a floor per estimated hour, deliverables, no ongoing work).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.content import Moment, Sentence, Wording, say
from bot.chat.day_parts import day_part
from bot.chat.local_day import EVERYWHERE, Day, date_of
from bot.chat.sentences import Money, Number, ShownDay
from bot.programme.core import dates
from bot.programme.projects.display import shown_fee, shown_hours
from bot.programme.projects.ready_answers import CONTACT_LABELS, DELIVERABLES, deliverable_in_words
from storage.tables import Project

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
_TOO_DENSE: Final = 20  # hours a week
_TOO_LONG: Final = 80  # hours
_HOURS_EACH: Final = 2  # the least a deliverable takes
# Students need this long to see a project and to write an application.
_SHORT_NOTICE: Final = timedelta(days=2)
_A_WEEK: Final = timedelta(days=7)
_ONGOING: Final = re.compile(
    r"\b(?:on-?going|as[- ]needed|day[- ]to[- ]day|daily tasks?|(?:every|each) (?:day|week|month)"
    r"|part[- ]time|full[- ]time|long[- ]term|permanent(?:ly)?|indefinitely|shifts?"
    r"|(?:run|manage|maintain) our (?:social media|accounts?|website|inbox)|customer support"
    r"|general (?:help|support|assistance))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The programme's settings that a post is held against, and the instant it is held at (UTC).

    `zone`: the programme's; `decides_in`: that of the employer, whose day the decision date is.
    `floor_cents`: the least fee per estimated hour, in cents of `currency`; 0 is no floor.
    """

    now: datetime
    zone: str
    decides_in: str
    floor_cents: int
    currency: str
    decision_days: int


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

    `unread`: the answer could not be read, so that no person can publish over the stop.
    """

    question: str
    words: Sentence
    fixes: tuple[Fix, ...] = ()
    stop: bool = False
    unread: bool = False


def check(project: Project, rules: Rules) -> tuple[ScopeFinding, ...]:
    """Return everything the scope check finds in a post, stops first; `project` need not be stored."""
    found = [finding for rule in _RULES for finding in rule(project, rules)]
    return tuple(sorted(found, key=lambda finding: not finding.stop))


def weeks_for(hours: float) -> int:
    """Return how many weeks so many hours take beside a student's courses."""
    return min(MOST_WEEKS, max(1, ceil(hours / _HOURS_A_WEEK)))


def least_fee(rules: Rules, hours: float) -> int:
    """Return the least fee for so many hours, in cents of the programme's currency; 0 where there is none."""
    return ceil(rules.floor_cents * hours / 100) * 100


def _deadline(project: Project, rules: Rules) -> Iterable[ScopeFinding]:
    week = Day((rules.now + _A_WEEK).astimezone(ZoneInfo(rules.zone)).date(), EVERYWHERE)
    fix = Fix(say("Apply by {when}", when=_on_button(week, rules)), "deadline", _number(week))
    kept = dates.read(project, "deadline")
    if project.deadline_at <= rules.now:
        zone = ZoneInfo(rules.decides_in)
        when = day_part(kept, zone, rules.now) if isinstance(kept, Day) else Moment(kept, zone.key)
        words = say("The application deadline has passed: {when}.", when=when)
        yield ScopeFinding("deadline", words, (fix,), stop=True)
    elif project.deadline_at - rules.now < _SHORT_NOTICE:
        words = say(
            "Applications close in {count} hour. Students need a few days to see a project and write.",
            "Applications close in {count} hours. Students need a few days to see a project and write.",
            count=ceil((project.deadline_at - rules.now) / timedelta(hours=1)),
        )
        yield ScopeFinding("deadline", words, (fix,))


def _decision(project: Project, rules: Rules) -> Iterable[ScopeFinding]:
    zone = ZoneInfo(rules.decides_in)
    if project.decide_at < project.deadline_at:
        closes = date_of(dates.read(project, "deadline"), zone)
        later = Day(closes + timedelta(days=rules.decision_days), rules.decides_in)
        fix = Fix(say("Decide by {when}", when=_on_button(later, rules)), "decide", _number(later))
        yield ScopeFinding(
            "decide", say("You promise an answer before applications close."), (fix,), stop=True
        )
    elif project.starts_at < project.decide_at:
        start = Day(date_of(dates.read(project, "decide"), zone) + timedelta(days=1), EVERYWHERE)
        fix = Fix(say("Start on {when}", when=_on_button(start, rules)), "start", _number(start))
        yield ScopeFinding("start", say("The work starts before you have promised an answer."), (fix,))


def _on_button(day: Day, rules: Rules) -> ShownDay:
    """Return a day for a button's label, where no clock is drawn."""
    return day_part(day, ZoneInfo(rules.decides_in), rules.now, clock=False)


def _number(day: Day) -> str:
    return str(day.date.toordinal())


def _deliverables(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    count = len(project.deliverables)
    if not count:
        words = say("No deliverable is named. Say what will be in your hands at the end, one thing a line.")
        yield ScopeFinding(
            "deliverables", words, _to_tap("deliverables", (each.said for each in DELIVERABLES)), stop=True
        )
        return
    if count > 1 and project.hours < _HOURS_EACH * count:
        words = say(
            "{count} deliverable in {hours} h is {each} h each. Ask for fewer, or give them more time.",
            "{count} deliverables in {hours} h is {each} h each. Ask for fewer, or give them more time.",
            count=count,
            hours=shown_hours(project.hours),
            each=Number(f"{project.hours / count:.1f}"),
        )
        yield ScopeFinding("hours", words, (_take_hours(_HOURS_EACH * count),))


def _to_tap(question: str, labels: Iterable[Sentence]) -> tuple[Fix, ...]:
    return tuple(Fix(label, question, str(number)) for number, label in enumerate(labels))


def _take_hours(hours: int) -> Fix:
    return Fix(say("Make it {count} hour", "Make it {count} hours", count=hours), "hours", str(hours))


def _fee(project: Project, rules: Rules) -> Iterable[ScopeFinding]:
    floor = rules.floor_cents if project.currency == rules.currency else 0
    enough = least_fee(rules, project.hours) if floor else 0
    pay = Fix(say("Pay {fee}", fee=Money(enough, rules.currency)), "fee", str(enough))
    if not project.fee_cents:
        if not project.unpaid_reason.strip():
            words = say("There is no fee and no reason why. Name a fee, or tell students why it is unpaid.")
            fixes = ((pay,) if floor else ()) + _to_tap("unpaid_reason", _REASONS)
            yield ScopeFinding("fee", words, fixes, stop=True)
    elif project.fee_cents < floor * project.hours:
        fewer = int(project.fee_cents // floor)
        words = say(
            "{fee} for {hours} h is {an_hour} an hour. This programme asks for at least {least} an hour.",
            fee=shown_fee(project),
            hours=shown_hours(project.hours),
            an_hour=Money(round(project.fee_cents / project.hours), rules.currency),
            least=Money(floor, rules.currency),
        )
        yield ScopeFinding("fee", words, (pay, *([_take_hours(fewer)] if fewer > 1 else [])), stop=True)


def _time(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    a_week = project.hours / project.weeks
    enough = weeks_for(project.hours)
    fix = Fix(say("Make it {count} week", "Make it {count} weeks", count=enough), "weeks", str(enough))
    hours = shown_hours(project.hours)
    if project.hours > _TOO_LONG:
        words = say(
            "{hours} h is a whole internship; a micro-internship takes 5 to 40. "
            "A first part with an end of its own would find students sooner.",
            hours=hours,
        )
        yield ScopeFinding("hours", words)
    elif a_week > _TOO_DENSE and enough > project.weeks:
        words = say(
            "{hours} h in {count} week is {a_week} h a week. "
            "Most students have about {usual} beside their courses.",
            "{hours} h in {count} weeks is {a_week} h a week. "
            "Most students have about {usual} beside their courses.",
            hours=hours,
            count=project.weeks,
            a_week=Number(f"{a_week:.0f}"),
            usual=_HOURS_A_WEEK,
        )
        yield ScopeFinding("weeks", words, (fix,))
    if a_week < 1 and enough < project.weeks:
        words = say(
            "{hours} h over {count} week is less than an hour a week. It may be forgotten.",
            "{hours} h over {count} weeks is less than an hour a week. It may be forgotten.",
            hours=hours,
            count=project.weeks,
        )
        yield ScopeFinding("weeks", words, (fix,))


def _project_rather_than_job(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    wanted = (deliverable_in_words(each.title) for each in project.deliverables)
    found = _ONGOING.search("\n".join([project.title, project.brief, *wanted]))
    if found:
        words = say(
            "“{words}” sounds like ongoing work. A project has an end: say what is finished when it ends.",
            words=found[0],
        )
        yield ScopeFinding("brief", words)


def _contact(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    if not project.contact.strip():
        words = say("No contact for questions is named. Who answers them, and how often?")
        yield ScopeFinding("contact", words, _to_tap("contact", CONTACT_LABELS))


def _skills(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    if not project.skills:
        yield ScopeFinding("skills", say("No skills are named. Students find projects by them."))


_RULES: Final[Sequence[Callable[[Project, Rules], Iterable[ScopeFinding]]]] = (
    _deadline,
    _decision,
    _deliverables,
    _fee,
    _time,
    _project_rather_than_job,
    _contact,
    _skills,
)
