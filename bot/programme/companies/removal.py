"""The employer role taken back by a coordinator; what was posted stays, with the coordinators."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select

from bot.chat.actions import Action, Post, Reply
from bot.chat.answers import Option
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Message, Plain, Select, Sentence, Text, message, note, say, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.routes import Declined, MessageRoute, Routes, Waiting
from bot.programme import people
from bot.programme.companies.company_parts import decided_company, may_change
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import give_part
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.projects import ownership
from storage.tables import Company, Person, Role

__all__ = ["ROUTES"]

_WHO: Final = frozenset({"coordinator", "employer"})
_KIND: Final = "employer.removed"
_MOST: Final = 25  # options of a select (Discord's limit)
_OPTION: Final = 75  # characters of an option (Slack's limit)

REMOVE: Final = CommandSpec(
    ("employer", "remove"),
    "Take back an employer role",
    (Argument("person", "whose; without it, I ask", kind="person"),),
    allowed=_WHO,
    example="/employer remove @marta",
)


def remove_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/employer remove`: take the role back; what they posted stays, with the coordinators."""
    named = event.options.get("person", "").strip()
    if not named:
        return [Reply(_whose_role(turn))]
    return _removed(turn, people.person_for(turn, people.user_of(named)), replace=False)


def _whose_role(turn: Turn) -> Message:
    """Ask which employer's role is meant: of many, those invited last are offered."""
    employs = select(Role.person_id).where(Role.programme_id == turn.programme_id, Role.role == "employer")
    if "coordinator" not in turn.roles:
        own = select(Person.id).where(Person.company_id == decided_company(turn).id)
        employs = employs.where(Role.person_id.in_(own))
    newest = turn.session.scalars(employs.order_by(Role.id.desc()).limit(_MOST + 1)).all()
    query = (
        select(Person, Company.name)
        .outerjoin(Company, Company.id == Person.company_id)
        .where(Person.id.in_(newest[:_MOST]))
        .order_by(Person.folded_name, Person.id)
    )
    found = turn.session.execute(query).all()
    if not found:
        return message("No employer is invited yet. `/employer invite` begins.")
    options = tuple(
        Option(str(person.id), Plain(person.name[:_OPTION]), Plain((company or "")[:_OPTION]))
        for person, company in found
    )
    return message(
        "Whose employer role should be taken back?",
        Select(verbs.EMPLOYER_WHOSE.choice(), options, placeholder="Choose an employer"),
        note("Others were invited before: name the person, like `/employer remove @marta`.")
        if len(newest) > _MOST
        else None,
    )


def employer_whose_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Ask once more, in the place of the list: a choice in a list is easily the wrong one."""
    person = _chosen(turn, event)
    sure = text(
        "Take the employer role back from **{person}**? The projects stay.", person=people.person_name(person)
    )
    yes = Button("Take it back", verbs.EMPLOYER_REMOVE(person.id), style="danger")
    keep = Button("Keep it", verbs.EMPLOYER_KEEP(person.id))
    return [Reply(message(sure, Buttons((yes, keep))), replace=True)]


def remove_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Take the role back: the coordinator is sure."""
    return _removed(turn, _chosen(turn, event), replace=True)


def keep_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    """Keep the role: the coordinator changed their mind."""
    person = _chosen(turn, event)
    return [
        Reply(
            message(text("**{person}** still posts projects here.", person=people.person_name(person))),
            replace=True,
        )
    ]


def _chosen(turn: Turn, event: ButtonPressed | ChoiceMade) -> Person:
    require_role(turn, *_WHO)
    return people.person_of(turn, verbs.EMPLOYER_WHOSE.read(event).person)


def _removed(turn: Turn, person: Person, *, replace: bool) -> list[Action]:
    if "employer" not in people.roles_of(turn, person):
        raise Declined(
            text(
                "**{person}** has no employer role here, so there is nothing to take back.",
                person=people.person_name(person),
            )
        )
    if "coordinator" not in turn.roles:
        may_change(turn, person)
    company = turn.session.get(Company, person.company_id) if person.company_id else None
    count, to = len(ownership.owned(turn, person)), ownership.successor(turn, person)
    left = ownership.let_go(turn, person)
    turn.session.execute(delete(Role).where(Role.person_id == person.id, Role.role == "employer"))
    give_part(turn, person, None, "owner")
    name = people.person_name(person)
    said = message(
        text("**{person}** no longer posts projects here.", person=name), _stays(count, to) if count else None
    )
    told = [] if person.id == turn.person_id else [_removal_message(turn, person, company, count, to)]
    return [Reply(said, replace=replace), *left, *told]


def _stays(count: int, to: Person | None) -> Text:
    """Say what becomes of the projects of a person whose role is taken back."""
    if to is None:
        return text(
            "One project stays and has no owner now: open it and press “I look after it”.",
            "{count} projects stay and have no owner now: open each and press “I look after it”.",
            count=count,
        )
    return text(
        "One project stays, and {person} looks after it now.",
        "{count} projects stay, and {person} looks after them now.",
        count=count,
        person=people.person_name(to, mention=True),
    )


def _removal_message(
    turn: Turn, person: Person, company: Company | None, count: int, to: Person | None
) -> Post:
    """Return what the person reads whose role is taken back, and what happens next."""
    lead = text(
        "You no longer post projects in **{programme}**. If that should be different, ask {contacts}.",
        programme=turn.programme.name,
        contacts=people.contacts(turn, person),
    )
    next_owner = None
    if count and to is not None:
        next_owner = text(
            "{person} looks after your projects now. You need not do anything more.",
            person=people.person_name(to, mention=True),
        )
    elif count:
        next_owner = text("The coordinators look after your projects now. You need not do anything more.")
    key = keys.ROLE_TAKEN(person.id, turn.source)
    about = subjects.OF_INVITATION(person.id, company.id if company is not None else 0)
    words = message(lead, next_owner)
    return Post(people.address(turn, person), words, key, kind=_KIND, subject=about)


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late word of a role that was taken back while its reader has none again."""
    person = people.person_of(turn, subjects.OF_INVITATION.parse(waiting.subject).person)
    return None if "employer" in people.roles_of(turn, person) else waiting.message


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note that a role was taken back")


ROUTES = Routes(
    commands=((REMOVE, remove_command),),
    buttons={
        verbs.EMPLOYER_WHOSE: employer_whose_pressed,
        verbs.EMPLOYER_REMOVE: remove_pressed,
        verbs.EMPLOYER_KEEP: keep_pressed,
    },
    messages={_KIND: MessageRoute(_still_so, _named)},
)
