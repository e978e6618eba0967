"""Every command of the programme as an event: bare, as in its example, and by words, by each who may use it.

The commands are taken from their specs, so that a new one is measured without being named here; one that
needs an option which has no value here is an error. Beside them are the home page and every completion of
an option.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from benchmarks.population_rows import Size
from bot.chat.commands import Argument, CommandSpec, parse_command, what_it_lacks
from bot.chat.events import CommandUsed, Event, HomeOpened, Place, ReplyTo, Suggest
from bot.programme import ROUTES

__all__ = ["Case", "cases", "command"]

_ROLES: Final = ("coordinator", "employer", "student")
_NUMBERED: Final = ("project", "placement")
"""Options that take a number, or words of a title."""

_VALUES: Final = {"cohort": "Cohort 1", "company": "Company 3", "people": ""}
"""Values of options by name, where the example's are of nothing there is; "" leaves it out."""


@dataclass(frozen=True, slots=True)
class Case:
    """A command of a person: its name, the way it is typed ("" is bare), and its event by the event's id."""

    command: str
    way: str
    role: str
    event: Callable[[str], Event]

    @property
    def name(self) -> str:
        """Return what tells it from every other: `/project show (project:1), student`."""
        return f"{self.command} ({self.way}), {self.role}" if self.way else f"{self.command}, {self.role}"


def cases(size: Size) -> Iterator[Case]:
    """Return every case in a programme of a size: first everything bare, then what has options."""
    every = [_command(size, *each) for spec in ROUTES.specs for each in _variants(spec, size)]
    every += [_completion(size, *each) for each in _completed()]
    every += [_home(size, role) for role in _ROLES]
    return iter(sorted(every, key=lambda case: case.way != ""))


def _variants(spec: CommandSpec, size: Size) -> Iterator[tuple[CommandSpec, str, Mapping[str, str]]]:
    """Return a command with each role that may use it, and each of its ways to be typed."""
    ways: list[dict[str, str]] = [{}, _filled(spec, size)]
    if numbered := [each.name for each in spec.arguments if each.name in _NUMBERED]:
        ways.append({numbered[0]: "market map 1"})
    apart = [way for at, way in enumerate(ways) if way not in ways[:at] and what_it_lacks(spec, way) is None]
    assert apart, f"{spec.name} needs an option that benchmarks/commands.py has no value for"
    for role in _ROLES:
        if not spec.allowed or role in spec.allowed:
            yield from ((spec, role, way) for way in apart)


def _filled(spec: CommandSpec, size: Size) -> dict[str, str]:
    """Return the options of a command's example, with people, places and things that there are."""
    _, options = parse_command(ROUTES.specs, spec.example)
    arguments = {each.name: each for each in spec.arguments}
    filled = {name: _value(arguments[name], given, size) for name, given in options.items()}
    return {name: value for name, value in filled.items() if value}


def _value(argument: Argument, given: str, size: Size) -> str:
    if argument.kind == "person":
        return str(size.user(size.student))
    if argument.kind == "channel":
        return str(size.channel(1))
    if argument.name in _NUMBERED:
        return str(size.popular)
    return _VALUES.get(argument.name, given)


def _command(size: Size, spec: CommandSpec, role: str, options: Mapping[str, str]) -> Case:
    way = " ".join(_said(name, value) for name, value in options.items())

    def event(number: str) -> Event:
        return command(size, spec.path, role, number, options)

    return Case(spec.name, way, role, event)


def command(
    size: Size,
    path: tuple[str, ...],
    role: str,
    number: str,
    options: Mapping[str, str] = MappingProxyType({}),
) -> CommandUsed:
    """Return a command of the person with a role, under the event's id `number`."""
    return CommandUsed(**_common(size, role, number), path=path, options=dict(options))


def _said(name: str, value: str) -> str:
    """Return an option as it is shown: a person and a channel by their kind alone."""
    return name if "/" in value else f"{name}:{value}"


def _completed() -> Iterator[tuple[CommandSpec, str, str]]:
    specs = {spec.path: spec for spec in ROUTES.specs}
    for path, option in ROUTES.suggestions:
        for role in _ROLES:
            if not specs[path].allowed or role in specs[path].allowed:
                yield specs[path], role, option


def _completion(size: Size, spec: CommandSpec, role: str, option: str) -> Case:
    def event(number: str) -> Event:
        return Suggest(**_common(size, role, number), path=spec.path, option=option, typed="map")

    return Case(f"{spec.name} {option}…", "", role, event)


def _home(size: Size, role: str) -> Case:
    def event(number: str) -> Event:
        common = _common(size, role, number)
        place = Place(size.platform, common["place"].space, common["actor"].id, "home")
        return HomeOpened(**common | {"place": place, "reply": None})

    return Case("Home", "", role, event)


def _common(size: Size, role: str, number: str) -> dict[str, Any]:
    """Return what every event of a person carries; a student's is of the one who has most to read."""
    people = {"coordinator": size.coordinator, "employer": size.employer, "student": size.busy_student}
    return {
        "id": number,
        "at": size.now,
        "actor": size.user(people[role]),
        "place": size.channel(1),
        "reply": ReplyTo("token", size.now + timedelta(minutes=15)),
    }
