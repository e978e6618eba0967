"""Events that no hand makes at the terminal: what a platform tells by itself, and what only it knows."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any, Final, TypeVar

from adapters.terminal.adapter import reply_to
from adapters.terminal.workspace import PLATFORM, SPACE
from bot.chat.events import ButtonPressed, Event, Place, ReplyTo, UserRef
from bot.chat.values import replace
from tests.support.stage import Stage

__all__ = ["tell", "tell_button"]

_numbers: Final = count(1)
SomeEvent = TypeVar("SomeEvent", bound=Event)


async def tell(
    stage: Stage,
    kind: type[SomeEvent],
    account: str = "",
    place: Place | None = None,
    **fields: Any,  # noqa: ANN401 - the kind's own
) -> None:
    """Let the bot take this; by an account it is an interaction, which can be answered at once."""
    at = place or Place(PLATFORM, SPACE, "spring")
    now = stage.clock.now()
    event = kind(
        id=f"told-{next(_numbers)}",
        at=now,
        actor=UserRef(at.platform, account or at.space),
        place=at,
        **fields,
    )
    if account and at.platform != PLATFORM:
        event = replace(event, reply=ReplyTo(f"{account} {event.id}", now + timedelta(minutes=15)))
    elif account:
        known = stage.world.accounts[account]
        event = replace(
            event,
            actor_name=event.actor_name or known.name,
            reply=reply_to(event.id, account, at.id, now),
        )
    await stage.runtime.receive(event)
    await stage.settle()


async def tell_button(stage: Stage, account: str, action: str) -> None:
    """A person presses, in their DM, a button that nothing there shows: its id was made up or kept."""
    dm = Place(PLATFORM, "", stage.world.dm_of(account).id, "dm")
    await tell(stage, ButtonPressed, account, dm, action=action)
