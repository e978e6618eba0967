"""Coordinators: they look after the programme; added or removed by `/stint coordinator` or by form."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel
from sqlalchemy import delete, select

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.codec import RUN
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Message, Sentence, Text, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed, platform_name
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed, Declined, FormRoute, MessageRoute, Routes, Waiting
from bot.programme import people
from bot.programme.applications import confidential
from bot.programme.cases import readers
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import require_role
from storage.tables import Person, Role, Space

__all__ = ["ROUTES", "ask_for", "began_here"]

_FORM: Final = "coordinator"
_KIND: Final = "coordinator"
_YES: Final = frozenset({"yes", "y", "true", "on", "1"})

COORDINATOR: Final = CommandSpec(
    ("stint", "coordinator"),
    "Make a person a coordinator, or take the role back",
    (
        Argument("person", "whom", kind="person", required=True),
        Argument("remove", "take the role back instead", kind="yes_no"),
    ),
    allowed=frozenset({"coordinator"}),
    managed=True,
    example="/stint coordinator @bo",
)


class Appointed(BaseModel):
    """Who is made a coordinator."""

    person: Annotated[
        str,
        Ask("Who else looks after the programme?", label="Coordinator", kind="person", example="@bo",
            hint="They see tasks, cohorts, employers and settings, as you do."),
    ]  # fmt: skip


def coordinator_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/stint coordinator`: add or remove a coordinator; the last one stays.

    A manager of the space that the programme began in may do it too; a manager of another space may only
    ask for it.
    """
    person = people.person_for(turn, people.user_of(event.options["person"]))
    may = "coordinator" in turn.roles or began_here(turn) or not confidential.everybody(turn)
    if event.options.get("remove", "").casefold() in _YES:
        if not may:
            raise Declined("Only a coordinator can take the role back.")
        return _dismiss(turn, person)
    return _appoint(turn, person) if may else _request(turn, person)


def began_here(turn: Turn) -> bool:
    """Tell whether what happens happens in the space that the programme began in."""
    first = turn.session.scalars(
        select(Space).where(Space.programme_id == turn.programme_id).order_by(Space.id).limit(1)
    ).first()
    here = turn.place
    return (
        first is not None
        and here is not None
        and (here.platform, here.space) == (first.platform, first.external_id)
    )


def _request(turn: Turn, person: Person) -> list[Action]:
    if "coordinator" in people.roles_of(turn, person):
        raise _is_one(person)
    asked, actions = ask_for(turn, person, None)
    said = text(
        "This {space} joined **{programme}**, so its coordinators decide that. I am asking "
        "**{coordinator}**, and bring you the answer.",
        programme=turn.programme.name,
        coordinator=people.person_name(asked, mention=True),
    )
    return [Reply(message(said)), *actions]


def _is_one(person: Person) -> Declined:
    name = people.person_name(person, mention=True)
    return Declined(text("**{person}** is a coordinator already.", person=name))


def ask_for(turn: Turn, person: Person, first: int | None) -> tuple[Person, list[Action]]:
    """Ask the coordinators (at least one exists) whether `person` may become a coordinator.

    One coordinator is asked by name: the person with the id `first` if they are a coordinator, else the
    longest-serving. The others have a task. Returns the person who was asked, with the actions.
    """
    held = confidential.everybody(turn)
    asked = next((each for each in held if each.id == first), held[0])
    words = (
        _wish(turn, person),
        note(
            "A coordinator reads every application and changes every setting. Say yes only to people you "
            "know."
        ),
        Buttons(
            (
                Button("Make a coordinator", verbs.COORDINATOR_YES(person.id)),
                Button("Say no", verbs.COORDINATOR_NO(person.id)),
            )
        ),
    )
    today = turn.now.date()
    key = keys.COORDINATOR_ASKED(person.id, asked.id, today)  # however often they ask, once a day
    item = tasks.open_task(turn, _task(person), "coordinator", subjects.PERSON(person.id), *words)
    to, about = people.address(turn, asked), subjects.OF_COORDINATOR(person.id, "no")
    return asked, [Post(to, message(*words), key, kind=_KIND, subject=about), *item]


def _wish(turn: Turn, person: Person) -> Text:
    """Say that the person who acts, where they act, would like `person` to be a coordinator."""
    asking, programme = people.person_name(turn.person, mention=True), turn.programme.name
    platform = platform_name(turn.user.platform) if turn.user is not None else ""
    if person.id == turn.person_id:
        return text(
            "**{person}** manages a {space} of **{programme}** on {platform} and would like to be one of its "
            "coordinators.",
            person=asking,
            programme=programme,
            platform=platform,
        )
    return text(
        "**{person}** manages a {space} of **{programme}** on {platform} and would like one more "
        "coordinator: **{candidate}**.",
        person=asking,
        programme=programme,
        platform=platform,
        candidate=people.person_name(person, mention=True),
    )


def _task(person: Person) -> str:
    return keys.COORDINATOR_TASK(person.id)


def _pressed(turn: Turn, event: ButtonPressed) -> Person:
    require_role(turn, "coordinator")
    person = people.person_of(turn, verbs.COORDINATOR_YES.read(event).person)
    if person.erased_at is not None or person.left_at is not None:
        raise Declined("That person is not here any more. Nothing was changed.")
    return person


