"""How every adapter fetches files: from the platform's own hosts alone (bot/chat/fetching.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import web
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.adapter import DiscordAdapter
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Adapter, Refusal
from bot.chat.answers import FileRef
from bot.chat.events import MessageReceived, MessageRef, Place, UserRef
from bot.chat.fetching import is_own_address
from bot.chat.file_kinds import FileRules
from bot.chat.language import as_text
from bot.chat.values import replace
from bot.runtime import files
from storage.secrets import SecretBox
from tests.support.discord.server import discord_running
from tests.support.discord.stage import an_adapter
from tests.support.slack.server import serve
from tests.support.slack.stage import adapter_for
from tests.support.slack.workspace import TEAM
from tests.support.terminal import NOON

KEY = Fernet.generate_key().decode()
PLAN = b"%PDF-1.7 a plan"
FOREIGN = (
    "http://files.slack.com/files-pri/T1-F1/plan.pdf",
    "http://cdn.discordapp.com/attachments/1/2/plan.pdf",
    "https://files.slack.com.evil.example/plan.pdf",
    "https://evilslack.com/plan.pdf",
    "https://files.slack.com@evil.example/plan.pdf",
    "https://cdn.discordapp.com@evil.example/plan.pdf",
    "https://evil.example\\@files.slack.com/plan.pdf",
    "https://evil.example/files.slack.com/plan.pdf",
    "https://files.slack.com:8443/plan.pdf",
    "https://169.254.169.254/latest/meta-data",
    "file:///etc/hostname",
    "//files.slack.com/plan.pdf",
    "",
)
"""Addresses that are none of the platform's, some of which look like one."""


