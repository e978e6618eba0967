"""`/stint setup` in a space without a programme: a new one by one form, or joining one by a code.

These turns have no programme and no person, so what they begin is answered in the programme: by the turn that
follows the look at its channel (`Inspect`).
"""

from __future__ import annotations

from typing import Annotated, Final

from annotated_types import MaxLen
from pydantic import BaseModel
from sqlalchemy import select

from bot.chat.actions import Action, Inspect, OpenForm, RejectForm, Reply
from bot.chat.answers.currencies import is_currency
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, message, note, text
from bot.chat.events import ButtonPressed, CommandUsed, Place, parse_destination
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import Wording, say
from bot.programme import cohorts
from bot.programme.administration import creation
from bot.programme.core import verbs
from bot.programme.core.lifecycle import begin, give_part
from bot.programme.core.turn import Turn
from bot.programme.people import codes, give_role, person_for
from storage.tables import Channel, Programme, Space

__all__ = [
    "JOIN",
    "JOINED",
    "NEW",
    "SETUP",
    "join_form",
    "join_pressed",
    "new_form",
    "new_pressed",
    "setup_command",
    "setup_join_submitted",
    "setup_new_submitted",
]

NEW: Final = "setup-new"
JOIN: Final = "setup-join"
JOINED: Final = "setup-joined"

SETUP: Final = CommandSpec(
    ("stint", "setup"),
    "Set the programme up here, or see its setup and check its channels",
    (Argument("code", "the setup code, if you were given one", rest=True),),
    # Without a programme no person has a role, so rights or the code decide.
    allowed=frozenset({"coordinator"}),
    managed=True,
    example="/stint setup",
)


class NewProgramme(BaseModel):
    """What a programme needs to begin."""

    name: Annotated[
        str, MaxLen(80), Ask("What is the programme called?", label="Programme", example="Riverside")
    ]
    zone: Annotated[
        str,
        Ask("Which time zone does it live in?", label="Time zone", kind="zone", example="Berlin",
            hint="The nearest big city is enough."),
    ]  # fmt: skip
    cohort: Annotated[
        str,
        MaxLen(80),
        Ask("What is its first cohort of students called?", label="First cohort", example="Spring 26"),
    ]
    channel: Annotated[
        str,
        Ask("In which channel are projects announced to them?", label="Its channel", kind="channel",
            example="#spring"),
    ]  # fmt: skip
    currency: Annotated[str, Ask("In which currency are fees?", label="Currency of fees", example="USD")] = (
        "USD"
    )


class ExistingProgramme(BaseModel):
    """What joining a programme needs."""

    code: Annotated[
        str,
        MaxLen(80),
        Ask("Which code did the coordinator give you?", label="Code", example="ABCD-EFGH-JKMN",
            hint="A coordinator of the programme gets one by typing /stint connect."),
    ]  # fmt: skip


