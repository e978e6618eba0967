"""A form's answers become a project: one that is stored, or one that is only shown as a preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, select

from bot.chat.answers import JSONValue, ReadyAnswer
from bot.chat.answers.dates import when_of
from bot.chat.answers.terms import as_term, as_terms
from bot.chat.content import Plain, say
from bot.chat.local_day import EVERYWHERE, Day, When, date_of
from bot.chat.values import replace
from bot.clock import next_local
from bot.programme import people
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.people.parts import looked_after_by
from bot.programme.projects.company_lookup import add_company, find_company
from bot.programme.projects.confidentiality import read_choices
from bot.programme.projects.deliverable_list import read_deliverables, write_deliverables
from bot.programme.projects.deliverables import set_deliverables, wanted_of
from bot.programme.projects.lookup import employer_of
from bot.programme.projects.questions import read_questions
from bot.programme.projects.ready_answers import DELIVERABLES, REASONS, contact_answers, name_in
from bot.programme.projects.scope_check import Rules, ScopeFinding, weeks_for
from bot.programme.projects.unfit_answers import UnfitAnswerError
from storage.tables import Cohort, Company, Person, Project
from storage.tables.values import CohortRef, WantedDeliverable

__all__ = [
    "blank_project",
    "company_for",
    "copy_of",
    "decides_in",
    "fill",
    "is_remote",
    "moved_along",
    "rules_of",
    "usual_decision",
    "usual_start",
]

_REMOTE: Final = frozenset(
    {
        "",
        "remote",
        "remotely",
        "online",
        "anywhere",
        "from anywhere",
        "from home",
        "fully remote",
        "home office",
    }
)
_NOTHING: Final = frozenset({"-", "none", "nothing", "no one", "nobody", "n/a", "no"})
_WEEKEND: Final = (5, 6)
_LATER: Final[tuple[dates.Name, ...]] = ("decide", "starts")


def rules_of(turn: Turn, project: Project | None = None) -> Rules:
    """Return what the scope check holds a post against now; without a project, one without an owner."""
    programme = turn.programme
    return Rules(
        turn.now,
        programme.zone,
        decides_in(turn, project) if project is not None else programme.zone,
        programme.fee_floor_cents,
        programme.currency,
        programme.decision_days,
        programme.scope_rules,
    )


def decides_in(turn: Turn, project: Project | None) -> str:
    """Return the zone of the employer who promises an answer: of who posts it now where it is not stored yet.

    The programme's where a project has no employer, or their zone is not known.
    """
    stored = project is not None and project.id is not None
    owner = employer_of(turn, project) if stored and project is not None else people.reader_of(turn)
    return people.zone_of(turn, owner) if owner is not None else turn.programme.zone


def blank_project(turn: Turn, owner_id: int | None = None) -> Project:
    """Return a project with nothing in it, not stored; `fill` writes into it."""
    return Project(
        programme_id=turn.programme_id,
        owner_id=owner_id,
        status="draft",
        currency=turn.programme.currency,
        url="",
        extra={},
        private_details="",
        override_reason="",
        payer="",
        countries=[],
        fixed=[],
        levels={},
        search="",
        created_at=turn.now,
        updated_at=turn.now,
    )


def copy_of(project: Project) -> Project:
    """Return the same project, not stored: only the caller sees what is done to it."""
    copy = Project(**{a.key: getattr(project, a.key) for a in inspect(Project).column_attrs})
    set_deliverables(copy, wanted_of(project))
    return copy


def fill(turn: Turn, project: Project, values: Mapping[str, JSONValue]) -> list[ScopeFinding]:
    """Write a form's answers into a project, all but the company; what could not be read is a finding."""
    project.title = " ".join(_words(values, "title").split())
    project.brief = _words(values, "brief")
    project.hours = _number(values, "hours") or 1.0
    project.weeks = ceil(_number(values, "weeks") or weeks_for(project.hours))
    project.places = max(1, int(_number(values, "places") or 1))
    project.field = _clearable(values, "field")
    location = _clearable(values, "location")
    project.location = "" if is_remote(location) else location
    skills = values.get("skills")
    project.skills = [str(skill) for skill in skills] if isinstance(skills, list) else []
    contact = project.contact or ""
    same = contact_answers(name_in(contact))
    project.contact = _unless_same(contact, _clearable(values, "contact"), same)
    project.private_details = _clearable(values, "private_details")
    project.override_reason = _clearable(values, "override") or project.override_reason
    _fill_fee(turn, project, values)
    _fill_rules(project, values)
    _fill_dates(turn, project, values)
    _fill_cohorts(turn, project, values)
    return [*_fill_deliverables(turn, project, values), *_fill_questions(project, values)]


def _fill_deliverables(
    turn: Turn, project: Project, values: Mapping[str, JSONValue]
) -> Iterable[ScopeFinding]:
    words, before = _words(values, "deliverables"), wanted_of(project)
    if words == as_terms(write_deliverables(before), DELIVERABLES):
        return
    try:
        wanted = read_deliverables(words, turn.now, people.zone_of(turn, turn.person))
    except UnfitAnswerError as unread:
        # As one deliverable it is shown as it was written, and nothing else is found in it.
        wanted = [WantedDeliverable(words)]
        yield ScopeFinding("deliverables", unread.reason, stop=True, unread=True)
    # A ready answer in earlier words is the same deliverable, of which nothing has changed.
    titles = {as_term(each.title, DELIVERABLES): each.title for each in before}
    set_deliverables(project, [replace(each, title=titles.get(each.title, each.title)) for each in wanted])


def _fill_questions(project: Project, values: Mapping[str, JSONValue]) -> Iterable[ScopeFinding]:
    try:
        project.questions = read_questions(_clearable(values, "questions"))
    except UnfitAnswerError as unread:
        project.questions = []
        yield ScopeFinding("questions", unread.reason, stop=True, unread=True)


