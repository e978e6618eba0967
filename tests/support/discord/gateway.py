"""The gateway of our own Discord: sessions that are identified, resumed, and broken on demand."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.discord.state import BOT, World

__all__ = ["Gateway", "Session"]

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _RECONNECT, _INVALID, _HELLO, _BEAT = 0, 1, 2, 6, 7, 9, 10, 11
_AUTHENTICATION_FAILED = 4004
_GUILDS, _DIRECT = 1, 1 << 12


@dataclass
class Session:
    """One shard's session: every event it was sent, for when it resumes."""

    id: str
    intents: int
    socket: Socket | None = None
    told: list[dict[str, object]] = field(default_factory=list)


class Socket:
    """A connection, compressed where it asked for that."""

    def __init__(self, ws: web.WebSocketResponse, *, zlib_stream: bool) -> None:
        self.ws = ws
        self.silent = False
        """Whether its other end is gone without a word: it says nothing, and hears nothing."""
        self._deflate = zlib.compressobj() if zlib_stream else None

    async def send(self, op: int, d: object = None) -> None:
        """Send one payload that is no event."""
        await self.dispatch({"op": op, "d": d, "s": None, "t": None})

    async def dispatch(self, payload: dict[str, object]) -> None:
        """Send a payload, if it is still open."""
        if self.ws.closed or self.silent:
            return
        text = json.dumps(payload)
        with suppress(ConnectionError):  # a client that was cut off gets it when it resumes
            if self._deflate is None:
                await self.ws.send_str(text)
            else:
                packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                await self.ws.send_bytes(packed)


class Gateway:
    """All sessions. `happened` counts identifies, resumes, heartbeats and refused tokens."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.url = ""
        self.beat = 41.25
        """Seconds between heartbeats."""
        self.sessions: dict[str, Session] = {}
        self.happened: Counter[str] = Counter()
        self._sockets: set[Socket] = set()

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        socket = Socket(ws, zlib_stream=request.query.get("compress") == "zlib-stream")
        self._sockets.add(socket)
        try:
            await socket.send(_HELLO, {"heartbeat_interval": int(self.beat * 1000)})
            async for message in ws:
                if message.type is WSMsgType.TEXT and not socket.silent:
                    await self._take(socket, json.loads(message.data))
        finally:
            self._sockets.discard(socket)
            for session in self.sessions.values():
                if session.socket is socket:
                    session.socket = None
        return ws

    async def tell(self, event: str, d: dict[str, Any], intent: int = 0) -> None:
        """Dispatch to every session that asked for it; one that is away gets it when it resumes."""
        for session in list(self.sessions.values()):
            if not intent or session.intents & intent:
                await self._tell_one(session, event, d)

    async def reconnect(self) -> None:
        """Ask every connection to come again (op 7)."""
        for socket in list(self._sockets):
            await socket.send(_RECONNECT)

    async def break_off(self, *, forget: bool = False) -> None:
        """Cut every connection without a word; with `forget` the sessions cannot be resumed either."""
        if forget:
            self.sessions.clear()
        for socket in list(self._sockets):
            if socket.ws._req and socket.ws._req.transport:  # noqa: SLF001 - no close frame: that is the point
                socket.ws._req.transport.close()  # noqa: SLF001

    def fall_silent(self) -> None:
        """Let every connection be gone without a word, as behind a router that forgot it."""
        for socket in self._sockets:
            socket.silent = True

    async def back(self, within: float = 5) -> None:
        """Return once a person listens again; a bot in earnest takes seconds before it identifies again."""
        async with asyncio.timeout(within):
            while not self.connected:  # noqa: ASYNC110 - another task of this process connects
                await asyncio.sleep(0.002)

    async def close(self) -> None:
        """Close every connection."""
        for socket in list(self._sockets):
            await socket.ws.close()

    @property
    def connected(self) -> bool:
        """Whether anybody is listening."""
        return any(session.socket for session in self.sessions.values())

    async def _take(self, socket: Socket, payload: dict[str, Any]) -> None:
        d = payload["d"]
        match payload["op"]:
            case 1:
                self.happened["heartbeat"] += 1
                await socket.send(_BEAT)
            case 2:
                await self._identify(socket, d)
            case 6:
                await self._resume(socket, d)

    async def _identify(self, socket: Socket, d: dict[str, Any]) -> None:
        if d["token"] != self.token:
            self.happened["refused"] += 1
            await socket.ws.close(code=_AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return
        self.happened["identify"] += 1
        session = Session(secrets.token_hex(8), d["intents"], socket)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if guild.here]
        ready = {
            "v": 10,
            "user": self.world.user_json(BOT),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": BOT, "flags": 0},
            "private_channels": [],
            **({"shard": d["shard"]} if d.get("shard") else {}),
        }
        await self._tell_one(session, "READY", ready)
        for guild in guilds:
            if guild.out:
                await self._tell_one(session, "GUILD_DELETE", {"id": guild.id, "unavailable": True})
            else:
                await self._tell_one(session, "GUILD_CREATE", self.world.guild_json(guild))

    async def _tell_one(self, session: Session, event: str, d: dict[str, Any]) -> None:
        payload: dict[str, object] = {"op": _DISPATCH, "d": d, "s": len(session.told) + 1, "t": event}
        session.told.append(payload)
        if session.socket:
            await session.socket.dispatch(payload)

    async def _resume(self, socket: Socket, d: dict[str, Any]) -> None:
        session = self.sessions.get(d["session_id"])
        if session is None:
            self.happened["invalid"] += 1
            await socket.send(_INVALID, False)
            return
        self.happened["resume"] += 1
        session.socket = socket
        for payload in session.told[d["seq"] :]:
            await socket.dispatch(payload)
        await self._tell_one(session, "RESUMED", {})
