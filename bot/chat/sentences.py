"""Sentences as data: a template in English with named values, put into the reader's language when it is said.

A template is written in the bot's markdown dialect with holes, `**{project}** is due {when}.`; it is the key
of a catalogue (`bot.chat.language`). A value is never markdown: a bare string is a person's words or a fact,
shown as it is. Sentences are stored as they are in notices, tasks and forms; a message that was said holds
their parts (`Part`), in which people, channels, roles, links, days and moments are still values, so that each
platform draws its own mark for them and a person's data can be found by id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from msgspec import Struct, field

__all__ = [
    "HOLE",
    "ChannelName",
    "Command",
    "CountryName",
    "Duration",
    "FileSize",
    "Moment",
    "Money",
    "Names",
    "Number",
    "Part",
    "PersonName",
    "Plain",
    "RoleName",
    "Sentence",
    "ShownDay",
    "Term",
    "TypedWord",
    "Value",
    "WebLink",
    "Wording",
    "ZonePlace",
    "in_a_row",
    "layout",
    "role_value",
    "say",
    "sentence_of",
    "show_day",
    "show_moment",
]

HOLE: Final = re.compile(r"\{(\w+)\}")
"""A hole in a template; the group is the value's name."""


class Plain(Struct, frozen=True, tag_field="kind", tag="plain"):
    """A person's words, shown exactly as they are: no ping, no link, no formatting of theirs."""

    text: str


class Moment(Struct, frozen=True, tag_field="kind", tag="moment"):
    """An instant (aware UTC). Platforms that can show it in each reader's zone do; others use `zone`.

    `style`: "full" is weekday, date, time and zone; "day" is weekday and date; "time" is the time and its
    zone; "clock" is the time alone, "date_clock" weekday, date and time; both are for readers who know
    the zone. `locale` is the language of its words once it is said, "" is English.
    """

    at: datetime
    zone: str
    style: Literal["full", "day", "time", "clock", "date_clock"] = "full"
    locale: str = ""


class ShownDay(Struct, frozen=True, tag_field="kind", tag="shown_day"):
    """A day in the bot's own words, with the reader's clock beside it (`bot.chat.day_parts`).

    `day` is weekday and date; `place` where it ends, "" where the reader needs none; `clock` when it ends,
    the one thing that a platform draws in the reader's zone; None where the day is enough; `aside` says whose
    clock it is. `on` is the date, for words in another language, and `zone` that of its Day, for another
    reader and for when the Day moves; None and "" in what was stored before they were kept. `ends`: something
    ends on the day, and does not start on it.
    """

    day: str
    place: str = ""
    clock: Moment | None = None
    on: date | None = None
    aside: str = "for you"
    zone: str = ""
    ends: bool = True


class PersonName(Struct, frozen=True, tag_field="kind", tag="person"):
    """A person: their id and name.

    `mention`: the reader may be given the person's account to tap. `account`, str(UserRef), is that account
    on the reader's platform once the message is said, "" where only the name is shown.
    """

    id: int
    name: str
    mention: bool = False
    account: str = ""


class ChannelName(Struct, frozen=True, tag_field="kind", tag="channel"):
    """A channel: `place` is str(Place); `name` without "#", "" where it is not known.

    Its own platform draws its mark; elsewhere it is shown by its name and platform.
    """

    place: str
    name: str = ""


class RoleName(Struct, frozen=True, tag_field="kind", tag="role"):
    """A role of a server: `space` is "platform:space"; `name` is "" where it is not known."""

    space: str
    id: str
    name: str = ""


def role_value(platform: str, space: str, role: str, name: str = "") -> RoleName:
    """Make the value of a role of a server; `space` is "" where it is not known."""
    return RoleName(f"{platform}:{space}", role, name)


class WebLink(Struct, frozen=True, tag_field="kind", tag="web_link"):
    """A web address that a person gave, clickable everywhere; `label` is shown in its place where given."""

    url: str
    label: str = ""


class Money(Struct, frozen=True, tag_field="kind", tag="money"):
    """An amount in hundredths of a currency (ISO 4217)."""

    cents: int
    currency: str


class Number(Struct, frozen=True, tag_field="kind", tag="number"):
    """A number that is no count of the sentence; `value` in decimal notation, `7.5`."""

    value: str


class Duration(Struct, frozen=True, tag_field="kind", tag="duration"):
    """A length of time in whole units: `2 days`."""

    count: int
    unit: Literal["second", "minute", "hour", "day", "week", "month"]


class FileSize(Struct, frozen=True, tag_field="kind", tag="file_size"):
    """The size of a file in bytes, shown in the unit that fits: `4.9 MB`."""

    count: int


class Term(Struct, frozen=True, tag_field="kind", tag="term"):
    """A word from a fixed list, such as a status; `context` names the list, since a word has several uses."""

    word: str
    context: str


class Command(Struct, frozen=True, tag_field="kind", tag="command"):
    """A command as it is typed: `/project post`."""

    line: str


