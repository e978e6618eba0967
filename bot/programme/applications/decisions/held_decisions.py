"""Messages of held decisions: with Undo at first, and then with the present state."""

from __future__ import annotations

from msgspec import Struct

from bot.chat.actions import Action, ShownMessage, Update
from bot.chat.content import Block, Button, Buttons, Message, Text, message
from bot.chat.events import TimerFired
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from storage.tables import Application
from storage.tables.values import HeldDecision

__all__ = ["HeldMessage", "held_message", "settled", "timer_key", "undo_button"]


class HeldMessage(Struct, frozen=True):
    """The payload of a held decision's timer, about the message in which the employer can undo it.

    `undo` is the action of its Undo, "" where there is none; `lead` the number of blocks before its buttons.
    """

    undo: str = ""
    lead: int = 0


def timer_key(application: Application) -> str:
    """Return the key of the timer at which a held decision is sent."""
    return keys.DECISION(application.id)


def undo_button(application: Application) -> Button:
    """Return the button that takes a held decision back."""
    return Button("Undo", verbs.DECISION_UNDO(application.id))


def held_message(turn: Turn, application: Application, lead: Block, *more: Block) -> Message:
    """Return what is held, with the next step, and with Undo while there is time for it."""
    back = (undo_button(application),) if turn.programme.undo_seconds > 0 else ()
    return message(lead, *more, Buttons((*back, _following(application))))


def _following(application: Application) -> Button:
    return Button("Next application", verbs.APPLICANT_NEXT(application.id))


def settled(
    event: TimerFired,
    held: HeldDecision,
    application: Application,
    said: Text,
    of_all: Text | None = None,
) -> list[Action]:
    """Let the message with Undo show the present state; nothing where it cannot be changed, or was left.

    `of_all`: shown instead by a message that answers several applications at once.
    """
    own, at = event.read(HeldMessage), event.read(ShownMessage)
    if not at.shown or not own.undo or held.left:
        return []
    content = message(said, Buttons((_following(application),)))
    if of_all and own.undo != undo_button(application).action:
        content = message(of_all)
    return [Update(at.shown, content, instead_of=own.undo, lead=own.lead, reader=at.shown_to)]
