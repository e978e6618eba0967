"""Cohorts: students who see the same projects, with a channel, a time zone and a daily digest."""

from bot.programme.cohorts.channels import (
    CHECK,
    LOOKING,
    channel_lines,
    choose_channel,
    hello,
    look_at,
    offer_announcing,
    place_wanted,
)
from bot.programme.cohorts.commands import created
from bot.programme.cohorts.lookup import (
    all_cohorts,
    channels_of,
    cohort_at,
    cohort_named,
    cohort_of,
    cohorts_of,
    place_of,
)
from bot.programme.cohorts.members import join

__all__ = [
    "CHECK",
    "LOOKING",
    "all_cohorts",
    "channel_lines",
    "channels_of",
    "choose_channel",
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
]
