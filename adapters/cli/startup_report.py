"""The report of `stint run` at its start: connections, problems, and the first setup code."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import typer
from sqlalchemy import select

from adapters.cli.environment import refused
from adapters.cli.running_bot import close_all
from adapters.terminal.workspace import PLATFORM as TERMINAL
from bot.chat.adapter import Adapter
from bot.chat.findings import Finding, finding_text
from bot.clock import Clock
from bot.programme.administration.setup.setup_code import first_code
from storage.database import Database, UnitOfWork
from storage.tables import Installation

__all__ = ["check", "say", "tell_code", "tell_connected"]

_HOPELESS: Final = ("token_wrong", "other_app")
"""Findings that no waiting cures, by the end of their code."""

_LOOKS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each check whether a platform is connected; after the last its state is reported."""


def say(line: str) -> None:
    """Print at once: the reader of a log must not wait for a full buffer."""
    if line:
        typer.echo(line)
        sys.stdout.flush()


async def check(adapters: Mapping[str, Adapter]) -> None:
    """Check every connection once; a token that can never connect ends the command with the fix.

    Then, or when it is cancelled, what was opened for the check is closed.
    """
    hopeless: list[Finding] | None = None
    try:
        found = await asyncio.gather(*(adapter.inspect() for adapter in adapters.values()))
        hopeless = [each for findings in found for each in findings if _is_hopeless(each)]
    finally:
        if hopeless is None or hopeless:
            await close_all(adapters)
    if hopeless:
        raise refused("\n".join(map(finding_text, hopeless)))


def _is_hopeless(finding: Finding) -> bool:
    return finding.level == "problem" and finding.code.endswith(_HOPELESS)


async def tell_connected(adapters: Mapping[str, Adapter], database: Database) -> None:
    """Report for each platform where the bot is, once it is connected, or what is wrong and the fix."""
    others = [adapter for name, adapter in adapters.items() if name != TERMINAL]
    for findings in await asyncio.gather(*map(_settled, others)):
        for each in findings:
            if each.level == "ok":
                say(finding_text(each))
            else:
                typer.echo(finding_text(each), err=True)
    names = await database.read(_installed)
    if names:
        say(f"Installed in {', '.join(names)}.")


async def _settled(adapter: Adapter) -> Sequence[Finding]:
    found: Sequence[Finding] = ()
    for seconds in _LOOKS:
        await asyncio.sleep(seconds)
        found = await adapter.inspect()
        if not any(each.level == "problem" for each in found):
            break
    return found


def _installed(work: UnitOfWork) -> list[str]:
    query = select(Installation.name).where(Installation.token != "").order_by(Installation.name)
    return list(work.session.scalars(query))


async def tell_code(database: Database, clock: Clock) -> None:
    """Print the code that lets any person set up the bot, while there is no programme; once a day."""
    now = clock.now()
    code = await database.transact(lambda work: first_code(work, now))
    if code:
        say(f"There is no programme yet. In a channel, type: /stint setup {code}")
        say("Admins need no code. It works once, within a day.")
