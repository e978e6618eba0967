"""Reading an answer of any kind: one way in for words, one for values, one for showing them.

Nothing here raises for anything a person can type or send.
"""

from collections.abc import Callable

from bot.chat.answers.choices import check_choice, check_choices, read_choice, read_choices
from bot.chat.answers.countries import check_countries, check_country, read_countries, read_country
from bot.chat.answers.dates import check_date, date_as_typed, read_date
from bot.chat.answers.emails import check_email, read_email
from bot.chat.answers.files import check_file, read_file
from bot.chat.answers.links import check_link, read_link
from bot.chat.answers.model import Answer, Asking, FileRef, JSONValue, Kind, Refused, Understood
from bot.chat.answers.money import check_money, read_money
from bot.chat.answers.normalise import keep
from bot.chat.answers.numbers import check_number, read_number
from bot.chat.answers.references import check_channel, check_person
from bot.chat.answers.skills import check_skills, read_skills
from bot.chat.answers.texts import check_text, read_text
from bot.chat.answers.yesno import check_yes_no, read_yes_no
from bot.chat.answers.zones import check_zone, read_zone
from bot.chat.language import Language, as_text
from bot.chat.sentences import Sentence
from bot.chat.values import replace

_READERS: dict[Kind, Callable[[str, Asking], Answer]] = {
    "text": read_text,
    "long": read_text,
    "number": read_number,
    "money": read_money,
    "date": read_date,
    "yes_no": lambda text, _: read_yes_no(text),
    "choice": read_choice,
    "choices": read_choices,
    "skills": read_skills,
    "link": lambda text, _: read_link(text),
    "email": lambda text, _: read_email(text),
    "zone": read_zone,
    "country": read_country,
    "countries": read_countries,
    "channel": lambda text, _: check_channel(text),
    "person": lambda text, _: check_person(text),
}
_CHECKS = {
    "text": check_text,
    "long": check_text,
    "number": check_number,
    "money": check_money,
    "date": check_date,
    "yes_no": lambda value, _: check_yes_no(value),
    "choice": check_choice,
    "choices": check_choices,
    "skills": check_skills,
    "link": lambda value, _: check_link(value),
    "email": lambda value, _: check_email(value),
    "zone": check_zone,
    "country": check_country,
    "countries": check_countries,
    "channel": lambda value, _: check_channel(value),
    "person": lambda value, _: check_person(value),
    "file": check_file,
}


def read_answer(text: str, asking: Asking, files: tuple[FileRef, ...] = ()) -> Answer:
    """Read what a person typed, and the files that came with it, as an answer of the asked kind."""
    if asking.kind == "file":
        return read_file(files, asking)
    if not keep(text):
        return Refused("There is nothing in that answer yet.")
    return _READERS[asking.kind](text, asking)


def check_value(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Hold a value that is structured already against the limits of the question.

    It comes from a button, a select, a form's field or an earlier answer. The value of an
    Understood passes unchanged, as long as the limits, the options and (for a date that must lie in
    the future) the time allow it.
    """
    return _CHECKS[asking.kind](value, asking)


def value_as_typed(value: JSONValue, asking: Asking, language: Language) -> str:
    """Return a stored value as words that are read as the same again: what a field is filled with.

    What is shown of a date may name two, the day and the date on which it ends for the reader; what is shown
    of a zone says its time, which has passed when the field is read. Of all others only ready answers are
    read in another language than English.
    """
    if asking.kind == "date":
        return date_as_typed(value, asking)
    if asking.kind == "zone":
        return str(value or "")
    shown = shown_of(value, asking)
    return language.text(shown) if asking.ready and isinstance(shown, Sentence) else as_text(shown)


def shown_of(value: JSONValue, asking: Asking) -> str | Sentence:
    """Return a stored value in words, also when the question's limits have changed since.

    A value the question cannot hold any more (an option that is gone) is shown unchanged.
    """
    own_words = asking.kind in {"text", "long"} and not asking.ready
    if own_words and isinstance(value, str) and value.isprintable():
        return value  # a turn of a conversation shows all of its answers again
    lenient = replace(asking, minimum=None, maximum=None, min_length=None, max_length=None, future=False)
    match check_value(value, lenient), value:
        case Understood(shown=shown), _:
            return shown
        case _, list():
            return ", ".join(str(item) for item in value)
        case _, None:
            return ""
        case _:
            return str(value)
