"""Slack's way in, which is given payloads by hand, without any workspace, and what it hears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.dms import DirectMessages
from adapters.slack.installations import OneWorkspace
from adapters.slack.options import SlackOptions
from adapters.slack.profiles import Profiles
from adapters.slack.receiver import Receiver
from adapters.slack.state import SlackState
from adapters.slack.web_api import Workspaces
from bot.chat.adapter import Refusal, Response
from bot.chat.commands import Argument, CommandSpec
from bot.chat.events import Event
from tests.support.terminal import NOON

__all__ = ["SPECS", "Heard"]

SPECS = (
    CommandSpec(("stint", "help"), "Help", (Argument("about", "What about", rest=True),)),
    CommandSpec(("project", "list"), "List", (Argument("words", "Words", rest=True),)),
    CommandSpec(("profile",), "Look", (Argument("person", "Whom", kind="person"),)),
    CommandSpec(("apply",), "Apply", (Argument("project", "Its number", required=True, rest=True),)),
)


class Heard:
    """A way in without any workspace, and what it hears; `ada` (U1 of T1) is known to it."""

    def __init__(self, enterprise: str = "", **user: object) -> None:
        """`enterprise` is the organisation that T1 is part of, `user` what Slack says of ada."""

        async def ask(_: str, asked: str) -> Mapping[str, Any]:
            return {"id": "U1", "team_id": "T1", **user} if asked == "U1" else {}

        async def organisation(_: str) -> str:
            return enterprise

        async def open_dm(_: str) -> str:
            raise Refusal("account_inactive")

        options = SlackOptions(names={"apply": "uni-apply"})
        spaces = Workspaces(OneWorkspace(""), options.api_base_url)
        people, dms = Profiles(ask, organisation), DirectMessages(open_dm)
        state = SlackState(options, spaces, people, dms, lambda: NOON, commands=[*SPECS])
        self.dms = state.dms
        self.doorway = Receiver(state)
        self.doorway.receive = self._receive
        self.events: list[Event] = []

    async def _receive(self, event: Event) -> Response:
        self.events.append(event)
        return Response()

    async def takes(self, payload: Mapping[str, Any]) -> tuple[int, Mapping[str, Any] | None]:
        """What is answered to a payload."""
        return await self.doorway.take(payload)

    async def types(self, name: str, words: str) -> Mapping[str, Any] | None:
        """What is answered to a slash command of ada's."""
        sent = {"command": name, "text": words, "team_id": "T1", "user_id": "U1", "channel_id": "C1"}
        return (await self.takes(sent | {"trigger_id": "1.2.x"}))[1]
