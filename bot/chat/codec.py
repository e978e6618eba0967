"""Codecs of ids: a head and typed values between colons, made and read in one place.

The ids are kept in messages and databases for years, so what a codec makes never changes, and it reads the
forms with fewer values that were made before. An id comes back from a client: it is a key to look things up
with, never a right.
"""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace, UnionType
from typing import Final, Self

from bot.chat.content import action_id
from bot.chat.events import ButtonPressed, ChoiceMade
from bot.chat.numbers import INSTANT, whole_number
from bot.chat.routes import Declined

__all__ = ["FORM_OPEN", "GONE", "RUN", "TALK", "Codec", "Key", "Seconds", "Verb", "verb_of"]

GONE: Final = "That button no longer works. `/stint help` shows what you can do."


class Seconds(int):
    """The type of a Unix time in seconds: a number that is an instant."""


ValueForm = type | UnionType | str
"""The form of a value: a type, one that may be left out (`int | None`), a `tuple` of all that follows, or a
text that is always the same."""


class Codec(str):
    """A kind of id: its head, and the types of its values by name.

    A Codec is its head as a text, so it is a key of a table of routes.
    """

    __slots__ = ("fields",)
    fields: dict[str, ValueForm]

    def __new__(cls, head: str = "", /, **fields: ValueForm) -> Self:
        """Declare a kind of id: `Codec("offer-accept", application=int, terms=int | None)`."""
        made = super().__new__(cls, head)
        made.fields = fields
        return made

    def pieces(self, *values: object, whole: bool = True) -> list[str]:
        """Return the pieces of the id with these values, without those that are left out.

        Raises:
            ValueError: the values are not those of this kind; without `whole` the last ones may be missing.
        """
        left, made = list(values), [str(self)] if self else []
        for name, kind in self.fields.items():
            if kind is tuple:
                made += [str(each) for each in left]
                left = []
            elif isinstance(kind, str):
                made.append(kind)
            elif not left and not whole:
                break
            else:
                value = left.pop(0) if left else None
                if not isinstance(value, int if kind is Seconds else kind):
                    raise ValueError(f"{self}: {value!r} is no {name}")
                made += [] if value is None else [_written(value)]
        if left:
            raise ValueError(f"{self}: {left!r} is too much")
        return made

    def parse(self, text: str) -> SimpleNamespace:
        """Return the values of an id by their names; None for those that are left out.

        Raises:
            Declined: it is none of this kind.
        """
        return self.values(text.split(":")[bool(self) :])

    def match(self, text: str) -> SimpleNamespace | None:
        """Return the values of an id by their names; None where it is none of this kind."""
        if self and text.partition(":")[0] != self:
            return None
        try:
            return self.parse(text)
        except Declined:
            return None

    def values(self, pieces: list[str]) -> SimpleNamespace:
        """Return the values that these pieces are, by their names.

        Raises:
            Declined: there are more, fewer, or other things.
        """
        left = list(pieces)
        found: dict[str, object] = {}
        for name, kind in self.fields.items():
            if kind is tuple:
                found[name], left = tuple(left), []
            elif left:
                found[name] = _read(left.pop(0), kind)
            elif isinstance(kind, UnionType):
                found[name] = None
            else:
                raise Declined(GONE)
        if left:
            raise Declined(GONE)
        return SimpleNamespace(**found)


class Verb(Codec):
    """The id of a button or a select: its verb, by which it is routed, and its arguments."""

    __slots__ = ()

    def __call__(self, *values: object) -> str:
        """Return the action id of a button with these arguments.

        Raises:
            ValueError: they are not the verb's, or too long.
        """
        return action_id(*self.pieces(*values))

    def choice(self, *values: object) -> str:
        """Return the action id of a select whose chosen value is the argument after these.

        Raises:
            ValueError: they are not the verb's, or too long.
        """
        return action_id(*self.pieces(*values, whole=False))

    def read(self, event: ButtonPressed | ChoiceMade) -> SimpleNamespace:
        """Return the arguments of what was pressed or chosen, by their names; None for those left out.

        Whatever verb the id begins with was routed here already.

        Raises:
            Declined: there are more, fewer, or other things.
        """
        chosen = event.values[:1] if isinstance(event, ChoiceMade) else ()
        return self.values([*event.action.split(":")[1:], *chosen])


def verb_of(action_id: str) -> str:
    """Return the verb of an action id, by which it is routed."""
    return action_id.partition(":")[0]


class Key(Codec):
    """The key of a row: what is sent or set under it once is not sent or set a second time.

    The last value may hold colons.
    """

    __slots__ = ()
    longest: Final = 255
    """Characters of the column; a database refuses, or cuts, what is longer."""

    def __call__(self, *values: object) -> str:
        """Return the key with these values.

        Raises:
            ValueError: they are not the key's, or too long.
        """
        made = ":".join(self.pieces(*values))
        if len(made) > self.longest:
            raise ValueError(f"{self}: a key of {len(made)} characters")
        return made

    def begin(self, *values: object) -> str:
        """Return how every key of this kind with these first values begins."""
        return ":".join(self.pieces(*values, whole=False)) + ":"

    def parse(self, text: str) -> SimpleNamespace:
        """Return the values of a key by their names.

        Raises:
            Declined: it is none of this kind.
        """
        most = len(self.fields) - 1 + bool(self)
        return self.values(text.split(":", most)[bool(self) :])


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(piece: str, kind: ValueForm) -> object:
    if kind in {int, int | None, Seconds}:
        number = whole_number(piece, INSTANT) if kind is Seconds else whole_number(piece)
        if number is None:
            raise Declined(GONE)
        return number
    if isinstance(kind, str) and piece != kind:
        raise Declined(GONE)
    if kind is datetime:
        try:
            return datetime.fromisoformat(piece)
        except ValueError:
            raise Declined(GONE) from None
    return piece


TALK: Final = Verb("talk", conversation=int, revision=int, verb=str, argument=str | None)
"""A button or select of a conversation; its verbs are those of `bot.chat.conversation.inputs`."""

FORM_OPEN: Final = Verb("form-open", form=str, subject=str, page=int)
"""A button that opens a page of a form."""

RUN: Final = Verb("run", command=str, options=tuple)
"""A button that means a command: `run:project.list:mine=yes`."""
