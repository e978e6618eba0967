"""The player of a scripted story, with people at the terminal; it prints what happens.

A story is data: steps that can be resumed at any number, since the process that plays them may be
killed on purpose in the middle (that is part of the story).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from textwrap import wrap
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.render import harmless, plain_lines
from adapters.terminal.scripted_user import ScriptedUser
from adapters.terminal.workspace import BOT, Entry, Workspace
from bot.chat.content import Button, Buttons, Message, Select
from bot.chat.events import MessageRef
from bot.chat.language import as_text
from bot.chat.rendering.markdown import strip_markdown
from bot.clock import at_local

__all__ = [
    "Act",
    "At",
    "Engine",
    "Killed",
    "Later",
    "Scene",
    "Step",
    "Transcript",
    "clock_of",
    "is_over",
    "play",
]

WIDTH = 100
"""Characters in a printed line."""

_MARGIN = 9
_MOST_OPTIONS = 6
_KEPT_STEP = "story.step"
_KEPT_CLOCK = "story.clock"


@dataclass(frozen=True, slots=True)
class Scene:
    """A heading: what comes now, and why it is worth watching."""

    title: str


@dataclass(frozen=True, slots=True)
class At:
    """A wait until `day` (0 is the first) at `clock` ("HH:MM") in `zone`."""

    day: int
    clock: str
    zone: str


@dataclass(frozen=True, slots=True)
class Later:
    """A wait."""

    days: float = 0
    hours: float = 0
    minutes: float = 0


@dataclass(frozen=True, slots=True)
class Act:
    """An act of a person: `verb` is a method of Person ("uses", "says", "presses", …)."""

    who: str
    verb: str
    words: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    on: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Killed:
    """A kill of the bot while it handles `act`: after it has saved it, before it has answered."""

    act: Act


Step = Scene | At | Later | Act | Killed


class Engine(Protocol):
    """The engine that moves time and delivers; the composition root provides it."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""

    async def advance(self, to: datetime) -> None:
        """Move to an instant, serving everything due on the way."""


class Transcript:
    """A printer of what happens, once: it remembers what of the world it has printed."""

    def __init__(self, world: Workspace, say: Callable[[str], None], now: Callable[[], datetime]) -> None:
        self._world = world
        self._say = say
        self._now = now
        self._day = ""
        self._shown = {entry.id: entry.content for entry in world.entries}

    def scene(self, title: str) -> None:
        """Print a heading."""
        self._say("")
        self._say(f"== {title} ".ljust(WIDTH, "="))

    def aside(self, words: str) -> None:
        """Print what no message shows."""
        for line in wrap(words, WIDTH - _MARGIN):
            self._say(" " * _MARGIN + line)

    def fill(self, person: ScriptedUser, values: Mapping[str, str]) -> None:
        """Print a form as a person filled it."""
        opened = person.form
        if opened is None:
            return
        name = person.account.name
        if opened.form.notice:
            self.aside(f"(The form says: {strip_markdown(as_text(opened.form.notice))})")
        self.aside(f"({name} fills the form “{as_text(opened.form.title)}”:)")
        for label, text in values.items():
            self.aside(f"    {label}: {text}")

    def press(self, person: ScriptedUser, labels: Sequence[str]) -> None:
        """Print a press or a choice."""
        said = ", ".join(f"[{label}]" for label in labels)
        self.aside(f"({person.account.name} presses {said})")

    def catch_up(self) -> None:
        """Print every message that is new, and every message that has changed."""
        for entry in self._world.entries:
            if entry.id not in self._shown:
                self._print(entry)
            elif self._shown[entry.id] != entry.content:
                self._print(entry, self._shown[entry.id])
            self._shown[entry.id] = entry.content

    def _print(self, entry: Entry, before: Message | str | None = None) -> None:
        """Print a message; of a changed message only the lines that are new, if there are any."""
        reader = self._reader(entry)
        account = self._world.accounts.get(reader) or next(iter(self._world.accounts.values()))
        old = [] if before is None else _lines(before, account.zone)
        lines = _lines(entry.content, account.zone)
        if before is not None and set(lines) <= set(old):
            return  # only what could be pressed is gone
        local = (entry.at if before is None else self._now()).astimezone(ZoneInfo(account.zone))
        day = f"{local:%A} {local.day} {local:%B %Y}"
        if day != self._day:
            self._day = day
            self._say("")
            self._say(f"-- {day} ".ljust(WIDTH, "-"))
        who = "Stint" if entry.author == BOT else self._world.accounts[entry.author].name
        same = old[0] if old and old[:1] == lines[:1] else ""
        verb = f" changes “{same}”" if same else " changes a message" if old else ""
        self._say(f"  {local:%H:%M}  {self._where(entry, reader, account.zone)} · {who}{verb}")
        for line in lines:
            if line not in old:
                self._say(" " * _MARGIN + line)

    def _reader(self, entry: Entry) -> str:
        """Return the account whose view is printed: the only reader of a DM or a private message."""
        if entry.private_to:
            return entry.private_to
        return entry.place.removeprefix("dm-") if entry.place.startswith("dm-") else ""

    def _where(self, entry: Entry, reader: str, zone: str) -> str:
        city = zone.rpartition("/")[2].replace("_", " ")
        if entry.place.startswith("dm-"):
            return f"{self._world.accounts[reader].name}'s DM ({city})"
        channel = f"#{self._world.channels[entry.place].name}"
        return f"{channel}, only {self._world.accounts[reader].name} sees it" if reader else channel


