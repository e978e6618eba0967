"""`/employer part`: the part that a colleague has in a company: owner, reviewer or stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.chat.actions import Action, Post, Reply
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Message, Sentence, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.forms import Ask
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import give_part
from bot.programme.core.turn import Turn
from bot.programme.people.parts import COMPANY_PARTS, PART_TERMS, decides
from storage.tables import Company, Person

__all__ = ["PART", "PART_QUESTION", "ROUTES", "decided_company", "may_change", "no_company", "what_it_means"]

_KIND: Final = "company.part"
_MEANS: Final[Mapping[str, str]] = {
    "owner": "An owner posts projects, chooses students, reviews work, and invites colleagues.",
    "reviewer": "A reviewer reads applications, and reviews the work that is handed in.",
    "stand_in": "A stand-in may do what an owner does, and is asked while no owner is here.",
}
_OPTIONS: Final = (
    Option("owner", "Owner: posts, decides, reviews"),
    Option("reviewer", "Reviewer: reads applications, reviews work"),
    Option("stand_in", "Stand-in: acts while no owner is here"),
)
PART: Final = Argument("part", "owner, reviewer or stand-in", kind="choice", choices=_OPTIONS)
PART_QUESTION: Final = Ask("In which part?", label="Part", kind="choice", options=_OPTIONS)

PART_COMMAND: Final = CommandSpec(
    ("employer", "part"),
    "Say which part a person has in their company",
    (
        Argument("person", "whose", kind="person", required=True),
        Argument("part", "owner, reviewer or stand-in; without it, I ask", kind="choice", choices=_OPTIONS),
    ),
    allowed=frozenset({"coordinator", "employer"}),
    example="/employer part @jo part:reviewer",
)


def what_it_means(part: str) -> Sentence:
    """Say what a part may do."""
    return say(_MEANS[part])


def no_company(turn: Turn) -> Declined:
    """Refuse an employer who is of no company; it says which person to ask."""
    return Declined(
        text("You are of no company here yet. Ask {contacts} to invite you.", contacts=people.contacts(turn))
    )


def decided_company(turn: Turn) -> Company:
    """Return the company that the person who acts decides for.

    Raises:
        Declined: they are of none, or review its work only.
    """
    person = turn.person
    company = turn.session.get(Company, person.company_id) if person.company_id else None
    if company is None or "employer" not in turn.roles:
        raise no_company(turn)
    if not decides(person):
        raise Declined(
            text("You review the work for {company}; its owners decide this.", company=company.name)
        )
    return company


def may_change(turn: Turn, person: Person) -> Company:
    """Return the company of a person whose part there is for the person who acts to change.

    Raises:
        Declined: the person is of no company, or of another one than an owner's who acts.
    """
    company = turn.session.get(Company, person.company_id) if person.company_id else None
    if "coordinator" not in turn.roles:
        own = decided_company(turn)
        if company is None or company.id != own.id:
            raise Declined(
                text(
                    "**{person}** does not work for {company} here. `/employer list` shows who does.",
                    person=people.person_name(person),
                    company=own.name,
                )
            )
    if company is None or "employer" not in people.roles_of(turn, person):
        raise Declined(
            text(
                "**{person}** works for no company here. `/employer invite` invites them.",
                person=people.person_name(person),
            )
        )
    return company


def part_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/employer part`: give a person another part in their company, or ask which."""
    person = people.person_for(turn, people.user_of(event.options["person"]))
    company = may_change(turn, person)
    part = event.options.get("part", "")
    if not part:
        buttons = (Button(option.label, verbs.EMPLOYER_PART(person.id, option.value)) for option in _OPTIONS)
        asked = text(
            "Which part does **{person}** have for {company}? Now: {part}",
            person=people.person_name(person),
            company=company.name,
            part=PART_TERMS[person.company_part],
        )
        return [Reply(message(asked, Buttons(tuple(buttons))))]
    return _given(turn, person, company, part)


def part_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Give a person the part that was pressed; the answer replaces the question."""
    pressed = verbs.EMPLOYER_PART.read(event)
    person = people.person_of(turn, pressed.person)
    company = may_change(turn, person)
    if pressed.part not in COMPANY_PARTS:
        raise Declined("I do not know that part. `/employer part` asks which.")
    return _given(turn, person, company, pressed.part, replace=True)


def _given(turn: Turn, person: Person, company: Company, part: str, *, replace: bool = False) -> list[Action]:
    before, name = person.company_part, people.person_name(person)
    if before == part:
        raise Declined(text("**{person}** has that part already: {part}", person=name, part=PART_TERMS[part]))
    give_part(turn, person, company.id, part)
    said = message(
        text(
            "**{person}** is there for {company} now: {part}",
            person=name,
            company=company.name,
            part=PART_TERMS[part],
        ),
        note(what_it_means(part)),
        Buttons((Button("Undo", verbs.EMPLOYER_PART(person.id, before)),)),
    )
    told = [] if person.id == turn.person_id else [_part_message(turn, person, company)]
    return [Reply(said, replace=replace), *told]


def _part_message(turn: Turn, person: Person, company: Company) -> Post:
    words = message(
        text(
            "{person} gave you another part for {company}: {part}",
            person=people.person_name(turn.person, mention=True),
            company=company.name,
            part=PART_TERMS[person.company_part],
        ),
        note(what_it_means(person.company_part)),
    )
    key = keys.COMPANY_PART(person.id, turn.source)
    about = subjects.OF_COMPANY_PART(person.id, company.id, person.company_part)
    return Post(people.address(turn, person), words, key, kind=_KIND, subject=about)


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late word of a part while its reader has it."""
    about = subjects.OF_COMPANY_PART.parse(waiting.subject)
    person = people.person_of(turn, about.person)
    holds = (person.company_id, person.company_part) == (about.company, about.part)
    return waiting.message if holds and person.erased_at is None else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note on your part in a company")


ROUTES = Routes(
    commands=((PART_COMMAND, part_command),),
    buttons={verbs.EMPLOYER_PART: part_pressed},
    messages={_KIND: MessageRoute(_still_so, _named)},
)
