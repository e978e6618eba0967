"""`/stint link`: one person on two platforms says so, with a code that only they have seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.actions import Action, Post, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Plain, message, note, text
from bot.chat.events import CommandUsed
from bot.chat.routes import Declined, Routes
from bot.programme import codes, joining, people
from bot.programme.turn import Turn
from storage.tables import Person

__all__ = ["ROUTES"]

_GOOD_FOR: Final = timedelta(minutes=10)

LINK: Final = CommandSpec(
    ("stint", "link"),
    "Be one person here with two accounts: get a code, and type it with the other account",
    (Argument("code", "the code that your other account was given", rest=True),),
    example="/stint link",
)


def link_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """`/stint link`: without a code one is given, with one the two accounts become one person's."""
    typed = event.options.get("code", "").strip()
    return _join(turn, typed) if typed else _give(turn)


def _give(turn: Turn) -> list[Action]:
    code = codes.make(
        turn.work, turn.now, "link", _GOOD_FOR, programme_id=turn.programme_id, person_id=turn.person.id
    )
    said = message(
        text(f"With your other account type this within ten minutes: `/stint link {code}`"),
        text("Then both accounts are yours here: applications, placements, messages and roles of both."),
        note("The code works once. Keep it to yourself: whoever types it becomes you."),
    )
    return [Reply(said)]


def _join(turn: Turn, typed: str) -> list[Action]:
    code = codes.find(turn.work, turn.now, "link", typed)
    first = None
    if code is not None and code.programme_id == turn.programme_id and code.person_id is not None:
        first = turn.session.get(Person, code.person_id)
    if code is None or first is None or first.erased_at is not None:
        raise Declined(
            "That code is unknown, used, or older than ten minutes. "
            "Get a new one with `/stint link` from your other account."
        )
    if first.id == turn.person.id:
        raise Declined("That code is for your other account: type it there, not here.")
    there, name = people.address(turn, first), first.name
    actions = joining.join(turn, first, turn.person)
    if not codes.spend(turn.work, turn.now, code):
        raise Declined("That code has just been used. Get a new one with `/stint link`.")
    here = turn.place.platform.capitalize() if turn.place is not None else "another platform"
    told = message(
        text(f"Your account on {here} is linked with this one: you are one person on both now."),
        note("I write to you where you were last seen. `/profile` shows your accounts and lets you choose."),
    )
    said = message(
        text("Done: this account and **", Plain(name), "**'s are one person now, with everything of both."),
        note("I write to you where you were last seen. `/profile` shows your accounts and lets you choose."),
    )
    return [*actions, Post(there, told, f"linked:{code.id}"), Reply(said)]


ROUTES = Routes(commands=((LINK, link_command),))