@dataclass
class Elsewhere:
    """A server of another person's; `asked` is what it was asked for, with the headers of each request."""

    url: str = ""
    asked: list[Mapping[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Give everyone who asks a good file."""
        self.asked.append(dict(request.headers))
        return web.Response(body=PLAN)


@dataclass
class Files:
    """An adapter, and the files of its platform: one at an address, one where a redirect leads elsewhere."""

    adapter: Adapter
    at: Callable[[str], FileRef]
    moved_to: Callable[[str], FileRef]
    kept: FileRef
    marked: Callable[[Mapping[str, object]], None] = lambda _: None
    """Give `kept` these marks of the platform's."""


@asynccontextmanager
async def on_slack() -> AsyncIterator[Files]:
    """Files of a workspace, which files.info names."""
    async with serve(lambda: NOON) as server:
        workspace = server.workspace
        adapter = adapter_for(server, "socket", lambda: NOON)
        await adapter.open()

        def at(address: str) -> FileRef:
            number = workspace.next_id("F")
            told = {"id": number, "name": "plan.pdf", "mimetype": "application/pdf", "size": len(PLAN)}
            workspace.files[number] = told | {"url_private": address, "url_private_download": address}
            workspace.contents[number] = PLAN
            return FileRef(f"{TEAM}.{number}", "plan.pdf", len(PLAN), "application/pdf")

        def on_it() -> FileRef:
            file = at("")
            number = file.id.partition(".")[2]
            address = f"{server.url}/files-pri/{TEAM}-{number}/plan.pdf"
            workspace.files[number] |= {"url_private": address, "url_private_download": address}
            return file

        def moved_to(address: str) -> FileRef:
            file = on_it()
            server.moved[file.id.partition(".")[2]] = address
            return file

        kept = on_it()
        try:
            yield Files(adapter, at, moved_to, kept, workspace.files[kept.id.partition(".")[2]].update)
        finally:
            await adapter.close()


@asynccontextmanager
async def on_discord() -> AsyncIterator[Files]:
    """Attachments, whose ids are their addresses."""
    async with discord_running(lambda: NOON) as fake:
        adapter: DiscordAdapter = an_adapter(fake)
        await adapter.open()
        fake.world.files["1"] = PLAN

        def at(address: str) -> FileRef:
            return FileRef(address, "plan.pdf", len(PLAN), "application/pdf")

        def moved_to(address: str) -> FileRef:
            fake.moved["2"] = address
            return at(f"{fake.url}/files/2/plan.pdf")

        try:
            yield Files(adapter, at, moved_to, at(f"{fake.url}/files/1/plan.pdf"))
        finally:
            await adapter.close()


@asynccontextmanager
async def on_terminal() -> AsyncIterator[Files]:
    """Files of this machine, whose ids are their paths: what is no path of one is nowhere."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.pdf"
        path.write_bytes(PLAN)

        def at(address: str) -> FileRef:
            return FileRef(address, "plan.pdf", len(PLAN), "application/pdf")

        yield Files(TerminalAdapter(Workspace(), lambda: NOON), at, at, at(str(path)))


PLACES: Mapping[str, Callable[[], AbstractAsyncContextManager[Files]]] = {
    "slack": on_slack,
    "discord": on_discord,
    "terminal": on_terminal,
}


@pytest.fixture(params=sorted(PLACES))
async def there(request: pytest.FixtureRequest) -> AsyncIterator[Files]:
    """Each adapter with its files."""
    async with PLACES[request.param]() as opened:
        yield opened


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """A server that is none of the platform's."""
    other = Elsewhere()
    app = web.Application()
    app.add_routes([web.get("/{rest:.*}", other.answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    other.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield other
    await runner.cleanup()


async def test_a_file_of_the_platforms_own_is_fetched_whole(there: Files) -> None:
    """Its bytes are those that were sent, and not one more than its size says is read."""
    assert await there.adapter.fetch(there.kept) == PLAN
    for less in (0, len(PLAN) - 1):
        with pytest.raises(Refusal):
            await there.adapter.fetch(replace(there.kept, size=less))


async def test_no_other_host_is_asked_for_a_file(there: Files, elsewhere: Elsewhere) -> None:
    """Neither where an address names another host, nor where a redirect leads there: no request, no token."""
    for file in (there.at(f"{elsewhere.url}/plan.pdf"), there.moved_to(f"{elsewhere.url}/plan.pdf")):
        with pytest.raises(Refusal):
            await there.adapter.fetch(file)
    assert elsewhere.asked == []


@pytest.mark.parametrize("address", FOREIGN)
async def test_an_address_that_is_not_the_platforms_own_is_refused(there: Files, address: str) -> None:
    """Without https, below another host, or written so that two readers of it could differ."""
    with pytest.raises(Refusal):
        await there.adapter.fetch(there.at(address))


@pytest.mark.parametrize("marks", [{"is_external": True}, {"mode": "external", "external_type": "gdrive"}])
async def test_a_file_of_another_service_is_answered_with_what_to_do(marks: dict[str, object]) -> None:
    """An external file of Slack's is refused whatever its address, and its person reads how to send it."""
    async with on_slack() as there:
        there.marked(marks)
        place = Place("slack", TEAM, "D0ADA", "dm")
        said = MessageReceived(
            id="1",
            at=NOON,
            actor=UserRef("slack", f"{TEAM}.U0ADA"),
            place=place,
            message=MessageRef(place, "1.2"),
            text="",
            files=(there.kept,),
        )
        looked, kept = await files.fetch(there.adapter, SecretBox([KEY]), said, FileRules())
    [file] = files.named_in(looked)
    assert "Download it and send me the file itself, or paste a link to it." in as_text(file.refused)
    assert kept == {}


hosts = st.sampled_from(
    ["files.slack.com", "slack.com", "evil.example", "evilslack.com", "slack.com.evil.example"]
)


@given(
    scheme=st.sampled_from(["https", "http", "ftp", ""]),
    before=st.sampled_from(["", "slack.com@", "u:p@"]),
    host=hosts,
    after=st.sampled_from(["", ":443", ":80", "\\", "@evil.example", ".", "#@evil.example"]),
)
def test_only_https_on_a_named_host_is_its_own(scheme: str, before: str, host: str, after: str) -> None:
    """Whatever comes before and after a host, an address is taken only if all of it is as it should be."""
    taken = is_own_address(f"{scheme}://{before}{host}{after}/a", ("slack.com", ".slack.com"), "")
    good = host in {"files.slack.com", "slack.com"}
    assert taken == (scheme == "https" and not before and good and not after)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("http://127.0.0.1:8123/files/1", True),
        ("http://127.0.0.1:8123\\@evil.example/files/1", False),
        ("http://127.0.0.1:81234/files/1", False),
        ("http://127.0.0.1/files/1", False),
        ("https://127.0.0.1:8123/files/1", False),
    ],
)
def test_where_the_settings_say_the_platform_is_is_its_own(address: str, own: bool) -> None:
    """The very scheme, host and port that `api_base_url` has: a proxy before Slack has its files as well."""
    assert is_own_address(address, (), "http://127.0.0.1:8123/api/") is own
