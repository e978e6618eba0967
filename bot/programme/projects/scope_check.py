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
from decimal import Decimal
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.content import Moment, Part, Plain
from bot.chat.day_parts import day_part
from bot.chat.local_day import EVERYWHERE, Day, date_of, day_in_words
from bot.chat.money_words import in_money
from bot.programme.core import dates
from bot.programme.projects.deliverable_list import deliverable_lines, names_deliverables
from bot.programme.projects.display import fee_text, hours_text
from storage.tables import Project

__all__ = [
    "CONTACTS",
    "DELIVERABLES",
    "MOST_WEEKS",
    "REASONS",
    "Fix",
    "Rules",
    "ScopeFinding",
    "check",
    "weeks_for",
]

DELIVERABLES: Final = (
    "A written summary of about two pages",
    "A slide deck of about ten slides",
    "A spreadsheet with sources and a short explanation",
)
REASONS: Final = (
    "it counts for course credit",
    "we are a non-profit and have no budget for it",
    "it is an open-source project of volunteers",
)
CONTACTS: Final = ("within one working day", "twice a week")
MOST_WEEKS: Final = 10

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

    label: str
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class ScopeFinding:
    """One thing found: at which question of the form, in words, and what would settle it."""

    question: str
    words: tuple[Part, ...]
    fixes: tuple[Fix, ...] = ()
    stop: bool = False


def check(project: Project, rules: Rules) -> tuple[ScopeFinding, ...]:
    """Return everything the scope check finds in a post, stops first; `project` need not be stored."""
    found = [finding for rule in _RULES for finding in rule(project, rules)]
    return tuple(sorted(found, key=lambda finding: not finding.stop))


def weeks_for(hours: float) -> int:
    """Return how many weeks so many hours take beside a student's courses."""
    return min(MOST_WEEKS, max(1, ceil(hours / _HOURS_A_WEEK)))


def _deadline(project: Project, rules: Rules) -> Iterable[ScopeFinding]:
    week = Day((rules.now + _A_WEEK).astimezone(ZoneInfo(rules.zone)).date(), EVERYWHERE)
    fix = _on(week, "Apply by", "deadline", rules)
    kept = dates.read(project, "deadline")
    when = day_part(kept, None, rules.now) if isinstance(kept, Day) else Moment(kept, rules.zone)
    if project.deadline_at <= rules.now:
        yield ScopeFinding(
            "deadline", ("The application deadline has passed: ", when, "."), (fix,), stop=True
        )
    elif project.deadline_at - rules.now < _SHORT_NOTICE:
        hours = ceil((project.deadline_at - rules.now) / timedelta(hours=1))
        words = f"Applications close in {hours} hour{'' if hours == 1 else 's'}. "
        yield ScopeFinding(
            "deadline", (words, "Students need a few days to see a project and write."), (fix,)
        )


def _decision(project: Project, rules: Rules) -> Iterable[ScopeFinding]:
    zone = ZoneInfo(rules.decides_in)
    if project.decide_at < project.deadline_at:
        closes = date_of(dates.read(project, "deadline"), zone)
        later = Day(closes + timedelta(days=rules.decision_days), rules.decides_in)
        yield ScopeFinding(
            "decide",
            ("You promise an answer before applications close.",),
            (_on(later, "Decide by", "decide", rules),),
            stop=True,
        )
    elif project.starts_at < project.decide_at:
        start = Day(date_of(dates.read(project, "decide"), zone) + timedelta(days=1), EVERYWHERE)
        yield ScopeFinding(
            "start",
            ("The work starts before you have promised an answer.",),
            (_on(start, "Start on", "start", rules),),
        )


def _on(day: Day, label: str, question: str, rules: Rules) -> Fix:
    """Return a day as a fix; its label is a button's, where no clock is drawn."""
    said = day_in_words(day, ZoneInfo(rules.decides_in), rules.now, clock=False)
    return Fix(f"{label} {said}", question, str(day.date.toordinal()))


