"""Every real project post there is, on Discord."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from adapters.discord.render import draw
from bot.chat.content import Message
from bot.programme.projects import see_all
from bot.programme.turn import Turn
from storage.tables import Announcement, Project
from tests.support.discord.openapi import refusals
from tests.support.discord.stage import open_discord_stage
from tests.support.discord.words import words_of
from tests.support.imported import REAL, publish, read, turn, write


@pytest.mark.skipif(not REAL.exists(), reason="the real posts are not beside this checkout")
async def test_all_real_posts_are_announced_and_none_is_refused(tmp_path: Path) -> None:
    """479 cards stand in the channel, each once, and the longest ones' details would be taken as well."""
    async with open_discord_stage(tmp_path) as stage:
        checked = read(stage, REAL)
        write(stage, checked)
        assert publish(stage, checked) == 479
        await stage.tick(minutes=30)
        assert set(stage.ledger()) == {"sent"}
        assert stage.rows(select(func.count()).select_from(Announcement)) == [(479,)]
        cards = stage.fake.world.seen_by("", stage.people.spring)
        titles = [title for (title,) in stage.rows(select(Project.title).order_by(Project.id))]
        shown = [words_of(card) for card in cards]
        assert [title for title, card in zip(titles, shown, strict=True) if title not in card] == []

        def details(acting: Turn) -> list[Message]:
            longest = select(Project).order_by(func.length(Project.brief).desc()).limit(50)
            return [see_all(acting, project) for project in acting.session.scalars(longest)]

        drawn = [part for message in turn(stage, details) for part in draw(message)]
        sends = [refusals("POST", "/channels/1/messages", part.body()) for part in drawn]
        assert [reasons for reasons in sends if reasons] == []
