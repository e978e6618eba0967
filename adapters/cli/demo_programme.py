"""The demonstration's programme of made-up people: its beginning, its story, and the final count."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import typer

from adapters.cli.environment import open_world, prepare
from adapters.cli.running_bot import Bot, open_bot
from adapters.terminal.demo_script import CHANNEL, COHORT, FIRST_DAY, PEOPLE, PROGRAMME, STORY, ZONE
from adapters.terminal.script_player import Transcript, clock_of, is_over, play
from adapters.terminal.workspace import BOT, PLATFORM, SPACE, Workspace
from bot.chat.events import Place, Right, UserRef
from bot.clock import VirtualClock
from bot.programme.administration.creation import create_cohort, create_person, create_programme
from storage.database import UnitOfWork, open_database
from storage.queries.ledger import Ledger, read_ledger

__all__ = ["begin", "database_in", "furnish", "people_into", "tell"]


def tell(folder: Path) -> int:
    """Play the rest of the story in this process, and print the result; return the exit code."""
    if not _story_is_over(folder):
        asyncio.run(_play_on(folder))
    return asyncio.run(_reckon(folder))


def _story_is_over(folder: Path) -> bool:
    path = folder / "world.jsonl"
    if not path.exists():
        return False
    with closing(open_world(path)) as world:
        return is_over(STORY, world)


async def _play_on(folder: Path) -> None:
    url = database_in(folder)
    prepare(url)
    world = open_world(folder / "world.jsonl", token="demo")  # noqa: S106 - part of ids, no secret
    clock = VirtualClock(clock_of(world, FIRST_DAY))
    begun = bool(world.accounts)
    if not begun:
        people_into(world)
    transcript = Transcript(world, _say, clock.now)
    async with open_bot(url, world, clock) as bot:
        if not begun:
            await begin(bot)
        await play(STORY, bot.adapter, clock, transcript, FIRST_DAY)
    world.close()


def _say(line: str) -> None:
    """Print at once: the process may be killed at any moment."""
    typer.echo(line)
    sys.stdout.flush()


def people_into(world: Workspace) -> None:
    """Put the demonstration's people and channels into a new world."""
    for person in PEOPLE:
        rights: frozenset[Right] = frozenset({"manage"}) if person.role == "coordinator" else frozenset()
        about = f"{person.role}, {person.company}" if person.company else person.role
        world.add_account(person.id, person.name, person.zone, rights, about)
    for channel, members in ((CHANNEL, None), ("staff", frozenset({PEOPLE[0].id}))):
        world.add_channel(channel, channel, members)


async def begin(bot: Bot, *, furnished: bool = False) -> None:
    """Create the demonstration's programme and coordinator; `furnished`: cohort and other people too."""
    now = bot.runtime.clock.now()
    await bot.database.transact(partial(_begin, now=now, furnished=furnished))


def furnish(work: UnitOfWork, now: datetime) -> None:
    """Create the demonstration's programme with its cohort and its people, at `now` (UTC)."""
    _begin(work, now, furnished=True)


def _begin(work: UnitOfWork, now: datetime, *, furnished: bool) -> None:
    coordinator = PEOPLE[0]
    space, user = Place(PLATFORM, SPACE, ""), UserRef(PLATFORM, coordinator.id)
    programme_id = create_programme(work, now, PROGRAMME, ZONE, space, user, coordinator.name)
    if not furnished:
        return
    create_cohort(work, now, programme_id, COHORT, ZONE, Place(PLATFORM, SPACE, CHANNEL))
    for person in PEOPLE[1:]:
        account = (UserRef(PLATFORM, person.id), person.name, person.zone)
        create_person(work, now, programme_id, account, person.role, person.company)


def database_in(folder: Path) -> str:
    """Return the URL of the demonstration's database in a folder."""
    return f"sqlite:///{folder.absolute() / 'stint.db'}"


async def _reckon(folder: Path) -> int:
    """Print the result: the database's count against the terminal's messages; return the exit code."""
    database = open_database(database_in(folder), inline=True)
    ledger = await database.read(lambda work: read_ledger(work.connection))
    await database.close()
    world = open_world(folder / "world.jsonl")
    lost, repeated = _held_against(ledger, world)
    world.close()
    typer.echo("")
    typer.echo(
        f"demo: {ledger.projects} projects, {ledger.applications} applications, "
        f"{ledger.placements} placements, {len(ledger.sent)} messages delivered, "
        f"{lost} lost, {repeated} repeated"
    )
    return 0 if lost == 0 and repeated == 0 and ledger.sent else 1


def _held_against(ledger: Ledger, world: Workspace) -> tuple[int, int]:
    """Return how many messages were lost, and how many repeated.

    Lost: queued and not sent; sent according to the ledger and not at the terminal; or gone from the ledger,
    by the gaps in its numbers or because the terminal has the message without a row.
    """
    standing = [e for e in world.entries if e.author == BOT and e.key and not e.key.startswith("reply:")]
    ids = {entry.id for entry in standing}
    sent = {reference.rpartition("#")[2] for reference in ledger.sent}
    lost = ledger.unsent + len(sent - ids) + max(ledger.gone, len(ids - sent))
    repeated = (len(ledger.sent) - len(sent)) + (len(standing) - len({entry.key for entry in standing}))
    return lost, repeated
