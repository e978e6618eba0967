"""The adapters that a configuration names, ready to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.config import LONGEST_SECRET, Settings
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Adapter
from bot.clock import Clock
from bot.programme import ROUTES
from bot.reading import read_bounded
from bot.runtime.files import load
from storage.database import Database
from storage.secrets import SecretBox

if TYPE_CHECKING:  # aiohttp costs a command without a web server its start-up time
    from adapters.web.server import Route

__all__ = ["adapters_of", "lacking", "named", "routes_of"]


def named(settings: Settings) -> tuple[str, ...]:
    """Return the platforms whose tokens the settings have; the terminal needs none and is not among them."""
    found = {"slack": settings.slack.enabled, "discord": settings.discord.enabled}
    return tuple(platform for platform, enabled in found.items() if enabled)


def lacking(settings: Settings) -> list[str]:
    """Return what the named platforms still need before they can be opened, a sentence with the fix each."""
    slack, missing = settings.slack, []
    if not slack.enabled:
        return []
    if slack.mode == "socket" and not slack.app_token.get_secret_value():
        missing.append(_lacks("socket mode needs the app-level token (xapp-…)", "app_token"))
    if slack.mode == "http" and not slack.signing_secret.get_secret_value():
        missing.append(_lacks("http mode needs the app's signing secret", "signing_secret"))
    if slack.mode == "http" and not settings.web.port:
        missing.append("Slack: http mode needs a web server: set port under [web] (STINT_WEB__PORT).")
    if slack.client_id and not slack.client_secret.get_secret_value():
        missing.append(_lacks("installing by OAuth needs the app's client secret", "client_secret"))
    if slack.client_id and not settings.secret_keys:
        missing.append(
            "Slack: tokens of many workspaces are stored encrypted, which needs a key: `stint key` prints "
            "one; set STINT_SECRET_KEY to it, or name a file with it by secret_key_file."
        )
    if slack.client_id and not settings.web.public_url:
        missing.append(
            "Slack: installing by OAuth needs the address that people's browsers reach: set public_url under "
            "[web] (STINT_WEB__PUBLIC_URL)."
        )
    return missing


def _lacks(what: str, secret: str) -> str:
    return f"Slack: {what}: set STINT_SLACK__{secret.upper()}, or name a file with it by {secret}_file."


def adapters_of(
    settings: Settings, clock: Clock, database: Database, box: SecretBox, world: Workspace | None = None
) -> dict[str, Adapter]:
    """Return the adapters that the settings name, by platform, unopened; the terminal's with a `world`.

    `database` keeps what the adapters need from before, installations and files, and `box` opens it.

    Raises:
        ValueError: a command's name is one that Slack would not take; says what to do.
    """
    adapters: dict[str, Adapter] = {}
    if world is not None:
        adapters[world.platform] = TerminalAdapter(world, clock.now)
    if settings.slack.enabled:
        adapters["slack"] = _slack(settings, clock, database, box)
    if settings.discord.enabled:
        adapters["discord"] = _discord(settings, clock, database, box)
    return adapters


def _discord(settings: Settings, clock: Clock, database: Database, box: SecretBox) -> Adapter:
    from adapters.discord.adapter import DiscordAdapter
    from adapters.discord.options import DiscordOptions

    options = DiscordOptions(
        settings.discord.token.get_secret_value(),
        api_base_url=settings.discord.api_base_url,
        gateway_url=settings.discord.gateway_url,
    )
    adapter = DiscordAdapter(
        options, now=clock.now, monotonic=clock.monotonic, load_file=partial(load, database, box)
    )
    adapter.commands = tuple(ROUTES.specs)  # the doctor compares them and registers nothing
    return adapter


def _slack(settings: Settings, clock: Clock, database: Database, box: SecretBox) -> Adapter:
    from adapters.cli.installations import StoredInstallations
    from adapters.slack.adapter import SlackAdapter
    from adapters.slack.installations import Installations, OneWorkspace
    from adapters.slack.manifest import command_names, names_heard
    from adapters.slack.options import SlackOptions

    slack = settings.slack
    options = SlackOptions(
        mode=slack.mode,
        api_base_url=slack.api_base_url,
        app_token=slack.app_token.get_secret_value(),
        signing_secret=slack.signing_secret.get_secret_value(),
        names=command_names(ROUTES.specs, slack.prefix, slack.names, short=slack.short_commands),
        heard=names_heard(ROUTES.specs, slack.prefix, slack.names),
        sockets=slack.sockets,
        channel_history=slack.channel_history,
        alone=database.path is not None,
    )
    file = Path(slack.bot_token_file) if slack.bot_token_file else None
    installations: Installations = OneWorkspace(
        slack.bot_token.get_secret_value(), partial(_token_in, file) if file else None
    )
    if slack.client_id:
        installations = StoredInstallations(database, box, clock.now)
    load_file = partial(load, database, box)
    return SlackAdapter(options, installations, now=clock.now, monotonic=clock.monotonic, load_file=load_file)


def _token_in(file: Path) -> str:
    """Return the token that a file holds now; "" where it cannot be read."""
    try:
        return read_bounded(file, LONGEST_SECRET).decode().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def routes_of(
    settings: Settings, adapters: Mapping[str, Adapter], database: Database, clock: Clock
) -> list[Route]:
    """Return the web server's routes for these adapters: Slack's requests, and OAuth's pages."""
    from adapters.cli.installations import StoredStates
    from adapters.slack.adapter import SlackAdapter
    from adapters.slack.oauth import OAuth, OAuthOptions

    slack = adapters.get("slack")
    if not isinstance(slack, SlackAdapter):
        return []
    routes = list(slack.routes())
    if settings.slack.client_id:
        options = OAuthOptions(
            settings.slack.client_id,
            settings.slack.client_secret.get_secret_value(),
            settings.web.public_url,
            settings.slack.api_base_url,
            settings.slack.channel_history,
        )
        states = StoredStates(database, clock.now)
        routes += OAuth(options, slack.state.spaces.installations, states, now=clock.now).routes()
    return routes
