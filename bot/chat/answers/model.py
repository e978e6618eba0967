"""The values answers are made of: what was asked, what was understood, what must be asked back."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.chat.sentences import Sentence, Wording, say

Kind: TypeAlias = Literal[
    "text",
    "long",
    "number",
    "money",
    "date",
    "yes_no",
    "choice",
    "choices",
    "skills",
    "link",
    "email",
    "zone",
    "country",
    "countries",
    "channel",
    "person",
    "file",
]
Unit: TypeAlias = Literal[
    "", "seconds", "minutes", "hours", "days", "weeks", "months", "years", "places", "hours a week"
]
"""What a number counts; "" is a bare number."""

if TYPE_CHECKING:
    JSONValue: TypeAlias = "bool | int | float | str | list[JSONValue] | dict[str, JSONValue] | None"
else:
    JSONValue = Any  # msgspec follows no alias into itself
"""Any content of a JSON document; every understood value is such content, so it can be stored as it is."""


class Option(Struct, frozen=True):
    """One thing to choose: `value` is stored, `label` is shown.

    `earlier`: its first label, where it was reworded since and means the same. The question is known by that,
    so that its answer is not asked for again.
    """

    value: str
    label: Wording
    description: Wording = ""
    earlier: str = ""


class ReadyAnswer(Struct, frozen=True):
    """A ready answer to a question that is answered in words: it is stored as a Term (`answers.terms`).

    Attributes:
        code: its name in databases, for ever; of one question each has another.
        said: what readers read; its values are stored with the code, and are text or whole numbers.
        earlier: the English words by which rows of earlier versions hold it.
        shown: its words in the language that the form was put into, as they are in a field; "" before that.
    """

    code: str
    said: Sentence
    earlier: tuple[str, ...] = ()
    shown: str = ""


class FileRef(Struct, frozen=True):
    """A file that came with a message; `size` is in bytes.

    `id` is the platform's own; `kept:` and a number once the bot keeps it. `refused`: why it cannot be kept,
    and what to do.
    """

    id: str
    name: str
    size: int
    media_type: str
    refused: str | Sentence = ""


class Reading(Struct, frozen=True):
    """One possible meaning of an answer, shown as a button."""

    label: Wording
    value: JSONValue


class Understood(Struct, frozen=True):
    """An answer with one meaning: the value to store, and how it is shown (a string is no template)."""

    value: JSONValue
    shown: str | Sentence


class Ambiguous(Struct, frozen=True):
    """An answer with several meanings, or none that is certain: the bot asks `question`.

    Without readings it is an open question, answered in words.
    """

    question: Wording
    readings: tuple[Reading, ...] = ()


class Refused(Struct, frozen=True):
    """An answer that cannot be taken: a full sentence why, and an answer that could be (or "")."""

    reason: Wording
    example: Wording = ""


Answer: TypeAlias = Understood | Ambiguous | Refused
"""The result of reading a text."""


class Asking(Struct, frozen=True):
    """The facts that a reader of answers may look at.

    Attributes:
        kind: how the answer is read.
        now: the present instant, aware, UTC.
        zone: where dates and times are meant.
        options: what there is to choose (choice, choices).
        minimum: the least number, amount of money or count of picked things.
        maximum: the greatest of those; for a file its size in bytes.
        min_length: the fewest characters of a text.
        max_length: the most characters of a text, or of one skill.
        currency: ISO 4217 code that an amount without a currency is in.
        future: a date must lie after `now`.
        days_of: the zone whose day a date without a time is (see `bot.chat.local_day`); "" is `zone`.
        unit: what a number counts; "" shows the bare number.
        ready: ready answers, each a line of the answer to a question of the kind "text" or "long".
    """

    kind: Kind
    now: datetime
    zone: ZoneInfo
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    currency: str = "USD"
    future: bool = False
    days_of: str = ""
    unit: Unit = ""
    ready: tuple[ReadyAnswer, ...] = ()


class Unreadable(ValueError):
    """A text that is not of the asked kind; `reason` says why and gives an example."""

    def __init__(self, reason: str | Sentence) -> None:
        super().__init__(reason)
        self.reason = reason if isinstance(reason, Sentence) else say(reason)
