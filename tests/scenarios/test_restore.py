"""The restore drill, on every platform and both databases: nothing is said twice silently."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.programme import ROUTES
from bot.programme.core import history
from bot.programme.core.turn import Turn
from storage.database import UnitOfWork
from storage.tables import outbox
from tests.support.bot import MONDAY, PEOPLE
from tests.support.every_stage import STAGES
from tests.support.main_job import is_applied_for, is_posted
from tests.support.projects import posted
from tests.support.restored import put_back, save
from tests.support.stage import Stage, open_stage


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened  # type: ignore[misc] # each is a Life, with people


def views(stage: Stage) -> dict[str, str]:
    """What each person sees, in all places."""
    return {account: stage.person(account).view() for account in PEOPLE}


def export(work: UnitOfWork) -> None:
    """What `stint programme export` leaves in the history."""
    turn = Turn(work=work, now=MONDAY, programme_id=1, routes=ROUTES, source="command:1", began_by="command")
    history.record_operation(turn, history.EXPORTED)


async def test_a_restored_bot_says_nothing_again_without_being_asked(platform: Stage, tmp_path: Path) -> None:
    """What was said since the backup is found, or a coordinator is asked about it, and then it is said."""
    cora, marta = platform.person("cora"), platform.person("marta")
    await is_posted(platform)
    await is_applied_for(platform)
    saved = save(platform, tmp_path / "saved.db")
    await platform.tick(days=6)
    before = views(platform)
    [restored] = await put_back(platform, saved)
    assert restored.doubtful
    await platform.tick(minutes=2)
    assert views(platform) == before
    await cora.uses("/stint tasks")
    assert cora.sees("This programme was restored from a backup of")
    assert cora.sees("may have been sent in that time already.")
    await cora.presses("Done", on="was restored from a backup")
    await cora.uses("/stint tasks")
    assert cora.sees("A message may not have arrived.")
    assert {account: seen for account, seen in views(platform).items() if account != "cora"} == {
        account: seen for account, seen in before.items() if account != "cora"
    }
    in_doubt = select(outbox.c.key).where(outbox.c.state == "unknown")
    [(key,)] = platform.rows(in_doubt)
    assert key.startswith("notices:")  # of another day than the one that was sent, so it cannot be found
    await cora.presses("Post it again")
    await platform.tick(minutes=2)
    assert platform.rows(in_doubt) == []
    assert marta.view() != before["marta"]
    platform.database.transact_inline(export)
    await cora.uses("/stint history programme")
    assert cora.sees("The operator of this bot exported everything of the programme.")
    assert cora.sees("The programme was restored from a backup of")


async def test_the_drill_on_postgresql(migrated_postgresql_url: str, tmp_path: Path) -> None:
    """Cards and digests that went out since are found under their keys; no place has one twice."""
    async with open_stage(tmp_path, url=migrated_postgresql_url) as stage:
        await posted(stage, "ada")
        saved = save(stage, tmp_path / "saved.db")
        await stage.tick(days=2)
        seen = [stage.screen(account, place) for account in PEOPLE for place in ("", "spring")]
        await put_back(stage, saved)
        await stage.tick(minutes=2)
        assert [stage.screen(account, place) for account in PEOPLE for place in ("", "spring")] == seen
        assert {state for (state,) in stage.rows(select(outbox.c.state))} <= {"sent", "unknown", "failed"}
