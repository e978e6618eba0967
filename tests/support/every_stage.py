"""The platforms under the scenarios that every platform plays: each the whole bot, with PEOPLE on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

from tests.support.actor import Staged
from tests.support.slack.stage import open_slack_stage
from tests.support.stage import open_stage

__all__ = ["STAGES"]


def open_discord(folder: Path) -> AbstractAsyncContextManager[Staged]:
    """A Discord of our own; imported here, since it takes a while and few tests want it."""
    from tests.support.discord.stage import open_discord_stage

    return open_discord_stage(folder)


def open_both(folder: Path) -> AbstractAsyncContextManager[Staged]:
    """One programme over Slack and Discord; imported here, as open_discord."""
    from tests.support.two_platforms import open_across

    return open_across(folder)


STAGES: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Staged]]] = {
    "terminal": open_stage,
    "slack by socket": open_slack_stage,
    "slack by HTTP": partial(open_slack_stage, mode="http"),
    "discord": open_discord,
    "slack and discord": open_both,
}
"""How to open each, given an empty folder: the clock at `tests.support.stage.MONDAY`, nothing posted yet."""
