"""Slash commands as they are typed at the terminal: people by @name, channels by #name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.terminal.workspace import Workspace
from bot.chat.commands import (
    Argument,
    CommandSpec,
    MisreadCommand,
    parse_command,
)
from bot.chat.events import Place
from bot.chat.sentences import Names, say

__all__ = ["channel_named", "commands_at", "find_place", "person_named", "read_typed"]


def read_typed(
    line: str, commands: Sequence[CommandSpec], world: Workspace, at: Place
) -> tuple[CommandSpec, dict[str, str]]:
    """Return the command that a line means in this place; people and channels as `str` of their references.

    Raises:
        MisreadCommand: the line means no command, or none here, or names an unknown person or channel.
    """
    spec, options = parse_command(commands, line)
    if not _fits(spec, at):
        where = say("{command} works in your direct messages. Type it there.", command=spec.name)
        if spec.where == "space":
            where = say("{command} works in a channel. Type it there.", command=spec.name)
        raise MisreadCommand(where, [spec])
    kinds = {argument.name: argument for argument in spec.arguments}
    return spec, {name: _value(kinds[name], value, world) for name, value in options.items()}


def commands_at(commands: Iterable[CommandSpec], at: Place) -> list[CommandSpec]:
    """Return the commands that can be used in a place."""
    return [spec for spec in commands if _fits(spec, at)]


def find_place(world: Workspace, account: str, named: str) -> Place:
    """Return the place that an account means by a channel's id or name, with or without #; "" is its DM.

    Raises:
        LookupError: the account sees no such place.
    """
    places = world.places_of(account)
    if not named:
        return places[0]
    wanted = named.removeprefix("#").casefold()
    for place in places:
        channel = world.channels.get(place.id)
        if wanted in (place.id.casefold(), channel.name.casefold() if channel else ""):
            return place
    there = ", ".join(place.id for place in places)
    raise LookupError(f"{account} sees no place {named!r}; there are {there}")


def _fits(spec: CommandSpec, at: Place) -> bool:
    return spec.where == "any" or (spec.where == "dm") == (at.kind == "dm")


def _value(argument: Argument, value: str, world: Workspace) -> str:
    if argument.kind == "person":
        person = person_named(value, world)
        if person is None:
            here = Names(tuple(f"@{account}" for account in world.accounts))
            raise MisreadCommand(
                say("I do not see {person} here. These people are here: {people}", person=value, people=here)
            )
        return person
    if argument.kind == "channel":
        found = channel_named(value, world)
        if found is None:
            here = Names(tuple(f"#{channel.name}" for channel in world.channels.values()))
            raise MisreadCommand(
                say(
                    "I do not see a channel {channel} here. There are: {channels}",
                    channel=value,
                    channels=here,
                )
            )
        return found
    tokens = value.split()
    named = [person_named(token, world) if token.startswith("@") else None for token in tokens]
    # Only people, as a list: a text may contain an @.
    return " ".join(filter(None, named)) if named and all(named) else value


def person_named(value: str, world: Workspace) -> str | None:
    """Return the person of this name, with or without @, as `str(UserRef)`; None where there is none."""
    wanted = value.strip().removeprefix("@").casefold()
    for account in world.accounts.values():
        reference = str(world.user(account.id))
        if wanted in (account.id.casefold(), account.name.casefold(), reference.casefold()):
            return reference
    return None


def channel_named(value: str, world: Workspace) -> str | None:
    """Return the channel of this name, with or without #, as `str(Place)`; None where there is none."""
    wanted = value.strip().removeprefix("#").casefold()
    for channel in world.channels.values():
        reference = str(world.place(channel.id))
        if wanted in (channel.id.casefold(), channel.name.casefold(), reference.casefold()):
            return reference
    return None
