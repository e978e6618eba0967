"""A person's time zone: asked for once, where it matters first, shown back, and offered as it is typed."""

from __future__ import annotations

from typing import Final

from bot.chat.answers import Option
from bot.chat.answers.zones import zones_like
from bot.chat.content import Block, Button, Buttons, action, dump_message, message, note, text
from bot.chat.events import Suggest
from bot.programme.turn import Turn
from bot.programme.wall import local_time
from storage.statements import insert
from storage.tables import Person, metadata

__all__ = ["suggest_zones", "zone_question"]

_MOST: Final = 25

_notices = metadata.tables["notices"]
_ASKED = insert(_notices).on_conflict_do_nothing().returning(_notices.c.id)


def zone_question(turn: Turn, person: Person) -> list[Block]:
    """Blocks for the end of a message to this person: which zone they are in, with what is assumed.

    Nothing when it is known, or was asked before: that it was is kept among their notices.
    """
    if person.zone is not None or person.erased_at is not None:
        return []
    assumed = turn.programme.zone
    blocks: list[Block] = [
        text(
            "Which time zone are you in? I remind you at your own times of day, and take it to be "
            f"**{assumed}**, where it is {local_time(turn.now, assumed)} now."
        ),
        Buttons(
            (
                Button("That is right", action("zone-keep")),
                Button("Choose another", action("zone-change")),
            )
        ),
        note("You can also type it into `/profile`, which completes it where your chat completes commands."),
    ]
    row = {
        "programme_id": turn.programme_id,
        "person_id": person.id,
        "key": f"zone:{person.id}",
        "subject": f"person:{person.id}",
        "message": dump_message(message(*blocks)),
        "state": "told",
        "created_at": turn.now,
    }
    return blocks if turn.connection.execute(_ASKED, row).scalar() is not None else []


def suggest_zones(turn: Turn, event: Suggest) -> list[Option]:
    """Zones whose name holds what is typed so far, each with the time there."""
    return [
        Option(name, f"{name}, now {local_time(turn.now, name)}")
        for name in zones_like(event.typed, _MOST, turn.now)
    ]
