"""Which adapters a configuration names, made ready to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.config import Settings
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.world import World
from bot.chat.adapter import Adapter
from bot.clock import Clock
from storage.database import Database

if TYPE_CHECKING:  # aiohttp costs a command without a web server its start-up time
    from adapters.web.server import Route

__all__ = ["adapters_of", "lacking", "named", "routes_of"]


def named(settings: Settings) -> tuple[str, ...]:
    """The platforms that the settings have the tokens of; the terminal needs none and is not among them."""
    found = {"slack": settings.slack.enabled, "discord": settings.discord.enabled}
    return tuple(platform for platform, enabled in found.items() if enabled)


def lacking(settings: Settings) -> list[str]:
    """What the named platforms still need before they can be opened, a sentence with the fix each."""
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
    settings: Settings,  # noqa: ARG001 - read once the adapters of Slack and Discord are here
    clock: Clock,
    database: Database,  # noqa: ARG001 - as settings
    world: World | None = None,
) -> dict[str, Adapter]:
    """The adapters that the settings name, by platform, not yet opened; the terminal's with a `world`.

    `database` keeps what the adapters need from before: installations and files.
    """
    adapters: dict[str, Adapter] = {}
    if world is not None:
        adapters[TerminalAdapter.platform] = TerminalAdapter(world, clock.now)
    return adapters


def routes_of(
    settings: Settings,  # noqa: ARG001 - as above
    adapters: Mapping[str, Adapter],  # noqa: ARG001 - as above
    database: Database,  # noqa: ARG001 - as above
    clock: Clock,  # noqa: ARG001 - as above
) -> list[Route]:
    """What the web server answers for these adapters: Slack's requests, and OAuth's pages."""
    return []
