"""Where an event goes: plain tables of handlers, merged from the modules that own the nouns.

A handler is a plain function `(turn, event) -> actions`. It may raise `Declined` to refuse kindly; then
nothing it wrote is kept and the person gets the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat.actions import Action
from bot.chat.answers import JSONValue
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Message, message
from bot.chat.forms import Form

__all__ = ["Completed", "Declined", "FormRoute", "Handler", "Routes", "Suggester", "merge"]

Handler = Callable[[Any, Any], Sequence[Action]]
Suggester = Callable[[Any, Any], Sequence[Any]]


class Declined(Exception):
    """A kind no: what is said to the person, who loses nothing."""

    def __init__(self, *blocks: Block | str) -> None:
        super().__init__("declined")
        self.message: Message = message(*blocks)


@dataclass(frozen=True, slots=True)
class Completed:
    """A form's answers, confirmed: values by question name, and how each was shown.

    `raw` is what was typed; `conversation_id` is the draft's row.
    """

    form: Form
    subject: str
    values: dict[str, JSONValue]
    shown: dict[str, str]
    raw: dict[str, str]
    conversation_id: int


@dataclass(frozen=True, slots=True)
class FormRoute:
    """What a form's draft needs from the module that owns it.

    Attributes:
        form: (turn, subject) -> the Form as it is now (questions may have changed since the draft began).
        completed: (turn, Completed) -> actions. A RejectForm among them keeps the draft open at its review.
        review: (turn, Completed) -> blocks shown above the review's buttons instead of the plain list
            of answers (a preview). None shows the list.
        answered: (turn, Completed) -> actions after every saved page or answer. None does nothing.
        abandoned: (turn, subject) -> actions when the draft is cancelled.
    """

    form: Callable[[Any, str], Form]
    completed: Handler
    review: Callable[[Any, Completed], Sequence[Block]] | None = None
    answered: Handler | None = None
    abandoned: Callable[[Any, str], Sequence[Action]] | None = None


@dataclass(frozen=True, slots=True)
class Routes:
    """Handlers by what happened: commands by spec, buttons and selects by verb, timers by kind.

    `words`: what was typed in a DM and belongs to no draft. `joined`, `left`: members coming and going.
    `undelivered`: (turn, Undelivered) when a message can never be sent.
    """

    commands: tuple[tuple[CommandSpec, Handler], ...] = ()
    buttons: dict[str, Handler] = field(default_factory=dict)
    forms: dict[str, FormRoute] = field(default_factory=dict)
    timers: dict[str, Handler] = field(default_factory=dict)
    suggestions: dict[tuple[tuple[str, ...], str], Suggester] = field(default_factory=dict)
    words: Handler | None = None
    joined: Handler | None = None
    left: Handler | None = None
    undelivered: Handler | None = None

    @property
    def specs(self) -> tuple[CommandSpec, ...]:
        """Every CommandSpec, in order."""
        return tuple(spec for spec, _ in self.commands)


def merge(parts: Iterable[Routes]) -> Routes:
    """One table of several.

    Raises:
        ValueError: two parts claim the same command, verb, form, kind or role.
    """
    commands: list[tuple[CommandSpec, Handler]] = []
    tables: dict[str, dict[Any, Any]] = {n: {} for n in ("buttons", "forms", "timers", "suggestions")}
    single: dict[str, Handler] = {}
    for part in parts:
        taken = {spec.path for spec, _ in commands} & {spec.path for spec, _ in part.commands}
        commands += part.commands
        for name, table in tables.items():
            mine = getattr(part, name)
            taken |= table.keys() & mine.keys()
            table.update(mine)
        for name in ("words", "joined", "left", "undelivered"):
            handler = getattr(part, name)
            if handler is not None:
                taken |= {name} & single.keys()
                single[name] = handler
        if taken:
            msg = f"claimed twice: {sorted(map(str, taken))}"
            raise ValueError(msg)
    return Routes(commands=tuple(commands), **tables, **single)