def _fill_fee(turn: Turn, project: Project, values: Mapping[str, JSONValue]) -> None:
    fee = values.get("fee")
    cents, currency = 0, turn.programme.currency
    if isinstance(fee, dict):
        cents, currency = int(Decimal(str(fee["amount"])) * 100), str(fee["currency"])
    project.fee_cents = cents or None
    project.currency = currency if cents else turn.programme.currency
    reason = _unless_same(project.unpaid_reason, _clearable(values, "unpaid_reason"), REASONS)
    project.unpaid_reason = "" if cents else reason


def _fill_rules(project: Project, values: Mapping[str, JSONValue]) -> None:
    """Write who pays and when, where students may live, which dates are fixed, and who reads what."""
    days, payer = _number(values, "pay_days"), _clearable(values, "payer")
    if not payer and project.published_at is None:
        payer = _words(values, "company")
    project.payer = payer if project.fee_cents else ""
    project.pay_days = int(days) if days and project.fee_cents else None
    project.countries = _chosen(values, "countries")
    project.fixed = _chosen(values, "fixed")
    project.levels = read_choices(_chosen(values, "confidential"))


def _chosen(values: Mapping[str, JSONValue], name: str) -> list[str]:
    chosen = values.get(name)
    return [str(each) for each in chosen] if isinstance(chosen, list) else []


def _fill_dates(turn: Turn, project: Project, values: Mapping[str, JSONValue]) -> None:
    rules = rules_of(turn, project)
    deadline = when_of(values.get("deadline")) or turn.now
    decision = when_of(values.get("decide")) or usual_decision(rules, deadline)
    dates.write(project, "deadline", deadline)
    dates.write(project, "decide", decision)
    dates.write(project, "starts", when_of(values.get("start")) or usual_start(rules, decision))


def _fill_cohorts(turn: Turn, project: Project, values: Mapping[str, JSONValue]) -> None:
    chosen = values.get("cohorts")
    wanted = {str(one) for one in chosen} if isinstance(chosen, list) else set()
    query = select(Cohort.id).where(Cohort.programme_id == turn.programme_id).order_by(Cohort.id)
    project.cohorts = [CohortRef(found) for found in turn.session.scalars(query) if str(found) in wanted]


def usual_decision(rules: Rules, deadline: When) -> Day:
    """Return the decision date of a project whose poster named none: some days after the deadline."""
    closes = date_of(deadline, ZoneInfo(rules.decides_in))
    return Day(closes + timedelta(days=rules.decision_days), rules.decides_in)


def usual_start(rules: Rules, decision: When) -> Day:
    """Return the start of a project whose poster named none: the weekday after the decision date."""
    decided = date_of(decision, ZoneInfo(rules.decides_in))
    return Day(next_local(decided, weekdays_off=_WEEKEND), EVERYWHERE)


def is_remote(location: str) -> bool:
    """Tell whether the words say that it can be done from anywhere."""
    return location.casefold().strip(" .!") in _REMOTE


def moved_along(turn: Turn, before: Project, after: Project) -> None:
    """Move the later dates by as many days as the deadline, if only it was changed; a fixed start stays."""
    zone = ZoneInfo(turn.programme.zone)
    days = date_of(dates.read(after, "deadline"), zone) - date_of(dates.read(before, "deadline"), zone)
    if not days:
        return
    for name in _LATER:
        if name in (after.fixed or ()):
            continue
        was = dates.read(before, name)
        if dates.read(after, name) == was:
            dates.write(after, name, dates.by_days(was, days, zone))


def company_for(turn: Turn, name: str, field: str) -> Company:
    """Return the company a person posts for, made now if it is new here.

    Raises:
        UnfitAnswerError: the company has other employers, or the person works for another one and looks after
            no project there, and is no coordinator.
    """
    company = find_company(turn, name)
    if company is None:
        return add_company(turn, name, field)
    if "coordinator" in turn.roles or turn.person.company_id == company.id:
        return company
    if _has_people(turn, company):
        raise UnfitAnswerError(
            say(
                "Other people post for that company here already. If it is yours too, ask {contacts}.",
                contacts=people.contacts(turn),
            )
        )
    # A draft of a person who works for another company by now; a second company of their own stays theirs.
    if turn.person.company_id is not None and not _looks_after_any(turn, company):
        raise UnfitAnswerError(
            say(
                "{company} is not your company here. If it should be, ask {contacts}.",
                company=Plain(company.name),
                contacts=people.contacts(turn),
            )
        )
    return company


def _looks_after_any(turn: Turn, company: Company) -> bool:
    query = select(Project.id).where(
        Project.programme_id == turn.programme_id,
        Project.company_id == company.id,
        looked_after_by(turn.person),
    )
    return turn.session.scalars(query.limit(1)).first() is not None


def _has_people(turn: Turn, company: Company) -> bool:
    query = select(Person.id).where(Person.programme_id == turn.programme_id, Person.company_id == company.id)
    return turn.session.scalars(query.limit(1)).first() is not None


def _words(values: Mapping[str, JSONValue], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


def _clearable(values: Mapping[str, JSONValue], name: str) -> str:
    """Return an optional text; "none" and a dash are how people take a text away."""
    words = _words(values, name)
    return "" if words.casefold() in _NOTHING else words


def _unless_same(before: str | None, given: str, ready: Sequence[ReadyAnswer]) -> str:
    """Return an answer, as it is stored where that is the same in earlier words: nothing has changed then."""
    return before if before and as_term(before, ready) == given else given


def _number(values: Mapping[str, JSONValue], name: str) -> float | None:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else None
