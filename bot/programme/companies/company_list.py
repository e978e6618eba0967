"""`/employer list`: who works for which company, in which part, and how many projects are open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Select, func, select

from bot.chat.actions import Action, Reply
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Buttons, Message, Text, heading, message, note, text
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.rendering.screen import turning
from bot.chat.routes import Routes
from bot.programme import people
from bot.programme.companies.company_parts import no_company
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.people.parts import COMPANY_PARTS
from storage.tables import Company, Person, Project, Role

__all__ = ["ROUTES"]

_WHO: Final = frozenset({"coordinator", "employer"})
_PAGE: Final = 8  # companies, of two lines mostly, as many as a phone's screen holds

LIST: Final = CommandSpec(
    ("employer", "list"), "See who works for a company, in which part", allowed=_WHO,
    example="/employer list", reads=True,
)  # fmt: skip


def list_command(turn: Turn, _event: CommandUsed) -> list[Action]:
    """Handle `/employer list`: by company, which people post for it and how many projects are open."""
    return [Reply(_list(turn, 0))]


def page_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show another page of the list, in the place of the one before."""
    require_role(turn, *_WHO)
    number = verbs.EMPLOYER_PAGE.read(event).page
    return [Reply(_list(turn, number), replace=True)]


def _list(turn: Turn, number: int) -> Message:
    listed = _working(turn)
    count = turn.session.scalar(select(func.count()).select_from(listed.subquery())) or 0
    if not count and "coordinator" not in turn.roles:
        raise no_company(turn)
    if not count:
        return message("No employer is invited yet. `/employer invite` begins.")
    pages = -(-count // _PAGE)
    number = min(max(0, number), pages - 1)
    order = (Company.folded_name, Company.id)
    query = listed.with_only_columns(Company).order_by(*order).limit(_PAGE).offset(number * _PAGE)
    companies = turn.session.scalars(query).all()
    ids = [company.id for company in companies]
    persons, projects = _employers_of(turn, ids), _open_projects_of(turn, ids)
    found = [line for each in companies for line in _lines(each, persons[each.id], projects.get(each.id, 0))]
    turns = turning(number, pages, verbs.EMPLOYER_PAGE(number - 1), verbs.EMPLOYER_PAGE(number + 1))
    title = heading("Companies ({number})", number=count)
    own = None if "coordinator" in turn.roles else _ways(turn)
    return message(title, *found, own, Buttons(turns) if turns else None)


def _working(turn: Turn) -> Select[int]:
    """Return the ids of the companies that a person works for, for an employer of their own company only."""
    works = select(Person.company_id).join(Role, (Role.person_id == Person.id) & (Role.role == "employer"))
    query = select(Company.id).where(
        Company.programme_id == turn.programme_id, works.where(Person.company_id == Company.id).exists()
    )
    return query if "coordinator" in turn.roles else query.where(Company.id == turn.person.company_id)


def _employers_of(turn: Turn, companies: Collection[int]) -> dict[int, list[Person]]:
    query = (
        select(Person)
        .join(Role, (Role.person_id == Person.id) & (Role.role == "employer"))
        .where(Person.company_id.in_(companies))
        .order_by(Person.id)
    )
    found: dict[int, list[Person]] = {company: [] for company in companies}
    for person in turn.session.scalars(query):
        found[person.company_id or 0].append(person)
    return found


def _open_projects_of(turn: Turn, companies: Collection[int]) -> dict[int, int]:
    query = select(Project.company_id, func.count()).where(
        Project.company_id.in_(companies), Project.status == "open"
    )
    return dict(turn.session.execute(query.group_by(Project.company_id)).all())


def _lines(company: Company, persons: Sequence[Person], projects: int) -> list[Block]:
    """Return a company's lines: its people by part, and how many projects are open."""
    of_part = {part: [each for each in persons if each.company_part == part] for part in COMPANY_PARTS}
    found: list[Block] = [_line(company, of_part["owner"], projects)]
    if of_part["reviewer"]:
        found.append(text("Reviewing: {people}", people=people.person_names(of_part["reviewer"])))
    if of_part["stand_in"]:
        found.append(text("Standing in: {people}", people=people.person_names(of_part["stand_in"])))
    return found


def _line(company: Company, owners: Sequence[Person], projects: int) -> Text:
    if not owners:
        return text("**{company}**: no owner", company=company.name)
    names = people.person_names(owners)
    if not projects:
        return text("**{company}**: {people} · no open projects", company=company.name, people=names)
    return text(
        "**{company}**: {people} · 1 open project",
        "**{company}**: {people} · {count} open projects",
        company=company.name,
        people=names,
        count=projects,
    )


def _ways(turn: Turn) -> Block:
    """Return what a person can do with the list of their own company."""
    if turn.person.company_part == "reviewer":
        return note("The owners invite colleagues and change parts.")
    return note(
        "`/employer invite @jo part:reviewer` invites a colleague, `/employer part @jo` changes a part, and "
        "`/employer remove @jo` takes it back."
    )


ROUTES = Routes(
    commands=((LIST, list_command),),
    buttons={verbs.EMPLOYER_PAGE: page_pressed},
    reads=frozenset({verbs.EMPLOYER_PAGE}),
)
