"""Routes of events: plain tables of handlers, merged from the modules that own the nouns.

A handler is a plain function `(turn, event) -> actions`. It may raise `Declined` to refuse kindly; then
nothing it wrote is kept and the person gets the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.chat.actions import Action
from bot.chat.adapter import Lost
from bot.chat.answers import JSONValue
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Message, Sentence, message
from bot.chat.forms import Form

__all__ = [
    "Completed",
    "Declined",
    "FormRoute",
    "Handler",
    "MessageRoute",
    "MustWrite",
    "Routes",
    "Suggester",
    "Undelivered",
    "WaitRoute",
    "WaitSides",
    "WaitStep",
    "Waiting",
    "merge",
]

Key = TypeVar("Key")
Value = TypeVar("Value")

Handler = Callable[[Any, Any], Sequence[Action]]
Suggester = Callable[[Any, Any], Sequence[Any]]


class Declined(Exception):
    """A kind no: what is said to the person, who loses nothing."""

    def __init__(self, *blocks: Block | str | Sentence) -> None:
        super().__init__("declined")
        self.message: Message = message(*blocks)


class MustWrite(Exception):
    """A handler that mostly only reads has to write this time: its event is handled again on the writer."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A form's answers, confirmed: values by question name, and how each was shown.

    `raw` is what was typed; `conversation_id` is the draft's row. `remark`: how many of the review's remarks
    the person has passed over.
    """

    form: Form
    subject: str
    values: dict[str, JSONValue]
    shown: dict[str, str]
    raw: dict[str, str]
    conversation_id: int
    remark: int = 0


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that will never arrive: who it was for, the platform's reason code, and its key.

    `destination` is str(UserRef) or str(Place); `lost` says how much the refusal ends. `unknown`: it may have
    arrived; it cannot be known. `target`: for a change, the key or reference of the message it was to change.
    `awaited_until`: until then (UTC) an interaction waits to show it to its reader.
    """

    destination: str
    code: str
    key: str
    message: Message
    unknown: bool = False
    lost: Lost = "message"
    target: str = ""
    awaited_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that could not go at once: its key, where it goes, its words, its subject, and since when."""

    key: str
    destination: str
    message: Message
    subject: str
    since: datetime


@dataclass(frozen=True, slots=True)
class MessageRoute:
    """The later knowledge of a kind of message, from its maker.

    Attributes:
        holds: (turn, Waiting) -> what is to be said now: the same message, another one, or None for nothing.
            Asked before a message goes that is late or was kept back.
        named: (turn, subject) -> what it is, for a coordinator's task, such as "An offer", as the
            coordinator who acts may know it. A Declined says that they may not: then it is a message.
        arrived: (turn, subject) -> actions once its reader has it: whatever is counted from it begins.
        stopped: (turn, subject) once it is refused: whatever is counted from it stops.
        until: (turn, subject) -> the instant (UTC) after which it is of no use, None where there is none; for
            a coordinator's task.
        late: (turn, subject) -> actions before `holds` is asked for the words of now: what is counted from
            its arrival, and named in it, is counted from now.
    """

    holds: Callable[[Any, Waiting], Message | None]
    named: Callable[[Any, str], Sentence] | None = None
    arrived: Callable[[Any, str], Sequence[Action]] | None = None
    stopped: Callable[[Any, str], Sequence[Action]] | None = None
    until: Callable[[Any, str], datetime | None] | None = None
    late: Callable[[Any, str], Sequence[Action]] | None = None


@dataclass(frozen=True, slots=True)
class FormRoute:
    """The needs of a form's draft, from the module that owns it.

    Attributes:
        form: (turn, subject) -> the Form as it is now (questions may have changed since the draft began).
        completed: (turn, Completed) -> actions. A RejectForm among them keeps the draft open at its review.
        review: (turn, Completed) -> blocks shown above the review's buttons instead of the plain list
            of answers (a preview). None shows the list.
        details: (turn, Completed) -> blocks: everything that `review` shows in short, behind a button.
        answered: (turn, Completed) -> actions after every saved page or answer. None does nothing.
        abandoned: (turn, subject) -> actions when the draft is cancelled.
        afterwards: a sentence in markdown that says how what was sent can still be changed; "" for no way.
        until: (turn, subject) -> the last instant (UTC) at which a draft can be sent, None without one.
        ended: (turn, subject) -> blocks: why a draft that its owner did not delete was ended unsent.
    """

    form: Callable[[Any, str], Form]
    completed: Handler
    review: Callable[[Any, Completed], Sequence[Block]] | None = None
    details: Callable[[Any, Completed], Sequence[Block]] | None = None
    answered: Handler | None = None
    abandoned: Callable[[Any, str], Sequence[Action]] | None = None
    afterwards: str = ""
    until: Callable[[Any, str], datetime | None] | None = None
    ended: Callable[[Any, str], Sequence[Block]] | None = None


@dataclass(frozen=True, slots=True)
class WaitStep:
    """A step of a ladder: when it comes, and what happens then.

    Attributes:
        name: its name in the keys of timers; it never changes.
        act: (turn, Reached) -> actions, for all waits that are said together and have come to it.
        days, working_days, hours: how long after what is owed is due; negative is before. Working days are
            Mondays to Fridays.
        of_since: counted from when the wait began, and not from when it is due.
        in_the_morning: early on that day, where the side that owes is, before its daily message.
        setting: the programme's setting that holds the days.
        when: (turn, about, due) -> the instant (UTC), where no offset gives it.
        replaces: the kind of timer that did the same before there were waits.
    """

    name: str
    act: Handler
    days: int = 0
    working_days: int = 0
    hours: int = 0
    of_since: bool = False
    in_the_morning: bool = False
    setting: str = ""
    when: Callable[[Any, str, datetime], datetime] | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class WaitSides:
    """The people on both sides of waits, and what an outage does to what is owed.

    Attributes:
        owing: (turn, about, subjects) -> for each subject its people, any of which can end the wait.
        waiting: (turn, about, subject) -> the people who wait.
        said: (turn, subject, due, reader) -> the block that says by when it is owed now.
        later: (turn, about, subjects, by) -> actions that move the date of the noun that the waits follow;
            None where they have a date of their own, which is moved itself.
        latest: (turn, subject) -> the instant (UTC) past which nothing is moved, None where there is none.
    """

    owing: Callable[[Any, str, Sequence[str]], Mapping[str, Sequence[Any]]]
    waiting: Callable[[Any, str, str], Sequence[Any]]
    said: Callable[[Any, str, datetime, Any], Block | None]
    later: Callable[[Any, str, Sequence[str], timedelta], Sequence[Action]] | None = None
    latest: Callable[[Any, str], datetime | None] | None = None


@dataclass(frozen=True, slots=True)
class WaitRoute:
    """The rule of a kind of wait: a ladder, whose last step settles it.

    Attributes:
        waits, owes: the parts of the side that waits and of the side that owes.
        steps: the ladder, in the order of its instants.
        zone: (turn, about) -> the time zone of the side that owes.
        found: (turn, id, most) -> at most so many things with a higher id that are waited for, by their ids:
            what an upgrade opens waits for.
        sides: the people on both sides; None where an outage moves nothing.
    """

    waits: str
    owes: str
    steps: tuple[WaitStep, ...]
    zone: Callable[[Any, str], str]
    found: Callable[[Any, int, int], Sequence[Any]]
    sides: WaitSides | None = None


@dataclass(frozen=True, slots=True)
class LaterDate:
    """A date that an outage has moved: what follows, who reads it, in which words, and until when (UTC)."""

    actions: Sequence[Action]
    people: Sequence[Any]
    said: Callable[[Any], Block]
    until: datetime


@dataclass(frozen=True, slots=True)
class DateRoute:
    """The dates of a noun that no wait holds, and that an outage moves as well.

    Attributes:
        found: (turn, outage, most) -> the ids of at most so many things that were not looked at for it.
        later: (turn, id, outage) -> the date as it is now, None where it stays; notes that it was looked at.
    """

    found: Callable[[Any, Any, int], Sequence[int]]
    later: Callable[[Any, int, Any], LaterDate | None]


@dataclass(frozen=True, slots=True)
class Routes:
    """Handlers by what happened: commands by spec, buttons and selects by verb, timers by kind.

    `words`: what was typed in a DM and belongs to no draft. `joined`, `left`: members coming and going.
    `changed`: a person's name or zone. `space`, `channel`: the bot came or went (turns without a person).
    `home`: a person looks at their page. `inspected`: what an adapter found, by the verb of Inspect.
    `undelivered`: (turn, Undelivered) when a message can never be sent. `reached`: (turn, UserRef) when one
    arrived whose account could not be written to before. `messages`: what is known of messages, by kind.
    `unowned`: what works in a space that belongs to no programme yet; its turns have programme 0 and no
    person, and keep no draft. `follows`: handlers (turn, change) -> actions, by the type of the change that
    a lower room announces. `waits`: the rules of waits, by their kind; `dates`: other dates that an outage
    moves. `reads`: the verbs of buttons and of
    Inspect, and the kinds of timers, whose handlers only read, as `home` does: they run on a reader, and what
    they say is written after (`bot/runtime/reads.py`). A command's spec says so itself.
    """

    commands: tuple[tuple[CommandSpec, Handler], ...] = ()
    buttons: dict[str, Handler] = field(default_factory=dict)
    forms: dict[str, FormRoute] = field(default_factory=dict)
    timers: dict[str, Handler] = field(default_factory=dict)
    suggestions: dict[tuple[tuple[str, ...], str], Suggester] = field(default_factory=dict)
    words: Handler | None = None
    joined: Handler | None = None
    left: Handler | None = None
    changed: Handler | None = None
    space: Handler | None = None
    channel: Handler | None = None
    home: Handler | None = None
    inspected: dict[str, Handler] = field(default_factory=dict)
    undelivered: Handler | None = None
    reached: Handler | None = None
    messages: dict[str, MessageRoute] = field(default_factory=dict)
    follows: dict[type, tuple[Handler, ...]] = field(default_factory=dict)
    waits: dict[str, WaitRoute] = field(default_factory=dict)
    dates: tuple[DateRoute, ...] = ()
    reads: frozenset[str] = frozenset()
    unowned: Routes | None = None

    @property
    def specs(self) -> tuple[CommandSpec, ...]:
        """Return every CommandSpec, in order."""
        return tuple(spec for spec, _ in self.commands)


_SINGLE = ("words", "joined", "left", "changed", "space", "channel", "home", "undelivered", "reached")


def merge(parts: Iterable[Routes]) -> Routes:
    """Merge several tables into one.

    Raises:
        ValueError: two parts claim the same command, verb, form, kind or role.
    """
    parts = list(parts)
    paths = [spec.path for part in parts for spec, _ in part.commands]
    twice = {str(path) for path in paths if paths.count(path) > 1}
    if twice:
        raise ValueError(f"claimed twice: {sorted(twice)}")
    return Routes(
        commands=tuple(pair for part in parts for pair in part.commands),
        buttons=_joined(part.buttons for part in parts),
        forms=_joined(part.forms for part in parts),
        timers=_joined(part.timers for part in parts),
        suggestions=_joined(part.suggestions for part in parts),
        inspected=_joined(part.inspected for part in parts),
        messages=_joined(part.messages for part in parts),
        follows=_gathered(part.follows for part in parts),
        waits=_joined(part.waits for part in parts),
        dates=tuple(each for part in parts for each in part.dates),
        reads=frozenset().union(*(part.reads for part in parts)),
        unowned=next((part.unowned for part in parts if part.unowned), None),
        **{name: _single(name, parts) for name in _SINGLE},
    )


def _joined(tables: Iterable[dict[Key, Value]]) -> dict[Key, Value]:
    whole: dict[Key, Value] = {}
    for table in tables:
        twice = whole.keys() & table.keys()
        if twice:
            raise ValueError(f"claimed twice: {sorted(map(str, twice))}")
        whole |= table
    return whole


def _gathered(tables: Iterable[dict[type, tuple[Handler, ...]]]) -> dict[type, tuple[Handler, ...]]:
    """Return every follower of each change, in the order of the parts."""
    whole: dict[type, tuple[Handler, ...]] = {}
    for table in tables:
        for change, handlers in table.items():
            whole[change] = (*whole.get(change, ()), *handlers)
    return whole


def _single(name: str, parts: Sequence[Routes]) -> Handler | None:
    found: list[Handler] = [handler for part in parts if (handler := getattr(part, name)) is not None]
    if len(found) > 1:
        raise ValueError(f"claimed twice: {name}")
    return found[0] if found else None