def _deliverables(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    if not names_deliverables(project.deliverables):
        fixes = tuple(Fix(words, "deliverables", str(n)) for n, words in enumerate(DELIVERABLES))
        words = "No deliverable is named. Say what will be in your hands at the end, one thing a line."
        yield ScopeFinding("deliverables", (words,), fixes, stop=True)
        return
    count = len(deliverable_lines(project.deliverables))
    if count > 1 and project.hours < _HOURS_EACH * count:
        words = f"{count} deliverables in {hours_text(project)} is {project.hours / count:.1f} hours each. "
        enough = _HOURS_EACH * count
        yield ScopeFinding(
            "hours",
            (words, "Ask for fewer, or give them more time."),
            (Fix(f"Make it {enough} hours", "hours", str(enough)),),
        )


def _fee(project: Project, rules: Rules) -> Iterable[ScopeFinding]:
    floor = rules.floor_cents if project.currency == rules.currency else 0
    enough = ceil(floor * project.hours / 100) * 100
    pay = Fix(f"Pay {_money(enough, rules)}", "fee", str(enough))
    if not project.fee_cents:
        if not project.unpaid_reason.strip():
            reasons = [Fix(_capital(reason), "unpaid_reason", str(n)) for n, reason in enumerate(REASONS)]
            words = "There is no fee and no reason why. Name a fee, or tell students why it is unpaid."
            fixes = ([pay] if floor else []) + reasons
            yield ScopeFinding("fee", (words,), tuple(fixes), stop=True)
    elif project.fee_cents < floor * project.hours:
        an_hour = round(project.fee_cents / project.hours)
        fewer = int(project.fee_cents // floor)
        fixes = [pay, *([Fix(f"Make it {fewer} hours", "hours", str(fewer))] if fewer > 1 else [])]
        words = f"{fee_text(project)} for {hours_text(project)} is {_money(an_hour, rules)} an hour. "
        least = f"This programme asks for at least {_money(floor, rules)} an hour."
        yield ScopeFinding("fee", (words, least), tuple(fixes), stop=True)


def _time(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    a_week = project.hours / project.weeks
    enough = weeks_for(project.hours)
    weeks = f"{project.weeks} week{'' if project.weeks == 1 else 's'}"
    fix = Fix(f"Make it {enough} week{'' if enough == 1 else 's'}", "weeks", str(enough))
    if project.hours > _TOO_LONG:
        words = f"{hours_text(project)} is a whole internship; a micro-internship takes 5 to 40. "
        yield ScopeFinding(
            "hours", (words, "A first part that stands on its own would find students sooner.")
        )
    elif a_week > _TOO_DENSE and enough > project.weeks:
        words = f"{hours_text(project)} in {weeks} is {a_week:.0f} hours a week. "
        yield ScopeFinding(
            "weeks", (words, f"Most students have about {_HOURS_A_WEEK} beside their courses."), (fix,)
        )
    if a_week < 1 and enough < project.weeks:
        words = f"{hours_text(project)} over {weeks} is less than an hour a week. It may be forgotten."
        yield ScopeFinding("weeks", (words,), (fix,))


def _project_rather_than_job(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    found = _ONGOING.search(f"{project.title}\n{project.brief}\n{project.deliverables}")
    if found:
        words: tuple[Part, ...] = (
            "“",
            Plain(found[0]),
            "” sounds like ongoing work. A project has an end: say what is finished when it ends.",
        )
        yield ScopeFinding("brief", words)


def _contact(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    if not project.contact.strip():
        fixes = tuple(Fix(f"I do, {how}", "contact", str(n)) for n, how in enumerate(CONTACTS))
        words = "Nobody is named to answer questions. Who does, and how often?"
        yield ScopeFinding("contact", (words,), fixes)


def _skills(project: Project, _rules: Rules) -> Iterable[ScopeFinding]:
    if not project.skills:
        yield ScopeFinding("skills", ("No skills are named. Students find projects by them.",))


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


def _money(cents: int, rules: Rules) -> str:
    return in_money(Decimal(cents) / 100, rules.currency)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
