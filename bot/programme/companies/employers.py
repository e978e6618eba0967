"""Employers: invited by a coordinator, one or several at once, each for a company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from annotated_types import MaxLen
from pydantic import BaseModel
from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, RejectForm, Reply
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Block, Message, Plain, Sentence, Text, layout, lines, message, say, text
from bot.chat.events import CommandUsed, Suggest
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.chat.sentences import PersonName
from bot.programme import people
from bot.programme.companies import invitations
from bot.programme.companies.company_parts import PART, PART_QUESTION, decided_company
from bot.programme.companies.invitation_rows import Row, apart, named_in, read_rows
from bot.programme.core import keys, subjects
from bot.programme.core.lifecycle import change, give_part
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import require_role
from bot.programme.people.parts import PART_TERMS, decides
from bot.programme.projects import employer_of
from bot.programme.projects.company_lookup import add_company, find_company, suggest_companies
from storage.tables import Application, Company, Person, Project

__all__ = ["ROUTES", "company_of", "post_for"]

_WHO: Final = frozenset({"coordinator", "employer"})
_FORM: Final = "employers"
_COLLEAGUE: Final = "colleague"
_NAME: Final = 120  # characters of a company's name
_MOST_ROWS: Final = 200  # rows of one invitation
_PERSONS: Final = ("person", "person2", "person3", "person4", "person5")


class Invited(BaseModel):
    """Employers to invite: one chosen from the list, or several as a coordinator pastes them."""

    person: Annotated[
        str, Ask("Whom do you want to invite?", label="Person", kind="person", example="@marta")
    ] = ""
    company: Annotated[
        str,
        MaxLen(120),
        Ask("Which company do they post projects for?", label="Company", example="Acme Maps"),
    ] = ""
    rows: Annotated[
        str,
        MaxLen(3000),
        Ask(
            "Or several at once: who, and for which company?",
            label="Person, company",
            kind="long",
            example="@marta, Acme Maps",
            hint="One per line: the person, a comma, the company. A pasted CSV with these columns works too.",
            earlier=("Whom do you want to invite, and for which company?",),
        ),
    ] = ""
    part: Annotated[str, PART_QUESTION] = "owner"


class InvitedColleague(BaseModel):
    """The colleague that an owner of a company invites."""

    person: Annotated[
        str, Ask("Which colleague do you want to invite?", label="Person", kind="person", example="@jo")
    ]
    part: Annotated[str, PART_QUESTION] = "owner"


INVITE: Final = CommandSpec(
    ("employer", "invite"),
    "Invite employers: a person and a company, or several at once",
    (
        Argument("people", "several people, or lines of: person, company", rest=True),
        Argument("company", "the company they post projects for", spread=True),
        *(
            Argument(name, "whom to invite" if name == "person" else "and whom else", kind="person")
            for name in _PERSONS
        ),
        PART,
    ),
    allowed=_WHO,
    example="/employer invite @marta @jo company:Acme Maps",
)


def company_of(turn: Turn, person: Person) -> Company | None:
    """Return the company a person posts projects for."""
    if person.company_id is None:
        return None
    company = turn.session.get(Company, person.company_id)
    return company if company and company.programme_id == turn.programme_id else None


def invite_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/employer invite`: people named for a company, or pasted rows; else a form asks.

    An owner invites for their own company, which need not be named.
    """
    company = _invited_for(turn, event.options.get("company", "").strip())
    named = [event.options[name] for name in _PERSONS if event.options.get(name)]
    pasted, part = event.options.get("people", "").strip(), event.options.get("part", "owner")
    if not pasted and (not named or (len(named) == 1 and not company)):
        if "coordinator" not in turn.roles:
            return [OpenForm(_COLLEAGUE, "invite", values={"part": part})]
        known = {"person": "".join(named), "company": company, "part": part}
        return [OpenForm(_FORM, "invite", values={name: value for name, value in known.items() if value})]
    rows = [Row(person, company) for person in named]
    rows += read_rows(pasted, company)
    if any(not row.company for row in rows):
        raise Declined("Which company are they from? Add it like this: `company:Acme Maps`.")
    return _invite(turn, rows, part)


