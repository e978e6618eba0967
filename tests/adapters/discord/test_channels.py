"""A cohort's channel on Discord: looked at before it is used, and its cards known to be there."""

from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Announcement, Channel
from tests.support.discord.person import DiscordPerson
from tests.support.discord.stage import DiscordStage, open_discord_stage
from tests.support.discord.state import Sent
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


@pytest.mark.soak
async def test_a_card_that_a_moderator_deleted_is_known_to_be_gone(tmp_path: Path) -> None:
    """The next change finds that the message is unknown (10008): it is posted again once, then left so."""
    async with open_discord_stage(tmp_path) as stage:
        await post(stage, owner="", title="Logo refresh")
        cora = stage.person("cora")
        again, left = "was deleted. I have posted it again.", "was deleted again. I leave it so."
        for hours, gone, said in (("30", False, again), ("35", True, left)):
            messages = stage.fake.world.messages
            (card,) = (sent for sent in messages.values() if _is_card(stage, sent))
            del messages[card.id]
            await _edit_hours(cora, hours)
            assert stage.rows(select(Announcement.gone_at.is_not(None))) == [(gone,)]
            assert any(_is_card(stage, sent) for sent in messages.values()) is not gone
            await cora.uses("/stint tasks")
            assert cora.sees(said)
        await _edit_hours(cora, "38")
        assert cora.sees("In one channel the card was deleted")


async def _edit_hours(person: DiscordPerson, hours: str) -> None:
    """Change the hours of the project."""
    await person.uses("/project edit Logo refresh")
    await person.says("edit 4")
    await person.says(hours)
    await person.presses("Save changes")


def _is_card(stage: DiscordStage, sent: Sent) -> bool:
    """Whether a message is the project's card in the cohort's channel."""
    return sent.channel == stage.people.spring and "Logo refresh" in str(sent.body)
