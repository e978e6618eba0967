"""`/stint link`: one person on two platforms says so, with a code that only they have seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.actions import Action, Post, Reply
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Button, Buttons, lines, message, note, say, text
from bot.chat.events import ButtonPressed, CommandUsed, platform_name
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import Command
from bot.programme import people
from bot.programme.accounts import merge
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import codes
from storage.tables import Code, Person

__all__ = ["ROUTES"]

_CODE_LIFETIME: Final = timedelta(minutes=10)
_NO_CODE: Final = (
    "That code is unknown, used, or older than ten minutes. "
    "Get a new one with `/stint link` from your other account."
)

LINK: Final = CommandSpec(
    ("stint", "link"),
    "Be one person with two accounts: get a code, type it with the other",
    (Argument("code", "the code that your other account was given", rest=True),),
    example="/stint link",
)


def link_command(turn: Turn, event: CommandUsed) -> list[Action]:
    """Handle `/stint link`: give a code; with a code name both accounts, and a press joins them."""
    typed = event.options.get("code", "").strip()
    return _ask(turn, typed) if typed else _give(turn)


def _give(turn: Turn) -> list[Action]:
    code = codes.make(
        turn.work, turn.now, "link", _CODE_LIFETIME, programme_id=turn.programme_id, person_id=turn.person.id
    )
    said = message(
        text(
            "With your other account type this within ten minutes: {command}",
            command=Command(f"/stint link {code}"),
        ),
        text("Then both accounts are yours here: applications, placements, messages and roles of both."),
        note("The code works once. Keep it to yourself: another person who types it becomes you."),
    )
    return [Reply(said)]


def _ask(turn: Turn, typed: str) -> list[Action]:
    code = codes.claim(turn.work, turn.now, "link", typed, str(turn.user))
    first = _giver(turn, code)
    if code is None or first is None:
        raise Declined(_NO_CODE)
    if first.id == turn.person.id:
        raise Declined("That code is for your other account: type it there, not here.")
    question = lines(
        say("Are both accounts yours?"),
        say(
            "- **{person}** on {platform}, where this code is from",
            person=people.person_name(first),
            platform=_platform(turn, first),
        ),
        say(
            "- **{person}** on {platform}, where you are now",
            person=people.person_name(turn.person),
            platform=_here(turn),
        ),
    )
    buttons = Buttons(
        (
            Button("Join", verbs.LINK_JOIN(code.id), style="primary"),
            Button("Not me", verbs.LINK_NO(code.id)),
        )
    )
    after = note("Once joined they stay one person, with everything of both: it cannot be taken apart again.")
    return [Reply(message(question, buttons, after))]


def _giver(turn: Turn, code: Code | None) -> Person | None:
    """Return the person who was given a link's code here; None when they have asked to be forgotten."""
    if code is None or code.programme_id != turn.programme_id or code.person_id is None:
        return None
    first = turn.session.get(Person, code.person_id)
    return first if first is not None and first.erased_at is None else None


def _platform(turn: Turn, person: Person) -> str:
    """Return the name of the platform on which a person is written to."""
    return platform_name(people.address(turn, person).partition("/")[0])


def _here(turn: Turn) -> str:
    """Return the name of the platform on which the person acts."""
    return platform_name(turn.user.platform) if turn.user is not None else _platform(turn, turn.person)


def _pressed(turn: Turn, event: ButtonPressed) -> tuple[Code, Person]:
    """Return the code that this account typed, used up now, and the person it was given to."""
    number = verbs.LINK_JOIN.read(event).code
    code = codes.claimed(turn.work, turn.now, "link", str(turn.user), number)
    first = _giver(turn, code)
    if code is None or first is None or not codes.spend(turn.work, turn.now, code):
        raise Declined(_NO_CODE)
    return code, first


def no_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Stop linking, as the person says that the other account is not theirs: the code is used up."""
    _pressed(turn, event)
    return [Reply(message("Nothing was joined, and that code no longer works."), replace=True)]


def join_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Make the two accounts one person's; both get a message."""
    code, first = _pressed(turn, event)
    if first.id == turn.person.id:
        raise Declined("Both accounts are yours already.")
    there, name = people.address(turn, first), people.person_name(first)
    actions = merge.join(turn, first, turn.person)
    where = note(
        "I write to you where you were last seen. `/profile` shows your accounts and lets you choose."
    )
    told = message(
        text(
            "Your account on {platform} is linked with this one: you are one person on both now.",
            platform=_here(turn),
        ),
        where,
        text("If that was not you, ask {contacts} for help at once.", contacts=people.contacts(turn, first)),
    )
    said = message(
        text("Done: **{person}** and this account are one person now, with everything of both.", person=name),
        where,
    )
    return [*actions, Post(there, told, keys.LINKED(code.id), at_night=True), Reply(said, replace=True)]


ROUTES = Routes(
    commands=((LINK, link_command),), buttons={verbs.LINK_JOIN: join_pressed, verbs.LINK_NO: no_pressed}
)
