"""Coordinators: who looks after the programme, one more or one less; by `/stint coordinator` or by form."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel
from sqlalchemy import delete

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, Plain, action, message, text
from bot.chat.events import ButtonPressed, CommandUsed
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed, Declined, FormRoute, Routes
from bot.programme import people
from bot.programme.turn import Turn, need
from storage.tables import Person, Role

__all__ = ["ADD", "ROUTES"]

ADD: Final = "coordinator-add"
"""The verb of the button that asks who else is to be a coordinator."""

_FORM: Final = "coordinator"
_YES: Final = frozenset({"yes", "y", "true", "on", "1"})

COORDINATOR: Final = CommandSpec(
    ("stint", "coordinator"),
    "Make somebody a coordinator, or take the role back",
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
            hint="They see open items, cohorts, employers and settings, as you do."),
    ]  # fmt: skip


def command(turn: Turn, event: CommandUsed) -> list[Action]:
    """`/stint coordinator`: one more, or one less; never none."""
    person = people.person_for(turn, people.user_of(event.options["person"]))
    if event.options.get("remove", "").casefold() in _YES:
        return _dismiss(turn, person)
    return _appoint(turn, person)


def add(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Somebody wants company: ask whose."""
    need(turn, "coordinator")
    return [OpenForm(_FORM, "new")]


def _form(_turn: Turn, _subject: str) -> Form:
    return form_of(Appointed, form_id=_FORM, title="Another coordinator", submit="Make them one")


def completed(turn: Turn, done: Completed) -> list[Action]:
    """The form was sent."""
    need(turn, "coordinator")
    return _appoint(turn, people.person_for(turn, people.user_of(str(done.values["person"]))))


def _dismiss(turn: Turn, person: Person) -> list[Action]:
    name = Plain(person.name)
    if [each.id for each in people.coordinators(turn)] == [person.id]:
        raise Declined("Somebody has to look after the programme. Make somebody else a coordinator first.")
    taken = turn.session.execute(
        delete(Role).where(Role.person_id == person.id, Role.role == "coordinator").returning(Role.id)
    )
    if not taken.all():
        raise Declined(text("**", name, "** is no coordinator, so there is nothing to take back."))
    return [Reply(message(text("**", name, "** is no longer a coordinator.")))]


def _appoint(turn: Turn, person: Person) -> list[Action]:
    name = Plain(person.name)
    if not people.give_role(turn, person, "coordinator"):
        raise Declined(text("**", name, "** is a coordinator already."))
    words = message(
        text("Hello. ", Plain(turn.person.name), " made you a coordinator of **",
             Plain(turn.programme.name), "**."),
        text("You look after open items, cohorts, employers and settings. I sum up once a day what waits."),
        Buttons(
            (
                Button("Open items", action("task-page", "start"), style="primary"),
                Button("What else I can do", action("run", "stint.help")),
            )
        ),
    )  # fmt: skip
    key = f"coordinator:{person.id}:{turn.now.isoformat()}"
    post = Post(people.address(turn, person), words, key, unasked=True)
    unmet = people.unmet_of(turn, [person])
    if unmet:
        now = (text("**", name, "** is a coordinator now."), people.how_to_meet(unmet))
        return [post, Reply(message(*now))]
    told = text("**", name, "** is a coordinator now, and I told them what that means.")
    return [post, Reply(message(told))]


ROUTES = Routes(
    commands=((COORDINATOR, command),),
    buttons={ADD: add},
    forms={_FORM: FormRoute(form=_form, completed=completed)},
)
