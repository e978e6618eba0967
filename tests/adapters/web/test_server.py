import ast
import asyncio
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from adapters.web import server
from adapters.web.server import CannotListen, Health, serve
from bot.chat.findings import Finding
from tests.support.parsed import nodes, parsed

ADAPTERS = Path(server.__file__).parents[1]


def health(*reasons: str) -> Health:
    """A bot with these reasons not to be ready."""

    async def findings() -> Sequence[Finding]:
        return [Finding("x", "problem", reason) for reason in reasons]

    async def metrics() -> bytes:
        return b"stint_sends_total 1.0\n"

    return Health(findings, metrics)


async def got(base: str, path: str) -> tuple[int, str]:
    """The status and text of a page."""
    async with ClientSession() as session, session.get(base + path) as response:
        return response.status, await response.text()


async def test_health_metrics_and_routes_of_others_are_served() -> None:
    """The three pages answer, and so does a route that was handed over as data."""

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {await request.text()}")

    async with serve("127.0.0.1", 0, [("POST", "/slack/events", hello)], health()) as base:
        assert await got(base, "/healthz") == (200, "ok\n")
        assert await got(base, "/readyz") == (200, "ready\n")
        assert await got(base, "/metrics") == (200, "stint_sends_total 1.0\n")
        assert (await got(base, "/elsewhere"))[0] == 404
        async with ClientSession() as session, session.post(f"{base}/slack/events", data="x") as response:
            assert await response.text() == "POST x"


async def test_reasons_not_to_be_ready_are_listed() -> None:
    """A bot that cannot work answers 503 with each reason, and is alive all the same."""
    async with serve("127.0.0.1", 0, [], health("No socket.", "Late.")) as base:
        assert await got(base, "/readyz") == (503, "No socket.\nLate.\n")
        assert (await got(base, "/healthz"))[0] == 200


async def test_a_warning_does_not_keep_work_away() -> None:
    """What works, but not as it should, is said after "ready", and after the reasons where there are any."""

    async def findings() -> Sequence[Finding]:
        return [Finding("x", "warning", "Slack counts 3.", "Stop one."), *more]

    more: list[Finding] = []
    async with serve("127.0.0.1", 0, [], Health(findings, health().metrics)) as base:
        assert await got(base, "/readyz") == (200, "ready\nwarning: Slack counts 3. Stop one.\n")
        more.append(Finding("y", "problem", "Late."))
        assert await got(base, "/readyz") == (503, "Late.\nwarning: Slack counts 3. Stop one.\n")


async def test_a_check_that_hangs_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who asks is answered, even when a database or a platform is not."""

    async def never() -> Sequence[Finding]:
        await asyncio.Event().wait()
        return ()

    monkeypatch.setattr(server, "_CHECK_SECONDS", 0.01)
    async with serve("127.0.0.1", 0, [], Health(never, health().metrics)) as base:
        assert await got(base, "/readyz") == (503, "The checks take too long.\n")


async def test_a_port_that_is_taken_is_said() -> None:
    """A second server on one port is refused, and the first goes on; so is an address of elsewhere."""
    async with serve("127.0.0.1", 0, [], health()) as base:
        port = int(base.rpartition(":")[2])
        with pytest.raises(CannotListen, match="another program has it"):
            async with serve("127.0.0.1", port, [], health()):
                pass
        assert (await got(base, "/healthz"))[0] == 200
    with pytest.raises(CannotListen, match="cannot assign requested address"):
        async with serve("192.0.2.1", 0, [], health()):
            pass


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/elsewhere", "/fails", "/page"])
async def test_every_answer_tells_browsers_to_do_little(path: str) -> None:
    """Nothing is guessed, kept, embedded or passed on, in errors too; no version of a library is said."""

    async def fails(_: web.Request) -> web.Response:
        raise web.HTTPForbidden

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="hello", headers={"Cache-Control": "max-age=60"})

    async with (
        serve("127.0.0.1", 0, [("GET", "/fails", fails), ("GET", "/page", page)], health()) as base,
        ClientSession() as session,
        session.get(base + path) as response,
    ):
        said = response.headers
        assert said["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in said["Content-Security-Policy"]
        assert said["Referrer-Policy"] == "no-referrer"
        assert said["Cache-Control"] == ("max-age=60" if path == "/page" else "no-store")
        assert said["Server"] == "Stint"
        assert said["Content-Type"].endswith("charset=utf-8")
        assert "Access-Control-Allow-Origin" not in said


async def test_each_page_has_its_one_method() -> None:
    """What a page is not for is refused: TRACE, too, which would show headers."""
    async with serve("127.0.0.1", 0, [], health()) as base, ClientSession() as session:
        for method in ("TRACE", "PUT", "DELETE", "POST", "OPTIONS"):
            async with session.request(method, f"{base}/healthz") as response:
                assert response.status == 405, method


def test_no_address_serves_a_file() -> None:
    """No handler gives a file of the machine or a folder; what people sent is given by their platform."""
    serving = {
        f"{path.relative_to(ADAPTERS)}: {node.attr}"
        for path in ADAPTERS.rglob("*.py")
        for node in nodes(parsed(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"FileResponse", "add_static", "static"}
    }
    assert serving == set()


async def test_a_body_has_a_size_and_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large one is refused before it is read whole, and one that never ends after a while; both unread."""
    heard: list[bytes] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(await request.read())
        return web.Response(text="heard")

    monkeypatch.setattr(server, "_BODY_SECONDS", 0.05)
    async with serve("127.0.0.1", 0, [("POST", "/hear", hear)], health()) as base, ClientSession() as session:
        async with session.post(f"{base}/hear", data=BytesIO(b"x" * 900_000)) as response:
            assert response.status == 200
        async with session.post(f"{base}/hear", data=BytesIO(b"x" * 1_100_000)) as response:
            assert response.status == 413
        reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        writer.write(b"POST /hear HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nslow")
        assert b" 408 " in await reader.readline()
        writer.close()
    assert [len(each) for each in heard] == [900_000]


def test_one_handler_reads_bodies() -> None:
    """What strangers send is parsed in one place, after its signature; no other handler reads a body."""
    reading = {
        f"{path.relative_to(ADAPTERS)}: {ast.unparse(node)}"
        for path in ADAPTERS.rglob("*.py")
        for node in nodes(parsed(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value) == "request"
        and node.attr in {"content", "json", "multipart", "post", "read", "text"}
    }
    assert reading == {"slack/receiver.py: request.read", "web/server.py: request.read"}
