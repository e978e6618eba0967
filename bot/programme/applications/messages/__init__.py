"""Messages between people (letters, as the tables say), brought over by the bot, about one application.

A letter is a person's, not the bot's, so it is delivered at once. What student and employer write is read by
both sides, and by the coordinators only when it is reported. What a person and the coordinators write to each
other is read by them alone.
"""

from bot.chat.routes import FormRoute, MessageRoute, Routes
from bot.programme.applications.messages import closed, show, undelivered, write
from bot.programme.applications.messages.closed import is_open, must_be_open, mute_button
from bot.programme.applications.messages.exchange import Exchange, letter_of, write_button
from bot.programme.applications.messages.show import coordinators_button, coordinators_ways, ways
from bot.programme.applications.messages.write import received, reply_in_place
from bot.programme.core import verbs

__all__ = [
    "ROUTES",
    "Exchange",
    "coordinators_button",
    "coordinators_ways",
    "is_open",
    "letter_of",
    "must_be_open",
    "mute_button",
    "received",
    "reply_in_place",
    "ways",
    "write_button",
]

ROUTES = Routes(
    buttons={
        verbs.LETTER_WRITE: write.letter_write_pressed,
        verbs.LETTER_REPLY: write.letter_reply_pressed,
        verbs.LETTER_MUTE: closed.letter_mute_pressed,
        verbs.LETTER_UNMUTE: closed.letter_unmute_pressed,
        verbs.LETTERS_ALL: show.letters_all_pressed,
    },
    messages={
        undelivered.LETTER: MessageRoute(
            closed.holds, closed.named, undelivered.arrived, undelivered.refused
        ),
        undelivered.WAITS: MessageRoute(undelivered.still_waits, undelivered.named),
    },
    forms={write.FORM: FormRoute(form=write.letter_form, completed=write.letter_submitted)},
)