class TypedWord(Struct, frozen=True, tag_field="kind", tag="typed_word"):
    """A word that the reader is asked to type, in the language that their words are read in."""

    word: str


class ZonePlace(Struct, frozen=True, tag_field="kind", tag="zone_place"):
    """The place that a time zone is named after: `Madrid` of Europe/Madrid."""

    zone: str


class CountryName(Struct, frozen=True, tag_field="kind", tag="country"):
    """A country by its ISO 3166 code, called as the reader's language calls it; EU is the European Union."""

    code: str


class Names(Struct, frozen=True, tag_field="kind", tag="names"):
    """Several names in a row: `Ada, Bo and Cem`."""

    names: tuple[str | PersonName | Term | Plain | Command | CountryName, ...]
    last: Literal["and", "or"] = "and"


class Sentence(Struct, frozen=True, tag_field="kind", tag="sentence"):
    """A sentence of the bot's: `one` is the English template and the key of the catalogues.

    With `many`, the value `count` decides between both. `context` tells apart texts of one or two words that
    are the same in English.
    """

    one: str
    values: dict[str, Value] = field(default_factory=dict)
    many: str = ""
    context: str = ""

    def __hash__(self) -> int:
        """Hash what decides nearly always; a dictionary has no hash."""
        return hash((self.one, self.many, self.context))


Value = (
    str
    | int
    | Plain
    | Moment
    | ShownDay
    | PersonName
    | ChannelName
    | RoleName
    | WebLink
    | Money
    | Number
    | Duration
    | FileSize
    | Term
    | Command
    | TypedWord
    | ZonePlace
    | CountryName
    | Names
    | Sentence
)
"""A value of a sentence. A sentence as a value is a separate line: a reason after a colon, an item."""

Part = str | Plain | Moment | ShownDay | PersonName | ChannelName | RoleName | WebLink | Sentence
"""A piece of a block: `str` is the bot's words in the markdown dialect, whose marks reach across parts."""

Wording = str | Plain | Sentence | tuple[Part, ...]
"""A short text without markdown: a label, a title, a question. Before it is said, `str` is an English text of
the bot's own; afterwards it is what is shown, and a tuple is parts in which some are still values."""


def say(one: str, many: str = "", /, *, context: str = "", **values: Value) -> Sentence:
    """Make a sentence with its values; `many` is its plural, which the value `count` decides about."""
    return Sentence(one, values, many, context)


def layout(marks: str, /, **values: Value) -> Sentence:
    """Make a line without words of the bot's: values and the marks around them, `{number}. {question}`.

    It is the same in every language, so no catalogue has it.
    """
    return Sentence(marks, values)


def in_a_row(values: Iterable[Value], between: str) -> Sentence:
    """Make a layout of any number of values, with the same marks between each two: line breaks, commas."""
    named = {f"value{number}": value for number, value in enumerate(values)}
    return Sentence(between.join(f"{{{name}}}" for name in named), named)


def sentence_of(pieces: Sequence[Part], context: str, values: dict[str, Value]) -> tuple[Part, ...]:
    """Return the parts of a block: one sentence, of a template and its plural, or a value by itself."""
    first = pieces[0] if pieces else ""
    if values or context or (len(pieces) == 1 and isinstance(first, str)):
        one, many = (*map(str, pieces), "")[:2]
        return (Sentence(one, values, many, context),)
    return tuple(pieces)


def show_moment(moment: Moment) -> str:
    """Show the instant in words, in the moment's own zone: `Fri 11 December 2026, 23:59 (Europe/Berlin)`."""
    local = moment.at.astimezone(ZoneInfo(moment.zone))
    if moment.locale:
        return _moment_in(local, moment)
    day = f"{local:%a} {local.day} {local:%B %Y}"
    if moment.style == "day":
        return day
    if moment.style == "clock":
        return f"{local:%H:%M}"
    if moment.style == "date_clock":
        return f"{local:%a} {local.day} {local:%B}, {local:%H:%M}"
    if moment.style == "time":
        return f"{local:%H:%M} ({moment.zone})"
    return f"{day}, {local:%H:%M} ({moment.zone})"


def _moment_in(local: datetime, moment: Moment) -> str:
    """Show an instant in another language; Babel knows its order and its names."""
    clock = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=moment.locale)
    if moment.style == "clock":
        return clock
    if moment.style == "time":
        return f"{clock} ({moment.zone})"
    skeleton = "MMMEd" if moment.style == "date_clock" else "yMMMEd"
    day = format_skeleton(skeleton, local, tzinfo=local.tzinfo, locale=moment.locale)
    if moment.style == "day":
        return day
    return f"{day}, {clock}" if moment.style == "date_clock" else f"{day}, {clock} ({moment.zone})"


def show_day(shown: ShownDay) -> str:
    """Show the day without a clock, for where no platform draws one: `Mon 16 March (Madrid)`."""
    return f"{shown.day} ({shown.place})" if shown.place else shown.day
