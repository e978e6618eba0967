"""The people and channels of a scripted programme, put onto the stage of any platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from tests.support.discord.stage import DiscordStage
from tests.support.slack.stage import SlackStage

__all__ = ["NEWCOMERS", "AnyStage", "arrive"]

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

NEWCOMERS: Final[Mapping[str, tuple[str, str]]] = {
    "tom": ("Tom Adeyemi", "Europe/London"),
    "lea": ("Lea Ortiz", "Europe/Madrid"),
    "mia": ("Mia Sousa", "Europe/Lisbon"),
    "dan": ("Dan Novak", "Europe/Berlin"),
    "eve": ("Eve Stone", "America/New_York"),
    "fei": ("Fei Tanaka", "Asia/Tokyo"),
    "gil": ("Gil Rao", "Asia/Kolkata"),
    "hana": ("Hana Iyer", "Asia/Kolkata"),
}
"""Who comes into the space besides PEOPLE: account id, shown name and zone."""

SUMMER: Final = "summer-26"
"""The channel of the second cohort."""


def arrive(stage: AnyStage) -> None:
    """Let NEWCOMERS into the space of a stage, which gets the second cohort's channel."""
    if isinstance(stage, DiscordStage):
        for account, (name, _) in NEWCOMERS.items():
            user = stage.fake.world.add_user(account, name)
            stage.fake.world.guilds[stage.people.guild].members[user.id] = set()
            stage.people.users[account] = user.id
        stage.fake.world.add_channel(SUMMER, stage.people.guild)
    elif isinstance(stage, SlackStage):
        for account, (name, zone) in NEWCOMERS.items():
            stage.workspace.add_account(account, name, zone)
        members = stage.workspace.accounts
        for channel in stage.workspace.channels.values():
            if not channel.user:
                channel.members.update(members)
        stage.workspace.add_channel(SUMMER, *members)
    else:
        for account, (name, zone) in NEWCOMERS.items():
            stage.world.add_account(account, name, zone)
        stage.world.add_channel(SUMMER, SUMMER)
