"""A list that takes long holds up no other person, and is not shown to a reader who lost the right."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import delete, select

from adapters.terminal.workspace import PLATFORM, SPACE
from bot.chat.actions import Action
from bot.chat.adapter import Response
from bot.chat.events import CommandUsed, Place, UserRef
from bot.chat.routes import Handler, Routes
from bot.chat.values import replace
from bot.programme import ROUTES
from bot.programme.core.turn import Turn
from storage.tables import Person, Role, inbox
from tests.support.projects import publish
from tests.support.stage import Stage, open_stage

ENOUGH: Final = 10.0  # seconds after which a test that would hang fails


class Slow:
    """The routes, with a `/applicants` that goes on when a test lets it."""

    def __init__(self) -> None:
        """Begin with a list that no person has asked for."""
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.asked = 0

    @property
    def routes(self) -> Routes:
        """Every route, one of them slow."""
        commands = tuple(
            (spec, self._slow(handler) if spec.path == ("applicants",) else handler)
            for spec, handler in ROUTES.commands
        )
        return replace(ROUTES, commands=commands)

    def _slow(self, handler: Handler) -> Handler:
        def slow(turn: Turn, event: CommandUsed) -> Sequence[Action]:
            self.asked += 1
            said = handler(turn, event)
            self.reached.set()
            self.go_on.wait(ENOUGH)
            return said

        return slow

    async def asks(self, stage: Stage) -> asyncio.Task[Response]:
        """Let the coordinator ask for the list; return once it was read, and is not written yet."""
        listing = asyncio.create_task(
            stage.runtime.receive(used("cora", stage, ("applicants",), project="1"))
        )
        await asyncio.to_thread(self.reached.wait, ENOUGH)
        return listing


def _the_list(stage: Stage) -> CommandUsed:
    return used("cora", stage, ("applicants",), project="1")


def used(account: str, stage: Stage, path: tuple[str, ...], **options: str) -> CommandUsed:
    """A command of a person in the cohort's channel, which can be answered at once."""
    now = stage.clock.now()
    return CommandUsed(
        id=f"{account} {path}",
        at=now,
        actor=UserRef(PLATFORM, account),
        place=Place(PLATFORM, SPACE, "spring"),
        path=path,
        options=options,
    )


@pytest.mark.soak
async def test_a_slow_list_holds_up_no_other_turn(tmp_path: Path, database_url: str) -> None:
    """While a coordinator's list is being read, another person's turn is committed and answered."""
    slow = Slow()
    async with open_stage(tmp_path, url=database_url, routes=slow.routes, threads=True) as stage:
        publish(stage)
        listing = await slow.asks(stage)
        await stage.runtime.receive(used("ada", stage, ("profile",), zone="Lisbon"))
        zone = select(Person.zone).where(Person.name == "Ada Okafor")
        assert stage.rows(zone) == [("Europe/Lisbon",)]
        assert not listing.done()
        slow.go_on.set()
        await listing
        await stage.settle()
        assert "There is no application yet" in stage.screen("cora")
        assert slow.asked == 1
        assert len(stage.rows(select(inbox.c.id))) == 2


async def test_what_was_read_is_shown_to_no_other_role(tmp_path: Path, database_url: str) -> None:
    """A person who loses their role between the reading and the answer is refused as if they asked now."""
    slow = Slow()
    async with open_stage(tmp_path, url=database_url, routes=slow.routes, threads=True) as stage:
        publish(stage)
        listing = await slow.asks(stage)
        await stage.database.transact(
            lambda work: work.connection.execute(delete(Role).where(Role.role == "coordinator"))
        )
        slow.go_on.set()
        await listing
        await stage.settle()
        assert "/applicants is for coordinators and employers" in stage.screen("cora")
        assert "There is no application yet" not in stage.screen("cora")
