"""What the REST operations of our own Discord work on, and the shape of one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.support.discord.gateway import Gateway
from tests.support.discord.state import World

__all__ = ["Backend", "Handler", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in: `path` without the version, the body read, files by field name."""

    method: str
    path: str
    names: dict[str, str]
    query: dict[str, str]
    body: Any
    uploads: dict[str, tuple[str, bytes]]


class Backend:
    """Its world, its gateway, its address once it listens, and what it still does after an answer."""

    def __init__(self, now: Callable[[], datetime], token: str) -> None:
        self.world = World(now)
        self.gateway = Gateway(self.world, token)
        self.url = ""
        self.tasks: set[asyncio.Task[None]] = set()


Handler = Callable[[Backend, Request], Coroutine[Any, Any, Any]]
