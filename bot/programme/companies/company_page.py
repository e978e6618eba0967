"""`/employer show`: the page of a company: what it does, where, who verified it, and how it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from annotated_types import MaxLen
from pydantic import BaseModel
from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, Reply
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import (
    Button,
    Buttons,
    Field,
    Fields,
    Message,
    Plain,
    heading,
    layout,
    message,
    note,
    row,
    text,
)
from bot.chat.events import ButtonPressed, CommandUsed, Suggest
from bot.chat.forms import Ask, Form, form_of
from bot.chat.numbers import whole_number
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.chat.sentences import WebLink
from bot.programme import people
from bot.programme.companies.company_record import record_of, shown_record
from bot.programme.companies.verification import page_changed, way_to_verify
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people.parts import decides
from bot.programme.projects import search
from bot.programme.projects.company_lookup import find_company, suggest_companies
from storage.tables import Company, Person, Project

__all__ = ["ROUTES", "edit_form"]

_FORM: Final = "company-page"
_LONGEST_LINK: Final = 300


class CompanyPage(BaseModel):
    """What a company says of itself."""

    about: Annotated[
        str,
        MaxLen(1000),
        Ask(
            "What does the company do?",
            label="What it does",
            kind="long",
            example="We rent e-bikes in three cities.",
        ),
    ] = ""
    website: Annotated[
        str,
        MaxLen(_LONGEST_LINK),
        Ask("What is its website?", label="Website", kind="link"),
    ] = ""
    place: Annotated[str, MaxLen(120), Ask("Where is it?", label="Place", example="Leeds, England")] = ""


SHOW: Final = CommandSpec(
    ("employer", "show"),
    "Read what a company does, and how it answers applicants",
    (
        Argument(
            "company",
            "The company's name; without it, it is yours",
            suggests=True,
            rest=True,
        ),
    ),
    example="/employer show Acme Maps",
    reads=True,
)


def show_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/employer show`: the page of the company that is named, or of the person's own."""
    return [Reply(_page(turn, _named(turn, event.options.get("company", "").strip())))]


def show_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show the page of a company that the person may read of."""
    return [Reply(_page(turn, _shown(turn, verbs.COMPANY_SHOW.read(event).company)))]


def _unknown() -> Declined:
    return Declined("I find no company by that name here that you could read of.")


def _named(turn: Turn, typed: str) -> Company:
    """Return the company that is named, or the person's own where none is.

    Raises:
        Declined: there is none, or it has no project that the person may read.
    """
    if typed:
        found = find_company(turn, typed)
    else:
        found = turn.session.get(Company, turn.person.company_id) if turn.person.company_id else None
        if found is None:
            raise Declined("Which company? Add its name, like this: `/employer show Acme Maps`.")
    if found is None or not _may_read(turn, found):
        raise _unknown()
    return found


def _shown(turn: Turn, company_id: int | str) -> Company:
    wanted = whole_number(str(company_id))
    found = turn.session.get(Company, wanted) if wanted is not None else None
    if found is None or found.programme_id != turn.programme_id or not _may_read(turn, found):
        raise _unknown()
    return found


def _may_read(turn: Turn, company: Company) -> bool:
    """Return whether the person may read of a company: theirs, or one whose projects they may read."""
    if "coordinator" in turn.roles or turn.person.company_id == company.id:
        return True
    published = select(Project.id).where(
        Project.programme_id == turn.programme_id,
        Project.company_id == company.id,
        Project.published_at.is_not(None),
        search.visible(turn),
    )
    return turn.session.scalars(published.limit(1)).first() is not None


def _may_edit(turn: Turn, company: Company) -> bool:
    if "coordinator" in turn.roles:
        return True
    person = turn.person
    return "employer" in turn.roles and person.company_id == company.id and decides(person)


def _page(turn: Turn, company: Company) -> Message:
    record = record_of(turn, company)
    buttons = []
    if _may_edit(turn, company):
        buttons.append(Button("Edit", verbs.COMPANY_EDIT(company.id)))
    buttons += way_to_verify(turn, company)
    empty = not (company.about or company.website or company.place)
    about = text(Plain(company.about)) if company.about else None
    return message(
        heading(Plain(company.name)),
        note("The company has not said yet what it does.") if empty else about,
        Fields(tuple(_rows(turn, company))),
        text(shown_record(record)) if record is not None else None,
        Buttons(tuple(buttons)) if buttons else None,
    )


def _rows(turn: Turn, company: Company) -> Iterator[Field]:
    if company.field:
        yield row("Field", Plain(company.field))
    if company.website:
        yield row("Website", layout("{link}", link=WebLink(company.website)))
    if company.place:
        yield row("Place", Plain(company.place))
    if company.verified_at is None:
        yield row("Verified", "not yet")
        return
    on = people.shown_day(turn, company.verified_at, people.reader_of(turn))
    by = turn.session.get(Person, company.verified_by_id) if company.verified_by_id else None
    if by is None or by.erased_at is not None:
        yield row("Verified", "on {date}", date=on)
    else:
        yield row("Verified", "by {person} on {date}", person=people.person_name(by), date=on)


def edit_form(turn: Turn, subject: str) -> Form:
    """Return the form of a company's page, filled with what it says now.

    Raises:
        Declined: there is no such company, or the person does not decide for it.
    """
    _edited(turn, subject)
    return form_of(CompanyPage, form_id=_FORM, title="Company page", submit="Save")


def _edited(turn: Turn, company_id: int | str) -> Company:
    company = _shown(turn, company_id)
    if not _may_edit(turn, company):
        raise Declined("The owners of a company, and the coordinators, edit its page.")
    return company


def edit_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the form of a company's page."""
    company = _edited(turn, verbs.COMPANY_EDIT.read(event).company)
    known = {"about": company.about, "website": company.website, "place": company.place}
    return [OpenForm(_FORM, str(company.id), values=known)]


def submitted(turn: Turn, done: Completed) -> list[Action]:
    """Write what a company says of itself; what was verified and is different now waits for a coordinator."""
    company = _edited(turn, done.subject)
    given = {name: str(done.values.get(name) or "").strip() for name in CompanyPage.model_fields}
    before = (company.website, company.place)
    company.about, company.website, company.place = given["about"], given["website"], given["place"]
    moved = (company.website, company.place) != before
    turn.session.flush()
    # First: what is verified may be another thing now, and the page says so.
    asked = page_changed(turn, company, facts=moved)
    return [Reply(_page(turn, company)), *asked]


def suggest_company(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest companies to a coordinator; others name one whose project they read."""
    return suggest_companies(turn, event) if "coordinator" in turn.roles else []


ROUTES: Final = Routes(
    commands=((SHOW, show_command),),
    buttons={verbs.COMPANY_SHOW: show_pressed, verbs.COMPANY_EDIT: edit_pressed},
    forms={_FORM: FormRoute(form=edit_form, completed=submitted)},
    suggestions={(SHOW.path, "company"): suggest_company},
    reads=frozenset({verbs.COMPANY_SHOW}),
)