def coordinator_yes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Make the person a coordinator, as a coordinator says; it can be taken back."""
    person = _pressed(turn, event)
    tasks.close_task(turn, _task(person))
    *told, reply = _appoint(turn, person)
    words = reply.message.blocks if isinstance(reply, Reply) else ()
    back = Buttons((Button("Take it back", verbs.COORDINATOR_BACK(person.id)),))
    return [*told, Reply(message(*words, back), replace=True)]


def coordinator_no_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Refuse a new coordinator; the person who asked gets a message, and nothing else changes."""
    person = _pressed(turn, event)
    if "coordinator" in people.roles_of(turn, person):
        again = "**{person}** is a coordinator already. `/stint coordinator` with `remove:yes` takes it back."
        raise Declined(text(again, person=people.person_name(person, mention=True)))
    tasks.close_task(turn, _task(person))
    words = message(
        text(
            "**{programme}** gets no new coordinator, so you are not one of its coordinators. Your {space} "
            "stays part of the programme. If that should be different, ask {contacts}.",
            programme=turn.programme.name,
            contacts=people.contacts(turn, person),
        )
    )
    said = text(
        "**{person}** does not become a coordinator. I am passing your answer on.",
        person=people.person_name(person, mention=True),
    )
    mind = Buttons((Button("Make a coordinator after all", verbs.COORDINATOR_YES(person.id)),))
    return [
        Reply(message(said, mind), replace=True),
        Post(
            people.address(turn, person),
            words,
            keys.COORDINATOR_NO(person.id, turn.source),
            kind=_KIND,
            subject=subjects.OF_COORDINATOR(person.id, "no"),
        ),
    ]


def coordinator_back_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take the yes back."""
    person = _pressed(turn, event)
    words = message(
        text("You are no longer a coordinator of **{programme}**.", programme=turn.programme.name)
    )
    key = keys.COORDINATOR_BACK(person.id, turn.source)
    reply = _dismiss(turn, person)
    to = people.address(turn, person)
    return [*reply, Post(to, words, key, kind=_KIND, subject=subjects.OF_COORDINATOR(person.id, "no"))]


def coordinator_add_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Ask which person a coordinator wants as another coordinator."""
    require_role(turn, "coordinator")
    return [OpenForm(_FORM, "new")]


def _form(_turn: Turn, _subject: str) -> Form:
    return form_of(Appointed, form_id=_FORM, title="New coordinator", submit="Choose")


def coordinator_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Appoint the person of the form that was sent."""
    require_role(turn, "coordinator")
    return _appoint(turn, people.person_for(turn, people.user_of(str(done.values["person"]))))


def _dismiss(turn: Turn, person: Person) -> list[Action]:
    name = people.person_name(person, mention=True)
    if [each.id for each in people.coordinators(turn)] == [person.id]:
        raise Declined("The programme needs a coordinator. Make another person a coordinator first.")
    taken = turn.session.execute(
        delete(Role).where(Role.person_id == person.id, Role.role == "coordinator").returning(Role.id)
    )
    if not taken.all():
        missing = "**{person}** is not a coordinator, so there is nothing to take back."
        raise Declined(text(missing, person=name))
    said = Reply(message(text("**{person}** is no longer a coordinator.", person=name)))
    return [said, *readers.left_alone(turn, person)]


def _appoint(turn: Turn, person: Person) -> list[Action]:
    if not people.give_role(turn, person, "coordinator"):
        raise _is_one(person)
    words = message(
        text(
            "Hello. {person} made you a coordinator of **{programme}**.",
            person=people.person_name(turn.person, mention=True),
            programme=turn.programme.name,
        ),
        text("You look after tasks, cohorts, employers and settings. I sum up once a day what waits."),
        Buttons(
            (
                Button("Tasks", verbs.TASK_PAGE("start"), style="primary"),
                Button("What else I can do", RUN("stint.help")),
            )
        ),
    )
    key = keys.COORDINATOR(person.id, turn.source)
    to, about = people.address(turn, person), subjects.OF_COORDINATOR(person.id, "yes")
    post = Post(to, words, key, kind=_KIND, subject=about)
    done = text("**{person}** is a coordinator now.", person=people.person_name(person, mention=True))
    unmet = people.awaiting_first_contact(turn, [person])
    when = people.contact_hint(unmet) if unmet else daily_message.when_read(turn, [person], named=True)
    return [post, Reply(message(done, when))]


def _still_so(turn: Turn, waiting: Waiting) -> Message | None:
    """Return late word of being a coordinator, or of not being one, as long as it is true."""
    about = subjects.OF_COORDINATOR.parse(waiting.subject)
    roles = people.roles_of(turn, people.person_of(turn, about.person))
    return waiting.message if ("coordinator" in roles) == (about.holds == "yes") else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A note on who is a coordinator")


ROUTES = Routes(
    commands=((COORDINATOR, coordinator_command),),
    buttons={
        verbs.COORDINATOR_ADD: coordinator_add_pressed,
        verbs.COORDINATOR_YES: coordinator_yes_pressed,
        verbs.COORDINATOR_NO: coordinator_no_pressed,
        verbs.COORDINATOR_BACK: coordinator_back_pressed,
    },
    forms={_FORM: FormRoute(form=_form, completed=coordinator_submitted)},
    messages={_KIND: MessageRoute(_still_so, _named)},
)
