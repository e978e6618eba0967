"""The installation of the app in a workspace by OAuth: the two pages that a browser sees.

`/slack/install` sends the browser to Slack with a state that is good once, for ten minutes, and for this
browser alone: it has a cookie that must come back with it. `/slack/oauth_redirect` exchanges Slack's code for
a token and stores the installation (docs.slack.dev/authentication/installing-with-oauth).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, web

from adapters.slack.installations import Installation, Installations
from adapters.slack.manifest import scopes_of

__all__ = ["INSTALL", "REDIRECT", "STATE_LIVES", "OAuth", "OAuthOptions", "States"]

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"

STATE_LIVES: Final = 600
"""Seconds that a person has to come back from Slack's page."""

_COOKIE: Final = "stint_install"
_AUTHORIZE: Final = "https://slack.com/oauth/v2/authorize"
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_EXCHANGE_SECONDS: Final = 10
"""Seconds for Slack to exchange the code for a token."""

log = structlog.get_logger(__name__)


class States(Protocol):
    """A store of the states in use."""

    async def give(self, browser: str) -> str:
        """Return a new state, bound to the content of the browser's cookie."""

    async def take(self, state: str) -> str | None:
        """Return what the state was bound to, once; None when it was used, is too old, or was never given."""


@dataclass(frozen=True, slots=True)
class OAuthOptions:
    """The app's own credentials, and the addresses of its pages and of the Web API.

    `public_url` is the bot's as a browser reaches it; `api_base_url` ends with a slash.
    """

    client_id: str
    client_secret: str = field(repr=False)
    public_url: str
    api_base_url: str = "https://slack.com/api/"
    channel_history: bool = False

    @property
    def scopes(self) -> Sequence[str]:
        """The scopes that the app asks for, sorted."""
        return sorted(scopes_of(channel_history=self.channel_history))


class OAuth:
    """The pages of one app."""

    def __init__(
        self,
        options: OAuthOptions,
        installations: Installations,
        states: States,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._options = options
        self._installations = installations
        self._states = states
        self._now = now

    def routes(self) -> Sequence[tuple[str, str, Any]]:
        """Return method, path and handler of each page."""
        return [("GET", INSTALL, self.install), ("GET", REDIRECT, self.redirect)]

    async def install(self, _: web.Request) -> web.Response:
        """Send the browser to Slack's page of this app."""
        browser = secrets.token_urlsafe(32)
        asked = {
            "client_id": self._options.client_id,
            "scope": ",".join(self._options.scopes),
            "state": await self._states.give(browser),
            "redirect_uri": self._options.public_url + REDIRECT,
        }
        response = web.Response(status=302, headers={"Location": f"{_AUTHORIZE}?{urlencode(asked)}"})
        response.set_cookie(
            _COOKIE,
            browser,
            max_age=STATE_LIVES,
            path=self._path(),
            secure=self._options.public_url.startswith("https:"),
            httponly=True,
            samesite="Lax",  # Strict would not come back from Slack's page
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    async def redirect(self, request: web.Request) -> web.Response:
        """Take the browser back from Slack: install, or say why not."""
        asked = request.query
        bound = await self._states.take(asked.get("state", ""))
        cookie = request.cookies.get(_COOKIE, "")
        if not bound or not hmac.compare_digest(bound.encode(), cookie.encode()):
            return self._page(400, "This link is no longer good", _STALE)
        if asked.get("error") == "access_denied":
            return self._page(200, "Nothing was installed", "You cancelled, and nothing was changed.")
        if not (code := asked.get("code")):
            log.warning("slack.install_failed", error=asked.get("error", "no code")[:60])
            return self._page(
                400, "Slack did not let us install", _REFUSED.format(asked.get("error", "no code"))
            )
        try:
            answer = await self._exchange(code)
        except (ClientError, TimeoutError, ValueError) as error:
            log.warning("slack.install_failed", error=type(error).__name__)
            return self._page(502, "Slack could not be reached", "Nothing was installed. Please try again.")
        if not answer.get("ok"):
            log.warning("slack.install_failed", error=str(answer.get("error"))[:60])
            return self._page(400, "Slack did not let us install", _REFUSED.format(answer.get("error")))
        return await self._installed(answer)

    async def _installed(self, answer: dict[str, Any]) -> web.Response:
        made = installation_of(answer, self._now())
        if made is None:
            log.warning("slack.install_failed", error="incomplete answer")
            return self._page(502, "Slack's answer was incomplete", "Please try again.")
        await self._installations.save(made)
        log.info("slack.installed", enterprise=made.enterprise_id, team=made.team_id)
        if missing := sorted(set(self._options.scopes) - set(made.scopes)):
            log.warning("slack.scopes_missing", team=made.team_id, scopes=missing)
        name = made.name or "your workspace"
        return self._page(200, f"Stint is in {name}", _WELCOME)

    async def _exchange(self, code: str) -> dict[str, Any]:
        """Return the answer of oauth.v2.access. A code is good once, so nothing is tried twice."""
        url = f"{self._options.api_base_url.rstrip('/')}/oauth.v2.access"
        asked = {
            "client_id": self._options.client_id,
            "client_secret": self._options.client_secret,
            "code": code,
            "redirect_uri": self._options.public_url + REDIRECT,
        }
        async with (
            ClientSession(timeout=ClientTimeout(total=_EXCHANGE_SECONDS)) as session,
            session.post(url, data=asked) as response,
        ):
            answer = await response.json(content_type=None)
        return answer if isinstance(answer, dict) else {"error": "unreadable answer"}

    def _path(self) -> str:
        """Return the cookie's path: the two pages, also behind a proxy that serves the bot below a path."""
        return urlsplit(self._options.public_url).path.rstrip("/") + "/slack"

    def _page(self, status: int, title: str, words: str) -> web.Response:
        response = web.Response(
            status=status,
            content_type="text/html",
            text=_HTML.format(title=escape(title), words=escape(words)),
            headers={
                "Cache-Control": "no-store",
                "Content-Security-Policy": _POLICY,
                # The address of this page holds a code.
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            },
        )
        response.del_cookie(_COOKIE, path=self._path())
        return response


def installation_of(answer: dict[str, Any], now: datetime) -> Installation | None:
    """Return the installation in an answer of oauth.v2.access; None when it names no token or no place.

    `team` is null when the app was installed for a whole organisation.
    """
    team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
    whole = bool(answer.get("is_enterprise_install"))
    token = answer.get("access_token")
    enterprise_id = str(enterprise.get("id") or "")
    team_id = "" if whole else str(team.get("id") or "")
    if not isinstance(token, str) or not token or not (team_id or enterprise_id):
        return None
    return Installation(
        enterprise_id=enterprise_id,
        team_id=team_id,
        token=token,
        bot_user_id=str(answer.get("bot_user_id") or ""),
        app_id=str(answer.get("app_id") or ""),
        name=str((enterprise if whole else team).get("name") or ""),
        scopes=tuple(scope for scope in str(answer.get("scope") or "").split(",") if scope),
        installed_at=now,
    )


_STALE: Final = (
    "It can be used once, within ten minutes, in the browser in which it was opened, with cookies allowed. "
    "Open the install page again to start over."
)
_REFUSED: Final = "Slack says: {}. Nothing was installed. Open the install page again to start over."
_WELCOME: Final = (
    "You can close this page. In Slack, open Stint under Apps and type /stint setup: it asks for a "
    "programme's name, its first cohort and a channel."
)

_HTML: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 18px/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1em; }}
h1 {{ font-size: 1.4em; }}
</style>
<h1>{title}</h1>
<p>{words}</p>
</html>
"""
