"""The sources of a workspace's token: a single token from the settings, or many installations."""

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
    it was not recorded.
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
    """A store of installations, by organisation and workspace as the payload names them.

    Only a payload says where an event happens: the token of an organisation serves many
    workspaces (docs.slack.dev/enterprise/developing-for-enterprise-orgs).
    """

    async def find(self, enterprise_id: str, team_id: str) -> Installation | None:
        """Return the workspace's installation, else its organisation's; None once it was dropped."""

    async def every(self) -> Sequence[Installation]:
        """Return all that were not dropped; with token "" where the key is missing."""

    async def save(self, installation: Installation) -> None:
        """Store an installation, in place of an earlier one for the same workspace."""

    async def drop(self, enterprise_id: str, team_id: str) -> None:
        """Forget the token at once; do nothing where there is none."""


class OneWorkspace:
    """A store of a single workspace, whose bot token is in the settings; it answers for every workspace.

    Whether the token is good only Slack knows: after the app was removed and installed again it may be the
    same or another one. So it is kept when it is dropped, and looked up again from then on.
    """

    def __init__(self, token: str, look_up: Callable[[], str] | None = None) -> None:
        """Take `look_up`, which returns the token in the settings now, "" where they cannot be read."""
        self._token = token
        self._look_up = look_up
        self._doubted = False

    async def find(self, enterprise_id: str, team_id: str) -> Installation | None:
        """Return the token, for the workspace in question; None where there is none."""
        if self._doubted and self._look_up is not None:
            newest = await asyncio.to_thread(self._look_up)
            if newest and newest != self._token:
                self._token, self._doubted = newest, False
        return Installation(enterprise_id, team_id, self._token) if self._token else None

    async def every(self) -> Sequence[Installation]:
        """Return the single installation, without a workspace's name."""
        return [Installation("", "", self._token)] if self._token else []

    async def save(self, installation: Installation) -> None:
        """Use this token from now on."""
        self._token, self._doubted = installation.token, False

    async def drop(self, enterprise_id: str, team_id: str) -> None:
        """Doubt the token: Slack is asked about it before it is used again."""
        self._doubted = True
