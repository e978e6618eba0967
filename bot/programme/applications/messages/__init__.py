"""Messages between people (letters, as the tables say), brought over by the bot, about one application.

A message is a person's, not the bot's, so it is delivered at once. What student and employer write is read by
both sides, and by the coordinators only when it is reported. What a person and the coordinators write to each
other is read by them alone.
"""

from bot.chat.routes import FormRoute, MessageRoute, Routes, merge
from bot.programme.applications.messages import closed, questions, show, undelivered, write
from bot.programme.applications.messages.closed import AFTER, is_open, must_be_open, mute_button
from bot.programme.applications.messages.exchange import Exchange, message_of, talk_button, write_button
from bot.programme.applications.messages.show import coordinators_button, coordinators_ways, ways
from bot.programme.applications.messages.write import received, reply_in_place
from bot.programme.core import verbs

__all__ = [
    "AFTER",
    "ROUTES",
    "Exchange",
    "coordinators_button",
    "coordinators_ways",
    "is_open",
    "message_of",
    "must_be_open",
    "mute_button",
    "received",
    "reply_in_place",
    "talk_button",
    "ways",
    "write_button",
]

_OWN = Routes(
    buttons={
        verbs.MESSAGE_WRITE: write.message_write_pressed,
        verbs.MESSAGE_REPLY: write.message_reply_pressed,
        verbs.MESSAGE_MUTE: closed.message_mute_pressed,
        verbs.MESSAGE_UNMUTE: closed.message_unmute_pressed,
        verbs.MESSAGES_ALL: show.messages_all_pressed,
    },
    reads=frozenset({verbs.MESSAGES_ALL}),
    messages={
        undelivered.MESSAGE: MessageRoute(closed.holds, closed.named, questions.arrived, undelivered.refused),
        undelivered.WAITS: MessageRoute(undelivered.still_waits, undelivered.named),
    },
    forms={write.FORM: FormRoute(form=write.message_form, completed=write.message_submitted)},
)

ROUTES = merge((_OWN, questions.ROUTES))
