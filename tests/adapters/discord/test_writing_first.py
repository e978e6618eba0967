"""On Discord people act first: a message to a person who has not acted yet waits until they do."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from storage.tables import Identity, Role
from tests.support.discord.person import DiscordPerson
from tests.support.discord.stage import DiscordStage, open_discord_stage

ASK = "typed in the server, brings it"


pytestmark = pytest.mark.stage(opened=open_discord_stage)


def newcomer(stage: DiscordStage, name: str, shown: str) -> DiscordPerson:
    """A person in the server who is new to the bot."""
    user = stage.fake.world.add_user(name, shown)
    stage.people.users[name] = user.id
    stage.fake.world.guilds[stage.people.guild].members[user.id] = set()
    return stage.person(name)


def dms_opened(stage: DiscordStage) -> list[str]:
    """The accounts that the bot opened a DM with."""
    return [each.body["recipient_id"] for each in stage.fake.requests if each.path == "/users/@me/channels"]


@pytest.mark.soak
async def test_an_invited_employer_is_written_to_once_they_act(stage: DiscordStage) -> None:
    """Cora reads the words to have Dan type; days later his first command brings the invitation, once."""
    dan, cora = newcomer(stage, "dan", "Dan Novak"), stage.person("cora")
    await cora.uses("/employer invite person:@dan company:Acme Maps", "spring")
    assert cora.sees(ASK)
    await stage.tick(days=3)
    assert dan.id not in dms_opened(stage)
    await dan.uses("/stint help", "spring")
    assert re.search(r"Cora Lindqvist \(@[^)]+\) invites you", dan.view())
    await dan.presses("Post a project")
    assert dan.form
    assert set(stage.ledger()) == {"sent"}


async def test_new_coordinators_and_students_wait_too(stage: DiscordStage) -> None:
    """A person who is only named gets the role or the place at once, a daily message only once they acted."""
    eve, fay, cora = newcomer(stage, "eve", "Eve"), newcomer(stage, "fay", "Fay"), stage.person("cora")
    await cora.uses("/stint coordinator person:@eve", "spring")
    await cora.uses("/cohort admit person:@fay cohort:Spring 26", "spring")
    assert cora.view().count(ASK) == 2
    ben = stage.person("ben")
    stage.fake.world.users[ben.id].shuts_dms = True
    await cora.uses("/employer invite person:@ben company:Acme Maps", "spring")  # a task, and daily cards
    await stage.tick(days=4)
    assert {eve.id, fay.id}.isdisjoint(dms_opened(stage))
    await eve.uses("/stint tasks", "spring")
    assert eve.sees("made you a coordinator")
    assert "task waits" not in eve.view()
    await stage.tick(days=1)
    assert eve.view().count("task waits") == 1
    await fay.says("hello")
    assert fay.sees("You are in")
    assert len(stage.rows(select(Role.id).where(Role.role == "coordinator"))) == 2


async def test_a_bot_that_is_invited_again_still_waits(stage: DiscordStage) -> None:
    """Kicked and invited again, the bot still does not write first."""
    dan, cora = newcomer(stage, "dan", "Dan Novak"), stage.person("cora")
    await cora.uses("/employer invite person:@dan company:Acme Maps", "spring")
    world, guild = stage.fake.world, stage.fake.world.guilds[stage.people.guild]
    for here, event in ((False, "GUILD_DELETE"), (True, "GUILD_CREATE")):
        guild.here, before = here, stage.watch.done
        told = {key: value for key, value in world.guild_json(guild).items() if key != "unavailable"}
        await stage.fake.gateway.tell(event, told if here else {"id": guild.id})
        await stage.watch.more_than(before)
        await stage.settle()
    assert dan.id not in dms_opened(stage)
    assert stage.ledger()["held"] == 1


@pytest.mark.soak
async def test_the_zone_is_completed_wherever_it_is_asked_for(stage: DiscordStage) -> None:
    """The question of the first message and the dialog lead to the command that completes it."""
    dan = newcomer(stage, "dan", "Dan Novak")
    await stage.person("cora").uses("/employer invite person:@dan company:Acme Maps", "spring")
    await dan.uses("/stint help", "spring")
    assert dan.sees("You can also type it into /profile, which completes it")
    await dan.presses("Choose another")
    assert dan.sees("/profile completes it")
    before = stage.watch.done
    offered = await dan.ask(("profile",), "zone", "prag", dan.dm)
    await stage.watch.more_than(before)
    assert [each["value"] for each in offered] == ["Europe/Prague"]
    await dan.uses("/profile zone:Europe/Prague")
    assert dan.sees("Your time zone is Europe/Prague")


@pytest.mark.soak
async def test_the_language_of_a_person_who_acts_is_kept(stage: DiscordStage) -> None:
    """Discord names it with everything that they do."""
    await stage.person("ben").uses("/stint help", "spring-26")
    query = select(Identity.locale).where(Identity.user_id == stage.people.users["ben"])
    assert stage.rows(query) == [("en-GB",)]
