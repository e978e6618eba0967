import asyncio
from collections.abc import Sequence

import pytest
from aiohttp import ClientSession, web

from adapters.web import server
from adapters.web.server import CannotListen, Health, serve
from bot.chat.findings import Finding


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
