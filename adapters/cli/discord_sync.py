"""The registration of commands with Discord: only when they differ from the last registration.

Discord counts what is registered (200 a day in a server), and what is registered everywhere takes a while
to reach every user (docs.discord.com/developers/interactions/application-commands).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import typer
from sqlalchemy import select

from adapters.cli.app_links import application_of, asked
from adapters.cli.environment import prepare, refused, settings_or_exit
from adapters.cli.logs import log_as
from adapters.config import Settings
from adapters.discord.commands import commands_of, same_commands
from bot.chat.commands import CommandSpec
from bot.clock import WallClock
from bot.programme import ROUTES
from storage.database import Database, UnitOfWork, open_database
from storage.tables import Registration

__all__ = ["discord_sync", "register_changed"]

_PLATFORM: Final = "discord"


def discord_sync(config: Path | None, guild: str) -> int:
    """Register the commands everywhere, or in one server, if they changed; return the exit code."""
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format, settings.log_file)
    if not settings.discord.enabled:
        raise refused("Which bot? Set STINT_DISCORD__TOKEN, or token_file under [discord].")
    prepare(settings.database_url)
    changed = asyncio.run(_sync(settings, guild))
    where = f"in the server {guild}" if guild else "everywhere"
    count = len(commands_of(ROUTES.specs))
    if changed:
        typer.echo(f"Registered {count} commands {where}.")
    else:
        typer.echo(f"The {count} commands are registered {where} as they are; nothing was sent.")
    return 0


async def _sync(settings: Settings, guild: str) -> bool:
    database = open_database(settings.database_url)
    try:
        return await register_changed(settings, database, ROUTES.specs, WallClock().now(), guild=guild)
    finally:
        await database.close()


async def register_changed(
    settings: Settings, database: Database, specs: Sequence[CommandSpec], now: datetime, *, guild: str = ""
) -> bool:
    """Register these commands with Discord, everywhere or in one server; return False if it has them already.

    A wrong token, or a server the bot is not in, ends the command with what to do.
    """
    bodies = commands_of(specs)
    digest = sha256(json.dumps(bodies, sort_keys=True).encode()).hexdigest()
    application = await application_of(settings)
    path = f"/applications/{application}{f'/guilds/{guild}' if guild else ''}/commands"
    is_registered = await database.read(lambda work: _registered(work, guild)) == digest
    # Another token is another application, and an older bot may have registered other commands since.
    if is_registered and same_commands(bodies, await asked(settings, "GET", path)):
        return False
    await asked(settings, "PUT", path, bodies)
    await database.transact(lambda work: _note(work, guild, digest, now))
    return True


def _registered(work: UnitOfWork, guild: str) -> str | None:
    query = select(Registration.digest).where(Registration.platform == _PLATFORM)
    return work.session.scalar(query.where(Registration.scope == guild))


def _note(work: UnitOfWork, guild: str, digest: str, now: datetime) -> None:
    query = select(Registration).where(Registration.platform == _PLATFORM, Registration.scope == guild)
    row = work.session.scalar(query)
    if row is None:
        row = Registration(platform=_PLATFORM, scope=guild)
        work.session.add(row)
    row.digest, row.registered_at = digest, now
