"""The time until Slack gets the acknowledgement of a signed slash command, over loopback HTTP.

Stint's side runs as `stint run` does: the signature is checked, the command's turn is committed, and the
answer is in the response. The peer is a slack-bolt AsyncApp that checks the signature and acknowledges, and
does nothing else. Each serves from a separate process and is asked in turn, a block of requests each, over
connections that stay open as Slack's do.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Final, Literal
from urllib.parse import urlencode

from aiohttp import ClientSession, TCPConnector, web

from adapters.cli.logs import log_as
from adapters.cli.running_bot import opened, receiving
from adapters.slack.adapter import SlackAdapter
from adapters.slack.installations import OneWorkspace
from adapters.slack.manifest import command_names
from adapters.slack.options import SlackOptions
from benchmarks.costs import cpu_of
from benchmarks.slack_peer import PATH, SECRET, TOKEN, listening, served
from benchmarks.stage import AT_ONCE, NOW
from bot.chat.answers import FileRef
from bot.chat.events import Place, UserRef
from bot.clock import WallClock
from bot.programme import ROUTES
from bot.programme.administration.creation import create_programme
from storage.database import UnitOfWork, open_database
from storage.migrate import upgrade

__all__ = ["BLOCKS", "measure"]

BLOCKS: Final = 10
_ROOT: Final = Path(__file__).resolve().parent.parent

Side = Literal["ours", "peer"]
_SIDES: Final[Sequence[Side]] = ("ours", "peer")


@dataclass(frozen=True, slots=True)
class _Server:
    """A side's address and process."""

    address: str
    process: int


@dataclass(slots=True)
class _Asked:
    """What a side took for commands: milliseconds of each, and the processor's seconds for all."""

    taken: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def figures(self, figure: str, side: Side, middle: Callable[[list[float]], float]) -> dict[str, float]:
        """Return one number for all, and the processor's microseconds for each command."""
        each = self.cpu / len(self.taken) * 1e6
        return {f"{figure}.{side}": middle(self.taken), f"{figure}.{side}.cpu": each}


async def measure(folder: Path, blocks: int, singles: int, at_once: int) -> dict[str, float]:
    """Return milliseconds: the median of single requests, and the 99th percentile with `at_once` at a time.

    The sides take turns with a block each: `singles` requests one after the other, then `at_once` together.
    """
    alone = {side: _Asked() for side in _SIDES}
    together = {side: _Asked() for side in _SIDES}
    async with _serving("ours", folder) as ours, _serving("peer", folder) as peer:
        servers, numbers = {"ours": ours, "peer": peer}, count(1)
        async with ClientSession(connector=TCPConnector(limit=at_once)) as session:
            for side in _SIDES:
                await asyncio.gather(*(_ask(session, servers[side], next(numbers)) for _ in range(at_once)))
            for block in range(blocks):
                for side in _SIDES if block % 2 == 0 else _SIDES[::-1]:
                    server = servers[side]
                    with _counting(server, alone[side]) as taken:
                        taken.extend([await _ask(session, server, next(numbers)) for _ in range(singles)])
                    with _counting(server, together[side]) as taken:
                        asked = (_ask(session, server, next(numbers)) for _ in range(at_once))
                        taken.extend(await asyncio.gather(*asked))
    figures: dict[str, float] = {}
    for side in _SIDES:
        figures |= alone[side].figures("ack.one", side, median)
        figures |= together[side].figures("ack.many", side, lambda taken: quantiles(taken, n=100)[-1])
    return figures


@contextmanager
def _counting(server: _Server, asked: _Asked) -> Iterator[list[float]]:
    """Add what the server's processor does in the block; yield where its commands' times go."""
    before = cpu_of(server.process)
    yield asked.taken
    asked.cpu += cpu_of(server.process) - before


async def _ask(session: ClientSession, server: _Server, number: int) -> float:
    """Return the milliseconds until a fresh command, by one of `AT_ONCE` people, is acknowledged."""
    body, headers = _signed(number)
    began = perf_counter()
    async with session.post(server.address + PATH, data=body, headers=headers) as response:
        await response.read()
        took = perf_counter() - began
        assert response.status == 200, response.status  # noqa: PLR2004 - HTTP's own number
    return took * 1000


def _signed(number: int) -> tuple[bytes, dict[str, str]]:
    """Return a command as Slack signs it (docs.slack.dev/authentication/verifying-requests-from-slack)."""
    payload = {
        "token": "unused",
        "team_id": "T1",
        "team_domain": "riverside",
        "channel_id": "C1",
        "channel_name": "spring-26",
        "user_id": f"U{number % AT_ONCE}",
        "user_name": "ada",
        "command": "/applications",
        "text": "",
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": f"https://hooks.slack.com/commands/T1/{number}/x",
        "trigger_id": f"{number}.1.x",
    }
    body = urlencode(payload).encode()
    at = str(int(WallClock().now().timestamp()))
    signed = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={signed}",
    }
    return body, headers


@asynccontextmanager
async def _serving(side: Side, folder: Path) -> AsyncIterator[_Server]:
    """Run a process that serves one side."""
    module = ("benchmarks.slack_peer",) if side == "peer" else ("benchmarks.slack_ack", str(folder))
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs meanwhile
        command, cwd=_ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = await asyncio.to_thread(process.stdout.readline)
        yield _Server(line.strip(), process.pid)
    finally:
        process.terminate()
        process.communicate()


async def _serve(folder: Path) -> None:
    """Serve Stint's side until killed, and print where."""
    log_as("error", "text")
    # Slack's answer to the question who a user is.
    api = await served([("*", "/api/{method}", _slack_says)])
    options = SlackOptions(
        mode="http",
        api_base_url=f"{api}/api/",
        signing_secret=SECRET,
        names=command_names(ROUTES.specs),
    )
    clock = WallClock()
    adapter = SlackAdapter(
        options, OneWorkspace(TOKEN), now=clock.now, monotonic=clock.monotonic, load_file=_no_file
    )
    adapters = {adapter.platform: adapter}
    upgrade(f"sqlite:///{folder / 'slack.db'}")
    database = open_database(f"sqlite:///{folder / 'slack.db'}")
    await database.transact(_seed)
    async with opened(database, adapters, clock) as runtime, receiving(adapters, runtime.receive):
        await listening(adapter.routes())


async def _slack_says(request: web.Request) -> web.Response:
    """Answer every Slack method that the bot calls meanwhile."""
    user = {"id": request.query.get("user", "U0"), "team_id": "T1", "real_name": "Ada", "tz": "Europe/Berlin"}
    return web.json_response(
        {"ok": True, "user": user, "team": "Riverside", "team_id": "T1", "user_id": "U0", "bot_id": "B0"}
    )


async def _no_file(file: FileRef) -> bytes:
    raise LookupError(file.id)


def _seed(work: UnitOfWork) -> None:
    space, coordinator = Place("slack", "T1", ""), UserRef("slack", "T1.U0")
    create_programme(work, NOW, "Riverside", "UTC", space, coordinator, "Cora")


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
