"""Installations and OAuth states in the database; tokens are sealed before they reach it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import structlog
from sqlalchemy import delete, select, update

from adapters.slack.installations import Installation
from adapters.slack.oauth import STATE_LIVES
from bot.chat.adapter import Retry
from storage.database import Database, UnitOfWork
from storage.secrets import NoKey, SecretBox
from storage.tables import Code
from storage.tables import Installation as Row
from storage.tables.values import CodePayload

__all__ = ["StoredInstallations", "StoredStates"]

_PLATFORM: Final = "slack"
_HOLDS: Final = timedelta(seconds=30)
"""How long a token that was read is used without a database query, since other processes may drop tokens."""

log = structlog.get_logger(__name__)


class StoredInstallations:
    """An implementation of `adapters.slack.installations.Installations` on the table of installations."""

    def __init__(self, database: Database, box: SecretBox, now: Callable[[], datetime]) -> None:
        self._database = database
        self._box = box
        self._now = now
        self._read: dict[tuple[str, str], tuple[datetime, Installation | None]] = {}

    async def find(self, enterprise_id: str, team_id: str) -> Installation | None:
        """Return the installation of the workspace, else of its organisation; None once it was dropped.

        Raises:
            Retry: its key is missing. The token may be good, so no message for that workspace is given up.
        """
        asked, now = (enterprise_id, team_id), self._now()
        at, found = self._read.get(asked, (None, None))
        if at is None or now - at > _HOLDS:
            found = await self._database.read(lambda work: self._opened(work, enterprise_id, team_id))
            self._read[asked] = (now, found)
        return found

    async def every(self) -> Sequence[Installation]:
        """Return all installations that were not dropped; with token "" where the key is missing."""
        return await self._database.read(self._every)

    async def save(self, installation: Installation) -> None:
        """Store an installation, its token sealed, in place of an earlier one for the same workspace.

        Raises:
            NoKey: there is no key to seal the token with.
        """
        sealed = self._box.seal(installation.token.encode()).decode("ascii")
        now = self._now()
        await self._database.transact(lambda work: _save(work, installation, sealed, now))
        self._read.clear()

    async def drop(self, enterprise_id: str, team_id: str) -> None:
        """Empty the token of this workspace; of the whole organisation when no workspace is named."""
        now = self._now()
        self._read.clear()
        await self._database.transact(lambda work: _drop(work, enterprise_id, team_id, now))
        self._read.clear()

    def _opened(self, work: UnitOfWork, enterprise_id: str, team_id: str) -> Installation | None:
        row = _row(work, enterprise_id, team_id)
        if row is None or not row.token:
            row = _row(work, enterprise_id, "")
        if row is None or not row.token:
            return None
        try:
            return _installation(row, self._box.open(row.token.encode("ascii")).decode())
        except NoKey:
            log.error("slack.token_not_opened", team=team_id)
            raise Retry(_HOLDS.total_seconds(), "the token was sealed with a key that is not here") from None

    def _every(self, work: UnitOfWork) -> list[Installation]:
        rows = work.session.scalars(select(Row).where(Row.platform == _PLATFORM, Row.token != ""))
        found = []
        for row in rows:
            token = ""
            with suppress(NoKey):
                token = self._box.open(row.token.encode("ascii")).decode()
            found.append(_installation(row, token))
        return found


def _installation(row: Row, token: str) -> Installation:
    return Installation(
        enterprise_id=row.enterprise_id,
        team_id=row.team_id,
        token=token,
        bot_user_id=row.bot_user_id,
        app_id=row.app_id,
        name=row.name,
        scopes=tuple(scope for scope in row.scopes.split(",") if scope),
        installed_at=row.installed_at,
    )


def _row(work: UnitOfWork, enterprise_id: str, team_id: str) -> Row | None:
    """Return the row of a workspace, whose id is unique in all of Slack, or of an organisation as a whole."""
    query = select(Row).where(Row.platform == _PLATFORM, Row.team_id == team_id)
    if not team_id:
        query = query.where(Row.enterprise_id == enterprise_id, Row.enterprise_id != "")
    return work.session.scalar(query)


def _save(work: UnitOfWork, made: Installation, sealed: str, now: datetime) -> None:
    row = _row(work, made.enterprise_id, made.team_id)
    if row is None:
        row = Row(platform=_PLATFORM, team_id=made.team_id)
        work.session.add(row)
    row.enterprise_id = made.enterprise_id
    row.name = made.name[:120]
    row.app_id = made.app_id
    row.bot_user_id = made.bot_user_id
    row.scopes = ",".join(made.scopes)
    row.token = sealed
    row.installed_at = made.installed_at or now
    row.dropped_at = None


def _drop(work: UnitOfWork, enterprise_id: str, team_id: str, now: datetime) -> None:
    gone = update(Row).where(Row.platform == _PLATFORM)
    gone = gone.where(Row.team_id == team_id) if team_id else gone.where(Row.enterprise_id == enterprise_id)
    work.session.execute(gone.values(token="", dropped_at=now))


class StoredStates:
    """An implementation of `adapters.slack.oauth.States` on the table of codes; it stores digests only."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def give(self, browser: str) -> str:
        """Return a new state, good once and for ten minutes; delete the states that ran out."""
        state, now = secrets.token_urlsafe(32), self._now()
        row: dict[str, object] = {
            "programme_id": None,
            "kind": "oauth",
            "digest": _digest(state),
            "person_id": None,
            "payload": CodePayload(browser=browser),
            "created_at": now,
            "expires_at": now + timedelta(seconds=STATE_LIVES),
            "used_at": None,
        }
        await self._database.transact(lambda work: _give(work, row, now))
        return state

    async def take(self, state: str) -> str | None:
        """Return what the state was bound to, once; None when it was used, ran out, or was never given."""
        now = self._now()
        return await self._database.transact(lambda work: _take(work, _digest(state), now))


def _digest(state: str) -> str:
    return sha256(state.encode()).hexdigest()


def _give(work: UnitOfWork, row: dict[str, object], now: datetime) -> None:
    work.session.execute(delete(Code).where(Code.kind == "oauth", Code.expires_at <= now))
    work.session.add(Code(**row))


def _take(work: UnitOfWork, digest: str, now: datetime) -> str | None:
    query = select(Code).where(Code.kind == "oauth", Code.digest == digest, Code.expires_at > now)
    code = work.session.scalar(query.with_for_update())
    if code is None:
        return None
    browser = code.payload.browser
    work.session.delete(code)
    return browser
