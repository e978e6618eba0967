"""Languages: sentences put into the one that their reader reads.

English is the source, which the code holds, so it needs no catalogue. Another language has one in
`bot/locale`, made by Babel and read when it is first needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from gettext import NullTranslations
from typing import Final, assert_never

from babel.dates import format_skeleton
from babel.localedata import exists
from babel.numbers import format_decimal
from msgspec import Struct

from bot.chat.country_names import country_name
from bot.chat.local_day import place_of
from bot.chat.money_words import in_money
from bot.chat.sentences import (
    HOLE,
    ChannelName,
    Command,
    CountryName,
    Duration,
    FileSize,
    Moment,
    Money,
    Names,
    Number,
    Part,
    PersonName,
    Plain,
    RoleName,
    Sentence,
    ShownDay,
    Term,
    TypedWord,
    Value,
    WebLink,
    Wording,
    ZonePlace,
    say,
    show_day,
    show_moment,
)
from bot.chat.values import replace

__all__ = ["ENGLISH", "Language", "as_text", "as_value"]

_AS_IT_IS = (str, Plain, PersonName)
_PUT_IN_ENGLISH = (Sentence,)
_PUT = (Sentence, Moment, ShownDay)
"""The parts that a language other than English has to put into words."""

_FIRST = re.compile(r"^[A-Za-z]+")

_UNITS = {
    "second": ("{count} second", "{count} seconds"),
    "minute": ("{count} minute", "{count} minutes"),
    "hour": ("{count} hour", "{count} hours"),
    "day": ("{count} day", "{count} days"),
    "week": ("{count} week", "{count} weeks"),
    "month": ("{count} month", "{count} months"),
}


_KILO: Final = 1_000
_JOINTS: Final = {"and": Term(" and ", "list"), "or": Term(" or ", "list")}


class Language(Struct, frozen=True):
    """A language: its tag (BCP 47), and the catalogue of its sentences."""

    tag: str
    catalogue: NullTranslations

    @property
    def locale(self) -> str:
        """The locale by which Babel writes dates and numbers: the tag's, or that of its first part."""
        own = self.tag.replace("-", "_")
        return own if exists(own) else _FIRST.findall(self.tag)[0]

    def put(self, said: Sentence) -> tuple[Part, ...]:
        """Return the parts of a sentence in this language: its words in markdown, and its values.

        A hole without a value stays as it is: `{space}` is filled where it is known who reads
        (`bot.chat.rendering.platform_words`).
        """
        first, holes = _pieces(self._template(said))
        if not holes:
            return (first,) if first else ()
        made: list[Part] = [first] if first else []
        for name, words in holes:
            value = said.values.get(name)
            if isinstance(value, str):
                made.append(Plain(value))
            else:
                _add(made, self._shown(value) if value is not None else (f"{{{name}}}",))
            if words:
                _add(made, (_after(made[-1], words) if made else words,))
        return tuple(made)

    def parts(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """Return the parts with every sentence among them put."""
        if len(parts) == 1 and isinstance(parts[0], Sentence):
            return self.put(parts[0])
        again = _PUT_IN_ENGLISH if self.tag == "en" else _PUT
        for part in parts:  # a generator would take longer than most texts do
            if isinstance(part, again):
                break
        else:
            return tuple(parts)
        made: list[Part] = []
        for part in parts:
            _add(made, (part,) if isinstance(part, _AS_IT_IS) else self._shown(part))
        return tuple(made)

    def wording(self, words: Wording) -> Wording:
        """Return a short text as it is shown; one that names people or places keeps them as values.

        Braces of people's are kept apart as well: a hole that is filled later (`{space}`) is none of theirs.
        """
        if isinstance(words, str):
            return self.catalogue.gettext(words) if words else ""
        parts = self.parts(words if isinstance(words, tuple) else (words,))
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        plain = all(
            isinstance(part, str) or (isinstance(part, Plain) and "{" not in part.text) for part in parts
        )
        return as_text(parts) if plain else parts

    def text(self, words: Wording) -> str:
        """Return a short text as plain text."""
        return as_text(self.wording(words))

    def _template(self, said: Sentence) -> str:
        if said.many:
            count = said.values["count"]
            number = count if isinstance(count, int) else 2
            if said.context:
                return self.catalogue.npgettext(said.context, said.one, said.many, number)
            return self.catalogue.ngettext(said.one, said.many, number)
        if said.context:
            return self.catalogue.pgettext(said.context, said.one)
        return self.catalogue.gettext(said.one) if said.one else ""

    def _shown(self, value: Value) -> tuple[Part, ...]:  # noqa: C901, PLR0912 - one for each kind of value
        match value:
            case str():
                return (Plain(value),)
            case Sentence():
                return self.put(value)
            case int():
                return (str(value),)
            case Plain() | PersonName() | ChannelName() | RoleName() | WebLink():
                return (value,)
            case Moment():
                return (value if self.tag == "en" else replace(value, locale=self.locale),)
            case ShownDay():
                return (value if self.tag == "en" else self._day(value),)
            case Money(cents, currency):
                return (Plain(in_money(Decimal(cents) / 100, currency, self.locale)),)
            case Number(written):
                return (Plain(format_decimal(Decimal(written), locale=self.locale)),)
            case Duration(count, unit):
                return self.put(say(*_UNITS[unit], count=count))
            case FileSize(count):
                return self.put(_sized(count))
            case Term(word, context):
                return (self.catalogue.pgettext(context, word),)
            case TypedWord(word):
                return (self.catalogue.pgettext("typed", word),)
            case Command(line):
                return (f"`{line}`",)
            case ZonePlace(zone):
                return (Plain(place_of(zone)),)
            case CountryName(code):
                return (Plain(country_name(code, self.locale)),)
            case Names():
                return self._list(value)
            case _:
                assert_never(value)

    def _day(self, shown: ShownDay) -> ShownDay:
        """Return a day in the words of this language; the year is said where English says it."""
        clock = replace(shown.clock, locale=self.locale) if shown.clock else None
        said = replace(shown, clock=clock, aside=self.catalogue.gettext("for you"))
        if shown.on is None:
            return said
        skeleton = "yMMMEd" if str(shown.on.year) in shown.day else "MMMEd"
        return replace(said, day=format_skeleton(skeleton, shown.on, locale=self.locale))

    def _list(self, names: Names) -> tuple[Part, ...]:
        shown = [self._shown(name) for name in names.names]
        made: list[Part] = []
        for number, parts in enumerate(shown):
            if number:
                last = number == len(shown) - 1
                made += self._shown(_JOINTS[names.last]) if last else (", ",)
            made += parts
        return tuple(made)


ENGLISH = Language("en", NullTranslations())


def _sized(count: float) -> Sentence:
    """Return a number of bytes with its unit."""
    if count < _KILO:
        return say("{size} B", size=Number(f"{count:.3g}"))
    if count < _KILO**2:
        return say("{size} kB", size=Number(f"{count / _KILO:.3g}"))
    if count < _KILO**3:
        return say("{size} MB", size=Number(f"{count / _KILO**2:.3g}"))
    return say("{size} GB", size=Number(f"{count / _KILO**3:.3g}"))


@lru_cache(4096)
def _pieces(template: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the words before a template's first hole, and each hole's name with the words after it."""
    first, *rest = HOLE.split(template)
    return first, tuple(zip(rest[::2], rest[1::2], strict=True))


def _after(value: Part, words: str) -> str:
    """Return the words after a value, without a full stop where the value ends in one: `6:00 p.m.`."""
    if not words.startswith(".") or words.startswith(".."):
        return words
    ends = value.text if isinstance(value, Plain) else value
    return words[1:] if isinstance(ends, str) and ends.endswith(".") else words


def _add(made: list[Part], parts: Iterable[Part]) -> None:
    """Add parts to a text; words that follow words are one part."""
    for part in parts:
        if not isinstance(part, str):
            made.append(part)
        elif made and isinstance(made[-1], str):
            made[-1] += part
        elif part:
            made.append(part)


def as_value(words: Wording) -> Plain | Sentence:
    """Return a short text as a value of a sentence: a bare string is an English text to be put, too."""
    if isinstance(words, str):
        return say(words) if words else Plain("")
    return words if isinstance(words, Plain | Sentence) else Plain(as_text(words))


def as_text(words: Wording) -> str:
    """Return a short text as plain text; what was not put into a language yet is English."""
    if isinstance(words, str):
        return words
    return "".join(map(_plain, ENGLISH.parts(words if isinstance(words, tuple) else (words,))))


def _plain(part: Part) -> str:
    match part:
        case str():
            return part
        case Plain(text):
            return text
        case Moment():
            return show_moment(part)
        case ShownDay():
            return show_day(part)
        case PersonName(name=name):
            return name
        case ChannelName(name=name):
            return f"#{name}" if name else "a channel"
        case RoleName(name=name):
            return name or "a role"
        case WebLink(url, label):
            return label or url
        case Sentence():
            return as_text(ENGLISH.put(part))
        case _:
            assert_never(part)
