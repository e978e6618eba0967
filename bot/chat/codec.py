"""Codecs of ids: a head and typed values between colons, made and read in one place.

The ids are kept in messages and databases for years, so what a codec makes never changes, and it reads the
forms with fewer values that were made before. An id comes back from a client: it is a key to look things up
with, never a right.
"""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace, UnionType
from typing import Any, ClassVar, Final, Self

from bot.chat.content import action_id
from bot.chat.events import ButtonPressed, ChoiceMade
from bot.chat.numbers import INSTANT, whole_number
from bot.chat.routes import Declined

__all__ = [
    "FORM_OPEN",
    "GONE",
    "RUN",
    "TALK",
    "Codec",
    "FormSubject",
    "Key",
    "Seconds",
    "Subject",
    "ValueForm",
    "Verb",
    "head_of",
]

GONE: Final = "That button no longer works. `/stint help` shows what you can do."


class Seconds(int):
    """The type of a Unix time in seconds: a number that is an instant."""


ValueForm = type | UnionType | str
"""The form of a value: a type, one that may be left out (`int | None`), a `tuple` of all that follows, or a
text that is always the same."""


_SECONDS: Final[dict[ValueForm, type | UnionType]] = {Seconds: int, Seconds | None: int | None}
_NUMBERS: Final = {int, int | None, *_SECONDS}
_OF_INSTANT: Final = 4  # pieces of an instant in UTC: 2026-03-09T00, 00, 00+00, 00


class Codec(str):
    """A kind of id: its head, and the types of its values by name.

    A Codec is its head as a text, so it is a key of a table of routes.
    """

    __slots__ = ("_made_of", "fields")
    fields: dict[str, ValueForm]
    _made_of: tuple[tuple[str, ValueForm, Any], ...]
    mark: ClassVar[str] = ":"
    """What is between the values."""
    longest: ClassVar[int] = 255
    """Characters of the column; a database refuses, or cuts, what is longer."""
    open_ended: ClassVar[bool] = False
    """The last value, where it is a text, may hold the mark."""

    def __new__(cls, head: str = "", /, **fields: ValueForm) -> Self:
        """Declare a kind of id: `Codec("offer-accept", application=int, terms=int | None)`."""
        made = super().__new__(cls, head)
        made.fields = fields
        made._made_of = tuple((name, kind, _SECONDS.get(kind, kind)) for name, kind in fields.items())
        return made

    def pieces(self, *values: object, whole: bool = True) -> list[str]:
        """Return the pieces of the id with these values, without those that are left out.

        Raises:
            ValueError: the values are not those of this kind; without `whole` the last ones may be missing.
        """
        made, given = [str(self)] if self else [], 0
        for name, kind, made_of in self._made_of:
            if kind is tuple:
                made += map(str, values[given:])
                given = len(values)
            elif isinstance(kind, str):
                made.append(kind)
            elif given == len(values) and not whole:
                break
            else:
                value = values[given] if given < len(values) else None
                given += 1
                if not isinstance(value, made_of):
                    raise ValueError(f"{self}: {value!r} is no {name}")
                if value is not None:
                    made.append(_written(value))
        if given < len(values):
            raise ValueError(f"{self}: {values[given:]!r} is too much")
        return made

    def __call__(self, *values: object) -> str:
        """Return the id with these values.

        Raises:
            ValueError: they are not those of this kind, or too long.
        """
        made = self.mark.join(self.pieces(*values))
        if len(made) > self.longest:
            raise ValueError(f"{self}: an id of {len(made)} characters")
        return made

    def begin(self, *values: object) -> str:
        """Return how every id of this kind with these first values begins."""
        return self.stem(*values) + self.mark

    def stem(self, *values: object) -> str:
        """Return these first values of an id of this kind, after which it may go on with the mark."""
        return self.mark.join(self.pieces(*values, whole=False))

    def parse(self, text: str) -> SimpleNamespace:
        """Return the values of an id by their names; None for those that are left out.

        Raises:
            ValueError: it is none of this kind.
        """
        return self.values(text.split(self.mark)[bool(self) :])

    def match(self, text: str) -> SimpleNamespace | None:
        """Return the values of an id by their names; None where it is none of this kind."""
        if self and text.partition(self.mark)[0] != self:
            return None
        try:
            return self.parse(text)
        except (Declined, ValueError):
            return None

    def values(self, pieces: list[str]) -> SimpleNamespace:
        """Return the values that these pieces are, by their names.

        Raises:
            ValueError: there are more, fewer, or other things.
        """
        found, at, count = dict[str, object](), 0, len(pieces)
        for name, kind in self.fields.items():
            last = kind is tuple or (kind is str and self.open_ended and name == [*self.fields][-1])
            until = count if last else at + (_OF_INSTANT if kind is datetime else 1)
            if kind is tuple:
                found[name] = tuple(pieces[at:])
            elif at < count:
                found[name] = self._read(name, kind, self.mark.join(pieces[at:until]))
            elif isinstance(kind, UnionType):
                found[name] = None
            else:
                raise ValueError(f"{self}: an id without {name}")
            at = until
        if at < count:
            raise ValueError(f"{self}: an id with {count - at} more")
        return SimpleNamespace(**found)

    def _read(self, name: str, kind: ValueForm, piece: str) -> object:
        if kind in _NUMBERS:
            number = whole_number(piece, INSTANT) if kind in _SECONDS else whole_number(piece)
            if number is None:
                raise ValueError(f"{self}: {name} is no number")
            return number
        if isinstance(kind, str) and piece != kind:
            raise ValueError(f"{self}: another {name}")
        return kind.fromisoformat(piece) if kind is datetime or kind is date else piece


class ClientCodec(Codec):
    """A kind of id that comes back from a client: what cannot be read is refused, as by an old button."""

    __slots__ = ()

    def values(self, pieces: list[str]) -> SimpleNamespace:
        """Return the values that these pieces are, by their names.

        Raises:
            Declined: there are more, fewer, or other things.
        """
        try:
            return super().values(pieces)
        except ValueError:
            raise Declined(GONE) from None


class Verb(ClientCodec):
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


def head_of(text: str) -> str:
    """Return what an id begins with: the verb of an action, the noun of a subject, the kind of a key."""
    return text.partition(":")[0]


class Key(Codec):
    """The key of a row: what is sent or set under it once is not sent or set a second time.

    A last value that is a text may hold colons.
    """

    __slots__ = ()
    open_ended = True


class Subject(Codec):
    """What a row is about, by which it is found: a noun and its id, or the ids of several without a noun."""

    __slots__ = ()
    longest = 80

    def __new__(cls, head: str = "", /, **fields: ValueForm) -> Self:
        """Declare a kind of subject: `Subject("project")` makes "project:5"."""
        return super().__new__(cls, head, **(fields or {"id": int}))

    def id_of(self, text: str) -> int:
        """Return the id in a subject of one noun.

        Raises:
            ValueError: it is none of this kind.
        """
        return int(self.parse(text).id)


class FormSubject(ClientCodec):
    """What a form is about, as it comes back from a client within another id: without colons."""

    __slots__ = ()
    mark = "-"
    longest = 80


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


TALK: Final = Verb("talk", conversation=int, revision=int, verb=str, argument=str | None)
"""A button or select of a conversation; its verbs are those of `bot.chat.conversation.inputs`."""

FORM_OPEN: Final = Verb("form-open", form=str, subject=str, page=int)
"""A button that opens a page of a form."""

RUN: Final = Verb("run", command=str, options=tuple)
"""A button that means a command: `run:project.list:mine=yes`."""
