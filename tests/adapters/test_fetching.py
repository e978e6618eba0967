"""The one way to an address that people name, and that there is no other."""

from __future__ import annotations

import ast
import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web

from adapters import fetching
from adapters.fetching import NotPublicError, fetch, public_socket
from bot.chat.adapter import Refusal, Retry
from bot.chat.fetching import FILE_ELSEWHERE, FILE_NOT_FOUND, FILE_TOO_LARGE
from tests.support.parsed import nodes, parsed

ROOT: Final = Path(__file__).resolve().parents[2]
PLAN: Final = b"a plan"

WAYS_OUT: Final = {
    "adapters/cli/app_links.py: ClientSession": "Discord's API, at the address of the settings",
    "adapters/cli/doctor.py: ClientSession": "this bot's own web server",
    "adapters/discord/adapter.py: discord.Client": "Discord's API, at the address of the settings",
    "adapters/discord/adapter.py: ClientSession": "answers to interactions, at the address of the settings",
    "adapters/fetching.py: ClientSession": "what people name",
    "adapters/slack/oauth.py: ClientSession": "Slack's token endpoint, at the address of the settings",
    "adapters/slack/responses.py: AsyncWebhookClient": "the response_url of a payload that Slack signed",
    "adapters/slack/socket_mode.py: SocketModeClient": "the socket that Slack's API names",
    "adapters/slack/uploads.py: ClientSession": "the upload address that Slack's API names",
    "adapters/slack/web_api.py: AsyncWebClient": "Slack's API, at the address of the settings",
    "adapters/slack/web_api.py: ClientSession": "Slack's API, at the address of the settings",
}
"""What opens connections in the program, with where it leads: no person names any of these but one."""

CLIENTS: Final = frozenset(
    "AsyncWebClient AsyncWebhookClient ClientSession HTTPConnection HTTPSConnection SMTP SocketModeClient "
    "WebClient WebhookClient create_connection discord.Client open_connection urlopen urlretrieve".split()
)
MODULES: Final = frozenset(
    {"ftplib", "http.client", "httpx", "requests", "smtplib", "urllib.request", "urllib3"}
)


@dataclass
class Server:
    """A server of another person's, on this machine."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    waits: float = 0.0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Give what the path says."""
        self.asked.append(request.path)
        await asyncio.sleep(self.waits)
        if request.path == "/packed":
            return web.Response(body=gzip.compress(PLAN), headers={"Content-Encoding": "gzip"})
        if request.path == "/moved":
            raise web.HTTPFound(f"{self.url}/plan")
        if request.path == "/page":
            return web.Response(text="sign in", content_type="text/html")
        return web.Response(body=PLAN)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server that gives a plan."""
    made = Server()
    app = web.Application()
    app.add_routes([web.get("/{rest:.*}", made.answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "most", "code"),
    [
        ("/plan", len(PLAN) - 1, FILE_TOO_LARGE),
        ("/packed", 100, FILE_NOT_FOUND),
        ("/moved", 100, FILE_NOT_FOUND),
        ("/page", 100, "file_not_shown"),
    ],
)
async def test_what_is_not_as_announced_is_refused(server: Server, path: str, most: int, code: str) -> None:
    """Larger, packed, somewhere else, or a page in its place; and a redirect is not followed."""
    with pytest.raises(Refusal) as refusal:
        await fetch(server.url + path, most, hosts=(), api=server.url + "/", unless="text/html")
    assert refusal.value.code == code
    assert server.asked == [path]


async def test_where_the_settings_lead_may_be_this_machine(server: Server) -> None:
    """The double of a platform, or a proxy before it, is asked, in whatever network it is."""
    assert await fetch(f"{server.url}/plan", len(PLAN), hosts=(), api=server.url + "/") == PLAN


async def test_all_of_it_has_one_time_limit(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that keeps silent is given up after ten seconds, and asked again later."""
    assert fetching.FETCH_SECONDS == 10
    server.waits = 5
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 0.05)
    with pytest.raises(Retry):
        await fetch(f"{server.url}/plan", 100, hosts=(), api=server.url + "/")


@pytest.mark.parametrize("api", ["https://slack.com/api/", "https://{host}/api/"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "2130706433"])
async def test_a_named_host_that_leads_inside_is_not_connected_to(
    host: str, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name or number: where a connection would go is looked at as it is made, and no socket is opened.

    So it is where the settings have the platform's own host, as they do without being changed.
    """
    monkeypatch.setattr("adapters.fetching.socket.socket", None)
    with pytest.raises(Refusal) as refusal:
        await fetch(f"https://{host}/plan", 100, hosts=(host,), api=api.format(host=host))
    assert refusal.value.code == FILE_ELSEWHERE


@pytest.mark.parametrize(
    ("where", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("ff0e::1", False),
        ("::", False),
    ],
)
def test_only_public_addresses_have_a_socket(where: str, public: bool) -> None:
    """Private, local, shared and mapped ones have none, nor those of groups."""
    family = socket.AF_INET6 if ":" in where else socket.AF_INET
    info = (family, socket.SOCK_STREAM, 0, "", (where, 443))
    if public:
        public_socket(info).close()
        return
    with pytest.raises(NotPublicError):
        public_socket(info)


def _ways_out() -> Iterator[str]:
    for package in ("adapters", "bot", "storage"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in nodes(parsed(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call | ast.ClassDef):
                    called = [node.func] if isinstance(node, ast.Call) else node.bases
                    for each in called:
                        whole = ast.unparse(each)
                        name = whole if whole == "discord.Client" else whole.rpartition(".")[2]
                        if name in CLIENTS:
                            yield f"{path.relative_to(ROOT)}: {name}"
                named = [node.module] if isinstance(node, ast.ImportFrom) else []
                named += [each.name for each in node.names] if isinstance(node, ast.Import) else []
                yield from (f"{path.relative_to(ROOT)}: {each}" for each in named if each in MODULES)


def test_there_is_no_other_way_out() -> None:
    """Whatever opens a connection is in the list, and only `fetch` is given what people name."""
    assert set(_ways_out()) == set(WAYS_OUT)
