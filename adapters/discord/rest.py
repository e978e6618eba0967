"""Calls of Discord's REST API: through discord.py's client and its limits, with the port's errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import aiohttp
import discord
from discord.http import Route

from adapters.discord.rate_limits import Traffic
from bot.chat.adapter import DeliveryUnknown, Lost, Refusal, Retry, seconds_asked

__all__ = ["Calls", "TokenRefused", "Upload"]

_GONE: Final[Mapping[int, Lost]] = {
    10003: "destination",  # unknown channel
    10004: "destination",  # unknown guild
    10008: "target",  # unknown message: it was deleted
    10013: "destination",  # unknown user
    50001: "destination",  # missing access
    50007: "destination",  # closed direct messages
    50013: "destination",  # missing permissions
    50278: "destination",  # no server in common
}
"""The loss that a code of Discord means (docs.discord.com/developers/topics/opcodes-and-status-codes);
every other refusal is of one message."""

_LATER: Final[Mapping[int, float]] = {
    20016: 60.0,  # slow mode
    20026: 3600.0,  # the bot was taken for a sender of unwanted messages
    30046: 600.0,  # many edits of a message that is older than an hour
    40003: 60.0,  # direct messages opened too fast
    130000: 60.0,  # overload
}
"""Codes that ask for a later try, and the seconds to wait."""

_TRIES: Final = 3
_SHORT_WAIT: Final = 0.5
_UNAUTHORISED: Final = 401
_TOO_MANY: Final = 429
_SERVER: Final = 500

_MINUTE: Final = 60.0
"""Seconds to wait where Discord, or a proxy before it, does not say how long."""

_TOKEN_REFUSED: Final = 300.0

Upload = tuple[str, bytes]


class TokenRefused(Retry):
    """Discord refuses the bot's token: messages wait until the operator has set a good token."""


class Calls:
    """REST calls as one bot. `http` is discord.py's, logged in; interactions bypass its queue."""

    def __init__(self, client: discord.Client, session: aiohttp.ClientSession, traffic: Traffic) -> None:
        self.http = client.http
        self._session = session
        self._traffic = traffic

    async def call(self, route: Route, body: object = None, *, files: Sequence[Upload] = ()) -> Any:  # noqa: ANN401 - JSON
        """Make a call, again when its answer is lost: it has the same effect however often it is made.

        Raises:
            Retry: not now. Refusal: never. Unsure: it is unknown whether it was carried out.
        """
        self._traffic.check()
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._once(route, body, files)
            except aiohttp.ClientConnectorError as error:  # nothing was sent
                raise Retry(15, type(error).__name__) from None
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if attempt == _TRIES:
                    raise DeliveryUnknown(type(error).__name__) from None
                await asyncio.sleep(_SHORT_WAIT * attempt)
        raise AssertionError  # the loop returns or raises

    async def _once(self, route: Route, body: object, files: Sequence[Upload]) -> Any:  # noqa: ANN401 - JSON
        try:
            if files:
                return await self.http.request(route, **_form(body, files))
            if body is None:
                return await self.http.request(route)
            return await self.http.request(route, json=body)
        except discord.RateLimited as limited:
            raise Retry(seconds_asked(limited.retry_after, _MINUTE)) from None
        except discord.HTTPException as error:
            raise _sorted(error.status, error.code, error.response.headers) from None

    async def answer(self, method: str, path: str, body: object = None, files: Sequence[Upload] = ()) -> Any:  # noqa: ANN401 - JSON
        """Make a call that an interaction's token allows; these calls have no queue, and wait for nothing.

        Raises:
            Refusal: the interaction is over. Retry: asked to wait. Unsure: the result is unknown.
        """
        sent: dict[str, Any] = {"data": _multipart(body, files)} if files else {"json": body}
        if body is None:
            sent = {}
        try:
            async with self._session.request(method, f"{Route.BASE}{path}", **sent) as given:
                told = await given.json(content_type=None) if given.content_length != 0 else None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise DeliveryUnknown(type(error).__name__) from None
        if given.status < 300:  # noqa: PLR2004 - it went well
            return told
        found = told if isinstance(told, dict) else {}
        raise _sorted(given.status, int(found.get("code") or 0), given.headers)


def _sorted(status: int, code: int, headers: Mapping[str, str]) -> Exception:
    """Return the port's error for Discord's."""
    if code in _LATER:
        return Retry(_LATER[code], f"Discord {code}")
    if status == _TOO_MANY:
        return Retry(seconds_asked(headers.get("Retry-After", ""), _MINUTE), "too many requests")
    if status >= _SERVER:  # the call may have been carried out all the same
        return Retry(15, f"HTTP {status}", unsure=True)
    if status == _UNAUTHORISED and not code:
        return TokenRefused(_TOKEN_REFUSED, "the token is refused")
    return Refusal(str(code or status), lost=_GONE.get(code, "message"))


def _form(body: object, files: Sequence[Upload]) -> dict[str, Any]:
    """Return a body with files, as discord.py takes it: it rewinds them when it tries again."""
    made = [discord.File(BytesIO(content), name) for name, content in files]
    form: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps(_attached(body, files))}]
    form += [
        {
            "name": f"files[{number}]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": "application/octet-stream",
        }
        for number, file in enumerate(made)
    ]
    return {"form": form, "files": made}


def _multipart(body: object, files: Sequence[Upload]) -> aiohttp.FormData:
    data = aiohttp.FormData(quote_fields=False)
    for field in _form(body, files)["form"]:
        data.add_field(**field)
    return data


def _attached(body: object, files: Sequence[Upload]) -> object:
    """Return the body that names its files; an interaction's has them in its data."""
    if not isinstance(body, dict):
        return body
    named = [{"id": str(number), "filename": name} for number, (name, _) in enumerate(files)]
    if isinstance(body.get("data"), dict):
        return {**body, "data": {**body["data"], "attachments": named}}
    return {**body, "attachments": named}
