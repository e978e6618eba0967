"""A person who has never used the bot types a command in a cohort's channel of the server."""

from pathlib import Path

import pytest

from bot.programme import ROUTES
from tests.support.discord.person import DiscordPerson
from tests.support.discord.stage import open_discord_stage
from tests.support.main_job import TITLE, is_posted


@pytest.mark.soak
async def test_a_newcomer_is_offered_what_is_open(tmp_path: Path) -> None:
    """Discord asks while they type /apply, and gets the open project that fits."""
    async with open_discord_stage(tmp_path) as stage:
        await is_posted(stage)
        world = stage.fake.world
        user = world.add_user("zed", "Zed").id
        world.guilds[stage.people.guild].members[user] = set()
        zed = DiscordPerson(stage.fake, user, ROUTES.specs)
        channel = world.channels[stage.people.spring]
        for typed in ("", "bike"):
            assert [each["name"] for each in await zed.ask(("apply",), "project", typed, channel)] == [TITLE]
        assert await zed.ask(("project", "edit"), "project", "", channel) == []


async def test_a_coordinator_is_offered_the_companies_there_are(tmp_path: Path) -> None:
    """While they type a company to invite for; no other person learns of them there."""
    async with open_discord_stage(tmp_path) as stage:
        cora, ada = stage.person("cora"), stage.person("ada")
        channel = stage.fake.world.channels[stage.people.spring]
        for typed, known in (("", ["Acme Maps", "Birch Labs"]), ("acm", ["Acme Maps"])):
            offered = await cora.ask(("employer", "invite"), "company", typed, channel)
            assert [each["name"] for each in offered] == known
        assert await ada.ask(("employer", "invite"), "company", "", channel) == []
