"""First use: a space gets a programme, new or one that exists, and its first channel is looked at.

`begin` works where there is no programme yet (`Routes.unowned`); the rest works in one.
"""

from bot.chat.routes import FormRoute, Routes
from bot.programme import cohorts
from bot.programme.administration.setup import begin, channels, connect
from bot.programme.core import verbs
from bot.programme.projects.company_lookup import suggest_companies

__all__ = ["ROUTES"]

ROUTES = Routes(
    commands=((begin.SETUP, connect.setup_command), (connect.CONNECT, connect.connect_command)),
    buttons={
        verbs.SETUP_NEW: connect.too_late,
        verbs.SETUP_JOIN: connect.too_late,
        verbs.SETUP_CONNECT: connect.connect_pressed,
        verbs.SETUP_CHANNEL: channels.setup_channel_pressed,
        verbs.SETUP_CHECK: channels.setup_check_pressed,
        verbs.CHANNEL_AGAIN: channels.back_pressed,
        verbs.SETUP_LATER: channels.setup_later_pressed,
        verbs.SETUP_SAMPLE: channels.sample_pressed,
    },
    forms={
        begin.NEW: FormRoute(form=connect.no_form, completed=connect.too_late),
        begin.JOIN: FormRoute(form=connect.no_form, completed=connect.too_late),
        channels.FORM: FormRoute(form=channels.channel_form, completed=channels.setup_channel_submitted),
    },
    inspected={
        cohorts.CHECK: channels.setup_check_inspected,
        begin.JOINED: connect.setup_joined_inspected,
    },
    messages=connect.MESSAGES,
    suggestions={(connect.CONNECT.path, "company"): suggest_companies},
    unowned=Routes(
        commands=((begin.SETUP, begin.setup_command),),
        buttons={verbs.SETUP_NEW: begin.new_pressed, verbs.SETUP_JOIN: begin.join_pressed},
        forms={
            begin.NEW: FormRoute(form=begin.new_form, completed=begin.setup_new_submitted),
            begin.JOIN: FormRoute(form=begin.join_form, completed=begin.setup_join_submitted),
        },
    ),
)
