"""Seats: who one is and where one looks, where one looked last, and where something is new."""

from __future__ import annotations

from typing import Final

from adapters.terminal.world import Account, World
from bot.chat.events import Place

__all__ = ["last_place", "last_seat", "news_since", "place_name", "remember", "unread_by", "unread_seat"]

_KEPT: Final = "playground.seat"


def last_seat(world: World) -> tuple[Account, Place]:
    """Who one was when one left, or the first account, and where they looked."""
    account = world.accounts.get(world.kept(_KEPT)) or next(iter(world.accounts.values()))
    return account, last_place(world, account)


def last_place(world: World, account: Account) -> Place:
    """Where somebody looked last; to begin with, the first channel they are in."""
    dm, *channels = world.places_of(account.id)
    last = world.kept(f"{_KEPT}.{account.id}")
    return next((at for at in (dm, *channels) if at.id == last), (*channels, dm)[0])


def remember(world: World, account: Account, place: Place) -> None:
    """Keep where one sits, for when one comes back."""
    world.keep(_KEPT, account.id)
    world.keep(f"{_KEPT}.{account.id}", place.id)


def place_name(world: World, place: Place) -> str:
    """A place as it is written on the screen."""
    channel = world.channels.get(place.id)
    return f"# {channel.name}" if channel else "Direct messages"


def unread_seat(world: World, account: Account) -> tuple[Account, Place] | None:
    """The next seat with something unread: this account's own places first."""
    accounts = list(world.accounts.values())
    first = accounts.index(account)
    for one in accounts[first:] + accounts[:first]:
        for place in world.places_of(one.id):
            if world.unread(one.id, place.id):
                return one, place
    return None


def unread_by(world: World) -> dict[str, int]:
    """How many messages each account has not seen, by its id."""
    return {
        account: sum(world.unread(account, at.id) for at in world.places_of(account))
        for account in world.accounts
    }


def news_since(world: World, before: dict[str, int]) -> str:
    """What has come since `unread_by` gave `before`, in words."""
    news = [
        f"{world.accounts[account].name} {count - before.get(account, 0)}"
        for account, count in unread_by(world).items()
        if count > before.get(account, 0)
    ]
    return f"New messages: {', '.join(news)}." if news else "Nothing new."
