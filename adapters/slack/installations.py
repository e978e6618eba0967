"""Where the adapter finds the token of a workspace: one from the settings, or many that were installed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

__all__ = ["Installation", "Installations", "OneWorkspace"]


@dataclass(frozen=True, slots=True)
class Installation:
    """An app installed in a workspace, or in a whole organisation.

    Attributes:
        enterprise_id: of the organisation; "" where there is none. `team_id`: of the workspace; "" for the
            installation of an organisation, which serves all its workspaces.
        token: the bot's token; never shown. `bot_user_id`, `app_id`: who the bot is there.
        name: of the workspace or organisation. `scopes`: what was granted. `installed_at`: UTC; None where
            nobody noted it.
    """

    enterprise_id: str
    team_id: str
    token: str = field(repr=False)
    bot_user_id: str = ""
    app_id: str = ""
    name: str = ""
    scopes: tuple[str, ...] = ()
    installed_at: datetime | None = None


class Installations(Protocol):
    """Finds and keeps installations, by organisation and workspace as the payload names them.

    A payload is the only word for where something happens: the token of an organisation serves many
    workspaces (docs.slack.dev/enterprise/developing-for-enterprise-orgs).
    """

    async def find(self, enterprise_id: str, team_id: str) -> Installation | None:
        """That of the workspace, else that of its organisation; None once it was dropped."""

    async def every(self) -> Sequence[Installation]:
        """All that were not dropped; with token "" where its key is not there."""

    async def save(self, installation: Installation) -> None:
        """Keep it, in place of an earlier one for the same workspace."""

    async def drop(self, enterprise_id: str, team_id: str) -> None:
        """Forget its token at once; nothing happens where there is none."""


class OneWorkspace:
    """The one workspace whose bot token stands in the settings; whichever is asked for, it is that one.

    Whether the token is good only Slack knows: after the app was removed and installed again it may be the
    same or another one. So it is kept when it is dropped, and looked up again from then on.
    """

    def __init__(self, token: str, look_up: Callable[[], str] | None = None) -> None:
        """`look_up` gives the token as the settings have it now, "" where they cannot be read."""
        self._token = token
        self._look_up = look_up
        self._doubted = False

    async def find(self, enterprise_id: str, team_id: str) -> Installation | None:
        """The token, for the workspace that is asked for; None where there is none."""
        if self._doubted and self._look_up is not None:
            newest = await asyncio.to_thread(self._look_up)
            if newest and newest != self._token:
                self._token, self._doubted = newest, False
        return Installation(enterprise_id, team_id, self._token) if self._token else None

    async def every(self) -> Sequence[Installation]:
        """The one, of no workspace by name."""
        return [Installation("", "", self._token)] if self._token else []

    async def save(self, installation: Installation) -> None:
        """Use this token from now on."""
        self._token, self._doubted = installation.token, False

    async def drop(self, enterprise_id: str, team_id: str) -> None:
        """Doubt the token: Slack is asked about it before it is used again."""
        self._doubted = True
