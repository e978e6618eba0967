"""Cohorts: students who see the same projects, with a channel, a time zone and a daily digest."""

from bot.chat.routes import FormRoute, Routes
from bot.programme.cohorts import channels as places
from bot.programme.cohorts import commands, form, lookup
from bot.programme.cohorts.channels import (
    CHECK,
    LOOKING,
    hello,
    look_at,
    offer_announcing,
    place_wanted,
    take_channel,
    where,
)
from bot.programme.cohorts.commands import created
from bot.programme.cohorts.lookup import (
    all_cohorts,
    channels,
    cohort_at,
    cohort_named,
    cohort_of,
    cohorts_of,
    place_of,
)
from bot.programme.cohorts.members import join
from bot.programme.people.time_zones import suggest_zones

__all__ = [
    "CHECK",
    "LOOKING",
    "ROUTES",
    "all_cohorts",
    "channels",
    "cohort_at",
    "cohort_named",
    "cohort_of",
    "cohorts_of",
    "created",
    "hello",
    "join",
    "look_at",
    "offer_announcing",
    "place_of",
    "place_wanted",
    "take_channel",
    "where",
]

ROUTES = Routes(
    commands=(
        (commands.CREATE, commands.create_command),
        (commands.LIST, commands.list_command),
        (commands.EDIT, commands.edit_command),
        (places.CHANNEL, places.channel_command),
        (commands.END, commands.end_command),
    ),
    buttons={
        "cohort-edit": commands.edit_pressed,
        "cohort-page": commands.page_pressed,
        "cohort-end": commands.end_pressed,
        "cohort-keep": commands.end_pressed,
        "cohort-reopen": commands.reopen_pressed,
        "cohort-announce": places.announce_pressed,
    },
    forms={form.FORM: FormRoute(form=form.cohort_form, completed=commands.completed)},
    suggestions={
        **{
            (spec.path, "cohort"): lookup.suggest_cohorts
            for spec in (commands.EDIT, commands.END, places.CHANNEL)
        },
        **{(spec.path, "zone"): suggest_zones for spec in (commands.CREATE, commands.EDIT)},
    },
)
