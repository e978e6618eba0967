"""The options of the Slack adapter, which the composition root sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = ["PLATFORM", "SLACK_API", "SlackOptions"]

PLATFORM: Final = "slack"
"""The name of this platform in every reference."""

SLACK_API = "https://slack.com/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOptions:
    """The options for reaching Slack, and the names of commands there.

    Attributes:
        mode: "socket" opens connections to Slack; "http" waits for its requests.
        app_token: opens sockets (xapp-…). `signing_secret`: proves that a request is Slack's.
        names: how a command's first word is typed in Slack, for every one: {"apply": "stint apply"}.
        heard: the first word that each possible name of a command means: {"uni-apply": "apply"}.
        sockets: connections held at once; Slack sends each payload to one of them, and closes each every
    few hours, so that a single connection leaves a gap.
        channel_history: the app asks to read the channels it is in, to look for messages in doubt.
        alone: no other process serves this app. Where several share a database, each has its connections.
    """

    mode: Literal["socket", "http"] = "socket"
    api_base_url: str = SLACK_API
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    names: Mapping[str, str] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)
    sockets: int = 2
    channel_history: bool = False
    alone: bool = True
