"""How long one person waits for `/profile` while a coordinator lists everything, beside how long alone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from time import perf_counter
from typing import Final

from benchmarks.commands import command
from benchmarks.population_rows import Size
from benchmarks.stage import PLATFORM, Silent
from bot.clock import VirtualClock
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import open_database

__all__ = ["COMMANDS", "Waits", "waits"]

COMMANDS: Final = 40
_LEAST: Final = 3
_LONGEST: Final = 10_000
"""Milliseconds after which no more is asked than the least."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The milliseconds of each `/profile`, alone and meanwhile, and how many lists were made meanwhile."""

    alone: list[float]
    meanwhile: list[float]
    lists: int


async def waits(url: str, size: Size, commands: int, number: int) -> Waits:
    """Ask for `/profile` so many times alone, and again while the coordinator goes on asking for lists.

    `number` is the round's: an event's id comes once.
    """
    database = open_database(url)
    runtime = Runtime(database, ROUTES, {PLATFORM: Silent()}, VirtualClock(size.now))
    numbers, lists = count(1), 0

    async def ask(role: str, *path: str) -> float:
        began = perf_counter()
        await runtime.receive(command(size, path, role, f"waiting:{number}:{next(numbers)}"))
        return (perf_counter() - began) * 1000

    async def ask_on() -> list[float]:
        taken: list[float] = []
        while len(taken) < commands and (len(taken) < _LEAST or sum(taken) < _LONGEST):
            taken.append(await ask("student", "profile"))
        return taken

    async def go_on_listing() -> None:
        nonlocal lists
        while True:
            await ask("coordinator", "applicants")
            lists += 1

    try:
        await ask("student", "profile")
        await ask("coordinator", "applicants")
        alone = await ask_on()
        listing = asyncio.create_task(go_on_listing())
        await asyncio.sleep(0)
        meanwhile = await ask_on()
        listing.cancel()
        with suppress(asyncio.CancelledError):
            await listing
    finally:
        await runtime.close()
        await database.close()
    return Waits(alone, meanwhile, lists)
