"""What was seen of a run from platform: asked for, tried, arrived; and every problem found on the way."""

from __future__ import annotations

import re
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.chat.actions import Action, Post
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed, Event, TimerFired
from bot.chat.routes import FormRoute, Handler, MessageRoute, Routes
from bot.chat.values import replace
from bot.programme.people import address

__all__ = ["Arrival", "Observations", "first_key", "outside_ledger", "watched"]

_SENT_AGAIN: Final = re.compile(r":again:[0-9T:.+-]+$")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that reached its place.

    `owed_at`: when the turn ran that asked for it. `quiet`: the recipient's zone and quiet hours when it
    came ("HH:MM", "HH:MM"), None for a channel.
    """

    key: str
    destination: str
    at: datetime
    owed_at: datetime
    quiet: tuple[str, str, str] | None


@dataclass
class Observations:
    """The record of one run. Keys are as platforms get them: the programme's id, then the row's key.

    Attributes:
        posts: what handlers asked to be posted, by key.
        unasked: the keys of those that quiet hours hold.
        outcomes: what became of the last try of each send: sent, refused, unsure, retry, error, crash.
        errors: how many tries of a key met an unforeseen error.
        edits: the same for edits, every try in order, by the changed message's id.
        landed: which message each key made; `replaced`: messages that an answer took the place of.
        answers: what became of the answer to each event that had one: given or lost.
        handled: in how many committed turns a handler ran for an event, by id; `fired`, `armed`: in how
            many a timer fired or was set, by key. `sorry`: after which events a person read that
            something went wrong and nothing was changed, `unsure`: that the bot cannot tell.
        met: the commands, buttons, forms and timers of committed turns, as "command stint tasks".
        events: everything people did, in the order it happened.
        problems: what must not happen and did. `lines`: the story of the run, to be read.
    """

    posts: dict[str, Post] = field(default_factory=dict)
    unasked: set[str] = field(default_factory=set)
    outcomes: dict[str, str] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    edits: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    landed: dict[str, str] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    arrivals: list[Arrival] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    handled: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    armed: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    sorry: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    events: dict[str, Event] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _turn: dict[tuple[str, str], None] = field(default_factory=dict)

    def turn_begins(self) -> None:
        """Note that a turn begins: what its handlers do counts once it is committed."""
        self._turn.clear()

    def did(self, what: str, name: str) -> None:
        """Something was handled, fired or armed in the present turn."""
        self._turn[what, name] = None

    def turn_counts(self) -> None:
        """Count what was done in the turn, which is committed."""
        counters = {"handled": self.handled, "fired": self.fired, "armed": self.armed, "met": self.met}
        for what, name in self._turn:
            counters[what][name] += 1

    def problem(self, words: str) -> None:
        """Note what must not happen, once."""
        if words not in self.problems:
            self.problems.append(words)
            self.lines.append(f"!! {words}")

    def raised(self, error: BaseException, where: str) -> None:
        """Note an error that no test injected."""
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        path = " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in reversed(frames))
        self.problem(f"{where}: {type(error).__name__}: {str(error)[:200]} ({path})")

    @contextmanager
    def no_other_error(self, *expected: type[Exception]) -> Iterator[None]:
        """Note what the block raises besides these: the bot would take it for a lost connection."""
        try:
            yield
        except expected:
            raise
        except Exception as error:
            self.raised(error, "the simulated platform raised")
            raise

    def say(self, at: datetime, words: str) -> None:
        """Add a line to the story."""
        self.lines.append(f"{at:%d %b %H:%M:%S} {words}")


def first_key(key: str) -> str:
    """Return the key of a message without what makes it another one where it is sent once more."""
    return _SENT_AGAIN.sub("", key)


def outside_ledger(key: str) -> bool:
    """Tell whether a message is an immediate answer, which has no row of its own."""
    return key.startswith(("reply:", "answer:"))


def watched(routes: Routes, observed: Observations) -> Routes:
    """Return the same routes; what their handlers ask for is noted."""

    def watch(handler: Handler | None) -> Handler | None:
        return _watched(handler, observed) if handler else None

    def sure(handler: Handler) -> Handler:
        return _watched(handler, observed)

    return replace(
        routes,
        commands=tuple((spec, sure(handler)) for spec, handler in routes.commands),
        buttons={verb: sure(handler) for verb, handler in routes.buttons.items()},
        timers={kind: sure(handler) for kind, handler in routes.timers.items()},
        forms={name: _watched_form(name, route, observed) for name, route in routes.forms.items()},
        words=watch(routes.words),
        joined=watch(routes.joined),
        left=watch(routes.left),
        undelivered=watch(routes.undelivered),
        reached=watch(routes.reached),
        messages={kind: _watched_message(route, watch) for kind, route in routes.messages.items()},
    )


def _watched_form(name: str, route: FormRoute, observed: Observations) -> FormRoute:
    def watch(handler: Handler | None) -> Handler | None:
        return _watched(handler, observed, f"form {name}") if handler else None

    return replace(
        route,
        completed=_watched(route.completed, observed, f"form {name}"),
        answered=watch(route.answered),
        abandoned=watch(route.abandoned),
    )


def _watched_message(route: MessageRoute, watch: Callable[[Handler | None], Handler | None]) -> MessageRoute:
    return replace(route, arrived=watch(route.arrived), stopped=watch(route.stopped))


def _watched(handler: Handler, observed: Observations, name: str = "") -> Handler:
    def handle(turn: Any, event: Any) -> Sequence[Action]:  # noqa: ANN401 - as Handler has it
        actions = handler(turn, event)
        if met := name or _name_of(event):
            observed.did("met", met)
        if isinstance(event, Event):
            observed.did("handled", event.id)
        elif isinstance(event, TimerFired):
            observed.did("fired", f"{turn.programme_id}:{event.key}")
        for action in actions:
            if isinstance(action, Post):
                if _comes_unasked(turn, action):
                    observed.unasked.add(f"{turn.programme_id}:{action.key}")
                observed.posts[f"{turn.programme_id}:{action.key}"] = action
        return actions

    return handle


def _name_of(event: object) -> str:
    """Name what a handler was called for: the command, the verb of a button, or the kind of a timer."""
    match event:
        case CommandUsed(path=path) if path:
            return f"command {' '.join(path)}"
        case ButtonPressed(action=action) | ChoiceMade(action=action):
            return f"button {action.partition(':')[0]}"
        case TimerFired(kind=kind):
            return f"timer {kind}"
        case _:
            return ""


def _comes_unasked(turn: Any, post: Post) -> bool:  # noqa: ANN401 - as Handler has it
    """Whether quiet hours hold a message: its reader does not act now, and it is none for the night."""
    if post.at_night:
        return False
    return turn.person_id is None or post.due_at is not None or str(post.to) != address(turn, turn.person)
