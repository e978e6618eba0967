"""`stint slack manifest` and `stint discord invite`: what the administrator of a space is asked to grant."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import typer

from adapters.cli.environment import refused, settings_or_exit
from adapters.config import Settings
from adapters.discord.invite import PERMISSIONS, install_link
from adapters.slack.manifest import HISTORY, manifest, manifest_link, scopes_of
from bot.chat.language import as_text
from bot.chat.numbers import is_digits
from bot.programme import ROUTES

__all__ = ["application_of", "asked", "discord_invite", "slack_manifest"]

_FIXES: Final = {
    401: "Discord does not know this token. Copy it again from the page Bot of discord.com/developers (Reset "
    "Token), into STINT_DISCORD__TOKEN or the token file.",
    403: "The bot is not in that server, or may not register commands there: invite it again by the link of "
    "`stint discord invite`.",
    404: "Discord knows no such server: give its id, as Copy Server ID gives it.",
    429: "Discord asks to wait: too much was registered today. Try again in some hours.",
}
"""The remedy by the status of Discord's answer."""


_CHOICE: Final = """
It reads no channel. When Slack's answer is lost, or the bot is killed while it posts, a coordinator is asked
whether the message is there. With `channel_history = true` under [slack] the bot looks, and also asks for:"""


def slack_manifest(config: Path | None, *, link: bool) -> int:
    """Print the manifest of the Slack app, or the link that creates the app from it; return the exit code.

    The reason for each scope goes to standard error, so that the manifest alone can be kept in a file.
    """
    settings = settings_or_exit(config)
    made = _manifest(settings)
    if link:
        typer.echo(manifest_link(made))
    else:
        typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
    typer.echo("The app asks for:", err=True)
    granted = settings.slack.channel_history
    for scope, why in scopes_of(channel_history=granted).items():
        typer.echo(f"  {scope:<16} {as_text(why)}", err=True)
    if not granted:
        typer.echo(_CHOICE, err=True)
        for scope, why in HISTORY.items():
            typer.echo(f"  {scope:<16} {as_text(why)}", err=True)
    return 0


def _manifest(settings: Settings) -> dict[str, Any]:
    slack, web = settings.slack, settings.web
    if slack.mode == "http" and not web.public_url:
        raise refused(
            "In http mode Slack has to know where to reach the bot: set public_url under [web] "
            "(STINT_WEB__PUBLIC_URL), or mode to socket."
        )
    reached = web.public_url if slack.mode == "http" else ""
    install = web.public_url if slack.client_id else ""
    try:
        return manifest(
            ROUTES.specs,
            prefix=slack.prefix,
            names=slack.names,
            short=slack.short_commands,
            events_at=reached,
            install_at=install,
            channel_history=slack.channel_history,
        )
    except ValueError as error:
        raise refused(str(error)) from None


def discord_invite(config: Path | None, application: str) -> int:
    """Print the link that adds the bot to a server, then its permissions; return the exit code."""
    settings = settings_or_exit(config)
    if not application and not settings.discord.enabled:
        raise refused(
            "Which bot? Set STINT_DISCORD__TOKEN (or token_file under [discord]), or give the application's "
            "id with --id: it is on the page General Information of discord.com/developers."
        )
    if application and not is_digits(application):
        raise refused(f"{application} is no application's id, which has digits alone. Copy it once more.")
    application = application or asyncio.run(application_of(settings))
    typer.echo(install_link(application))
    typer.echo("The bot asks for:", err=True)
    for name, (_, why) in PERMISSIONS.items():
        typer.echo(f"  {name.replace('_', ' '):<26} {why}", err=True)
    return 0


async def application_of(settings: Settings) -> str:
    """Return the id of the token's application (docs.discord.com/developers/resources/application)."""
    found = await asked(settings, "GET", "/applications/@me")
    return str(found["id"])


async def asked(settings: Settings, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
    """Return Discord's answer to a request; where there is no good answer, exit with what to do."""
    from aiohttp import ClientError, ClientSession, ClientTimeout

    base, token = settings.discord.api_base_url.rstrip("/"), settings.discord.token.get_secret_value()
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (stint, 0)"}
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=30), headers=headers) as session,
            session.request(method, base + path, json=body) as response,
        ):
            if response.status < 400:  # noqa: PLR2004 - HTTP's own number
                return await response.json()
            answer = await response.text()
    except (ClientError, TimeoutError) as error:
        raise refused(
            f"Discord cannot be reached at {base} ({type(error).__name__}). Look at the network, and at "
            "api_base_url under [discord]."
        ) from None
    raise refused(_FIXES.get(response.status) or f"Discord answers {response.status}: {answer[:500]}")
