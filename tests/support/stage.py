"""The whole bot on the terminal adapter, with a virtual clock: what scenario tests play on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.scripted_user import ScriptedUser
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Response
from bot.chat.events import Event, Right
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Routes
from bot.chat.values import replace
from bot.clock import VirtualClock
from bot.programme import ROUTES
from tests.support.bot import (
    MONDAY,
    PEOPLE,
    Life,
    Town,
    begin_life,
    fresh_database,
    seed_programme,
    seeded_database,
)

__all__ = ["MONDAY", "PEOPLE", "Stage", "open_stage"]


@dataclass
class Stage(Life):
    """The bot and everything around it. People act through `person`; time passes through `tick`."""

    world: Workspace
    adapter: TerminalAdapter
    pause: timedelta = timedelta(seconds=20)
    """What passes before each act: longer than the few seconds in which messages are joined."""
    languages: dict[str, str] = field(default_factory=dict)
    """The language (BCP 47) that the client of an account reports, for accounts that do not read English."""

    def shut_dms(self, account: str, *, shut: bool = True) -> None:
        """Let a person's direct messages be closed to the bot, or open again."""
        self.world.shut_dms(account, shut=shut)

    def person(self, account: str) -> ScriptedUser:
        """A person of PEOPLE, acting at the terminal."""
        return ScriptedUser(self.adapter, account, self._beat)

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        await self.clock.advance_by(self.pause)
        yield
        await self.settle()

    def screen(self, account: str, place: str = "") -> str:
        """Everything an account sees in a place (its DM by default), as plain text, oldest first."""
        at = place or self.world.dm_of(account).id
        lines = []
        for entry in self.world.seen_by(account, at):
            said = entry.content if isinstance(entry.content, str) else plain_text(entry.content, clocks=True)
            lines.append(f"{entry.author}: {said}")
        return "\n".join(lines)


@asynccontextmanager
async def open_stage(
    folder: Path,
    *,
    start: datetime = MONDAY,
    routes: Routes = ROUTES,
    programme: dict[str, Any] | None = None,
    url: str = "",
    threads: bool = False,
) -> AsyncIterator[Stage]:
    """A stage with a programme, PEOPLE, and the open cohort "Spring 26" in channel `spring`.

    `programme` changes columns of the programme's row. `url` opens another database than a fresh file
    in `folder`; one that has a programme already is taken as it is. With `threads` the database's
    turns run on threads, as in life. Nothing waits for the disk: deaths are tests/process's business.
    """
    with patch("adapters.terminal.journal.os.fsync"):
        world = Workspace(folder / "world.jsonl", token="stage")
        clock = VirtualClock(start)
        adapter = TerminalAdapter(world, clock.now)
        is_new = not world.accounts
        if is_new:
            _people_into(world)
        town = Town(world.place("spring"), world.user)
        file = folder / "stint.db"
        if not url and is_new and not file.exists():
            seeded_database(file, start, town, programme or {})
            is_new = False
        async with begin_life(
            url or fresh_database(file), {"terminal": adapter}, clock, routes, threads=threads
        ) as life:
            if is_new:
                await life.database.transact(lambda work: seed_programme(work, start, town, programme or {}))
            await adapter.register(routes.specs)
            languages: dict[str, str] = {}

            async def receive(event: Event) -> Response:
                spoken = languages.get(event.actor.id, event.actor_locale)
                return await life.runtime.receive(replace(event, actor_locale=spoken))

            running = asyncio.create_task(adapter.run(receive))
            await asyncio.sleep(0)
            try:
                yield Stage(clock, life.database, life.runtime, world, adapter, languages=languages)
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
                await adapter.close()
                world.close()


def _people_into(world: Workspace) -> None:
    for account, (name, zone, role, _) in PEOPLE.items():
        rights: frozenset[Right] = frozenset({"manage"}) if role == "coordinator" else frozenset()
        world.add_account(account, name, zone, rights)
    world.add_channel("spring", "spring-26")
