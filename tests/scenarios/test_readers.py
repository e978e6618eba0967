"""Commands used where others read: between people on Slack, in a group and a server without us on Discord."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.tables import Project, Task, outbox
from tests.support.actor import Platform
from tests.support.discord.stage import open_discord_stage
from tests.support.main_job import TITLE, WHY, is_applied_for, is_decided, is_posted
from tests.support.projects import posted
from tests.support.slack.server import Fault
from tests.support.slack.stage import open_slack_stage
from tests.support.stage import open_stage

DOOR = "The door code is 4711."


async def _a_place_is_filled(platform: Platform) -> None:
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)


@pytest.mark.soak
async def test_between_an_employer_and_a_student_on_slack(tmp_path: Path) -> None:
    """`/applicants` and `/placement` in their DM, presses and late answers: she alone sees what they say."""
    async with open_slack_stage(tmp_path) as stage:
        await _a_place_is_filled(stage)
        stage.workspace.add_between("marta-ben", "U0MARTA", "U0BEN")
        await stage.database.transact(
            lambda work: work.connection.execute(update(Project).values(private_details=DOOR))
        )
        marta, ben = stage.person("marta"), stage.person("ben")
        before = ben.view()
        await marta.uses(f"/applicants {TITLE}", "marta-ben")
        await marta.chooses("Ada Okafor")
        assert WHY in marta.view().rpartition("== marta-ben")[2]
        await marta.uses("/placement", "marta-ben")
        assert "Ada Okafor" in marta.view().rpartition("== marta-ben")[2]
        stage.server.faults.append(Fault("response_url", error="fatal_error"))
        await marta.presses("All applicants")
        await stage.tick(minutes=1)
        assert ben.view() == before
        said = [m for m in stage.workspace.messages if m.channel == "D0MARTA-BEN"]
        assert {m.private_to for m in said} == {"U0MARTA"}


async def test_the_bots_own_direct_message_stays_one(tmp_path: Path) -> None:
    """What is answered to a command there can be read, changed and found again like any other message."""
    async with open_slack_stage(tmp_path) as stage:
        ada = stage.person("ada")
        await ada.uses("/project list")
        [said] = stage.workspace.seen_by("U0ADA", ada.dm.id)
        assert said.private_to == ""


@pytest.mark.soak
async def test_in_a_group_and_in_a_server_without_the_bot_on_discord(tmp_path: Path) -> None:
    """A person who has the app for themselves asks there for their programme, and reads the answer alone."""
    async with open_discord_stage(tmp_path) as stage:
        await _a_place_is_filled(stage)
        world, users = stage.fake.world, stage.people.users
        both = (users["marta"], users["ben"])
        world.add_group("lunch", *both)
        theirs = world.add_guild("Theirs", installed=False)
        theirs.members.update({user: set() for user in both})
        world.add_channel("general", theirs.id)
        marta, ben = stage.person("marta"), stage.person("ben")
        before = ben.view()
        for place in ("lunch", "general"):
            await marta.uses(f"/applicants {TITLE}", place)
            await marta.chooses("Ada Okafor", on="Applicants: 2")
            assert WHY in marta.view().partition(f"== {place}")[2].partition("\n==")[0]
            await marta.uses("/placement", place)
        assert ben.view() == before
        await marta.uses("/stint setup", "general")
        assert not marta.sees("A new programme")


@pytest.mark.soak
@pytest.mark.parametrize("reopened", [False, True])
async def test_an_item_in_the_staff_channel_says_that_it_is_closed(tmp_path: Path, *, reopened: bool) -> None:
    """Pressed there, Done changes the item for all who read it; the rest of the list is for who pressed."""
    async with open_stage(tmp_path) as stage:
        stage.world.add_channel("staff", "staff")
        cora, jo = stage.person("cora"), stage.person("jo")
        await cora.uses("/stint settings #staff")
        await posted(stage, "ada")
        marta = stage.person("marta")
        await marta.uses("/applicants")
        await marta.presses("Read one by one")
        await marta.presses("Make an offer")
        await stage.tick(minutes=3)
        await stage.person("ada").presses("Accept")
        await stage.tick(days=28)
        await stage.person("ada").presses("Stuck")
        assert "[Done]" in stage.screen("jo", "staff")
        summaries = stage.screen("jo", "staff").count("task waits")
        await cora.presses("Done", on="Ada Okafor")
        assert "Closed by Cora Lindqvist." in stage.screen("jo", "staff")
        if reopened:
            await cora.presses("Open it again")
        assert ("[Done]" in stage.screen("jo", "staff")) == reopened
        assert cora.sees("2 tasks" if reopened else "1 task\n")
        assert not jo.sees("2 tasks")
        assert not jo.sees("1 task\n")
        assert stage.screen("jo", "staff").count("task waits") == summaries
        state = "open" if reopened else "done"
        assert (state,) in stage.rows(select(Task.state))
        assert stage.rows(select(outbox.c.state).where(outbox.c.state == "failed")) == []
