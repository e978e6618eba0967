"""A person on any platform, as a scenario has them act: things are found by the words on their screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Select

from bot.clock import VirtualClock
from bot.runtime.runtime import Runtime
from storage.database import Database

__all__ = ["Actor", "Platform", "Staged"]


class Actor(Protocol):
    """Acts as one account and sees what it sees; `adapters.terminal.scripted_user.Person` is one.

    An act returns once the bot has handled it and what it owed at once has arrived. Acting on what is not
    on the screen raises `adapters.terminal.scripted_user.NotOnScreen`, which says what is.
    """

    async def uses(self, line: str, place: str = "") -> None:
        """Type a slash command, in the channel of this name or (with "") in the DM."""

    async def says(self, text: str, reply_to: str = "") -> None:
        """Write in the DM; `reply_to` holds words of the message there that this answers."""

    async def edits(self, old: str, new: str) -> None:
        """Make the newest message of one's own that holds `old` read `new`."""

    async def presses(self, label: str, on: str = "") -> None:
        """Press the newest button with this label (in a message that holds `on`)."""

    async def chooses(self, *labels: str, on: str = "") -> None:
        """Choose these options in the newest select that has them (in a message that holds `on`)."""

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the open form's page, questions by label, and send it."""

    def sees(self, text: str) -> bool:
        """Return whether the text is anywhere this person can look, the open form included."""

    def view(self) -> str:
        """Everything this person can look at, in words."""


class Platform(Protocol):
    """The whole bot on one platform with a virtual clock; `tests.support.stage.Stage` is one."""

    def person(self, account: str) -> Any:  # noqa: ANN401 - an Actor
        """A person of `tests.support.stage.PEOPLE`."""

    async def tick(self, **step: float) -> None:
        """Let time pass (days=…, hours=…, minutes=…), everything due on the way being served."""

    async def to(self, instant: datetime) -> None:
        """Let time pass until `instant`."""

    def rows(self, statement: Select[Any]) -> Sequence[Any]:
        """Rows of a select on the database."""

    def ledger(self) -> dict[str, int]:
        """How many outbox rows are in each state."""


class Staged(Platform, Protocol):
    """A platform of our own, whose time we move and whose people can close their direct messages."""

    pause: timedelta
    """What passes before each act."""

    @property
    def clock(self) -> VirtualClock:
        """The bot's clock."""

    @property
    def database(self) -> Database:
        """The bot's database."""

    @property
    def runtime(self) -> Runtime:
        """The running bot."""

    def shut_dms(self, account: str, *, shut: bool = True) -> None:
        """Let a person's direct messages be closed to the bot, or open again."""
