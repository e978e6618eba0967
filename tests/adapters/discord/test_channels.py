"""A cohort's channel on Discord: looked at before it is used, and its cards known to be there."""

from pathlib import Path

from sqlalchemy import select

from storage.tables import Announcement, Channel
from tests.support.discord.stage import open_discord_stage
from tests.support.projects import post


async def test_a_channel_without_permissions_says_what_to_do(tmp_path: Path) -> None:
    """`/cohort create` names what is missing there and promises nothing; Check again finishes it."""
    async with open_discord_stage(tmp_path) as stage:
        autumn = stage.fake.world.add_channel("autumn-26", stage.people.guild)
        autumn.forbidden = True
        cora = stage.person("cora")
        await cora.uses("/cohort create Autumn #autumn-26", "spring-26")
        assert cora.sees("I cannot work in its channel yet:")
        assert not cora.sees("is ready")
        autumn.forbidden = False
        await cora.presses("Check again")
        assert cora.sees("is ready")
        assert stage.rows(select(Channel.state).where(Channel.place.endswith(autumn.id))) == [("active",)]


async def test_a_card_that_a_moderator_deleted_is_known_to_be_gone(tmp_path: Path) -> None:
    """The next change finds that the message is unknown (10008); it is counted as changed no more."""
    async with open_discord_stage(tmp_path) as stage:
        await post(stage, owner="", title="Logo refresh")
        card = next(sent for sent in stage.fake.world.messages.values() if "Logo refresh" in str(sent.body))
        del stage.fake.world.messages[card.id]
        cora = stage.person("cora")
        for hours in ("30", "35"):
            await cora.uses("/project edit Logo refresh")
            await cora.says("edit 4")
            await cora.says(hours)
            await cora.presses("Save changes")
        assert stage.rows(select(Announcement.gone_at.is_not(None))) == [(True,)]
        assert cora.sees("In one channel the card was deleted")