def _invited_for(turn: Turn, typed: str) -> str:
    """Return the name of the company that people are invited for: for an owner it is their own.

    Raises:
        Declined: the person who acts decides for no company, or named another company than theirs.
    """
    if "coordinator" in turn.roles:
        return typed
    own = decided_company(turn)
    if typed and typed.casefold() != own.name.casefold():
        raise Declined(
            text(
                "You invite people for {company}. For another company, ask {contacts}.",
                company=own.name,
                contacts=people.contacts(turn),
            )
        )
    return own.name


def suggest_company(turn: Turn, event: Suggest) -> list[Option]:
    """Suggest the programme's companies: a company that is known is not made a second time."""
    return suggest_companies(turn, event) if "coordinator" in turn.roles else []


def employers_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Invite the people of the form that was sent: a person from the list, pasted rows, or both."""
    require_role(turn, "coordinator")
    company = str(done.values["company"] or "").strip()
    chosen = str(done.values["person"] or "")
    rows = read_rows(str(done.values["rows"] or ""), company)
    if chosen and not company:
        return [RejectForm({"company": say("Which company are they from?")})]
    lacking = [number for number, row in enumerate(rows, 1) if not row.company]
    if lacking:
        return [
            RejectForm(
                {
                    "rows": say(
                        "Line {number} names no company. Write it like: @marta, Acme Maps", number=lacking[0]
                    )
                }
            )
        ]
    if not chosen and not rows:
        return [RejectForm({"person": say("Choose a person here, or write lines of person and company.")})]
    return _invite(turn, [*([Row(chosen, company)] if chosen else []), *rows], str(done.values["part"]))


def colleague_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Invite the colleague of the form that an owner sent."""
    company = decided_company(turn)
    return _invite(turn, [Row(str(done.values["person"]), company.name)], str(done.values["part"]))


def _invite(turn: Turn, rows: Sequence[Row], part: str) -> list[Action]:
    """Invite those who can be invited, none of them twice; say of each other row why not."""
    rows = _rows_apart(turn, rows)
    actions: list[Action] = []
    invited: list[Sentence] = []
    refused: list[Sentence] = []
    welcomed: list[Person] = []
    for number, row in enumerate(rows, 1):
        place = number if len(rows) > 1 else None
        try:
            person = named_in(turn, row)
            company = _company(turn, row.company)
            _may_come(turn, person, company)
        except Declined as no:
            refused.append(_refused(place, Plain(row.person), _reason(no)))
            continue
        was = company_of(turn, person)
        new = people.give_role(turn, person, "employer")
        if not new and was is not None and was.id == company.id:
            already = say(
                "Is there for {company} already: {part}. `/employer part` changes the part.",
                company=company.name,
                part=PART_TERMS[person.company_part],
            )
            refused.append(_refused(place, people.person_name(person), already))
            continue
        give_part(turn, person, company.id, part)
        invited.append(_invited(person, company, was))
        welcomed.append(person)
        count, taken = _taken_over(turn, person, company)
        actions += [invitations.invitation(turn, person, company, count), *taken]
    turn.session.flush()
    return [*actions, Reply(_outcome(turn, invited, refused, welcomed))]


def _rows_apart(turn: Turn, typed: Sequence[Row]) -> list[Row]:
    """Return a row for each person.

    Raises:
        Declined: there is none, or there are too many at once.
    """
    rows = [each for row in typed for each in apart(turn, row)]
    if not rows:
        raise Declined(
            "I found no person in that. `/employer invite` alone opens a form with a list of people."
        )
    if len(rows) > _MOST_ROWS:
        raise Declined(
            text(
                "Please invite at most {most} people at once; these are {number}.",
                most=_MOST_ROWS,
                number=len(rows),
            )
        )
    return rows


def _may_come(turn: Turn, person: Person, company: Company) -> None:
    """Refuse an owner a person of another company, or an applicant of their own.

    Raises:
        Declined: it is so; a coordinator may move a person to another company.
    """
    if "coordinator" in turn.roles:
        return
    if person.company_id not in {None, company.id} and "employer" in people.roles_of(turn, person):
        raise Declined("Is there for another company. Only a coordinator can change that.")
    applied = (
        select(Application.id)
        .join(Project, Project.id == Application.project_id)
        .where(Application.person_id == person.id, Project.company_id == company.id)
    )
    if turn.session.scalars(applied.limit(1)).first() is not None:
        raise Declined("Has applied to a project of yours. Only a coordinator can invite them.")


