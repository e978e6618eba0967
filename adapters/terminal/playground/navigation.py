"""Seats: the present person and place, each person's last place, and places with news."""

from __future__ import annotations

from typing import Final

from adapters.terminal.workspace import BOT, Account, Workspace
from bot.chat.events import Place

__all__ = ["last_place", "last_seat", "news_since", "place_name", "remember", "unread_seat"]

_SEAT_KEY: Final = "playground.seat"


def last_seat(world: Workspace) -> tuple[Account, Place]:
    """Return the person and place of the last session, or the first account and its place."""
    account = world.accounts.get(world.kept(_SEAT_KEY)) or next(iter(world.accounts.values()))
    return account, last_place(world, account)


def last_place(world: Workspace, account: Account) -> Place:
    """Return the place that the account saw last; to begin with, the first channel it is in."""
    dm, *channels = world.places_of(account.id)
    last = world.kept(f"{_SEAT_KEY}.{account.id}")
    return next((at for at in (dm, *channels) if at.id == last), (*channels, dm)[0])


def remember(world: Workspace, account: Account, place: Place) -> None:
    """Store the present seat for the next session."""
    world.keep(_SEAT_KEY, account.id)
    world.keep(f"{_SEAT_KEY}.{account.id}", place.id)


def place_name(world: Workspace, place: Place) -> str:
    """Return a place as it is written on the screen."""
    channel = world.channels.get(place.id)
    return f"# {channel.name}" if channel else "Direct messages"


def unread_seat(world: Workspace, account: Account) -> tuple[Account, Place] | None:
    """Return the next seat with something unread: this account's own places first."""
    accounts = list(world.accounts.values())
    first = accounts.index(account)
    for one in accounts[first:] + accounts[:first]:
        for place in world.places_of(one.id):
            if world.unread(one.id, place.id):
                return one, place
    return None


def news_since(world: Workspace, number: int) -> str:
    """Return what the bot has sent since the world held `number` messages, in words."""
    count = sum(entry.author == BOT for entry in world.entries[number:])
    return f"{count} new message{'s' * (count > 1)}" if count else "nothing new"
