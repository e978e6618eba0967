"""The web server of a running bot: health, metrics, and the requests that Slack and browsers send."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from adapters.cli.environment import refused
from adapters.cli.platforms import routes_of
from adapters.cli.readiness import health_of
from adapters.config import Settings
from adapters.web.metrics import Counted, Metrics
from adapters.web.server import CannotListen, serve
from bot.chat.adapter import Adapter
from bot.clock import Clock
from storage.database import Database

__all__ = ["Site"]


class Site:
    """A bot's adapters, counted, and the server that shows their health."""

    def __init__(
        self, settings: Settings, adapters: Mapping[str, Adapter], database: Database, clock: Clock
    ) -> None:
        metrics = Metrics()
        self.adapters: dict[str, Adapter] = {
            name: Counted(adapter, metrics) for name, adapter in adapters.items()
        }
        self._web = settings.web
        self._routes = routes_of(settings, adapters, database, clock)
        self._health = health_of(database, self.adapters, clock, metrics)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serve until the block ends; yield a line that says where, empty when the port is 0.

        An address that cannot be used ends the command with what to do.
        """
        host, port = self._web.host, self._web.port
        if not port:
            yield ""
            return
        try:
            async with serve(host, port, self._routes, self._health) as base:
                yield f"Health and metrics: {base}/readyz and {base}/metrics."
        except CannotListen as error:
            raise refused(
                f"The web server cannot have port {port} on {host}: {error}. Stop what uses it, or choose "
                "another with port and host under [web] (STINT_WEB__PORT, STINT_WEB__HOST)."
            ) from None
