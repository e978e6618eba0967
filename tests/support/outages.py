"""Outages on a stage: the bot is down, or a platform is, while time passes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import partial

from bot.runtime.contact import note
from storage.queries import platforms
from tests.support.actor import Staged

__all__ = ["bot_is_down", "note_reached", "platform_is_out"]

_A_YEAR = timedelta(days=365)


def note_reached(stage: Staged, reached: Collection[str] = ()) -> None:
    """Note that platforms (all of the stage's) can be reached now."""
    names = reached or list(stage.runtime.adapters)
    stage.database.transact_inline(partial(note, reached=names, now=stage.clock.now()))


async def bot_is_down(stage: Staged, by: timedelta) -> None:
    """Let the bot end, time pass, and the bot begin again: it serves what is due, then it is connected."""
    _stay_in_contact(stage, stage.runtime.adapters, timedelta())
    await stage.clock.stop()
    await stage.clock.advance_by(by)
    await stage.clock.start(stage.runtime.pump)
    await stage.tick()
    note_reached(stage)
    await stage.tick()
    _stay_in_contact(stage, stage.runtime.adapters, _A_YEAR)


async def platform_is_out(stage: Staged, platform: str, by: timedelta) -> None:
    """Let one platform be out of reach while the bot runs on, and can be reached elsewhere."""
    _stay_in_contact(stage, stage.runtime.adapters, timedelta())
    _stay_in_contact(stage, set(stage.runtime.adapters) - {platform}, _A_YEAR)
    await stage.tick(seconds=by.total_seconds())
    note_reached(stage, [platform])
    await stage.tick()
    _stay_in_contact(stage, stage.runtime.adapters, _A_YEAR)


def _stay_in_contact(stage: Staged, reached: Collection[str], by: timedelta) -> None:
    """Let platforms count as reached for so long, in place of a row that is renewed each minute of a test."""
    until = stage.clock.now() + by
    stage.database.transact_inline(lambda work: platforms.renew(work.connection, reached, until))
