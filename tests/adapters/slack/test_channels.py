"""A cohort's channel on Slack: looked at before it is used, and true again when it is unarchived."""

from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Channel
from tests.support.projects import post
from tests.support.slack.stage import Mode, open_slack_stage
from tests.support.slack.workspace import BOT


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_channel_that_the_bot_is_not_in_says_what_to_type(tmp_path: Path, mode: Mode) -> None:
    """`/cohort create` in a private channel names the line to type there; Check again finishes it."""
    async with open_slack_stage(tmp_path, mode) as stage:
        autumn = stage.workspace.add_channel("autumn-26", *stage.workspace.accounts)
        autumn.members.discard(BOT)
        cora = stage.person("cora")
        await cora.uses("/cohort create Autumn #autumn-26")
        assert cora.sees("Type /invite @stint in #autumn-26.")
        assert not cora.sees("is ready")
        autumn.members.add(BOT)
        await cora.presses("Check again")
        assert cora.sees("is ready")
        assert stage.person("ada").sees("This is now the channel of the cohort")
        assert stage.rows(select(Channel.state).where(Channel.place.contains(autumn.id))) == [("active",)]


@pytest.mark.soak
async def test_the_cards_of_an_archived_channel_are_compared_when_it_is_back(tmp_path: Path) -> None:
    """A project closed meanwhile has no Apply on its card once the channel is unarchived."""
    async with open_slack_stage(tmp_path) as stage:
        await post(stage, owner="", title="Logo refresh")
        cora = stage.person("cora")
        await cora.archives("spring-26")
        await cora.uses("/project close Logo refresh")
        await cora.presses("Close it")
        await cora.unarchives("spring-26")
        assert cora.sees("I am back in this channel")
        card = next(
            words
            for message in stage.workspace.seen_by(cora.account.id, "C0SPRING26")
            if "Logo refresh" in (words := stage.workspace.words_of(message, cora.account.id))
        )
        assert "Applications are closed" in card
        assert "Apply" not in card.replace("Applications", "").replace("Apply by", "")