def _lines(content: Message | str, zone: str) -> list[str]:
    if isinstance(content, Message):
        return plain_lines(_brief(content), WIDTH - _MARGIN, zone)
    return [piece for line in harmless(content).split("\n") for piece in wrap(line, WIDTH - _MARGIN)]


def _brief(message: Message) -> Message:
    """Return the message with each long select closed, as it appears on a screen."""
    blocks = [
        Buttons((Button(f"{as_text(block.placeholder)} \u25be", block.action),))
        if isinstance(block, Select) and len(block.options) > _MOST_OPTIONS
        else block
        for block in message.blocks
    ]
    return Message(tuple(blocks))


async def play(
    steps: Sequence[Step],
    adapter: TerminalAdapter,
    engine: Engine,
    transcript: Transcript,
    first_day: datetime,
) -> None:
    """Play the steps that were not played yet; return after the last step."""
    world = adapter.world
    number = int(world.kept(_KEPT_STEP) or 0)
    transcript.catch_up()
    stop = world.watch(transcript.catch_up)  # so that all is printed at its time, and in its order
    for step in steps[number:]:
        number += 1
        if isinstance(step, Killed):
            world.keep(_KEPT_STEP, str(number))
            _die_before_answering(adapter, transcript)
            await _act(step.act, adapter, engine, transcript)
        await _take(step, adapter, engine, transcript, first_day)
        world.keep(_KEPT_STEP, str(number))
        world.keep(_KEPT_CLOCK, engine.now().isoformat())
    stop()


def is_over(steps: Sequence[Step], world: Workspace) -> bool:
    """Return whether every step was played."""
    return world.kept(_KEPT_STEP) == str(len(steps))


def clock_of(world: Workspace, start: datetime) -> datetime:
    """Return the time of the story's clock: `start`, or where an earlier process left it."""
    kept = world.kept(_KEPT_CLOCK)
    return datetime.fromisoformat(kept) if kept else start


async def _take(
    step: Step, adapter: TerminalAdapter, engine: Engine, transcript: Transcript, first_day: datetime
) -> None:
    match step:
        case Scene(title):
            transcript.scene(title)
        case Later(days, hours, minutes):
            to = engine.now() + timedelta(days=days, hours=hours, minutes=minutes)
            await engine.advance(to)
        case At(day, clock, zone):
            date = first_day.astimezone(UTC).date() + timedelta(days=day)
            await engine.advance(at_local(date, time.fromisoformat(clock), ZoneInfo(zone)))
        case Act():
            await _act(step, adapter, engine, transcript)
        case Killed():
            raise RuntimeError("the process should have been killed here")


async def _act(act: Act, adapter: TerminalAdapter, engine: Engine, transcript: Transcript) -> None:
    """Let a person take half a minute and act, then deliver the bot's messages."""
    await engine.advance(engine.now() + timedelta(seconds=30))
    person = ScriptedUser(adapter, act.who)
    verbs: dict[str, Callable[[], Awaitable[None]]] = {
        "uses": lambda: person.uses(act.words[0], act.place),
        "says": lambda: person.says(act.words[0]),
        "presses": lambda: person.presses(act.words[0], act.on),
        "chooses": lambda: person.chooses(*act.words, on=act.on),
        "fills": lambda: person.fills(act.values),
        "edits": lambda: person.edits(*act.words),
        "replies": lambda: person.replies(*act.words),
        "joins": lambda: person.joins(act.words[0]),
    }
    if act.verb in {"presses", "chooses"}:
        transcript.press(person, act.words)
    elif act.verb == "joins":
        transcript.aside(f"({person.account.name} comes into #{act.words[0]})")
    elif act.verb == "fills":
        transcript.fill(person, act.values)
    await verbs[act.verb]()
    await engine.advance(engine.now())


def _die_before_answering(adapter: TerminalAdapter, transcript: Transcript) -> None:
    """Kill the process at the next message that the bot sends."""

    async def die(*_: object, **_named: object) -> MessageRef:
        transcript.aside("(The bot's process is killed here, kill -9, before it could answer.)")
        os.kill(os.getpid(), signal.SIGKILL)
        raise RuntimeError("still alive")

    adapter.send = die  # type: ignore[method-assign] # the story needs this one death
