"""A person's time zone: asked for once, where it matters first, shown back, and offered as it is typed."""

from __future__ import annotations

from typing import Final

from bot.chat.answers import Option
from bot.chat.answers.time_of_day import local_time
from bot.chat.answers.zones import zones_like
from bot.chat.content import Block, Button, Buttons, Message, dump_message, message, note, say, text
from bot.chat.events import Suggest
from bot.chat.values import replace
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from storage.dialects import insert
from storage.tables import Person, metadata

__all__ = ["asked_again", "asked_now", "suggest_zones", "zone_question"]

_MOST_SUGGESTIONS: Final = 25

_notices = metadata.tables["notices"]
_ASKED = insert(_notices).on_conflict_do_nothing().returning(_notices.c.id)


def zone_question(turn: Turn, person: Person) -> list[Block]:
    """Return blocks for the end of a message to this person: which zone they are in, with what is assumed.

    Nothing when it is known, or was asked before: that it was is kept among their notices.
    """
    blocks = _blocks(turn, person)
    row = {
        "programme_id": turn.programme_id,
        "person_id": person.id,
        "key": keys.ZONE(person.id),
        "subject": subjects.PERSON(person.id),
        "message": dump_message(message(*blocks)),
        "state": "told",
        "created_at": turn.now,
    }
    return blocks if blocks and turn.connection.execute(_ASKED, row).scalar() is not None else []


def asked_now(turn: Turn, person: Person, said: Message) -> Message:
    """Return a late message with its question for the zone as it is now: the present time, or nothing."""
    at = next((n for n, block in enumerate(said.blocks) if _asks(block)), None)
    if at is None:
        return said
    rest = (*said.blocks[: at - 1], *said.blocks[at + 2 :])
    return replace(said, blocks=(*rest, *_blocks(turn, person)))


def asked_again(turn: Turn, person: Person, said: Message) -> list[Block]:
    """Return the question as it is now, if the late message has asked it; else as `zone_question`."""
    asks = any(_asks(block) for block in said.blocks)
    return _blocks(turn, person) if asks else zone_question(turn, person)


def _asks(block: Block) -> bool:
    return isinstance(block, Buttons) and any(button.action == verbs.ZONE_KEEP for button in block.buttons)


def _blocks(turn: Turn, person: Person) -> list[Block]:
    if person.zone is not None or person.erased_at is not None:
        return []
    assumed = turn.programme.zone
    return [
        text(
            "Which time zone are you in? I remind you at your own times of day, and take it to be "
            "**{zone}**, where it is {time} now.",
            zone=assumed,
            time=local_time(turn.now, assumed),
        ),
        Buttons(
            (
                Button("That is right", verbs.ZONE_KEEP()),
                Button("Choose another", verbs.ZONE_CHANGE()),
            )
        ),
        note("You can also type it into `/profile`, which completes it where your chat completes commands."),
    ]


def suggest_zones(turn: Turn, event: Suggest) -> list[Option]:
    """Return the zones whose name holds what is typed so far, each with the time there."""
    return [
        Option(name, say("{zone}, now {time}", zone=name, time=local_time(turn.now, name)))
        for name in zones_like(event.typed, _MOST_SUGGESTIONS, turn.now)
    ]


def zone_of(turn: Turn, person: Person) -> str:
    """Return the person's IANA zone; the programme's until they gave theirs."""
    return person.zone or turn.programme.zone
