"""The install pages, with a browser and a Slack of our own around them, on a real database."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer, make_mocked_request, unused_port
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from adapters.cli.installations import StoredInstallations, StoredStates
from adapters.slack.manifest import HISTORY, SCOPES
from adapters.slack.oauth import OAuth, OAuthOptions
from adapters.web.server import Health, serve
from bot.chat.adapter import Retry
from bot.clock import VirtualClock
from storage.database import Database, open_database
from storage.secrets import SecretBox
from storage.tables import Code, Installation
from tests.support.databases import sqlite_url
from tests.support.stage import MONDAY

TOKEN = "xoxb-" + "000-of-riverside"


def granted(**changes: object) -> dict[str, Any]:
    """Slack's answer for a workspace (docs.slack.dev/reference/methods/oauth.v2.access)."""
    return {
        "ok": True,
        "access_token": TOKEN,
        "token_type": "bot",
        "scope": ",".join(SCOPES),
        "bot_user_id": "U0BOT",
        "app_id": "A0APP",
        "team": {"id": "T1", "name": "River & <Side>"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": "U1"},
    } | changes


@dataclass
class Site:
    """Our pages as a browser reaches them, what Slack was asked, and what it answers."""

    base: str
    database: Database
    installations: StoredInstallations
    clock: VirtualClock
    answer: Any
    asked: list[dict[str, str]] = field(default_factory=list)

    async def sent_to_slack(self, browser: ClientSession) -> dict[str, str]:
        """Open the install page; what the browser is sent to Slack with."""
        async with browser.get(f"{self.base}/slack/install", allow_redirects=False) as response:
            assert response.status == 302
            link = urlsplit(response.headers["Location"])
        assert (link.scheme, link.netloc, link.path) == ("https", "slack.com", "/oauth/v2/authorize")
        return {name: values[0] for name, values in parse_qs(link.query).items()}

    async def comes_back(self, browser: ClientSession, **query: str) -> tuple[int, str]:
        """Come back from Slack; the page's status and text."""
        async with browser.get(f"{self.base}/slack/oauth_redirect", params=query) as response:
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            return response.status, await response.text()

    def kept(self) -> list[Installation]:
        """The rows of installations."""
        return self.database.read_inline(lambda work: list(work.session.scalars(select(Installation))))


def browser() -> ClientSession:
    """A person's browser, which keeps cookies."""
    return ClientSession(cookie_jar=CookieJar(unsafe=True))


@pytest.fixture
async def site(tmp_path: Path, migrated_sqlite: Path) -> AsyncIterator[Site]:
    """The pages, served; Slack answers with `site.answer`."""
    shutil.copy(migrated_sqlite, tmp_path / "stint.db")
    database = open_database(sqlite_url(tmp_path / "stint.db"), inline=False)
    clock, port = VirtualClock(MONDAY), unused_port()
    installations = StoredInstallations(database, SecretBox([Fernet.generate_key().decode()]), clock.now)
    site = Site(f"http://127.0.0.1:{port}", database, installations, clock, granted())

    async def access(request: web.Request) -> web.Response:
        site.asked.append({name: str(value) for name, value in (await request.post()).items()})
        if isinstance(site.answer, int):
            return web.Response(status=site.answer, text="<html>")
        return web.json_response(site.answer)

    slack = web.Application()
    slack.router.add_post("/api/oauth.v2.access", access)
    async with TestServer(slack) as running:
        options = OAuthOptions("1.2", "client-secret", site.base, str(running.make_url("/api/")))
        pages = OAuth(options, installations, StoredStates(database, clock.now), now=clock.now)
        health = Health(None, None)  # type: ignore[arg-type] # nothing asks
        async with serve("127.0.0.1", port, pages.routes(), health):
            yield site
    await database.close()


def test_reading_channels_is_asked_for_where_it_is_chosen() -> None:
    """The page of the installation asks for what the manifest has."""
    options = OAuthOptions("1.2", "client-secret", "https://stint.example.org", channel_history=True)
    assert options.scopes == sorted({*SCOPES, *HISTORY})


async def test_a_workspace_is_installed(site: Site) -> None:
    """From the link to the token: the scopes are the manifest's, the row is whole, the token is sealed."""
    async with browser() as ada:
        asked = await site.sent_to_slack(ada)
        assert asked["client_id"] == "1.2"
        assert asked["scope"].split(",") == sorted(SCOPES)
        assert asked["redirect_uri"] == f"{site.base}/slack/oauth_redirect"
        status, page = await site.comes_back(ada, code="c1", state=asked["state"])
    assert status == 200
    assert "Stint is in River &amp; &lt;Side&gt;" in page
    assert TOKEN not in page
    assert site.asked == [
        {
            "client_id": "1.2",
            "client_secret": "client-secret",
            "code": "c1",
            "redirect_uri": asked["redirect_uri"],
        }
    ]
    (row,) = site.kept()
    assert (row.enterprise_id, row.team_id, row.bot_user_id, row.app_id) == ("", "T1", "U0BOT", "A0APP")
    assert TOKEN not in row.token
    found = await site.installations.find("", "T1")
    assert found is not None
    assert (found.token, found.name, found.installed_at) == (TOKEN, "River & <Side>", MONDAY)
    assert TOKEN not in repr(found)


async def test_a_state_is_good_once(site: Site) -> None:
    """The same way back a second time is refused, and Slack is not asked again."""
    async with browser() as ada:
        state = (await site.sent_to_slack(ada))["state"]
        assert (await site.comes_back(ada, code="c1", state=state))[0] == 200
        status, page = await site.comes_back(ada, code="c1", state=state)
    assert (status, len(site.asked)) == (400, 1)
    assert "Open the install page again" in page


@pytest.mark.parametrize("whose", ["another browser", "no browser", "nobody", "too late"])
async def test_a_state_is_bound_to_its_browser_and_its_time(site: Site, whose: str) -> None:
    """A link that another person was sent, an invented state and one after ten minutes install nothing."""
    async with browser() as ada, browser() as mallory:
        state = (await site.sent_to_slack(ada))["state"]
        back = mallory if whose in {"another browser", "no browser"} else ada
        if whose == "another browser":
            await site.sent_to_slack(mallory)
        if whose == "too late":
            await site.clock.advance_by(timedelta(minutes=11))
        status, _ = await site.comes_back(back, code="c1", state="made-up" if whose == "nobody" else state)
    assert (status, site.asked, site.kept()) == (400, [], [])


@pytest.mark.parametrize(
    ("public", "path", "secure"),
    [
        ("https://stint.example.org", "/slack", True),
        ("https://example.org/stint", "/stint/slack", True),
        ("http://127.0.0.1:8080", "/slack", False),
    ],
)
async def test_the_cookie_is_for_these_pages_and_no_script(
    site: Site, public: str, path: str, *, secure: bool
) -> None:
    """No script reads it, no other path gets it, and where there is https it goes over nothing else."""
    states = StoredStates(site.database, site.clock.now)
    options = OAuthOptions("1.2", "client-secret", public)
    pages = OAuth(options, site.installations, states, now=site.clock.now)
    response = await pages.install(make_mocked_request("GET", "/slack/install"))
    [cookie] = response.cookies.values()
    said = {name: cookie[name] for name in ("path", "httponly", "samesite", "max-age")}
    assert said == {"path": path, "httponly": True, "samesite": "Lax", "max-age": "600"}
    assert bool(cookie["secure"]) is secure
    assert len(cookie.value) == 43, "256 random bits"


@pytest.mark.parametrize(
    ("query", "answer", "status", "words"),
    [
        ({"error": "access_denied"}, None, 200, "You cancelled, and nothing was changed."),
        ({"error": "<script>"}, None, 400, "Slack says: &lt;script&gt;."),
        ({"code": "c"}, {"ok": False, "error": "invalid_code"}, 400, "Slack says: invalid_code."),
        ({"code": "c"}, 500, 502, "Please try again."),
        ({"code": "c"}, granted(team=None), 502, "incomplete"),
    ],
)
async def test_what_goes_wrong_is_said(
    site: Site, query: dict[str, str], answer: object, status: int, words: str
) -> None:
    """Cancelling, Slack's refusals and broken answers have a page each, and leave nothing behind."""
    site.answer = answer
    async with browser() as ada:
        state = (await site.sent_to_slack(ada))["state"]
        found, page = await site.comes_back(ada, state=state, **query)
    assert (found, site.kept()) == (status, [])
    assert words in page
    assert "<script>" not in page


@pytest.mark.soak
async def test_an_organisation_serves_all_its_workspaces(site: Site) -> None:
    """One token of an organisation is found for each workspace of it, and a workspace's own goes first."""
    whole = granted(team=None, enterprise={"id": "E1", "name": "Uni"}, is_enterprise_install=True)
    async with browser() as ada:
        for site.answer in (whole, granted(enterprise={"id": "E1"}, access_token="xoxb-own")):
            state = (await site.sent_to_slack(ada))["state"]
            assert (await site.comes_back(ada, code="c", state=state))[0] == 200
    other, own = await site.installations.find("E1", "T9"), await site.installations.find("E1", "T1")
    assert other is not None
    assert own is not None
    assert (other.token, own.token) == (TOKEN, "xoxb-own")
    assert await site.installations.find("E2", "T9") is None
    assert await site.installations.find("", "T9") is None


async def test_dropping_empties_the_token_at_once(site: Site) -> None:
    """Once uninstalled nothing is found and nothing sealed is kept; installing again brings it back."""
    async with browser() as ada:
        for round_ in range(2):
            state = (await site.sent_to_slack(ada))["state"]
            await site.comes_back(ada, code="c", state=state)
            assert await site.installations.find("", "T1") is not None, round_
            if round_ == 0:
                await site.installations.drop("", "T1")
                (row,) = site.kept()
                assert (row.token, row.dropped_at) == ("", MONDAY)
                assert await site.installations.find("", "T1") is None
    (row,) = site.kept()
    assert row.dropped_at is None


async def test_states_that_ran_out_are_removed(site: Site) -> None:
    """A person who opens the page and goes away leaves nothing for long."""
    async with browser() as ada:
        await site.sent_to_slack(ada)
        await site.clock.advance_by(timedelta(minutes=11))
        await site.sent_to_slack(ada)
    count = select(func.count()).select_from(Code)
    assert site.database.read_inline(lambda work: work.session.scalar(count)) == 1


async def test_a_token_whose_key_is_gone_is_not_given_up(site: Site) -> None:
    """With another key the bot waits for the right one: the workspace is not taken for uninstalled."""
    async with browser() as ada:
        state = (await site.sent_to_slack(ada))["state"]
        await site.comes_back(ada, code="c", state=state)
    other = StoredInstallations(site.database, SecretBox([Fernet.generate_key().decode()]), site.clock.now)
    with pytest.raises(Retry):
        await other.find("", "T1")
