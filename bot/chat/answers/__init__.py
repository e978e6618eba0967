"""The understanding of answers: what people type becomes a value, a question back, or a reason.

Every kind of answer has a reader (words in, Understood, Ambiguous or Refused out) and a check (a
structured value in, the same limits applied). All are pure functions of what is given to them and never
raise for anything a person can send. A text with several readings, or with none that is certain, is asked
about and never guessed.

Values, by kind: text, long: str, a line of which may be a Term (`terms`). link, email: str. number: int or
float. money: {"amount": "400", "currency": "USD"}, with "0" for unpaid. date: a day, {"day": "2026-12-11",
"zone": "Europe/Berlin"}, or an instant in UTC, "2026-12-11T22:59:00Z". yes_no: bool. choice: an option's
value. choices, skills: list of str. zone: an IANA name. country: an ISO 3166 code, countries: a list
of them. channel: `str(Place)`. person: `str(UserRef)`. file: {"id", "name", "size", "media_type"}.

`shown`, the labels of readings and `example` are the bot's words as Sentences, or plain text: the person's
own words or an option's label.
"""

from bot.chat.answers.model import (
    Ambiguous,
    Answer,
    Asking,
    FileRef,
    JSONValue,
    Kind,
    Option,
    Reading,
    ReadyAnswer,
    Refused,
    Understood,
)
from bot.chat.answers.reading import check_value, read_answer, shown_of, value_as_typed

__all__ = [
    "Ambiguous",
    "Answer",
    "Asking",
    "FileRef",
    "JSONValue",
    "Kind",
    "Option",
    "Reading",
    "ReadyAnswer",
    "Refused",
    "Understood",
    "check_value",
    "read_answer",
    "shown_of",
    "value_as_typed",
]