def setup_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/stint setup`: offer both ways to a person who may set up."""
    _space_of(turn)
    typed = event.options.get("code", "").strip()
    if typed and codes.claim(turn.work, turn.now, "setup", typed, str(turn.user)) is None:
        raise Declined(
            "That setup code is unknown, used or too old. The program prints a new one when it starts again, "
            "once the old one is a day old. An admin of this {space} needs none."
        )
    _check_allowed(turn)
    buttons = (
        Button("A new programme", verbs.SETUP_NEW(), style="primary"),
        Button("Join one that exists", verbs.SETUP_JOIN()),
    )
    return [
        Reply(
            message(
                text("**Welcome.** Shall I begin a new programme here, or does this {space} belong to one "
                     "that I run in another {space} already?"),
                Buttons(buttons),
                note("You can stop at any time and type `/stint setup` again."),
            )
        )
    ]  # fmt: skip


def _space_of(turn: Turn) -> Place:
    place = turn.place
    if place is None or not place.space:
        raise Declined("Type `/stint setup` in a channel of the {space} that you want to set up, not here.")
    return place


def _check_allowed(turn: Turn) -> None:
    """Raise Declined for a person who neither manages the space nor has given the setup code; it says how."""
    if "manage" not in turn.rights and codes.claimed(turn.work, turn.now, "setup", str(turn.user)) is None:
        raise Declined(
            text("Only those who manage this {space} can set it up. Ask an admin to type `/stint setup`."),
            note(
                "The person who runs the program can do it too: `/stint setup` with the code that it printed "
                "when it first started."
            ),
        )


def new_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the form of a new programme, filled with what is known."""
    place = _space_of(turn)
    _check_allowed(turn)
    values = {"zone": event.actor_zone, "currency": "USD"}
    if place.kind == "channel":
        values["channel"] = str(place)
    return [OpenForm(NEW, values={name: value for name, value in values.items() if value})]


def join_pressed(turn: Turn, _event: ButtonPressed) -> list[Action]:
    """Open the form for joining a programme."""
    _check_allowed(turn)
    return [OpenForm(JOIN)]


def new_form(_turn: Turn, _subject: str) -> Form:
    """Return the one page that a new programme needs."""
    return form_of(NewProgramme, form_id=NEW, title="A new programme", submit="Create it")


def join_form(_turn: Turn, _subject: str) -> Form:
    """Return the one page that joining needs."""
    return form_of(ExistingProgramme, form_id=JOIN, title="Join a programme", submit="Join it")


def setup_new_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Make the programme, its space, cohort and channel; then look at the channel."""
    here = _space_of(turn)
    _check_allowed(turn)
    place = parse_destination(str(done.values["channel"]))
    errors: dict[str, Wording] = {}
    if not isinstance(place, Place) or (place.platform, place.space) != (here.platform, here.space):
        errors["channel"] = say("Choose one of the channels here.")
    currency = str(done.values["currency"]).strip().upper()
    if not is_currency(currency):
        errors["currency"] = say("I do not know that currency. Write its three letters, like USD or EUR.")
    if errors or not isinstance(place, Place) or turn.user is None:
        return [RejectForm(errors)]
    work, now, zone = turn.work, turn.now, str(done.values["zone"])
    number = creation.create_programme(work, now, str(done.values["name"]), zone, here, turn.user)
    work.session.get_one(Programme, number).currency = currency
    cohort = creation.create_cohort(work, now, number, str(done.values["cohort"]), zone, place, ready=False)
    channel = work.session.scalars(select(Channel).where(Channel.cohort_id == cohort)).one()
    _spend(turn)
    return cohorts.look_at(channel, "")


def setup_join_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Add this space to the programme whose coordinator gave the code.

    It gives no person a role, unless the code is for a company's own space: who joins it owns that company.
    """
    here = _space_of(turn)
    _check_allowed(turn)
    code = codes.redeem(turn.work, turn.now, "connect", str(done.values["code"]))
    if code is None or code.programme_id is None or turn.user is None:
        return [RejectForm({"code": say("That code is unknown, used or too old. Ask for a new one.")})]
    inside = Turn(turn.work, turn.now, code.programme_id, user=turn.user, place=here, source=turn.source)
    joined = Space(
        programme_id=code.programme_id,
        platform=here.platform,
        external_id=here.space,
        company_id=code.payload.company or None,
        created_at=turn.now,
    )
    begun = begin(inside, joined)
    person = person_for(inside, turn.user)
    _spend(turn)
    if joined.company_id is not None:
        give_role(inside, person, "employer")
        give_part(inside, person, joined.company_id, "owner")
        return [*begun, Inspect(JOINED, (here,), f"{code.person_id or ''}/")]
    asks = "manage" in turn.rights
    return [*begun, Inspect(JOINED, (here,), f"{code.person_id or ''}/{'manages' if asks else ''}")]


def _spend(turn: Turn) -> None:
    """Use up the setup code that opened this, if there was a code."""
    code = codes.claimed(turn.work, turn.now, "setup", str(turn.user))
    if code is not None:
        codes.spend(turn.work, turn.now, code)
