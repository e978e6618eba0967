"""First use in a Discord server: its admin sets it up in one dialog, its channel picked and looked at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Channel, Person, Programme, Role, Space
from tests.support.discord.person import DiscordPerson
from tests.support.discord.stage import DiscordStage, open_discord_stage
from tests.support.discord.state import MANAGE_GUILD
from tests.support.guide_quotes import not_shown, quoted

NEW = {
    "Programme": "Hillside",
    "Time zone": "Berlin",
    "First cohort": "Autumn 26",
    "Its channel": "#hill-26",
    "Currency of fees": "eur",
}


def another_server(stage: DiscordStage) -> tuple[DiscordPerson, str]:
    """A server that no programme is in, which Cora manages, and its channel."""
    world, cora = stage.fake.world, stage.person("cora")
    guild = world.add_guild("Hillside")
    manages = world.snowflake()
    guild.roles[manages] = MANAGE_GUILD
    guild.members[cora.id] = {manages}
    return cora, world.add_channel("hill-26", guild.id).id


@pytest.mark.soak
async def test_an_admin_begins_a_programme_in_one_dialog(tmp_path: Path) -> None:
    """A reason comes as a message whose button opens the dialog as it was; then a sample is posted."""
    async with open_discord_stage(tmp_path) as stage:
        cora, hill = another_server(stage)
        await cora.uses("/stint setup", hill)
        screens = [cora.view()]
        await cora.presses("A new programme")
        assert cora.form
        [channel] = [p["component"] for p in cora.form["components"] if p.get("label") == "Its channel"]
        assert channel["default_values"] == [{"id": hill, "type": "channel"}]
        await cora.fills(NEW | {"Currency of fees": "shells"})
        assert cora.sees("I do not know that currency")
        await cora.presses("Edit")
        await cora.fills({"Currency of fees": "eur"})
        assert cora.sees("A sample: this is how a project will look")
        steps = [quote.replace("Spring 26", "Autumn 26") for quote in quoted("discord.md", 8)]
        assert len(steps) == 2
        assert not_shown(steps, *screens, cora.view()) == []
        await cora.presses("Add a coordinator")
        await cora.fills({"Coordinator": "@ben"})
        assert re.search(r"Ben Castillo \(@[^)]+\) is a coordinator now\.", cora.view())
        assert stage.rows(select(Programme.name).order_by(Programme.id)) == [("Riverside",), ("Hillside",)]
        assert str(stage.rows(select(Channel.place))[-1][0]).endswith(f"/{hill}")


async def test_a_second_server_joins_by_a_coordinators_code(tmp_path: Path) -> None:
    """`/stint connect` gives a code that serves once; the server is one more of the same programme."""
    async with open_discord_stage(tmp_path) as stage:
        cora, hill = another_server(stage)
        await cora.uses("/stint connect", "spring")
        [code] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", cora.view())
        await cora.uses("/stint setup", hill)
        await cora.presses("Join one that exists")
        await cora.fills({"Code": code})
        assert cora.sees("This server belongs to Riverside now")
        assert stage.rows(select(Programme.name)) == [("Riverside",)]
        joined = {stage.people.guild, stage.fake.world.channels[hill].guild}
        assert {external for (external,) in stage.rows(select(Space.external_id))} == joined
        another = stage.fake.world.add_guild("Lakeside")
        another.roles[another.id] |= MANAGE_GUILD
        another.members[cora.id] = set()
        lake = stage.fake.world.add_channel("lake-26", another.id).id
        await cora.uses("/stint setup", lake)
        await cora.presses("Join one that exists")
        await cora.fills({"Code": code})
        assert cora.sees("That code is unknown, used or too old")


@pytest.mark.soak
async def test_a_channel_that_the_bot_may_not_write_in_is_named_with_the_fix(tmp_path: Path) -> None:
    """The permission is called as Discord's settings call it; once it is given the channel is taken."""
    async with open_discord_stage(tmp_path) as stage:
        cora, hill = another_server(stage)
        silent = stage.fake.world.add_channel("silent", stage.fake.world.channels[hill].guild)
        silent.forbidden = True
        await cora.uses("/stint setup", hill)
        await cora.presses("A new programme")
        await cora.fills(NEW | {"Its channel": "#silent"})
        assert cora.sees("In the channel's settings, under Permissions, give Stint View Channel.")
        silent.forbidden = False
        await cora.presses("Check again")
        assert cora.sees("A sample: this is how a project will look")


@pytest.mark.soak
async def test_a_server_joins_as_one_company_s_own(tmp_path: Path) -> None:
    """Its admin owns that company and nothing more: no command of the coordinators works there."""
    async with open_discord_stage(tmp_path) as stage:
        world, cora, ben = stage.fake.world, stage.person("cora"), stage.person("ben")
        guild, manages = world.add_guild("Acme"), world.snowflake()
        guild.roles[manages] = MANAGE_GUILD
        guild.members |= {ben.id: {manages}, cora.id: {manages}}
        hall = world.add_channel("hall", guild.id).id
        await cora.uses('/stint connect company:"Acme Maps"', "spring")
        [code] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", cora.view())
        await ben.uses("/stint setup", hall)
        await ben.presses("Join one that exists")
        await ben.fills({"Code": code})
        assert ben.sees(
            "This server is the own one of Acme Maps in Riverside now, and you own the company here."
        )
        roles = select(Role.role).join(Person, Person.id == Role.person_id)
        assert set(stage.rows(roles.where(Person.name == "Ben Castillo"))) == {("employer",), ("student",)}
        await ben.uses("/stint setup", hall)
        assert ben.sees("/stint setup is for coordinators.")
        await ben.uses("/employer list", hall)
        assert ben.sees("Acme Maps: ")
        for typed in ("/stint tasks", "/cohort channel", "/stint coordinator person:@ben"):
            await cora.uses(typed, hall)
            assert cora.sees(f"/{' '.join(typed[1:].split()[:2])} is for coordinators.")
        await cora.uses("/stint tasks", "spring")
        assert cora.sees("Nothing waits for you.")
