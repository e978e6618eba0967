"""One programme over Slack and Discord: its staff and employers here, its students there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from bot.chat.adapter import Adapter
from bot.clock import VirtualClock
from bot.programme import ROUTES
from storage.database import UnitOfWork
from storage.tables import Channel, Cohort, Identity, Space
from tests.support.bot import MONDAY, Life, Town, begin_life, fresh_database, seed_programme
from tests.support.discord.person import DiscordPerson
from tests.support.discord.server import FakeDiscord, discord_running
from tests.support.discord.stage import People, Watch, an_adapter, handled, listening
from tests.support.slack.person import SlackPerson
from tests.support.slack.server import Server, serve
from tests.support.slack.stage import SPRING, adapter_for, people_into, running, user

__all__ = ["ON_DISCORD", "Across", "open_across"]

ON_DISCORD: Final = ("ada", "ben")
"""Who is on Discord; everybody else is in Slack. The channel "spring-26" is on both."""


@dataclass
class Across(Life):
    """The bot on both platforms, with one clock. Everybody acts where they are."""

    slack: Server
    discord: FakeDiscord
    people: People
    watch: Watch
    pause: timedelta = timedelta(seconds=20)
    """What passes before each act."""

    def person(self, account: str) -> Any:  # noqa: ANN401 - the Actor of either platform
        """A person of PEOPLE."""
        if account in ON_DISCORD:
            users = self.people.users
            return DiscordPerson(self.discord, users[account], ROUTES.specs, self._discord_beat)
        return SlackPerson(self.slack, f"U0{account.upper()}", self._beat)

    def shut_dms(self, account: str, *, shut: bool = True) -> None:
        """Let a person's direct messages be closed to the bot, or open again."""
        if account in ON_DISCORD:
            self.discord.world.users[self.people.users[account]].shuts_dms = shut
        else:
            self.slack.workspace.accounts[f"U0{account.upper()}"].shuts_dms = shut

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        await self.clock.advance_by(self.pause)
        yield
        await self.settle()

    @asynccontextmanager
    async def _discord_beat(self) -> AsyncIterator[None]:
        async with self._beat():
            before, known = self.watch.done, set(self.discord.world.interactions)
            yield
            await handled(self.discord, self.watch, before, known)


@asynccontextmanager
async def open_across(folder: Path) -> AsyncIterator[Across]:
    """A stage with PEOPLE in two spaces of one programme, and one cohort with a channel in each.

    In the end neither platform may have refused anything.
    """
    clock = VirtualClock(MONDAY)
    async with serve(clock.now) as slack, discord_running(clock.now) as discord:
        people_into(slack.workspace)
        people = People.into(discord, ON_DISCORD)
        there, here = an_adapter(discord), adapter_for(slack, "socket", clock.now)
        adapters: dict[str, Adapter] = {"slack": here, "discord": there}
        async with begin_life(fresh_database(folder / "stint.db"), adapters, clock, ROUTES) as life:
            await life.database.transact(lambda work: _seed(work, people))
            await here.register(ROUTES.specs)
            await there.open()
            try:
                await there.register(ROUTES.specs)
                async with (
                    running(slack, here, "socket", life.runtime.receive),
                    listening(discord, there, life.runtime.receive) as watch,
                ):
                    yield Across(clock, life.database, life.runtime, slack, discord, people, watch)
            finally:
                await there.close()
        assert (slack.workspace.complaints, discord.refused) == ([], [])


def _seed(work: UnitOfWork, people: People) -> None:
    """The programme in Slack, with the server of Discord and its people added."""
    seed_programme(work, MONDAY, Town(SPRING, user), {})
    session, at = work.session, people.channel
    cohort = session.scalars(select(Cohort)).one()
    mine = {"programme_id": cohort.programme_id}
    session.add(Space(**mine, platform="discord", external_id=at.space, created_at=MONDAY))
    session.add(Channel(**mine, cohort_id=cohort.id, place=str(at)))
    for account in ON_DISCORD:
        row = session.scalars(select(Identity).where(Identity.user_id == user(account).id)).one()
        row.platform, row.user_id = "discord", people.user(account).id
    session.flush()
