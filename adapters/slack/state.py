"""The state that the parts of the Slack adapter share: receiving, diagnostics, and the port itself."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from adapters.slack.dms import DirectMessages
from adapters.slack.options import SlackOptions
from adapters.slack.profiles import Profiles
from adapters.slack.responses import Pending
from adapters.slack.web_api import Workspaces
from bot.chat.commands import CommandSpec

__all__ = ["SlackState", "keep_pending"]

_MAX_PENDING: Final = 5000
"""Interactions that wait for their answers; beyond it the oldest can no longer be answered."""


@dataclass(frozen=True, slots=True)
class SlackState:
    """The settings and the memory of an adapter, shared by its parts.

    Attributes:
        now: returns the present instant, aware, in UTC.
        pending: interactions of this process that wait for their answers, by token.
        commands: what can be typed, in order; filled when the commands are registered.
    """

    options: SlackOptions
    spaces: Workspaces
    profiles: Profiles
    dms: DirectMessages
    now: Callable[[], datetime]
    pending: OrderedDict[str, Pending] = field(default_factory=OrderedDict)
    commands: list[CommandSpec] = field(default_factory=list)


def keep_pending(state: SlackState, token: str, pending: Pending) -> None:
    """Keep an interaction under its token until it is answered."""
    state.pending[token] = pending
    while len(state.pending) > _MAX_PENDING:
        state.pending.popitem(last=False)
