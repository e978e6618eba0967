"""A person who has never used the bot, in a cohort's channel: what they type is completed all the same."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.chat.events import Suggest
from bot.chat.language import as_text
from storage.tables import Person
from tests.support.projects import post
from tests.support.stage import Stage, open_stage


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with an open project, a newcomer, and a channel that is no cohort's."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_account("dan", "Dan Novak", "Europe/Prague", frozenset())
        opened.world.add_channel("lobby", "lobby")
        await post(opened, title="Logo refresh")
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


async def suggested(stage: Stage, path: tuple[str, ...], place: str, **more: frozenset[str]) -> list[str]:
    """What is offered to dan there."""
    event = Suggest(
        id=f"s:{path}:{place}",
        at=stage.clock.now(),
        actor=stage.world.user("dan"),
        place=stage.world.place(place),
        path=path,
        option="project",
        typed="",
        **more,  # type: ignore[arg-type] # the rights that a test gives
    )
    return [as_text(option.label) for option in (await stage.runtime.receive(event)).options]


async def test_a_newcomer_is_offered_what_is_open(stage: Stage) -> None:
    """In the cohort's channel, for Apply and Save; looking makes no person a member."""
    before = stage.rows(select(func.count(Person.id)))
    assert await suggested(stage, ("apply",), "spring") == ["Logo refresh"]
    assert len(await suggested(stage, ("project", "save"), "spring")) == 1
    assert stage.rows(select(func.count(Person.id))) == before


async def test_what_is_not_theirs_is_not_offered(stage: Stage) -> None:
    """Not elsewhere, not to guests, and nothing that only its people manage."""
    assert await suggested(stage, ("apply",), "lobby") == []
    assert await suggested(stage, ("apply",), "spring", rights=frozenset({"guest"})) == []
    assert await suggested(stage, ("project", "edit"), "spring") == []
    assert await suggested(stage, ("applicants",), "spring") == []