def _outcome(
    turn: Turn, invited: Sequence[Sentence], refused: Sequence[Sentence], welcomed: Sequence[Person]
) -> Message:
    """Say which people are invited, and when they read how to post a project."""
    blocks: list[Block] = []
    unmet = people.awaiting_first_contact(turn, welcomed)
    met = [person for person in welcomed if person not in unmet]
    if invited:
        blocks += [text("**Invited:**"), lines(*invited)]
    if met:
        blocks.append(text(daily_message.when_read(turn, met, named=True)))
    if unmet:
        blocks.append(people.contact_hint(unmet))
    if refused:
        blocks += [text("**Not invited:**"), lines(*refused)]
    return message(*blocks)


def _invited(person: Person, company: Company, was: Company | None) -> Sentence:
    """Return the line of a person who is invited; `was` is the company before, if there was one."""
    name, part = people.person_name(person), person.company_part
    if part != "owner":
        return say(
            "- **{person}** for {company}: {part}", person=name, company=company.name, part=PART_TERMS[part]
        )
    if was is None or was.id == company.id:
        return say("- **{person}** for {company}", person=name, company=company.name)
    return say(
        "- **{person}** for {company} (before: {before})", person=name, company=company.name, before=was.name
    )


def _refused(number: int | None, who: Plain | PersonName, reason: Sentence) -> Sentence:
    """Return the line of a row that is not invited; `number` is None where it is the only row."""
    if number is None:
        return layout("- {person}: {reason}", person=who, reason=reason)
    return say("- Row {number}, {person}: {reason}", number=number, person=who, reason=reason)


def _reason(no: Declined) -> Sentence:
    """Return what a refusal says first."""
    texts = (block.parts for block in no.message.blocks if isinstance(block, Text))
    return next(part for parts in texts for part in parts if isinstance(part, Sentence))


def _company(turn: Turn, typed: str) -> Company:
    """Return the company of this name, in capitals or not; made now if it is new."""
    name = " ".join(typed.split()).strip('"“”„')
    if len(name) > _NAME:
        raise Declined(text("A company's name has at most {most} characters.", most=_NAME))
    return find_company(turn, name) or add_company(turn, name)


def post_for(turn: Turn, person: Person, company: str) -> list[Action]:
    """Have a person own the company of this name, and its projects that have no owner.

    A part that they have there already stays.

    Raises:
        Declined: the name is too long.
    """
    found = _company(turn, company)
    give_part(turn, person, found.id, person.company_part if person.company_id == found.id else "owner")
    _, taken = _taken_over(turn, person, found)
    return taken


def _taken_over(turn: Turn, person: Person, company: Company) -> tuple[int, list[Action]]:
    """Give the company's projects without an owner (mostly imported ones) to a person; return how many."""
    taken: list[Action] = []
    if not decides(person):
        return 0, []
    query = select(Project).where(Project.programme_id == turn.programme_id, Project.company_id == company.id)
    found = [p for p in turn.session.scalars(query.order_by(Project.id)) if employer_of(turn, p) is None]
    for project in found:
        taken += change(turn, project, owner_id=person.id)
        tasks.close_task(turn, keys.UNOWNED(subjects.PROJECT(project.id)))
    return len(found), taken


def _form(turn: Turn, _subject: str) -> Form:
    require_role(turn, "coordinator")
    return form_of(Invited, form_id=_FORM, title="Invite employers", submit="Invite")


def _colleague_form(turn: Turn, _subject: str) -> Form:
    decided_company(turn)
    return form_of(InvitedColleague, form_id=_COLLEAGUE, title="New colleague", submit="Invite")


ROUTES = Routes(
    commands=((INVITE, invite_command),),
    forms={
        _FORM: FormRoute(form=_form, completed=employers_submitted),
        _COLLEAGUE: FormRoute(form=_colleague_form, completed=colleague_submitted),
    },
    suggestions={(INVITE.path, "company"): suggest_company},
)
