"""What was done, in the place of the buttons that did it: the rest of their message stays as it is.

A daily message holds several things. Whoever answers one of them finds the answer where its buttons stood.
"""

from __future__ import annotations

from dataclasses import replace

from bot.chat.actions import Reply, Update
from bot.chat.content import Buttons, Divider, dump_message, load_message
from bot.chat.events import ButtonPressed
from bot.chat.split import base_action
from bot.runtime.context import Context
from storage.queries import outbox

__all__ = ["settled"]


def settled(context: Context, reply: Reply) -> Update | None:
    """The change that puts a reply where the pressed button's group stands.

    None where the message is none of the outbox's, or says something else by now, and where it is about one
    thing only and the reply may take the place of it all.
    """
    event, turn = context.event, context.turn
    if not isinstance(event, ButtonPressed) or event.message is None:
        return None
    found = outbox.by_reference(turn.connection, str(event.message))
    if found is None or found.programme_id != turn.programme_id or event.place.readers != "alone":
        return None
    row = outbox.content_of(turn.connection, turn.programme_id, found.key)
    if row is None:
        return None
    content = load_message(row.message)
    if reply.replace and not any(isinstance(block, Divider) for block in content.blocks):
        return None
    pressed = base_action(event.action)
    for number, block in enumerate(content.blocks):
        if isinstance(block, Buttons) and any(button.action == pressed for button in block.buttons):
            blocks = (*content.blocks[:number], *reply.message.blocks, *content.blocks[number + 1 :])
            changed = replace(content, blocks=blocks)
            # The next press on this message finds what it says now.
            outbox.says_now(turn.connection, turn.programme_id, found.key, dump_message(changed))
            return Update(found.key, changed)
    return None
