"""First use: a space gets a programme, new or one that exists, and its first channel is looked at.

`begin` works where there is no programme yet (`Routes.unowned`); the rest works in one.
"""

from bot.chat.routes import FormRoute, Routes
from bot.programme import cohorts
from bot.programme.setup import begin, channels, standing

__all__ = ["ROUTES"]

ROUTES = Routes(
    commands=((begin.SETUP, standing.setup_command), (standing.CONNECT, standing.connect_command)),
    buttons={
        "setup-new": standing.too_late,
        "setup-join": standing.too_late,
        "setup-connect": standing.connect_pressed,
        "setup-channel": channels.choose,
        "setup-check": channels.check_again,
        "channel-again": channels.back_pressed,
        "setup-later": channels.later,
        "setup-sample": channels.sample_pressed,
    },
    forms={
        begin.NEW: FormRoute(form=standing.no_form, completed=standing.too_late),
        begin.JOIN: FormRoute(form=standing.no_form, completed=standing.too_late),
        channels.FORM: FormRoute(form=channels.channel_form, completed=channels.chosen),
    },
    inspected={
        cohorts.CHECK: channels.checked,
        begin.JOINED: standing.joined,
    },
    unowned=Routes(
        commands=((begin.SETUP, begin.setup_command),),
        buttons={"setup-new": begin.new_pressed, "setup-join": begin.join_pressed},
        forms={
            begin.NEW: FormRoute(form=begin.new_form, completed=begin.create),
            begin.JOIN: FormRoute(form=begin.join_form, completed=begin.join),
        },
    ),
)
