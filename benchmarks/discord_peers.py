"""The peers of the first response on Discord: NoneBot2, and discord.py's command tree.

Each answers `/applications` with one word and keeps nothing. They run as separate processes, which load
nothing of Stint.

usage: python -m benchmarks.discord_peers nonebot|tree URL
"""

from __future__ import annotations

import asyncio
import sys
from typing import Final

__all__ = ["PEERS", "TOKEN"]

PEERS: Final = ("nonebot", "tree")
TOKEN: Final = "OTAw.bench.token"  # noqa: S105 - of no bot


async def _tree(url: str) -> None:
    """Run discord.py's command tree, answering with one word."""
    import discord
    from discord import app_commands
    from yarl import URL

    discord.http.Route.BASE = f"{url}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(url.replace("http", "ws"))
    client = discord.Client(intents=discord.Intents(guilds=True, dm_messages=True))
    tree = app_commands.CommandTree(client)

    @tree.command(name="applications", description="Your applications")
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("none")

    await client.start(TOKEN)


def _nonebot(url: str) -> None:
    """Run NoneBot2 with its Discord adapter, answering with one word."""
    import nonebot
    from nonebot.adapters.discord import Adapter
    from nonebot.adapters.discord.commands import on_slash_command
    from yarl import URL

    nonebot.init(driver="~aiohttp", log_level="ERROR", discord_bots=[{"token": TOKEN}])
    driver = nonebot.get_driver()
    driver.register_adapter(Adapter)
    nonebot.get_adapter(Adapter).base_url = URL(f"{url}/api/v10")
    matcher = on_slash_command("applications", "Your applications")

    @matcher.handle()
    async def answer() -> None:
        await matcher.send_response("none")

    nonebot.run()


if __name__ == "__main__":
    peer, address = sys.argv[1:]
    if peer == "nonebot":
        _nonebot(address)
    else:
        asyncio.run(_tree(address))
