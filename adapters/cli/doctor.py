"""`stint doctor`: checks everything the bot depends on, names what is wrong, and says what to do."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typer
from aiohttp import ClientError, ClientSession, ClientTimeout
from msgspec import to_builtins
from sqlalchemy import select

from adapters.cli.advice import how_to_mend
from adapters.cli.configuration import DEFAULT_FILE, load_box, load_settings, unknown_variables
from adapters.cli.database_reading import UNREADABLE
from adapters.cli.file_permissions import guarded
from adapters.cli.platforms import adapters_of, lacking, named
from adapters.cli.replacing import replaced
from adapters.cli.world_checkup import look_at_world
from adapters.config import ConfigError, Settings
from bot.chat.adapter import Adapter, DeliveryUnknown, Refusal, Retry
from bot.chat.events import Place, parse_destination
from bot.chat.findings import Finding
from bot.chat.language import as_text
from bot.chat.values import replace
from bot.clock import WallClock
from bot.programme.administration.doctor import findings, lone, stale_zones
from bot.runtime.files import NO_KEY
from storage.database import Database, open_database
from storage.diagnostics import check_database
from storage.lock import DatabaseInUseError, ProcessLock
from storage.migrate import upgrade
from storage.tables import Channel
from storage.urls import parse_url, sqlite_path

__all__ = ["doctor"]

# Seconds that a platform may take to answer, and a bot on this machine.
_PLATFORM_SECONDS: Final = 30
_SECONDS_HERE: Final = 3
_COLOURS: Final = {"ok": typer.colors.GREEN, "warning": typer.colors.YELLOW, "problem": typer.colors.RED}
_SIGNS: Final = {"ok": "ok      ", "warning": "warning ", "problem": "problem "}


def doctor(config: Path | None, *, as_json: bool) -> int:
    """Check everything; return 0 if the bot can work, 1 if something has to be done first."""
    try:
        found = _look(config)
    except ConfigError as error:
        found = [Finding("config.malformed", "problem", str(error), "Mend that, then run this again.")]
    except Exception as error:
        words = how_to_mend(error)
        if words is None:
            raise
        found = [Finding("machine.refuses", "problem", words, "Mend that, then run this again.")]
    if as_json:
        said = [replace(each, what=as_text(each.what), fix=as_text(each.fix)) for each in found]
        typer.echo(json.dumps(to_builtins(said), indent=2, ensure_ascii=False))
    else:
        _print(found)
    return 1 if any(each.level == "problem" for each in found) else 0


def _print(found: Sequence[Finding]) -> None:
    for each in found:
        typer.secho(_SIGNS[each.level], fg=_COLOURS[each.level], nl=False)
        typer.echo(f"{as_text(each.what)}  [{each.code}]")
        if each.fix:
            typer.echo(f"        -> {as_text(each.fix)}")
    if not any(each.level != "ok" for each in found):
        typer.secho("All is well.", fg=typer.colors.GREEN)


def _look(config: Path | None) -> list[Finding]:
    settings = load_settings(config)
    found = _configured(config, settings)
    broken = check_database(settings.database_url)
    found += [
        Finding(each.code, "warning" if each.works else "problem", each.what, each.fix) for each in broken
    ]
    blocked = any(each.level == "problem" for each in found)
    found += look_at_world(settings)
    found += stale_zones(WallClock().now())
    found += _running(settings)
    if blocked:
        return found
    if UNREADABLE.isdisjoint(each.code for each in broken):
        found += _kept(settings.database_url)
        return found + asyncio.run(_inside(settings, settings.database_url))
    # A database that is missing or not up to date has no rows to check; the platforms are checked all the
    # same.
    with TemporaryDirectory(prefix="stint-doctor-") as folder:
        empty = f"sqlite:///{Path(folder) / 'stint.db'}"
        upgrade(empty)
        return found + asyncio.run(_inside(settings, empty))


def _configured(config: Path | None, settings: Settings) -> list[Finding]:
    found = [Finding("config.incomplete", "problem", what, "") for what in lacking(settings)]
    if not named(settings):
        where = config or DEFAULT_FILE
        fix = "docs/slack.md and docs/discord.md say how to go on; copy config.example.toml to begin."
        what = f"No platform is set up in {where} or the environment, so only the terminal can be run."
        found.append(Finding("config.missing", "warning", what, fix))
    elif not settings.secret_keys:
        found.append(NO_KEY)
    try:
        load_box(settings)
    except ConfigError as error:
        fix = "Put the key back that was there; only where nothing was stored yet, make a new one."
        found.append(Finding("key.malformed", "problem", str(error), fix))
    found += guarded(settings)
    for name in unknown_variables():
        what = f"The variable {name} in the environment is no setting of Stint."
        fix = "Remove it, if it was meant for Stint: config.example.toml lists every setting."
        found.append(Finding("environment.unknown", "warning", what, fix))
    return found


def _running(settings: Settings) -> list[Finding]:
    """Return what a bot that runs here reports of itself; where none runs, whether its port is free."""
    runs, web = _bot_runs(settings), settings.web
    said = asyncio.run(_readiness(web.host, web.port)) if web.port else None
    if said is not None:
        return [_said(line) for line in said]
    if not runs:
        found = _port(settings)
        if named(settings) and sqlite_path(parse_url(settings.database_url)) is not None:
            what = "No bot runs here now, so no connection is open; `stint run` starts it."
            found.append(Finding("bot.not_running", "ok", what))
        return found
    if not named(settings):
        return []
    where = f"at http://{web.host}:{web.port}/readyz" if web.port else "without a port under [web]"
    return [
        Finding(
            "bot.unseen",
            "warning",
            f"A bot runs here and does not say how its own connections are ({where}).",
            "Type /stint doctor in chat; or set [web] port (STINT_WEB__PORT) and start the bot again.",
        )
    ]


async def _readiness(host: str, port: int) -> list[str] | None:
    """Return the lines of the running bot's `/readyz`; None where no bot answers."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    base = f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"
    try:
        async with ClientSession(base, timeout=ClientTimeout(_SECONDS_HERE)) as session:
            async with session.get("/healthz") as alive:
                if (await alive.text()) != "ok\n":
                    return None
            async with session.get("/readyz") as ready:
                return (await ready.text()).splitlines()
    except (ClientError, TimeoutError, OSError):
        return None


