"""The restore drill, on every platform and both databases: nothing is said twice silently."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.cli import erasure_ledger
from bot.programme import ROUTES
from bot.programme.core import history
from bot.programme.core.turn import Turn
from storage.database import UnitOfWork
from storage.tables import Application, Person, outbox
from tests.support.bot import MONDAY, PEOPLE
from tests.support.discord.stage import open_discord_stage
from tests.support.every_stage import STAGES
from tests.support.main_job import WHY, is_applied, is_applied_for, is_posted
from tests.support.projects import posted
from tests.support.restored import put_back, save
from tests.support.slack.stage import open_slack_stage
from tests.support.stage import Stage, open_stage


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened  # type: ignore[misc] # each is a Life, with people


def views(stage: Any) -> dict[str, str]:  # noqa: ANN401 - a stage of any platform
    """What each person sees, in all places."""
    return {account: stage.person(account).view() for account in PEOPLE}


def operate(work: UnitOfWork) -> None:
    """What `stint programme export` and `stint simulate --from` leave in the history."""
    turn = Turn(work=work, now=MONDAY, programme_id=1, routes=ROUTES, source="command:1", began_by="command")
    for what in (history.EXPORTED, history.REHEARSED):
        history.record_operation(turn, what)


async def test_a_restored_bot_says_nothing_again_without_being_asked(platform: Stage, tmp_path: Path) -> None:
    """What was said since the backup is found, or a coordinator is asked about it, and then it is said."""
    await drilled(platform, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("opened", [open_slack_stage, open_discord_stage])
async def test_the_drill_on_postgresql_and_the_platforms(
    migrated_postgresql_url: str, tmp_path: Path, opened: Callable[..., AbstractAsyncContextManager[Any]]
) -> None:
    """As on SQLite."""
    async with opened(tmp_path, url=migrated_postgresql_url) as stage:
        await drilled(stage, tmp_path)


async def drilled(platform: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a stage of any platform
    """Let a bot run on for days after a backup, and put it back to that."""
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
    platform.database.transact_inline(operate)
    await cora.uses("/stint history programme")
    assert cora.sees("The operator of this bot exported everything of the programme.")
    assert cora.sees("The operator of this bot rehearsed the programme on a copy")
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


async def erased_and_back(stage: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a stage of any platform
    """Ada is erased after the backup and joins again; then the bot is put back to it."""
    ada = stage.person("ada")
    await is_posted(stage)
    await is_applied_for(stage)
    saved = save(stage, tmp_path / "saved.db")
    await ada.uses("/profile")
    for label in ("Show my data", "Forget me", "Yes, forget me"):
        await ada.presses(label)
    await stage.tick(days=1)
    await is_applied(ada)
    assert len(known(stage)) == 2
    erased = stage.database.read_inline(erasure_ledger.erased_in)
    [restored] = await put_back(stage, saved, tuple(erased))
    assert restored.erased == 1
    await stage.tick(minutes=2)
    assert [name for _, name, _ in known(stage)] == ["A person who left"]
    assert WHY not in str(stage.rows(select(Application.answers)))
    await is_applied(ada)
    [(old, *_), (new, name, again)] = known(stage)
    assert (new > old, name, again) == (True, "Ada Okafor", None)
    again_erased = stage.database.read_inline(erasure_ledger.erased_in)
    assert {each.person for each in again_erased} == {old}


def known(stage: Any) -> list[Any]:  # noqa: ANN401 - a stage of any platform
    """Who Ada is and was: each person's number, name and end."""
    query = select(Person.id, Person.name, Person.erased_at).order_by(Person.id)
    return list(stage.rows(query.where(Person.name.in_(("Ada Okafor", "A person who left")))))


async def test_who_was_erased_and_joined_again_is_erased_once_more(platform: Stage, tmp_path: Path) -> None:
    """Nothing of theirs comes back with the restored rows, and they can join again, as another person."""
    await erased_and_back(platform, tmp_path)


@pytest.mark.soak
async def test_who_was_erased_is_erased_again_on_postgresql(
    migrated_postgresql_url: str, tmp_path: Path
) -> None:
    """As on SQLite."""
    async with open_stage(tmp_path, url=migrated_postgresql_url) as stage:
        await erased_and_back(stage, tmp_path)