def _said(line: str) -> Finding:
    """Return a line of `/readyz` (adapters/web/server.py) as a finding."""
    if line == "ready":
        return Finding("bot.ready", "ok", "The bot runs, and is connected.")
    kind, _, warning = line.partition("warning: ")
    if warning and not kind:
        return Finding("bot.warning", "warning", f"The running bot says: {warning}")
    return Finding("bot.unready", "problem", f"The running bot says: {line}")


def _bot_runs(settings: Settings) -> bool:
    """Return whether a bot runs on the SQLite file: then the used port is the bot's."""
    path = sqlite_path(parse_url(settings.database_url))
    if path is None or not path.exists():
        return False
    lock = ProcessLock(path)
    try:
        lock.acquire()
    except (DatabaseInUseError, OSError):
        return True
    lock.release()
    return False


def _port(settings: Settings) -> list[Finding]:
    web = settings.web
    if not web.port:
        return []
    with closing(socket.socket(socket.AF_INET6 if ":" in web.host else socket.AF_INET)) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind((web.host, web.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                fix = "Choose an address of this machine and a port above 1023 under [web]: host and port."
                what = f"Stint cannot listen on port {web.port} of {web.host}: {error.strerror}."
                return [Finding("port.unusable", "problem", what, fix)]
            fix = "Stop what listens there, or choose another port under [web] (STINT_WEB__PORT)."
            what = f"The port {web.port} of {web.host} is taken."
            return [Finding("port.taken", "problem", what, fix)]
    return []


def _kept(url: str) -> list[Finding]:
    """Return a warning for the databases that restores have left, with the data of people who were erased."""
    if not (names := replaced(url)):
        return []
    what = (
        f"What a restore has replaced is kept ({', '.join(names)}), with what people have had erased since."
    )
    fix = "When all is well without it, `stint db delete-replaced` deletes it."
    return [Finding("database.replaced", "warning", what, fix)]


async def _inside(settings: Settings, url: str) -> list[Finding]:
    """Return the findings from the rows of this database, and from what each platform answers."""
    clock, database = WallClock(), open_database(url)
    box = load_box(settings)
    try:
        found = await database.read(
            lambda work: [*findings(work.connection, clock.now()), *lone(work.connection)]
        )
        for adapter in adapters_of(settings, clock, database, box).values():
            found += await _platform(adapter, database)
    finally:
        await database.close()
    return found


async def _platform(adapter: Adapter, database: Database) -> list[Finding]:
    query = select(Channel.place).where(Channel.state == "active").distinct()
    places = await database.read(lambda work: list(work.connection.scalars(query)))
    parsed = [parse_destination(place) for place in places]
    try:
        async with asyncio.timeout(_PLATFORM_SECONDS):
            await adapter.open()
            found = list(await adapter.inspect())
            for place in parsed:
                if isinstance(place, Place) and place.platform == adapter.platform:
                    found += await adapter.inspect(place)
    except Refusal as refused:
        what = f"{adapter.platform.capitalize()} refuses the bot."
        found = [Finding(refused.code, "problem", what, str(refused))]
    except (OSError, ClientError, Retry, DeliveryUnknown) as error:
        late = isinstance(error, TimeoutError)
        why = f"did not answer within {_PLATFORM_SECONDS} seconds" if late else "cannot be reached"
        what = f"{adapter.platform.capitalize()} {why}."
        fix = "Check this machine's network, and api_base_url."
        found = [Finding(f"{adapter.platform}.unreachable", "problem", what, fix)]
    finally:
        await adapter.close()
    if not found:
        found = [Finding(f"{adapter.platform}.connected", "ok", f"{adapter.platform.capitalize()} answers.")]
    return found
