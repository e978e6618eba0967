"""A number, as people write it: "about 10 hours", "10-ish", "ten", "1,500", "two and a half"."""

import re
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from bot.chat.answers.model import Ambiguous, Answer, Asking, JSONValue, Refused, Understood, Unit
from bot.chat.answers.normalise import simplify
from bot.chat.answers.quantities import Quantity, find_quantities, without_quantities
from bot.chat.answers.readings import settle
from bot.chat.sentences import Number, Plain, Sentence, Value, layout, say

_TIME_UNITS = {
    short: unit
    for unit, shorts in {
        "minute": "m min mins minute minutes",
        "hour": "h hr hrs hour hours hs",
        "day": "d day days",
        "week": "w wk wks week weeks",
        "month": "mo mos mth month months",
        "year": "y yr yrs year years",
    }.items()
    for short in shorts.split()
}
# Only what is the same for all people: a working day has no fixed number of hours.
_WORTH = {
    ("minute", "hour"): Fraction(1, 60),
    ("hour", "minute"): Fraction(60),
    ("day", "week"): Fraction(1, 7),
    ("week", "day"): Fraction(7),
    ("month", "year"): Fraction(1, 12),
    ("year", "month"): Fraction(12),
}
_HOW_MANY: dict[Unit, Sentence] = {
    "": say("What is the number?"),
    "seconds": say("How many seconds is it?"),
    "minutes": say("How many minutes is it?"),
    "hours": say("How many hours is it?"),
    "days": say("How many days is it?"),
    "weeks": say("How many weeks is it?"),
    "months": say("How many months is it?"),
    "years": say("How many years is it?"),
    "places": say("How many places is it?"),
    "hours a week": say("How many hours a week is it?"),
}
_IN_TOTAL: dict[Unit, Sentence] = {
    "": say("That reads as a number for each stretch of time. What is it in total?"),
    "seconds": say("That reads as a number for each stretch of time. How many seconds is it in total?"),
    "minutes": say("That reads as a number for each stretch of time. How many minutes is it in total?"),
    "hours": say("That reads as a number for each stretch of time. How many hours is it in total?"),
    "days": say("That reads as a number for each stretch of time. How many days is it in total?"),
    "weeks": say("That reads as a number for each stretch of time. How many weeks is it in total?"),
    "months": say("That reads as a number for each stretch of time. How many months is it in total?"),
    "years": say("That reads as a number for each stretch of time. How many years is it in total?"),
    "places": say("That reads as a number for each stretch of time. How many places is it in total?"),
}
_A_UNIT = "|".join(_TIME_UNITS)
_RATE = re.compile(
    rf"(?:/ ?|\b(?:per|an?|each|every) )(?P<unit>{_A_UNIT})\b"
    r"|\b(?P<often>hourly|daily|weekly|monthly|yearly|annually)\b"
)
# A number, marked as #, up to the end of its rate: "# hours a week".
_RATED = re.compile(
    rf"(?<=#) *(?:(?:{_A_UNIT})\b)? *"
    rf"(?:(?:/ ?|\b(?:per|an?|each|every) )(?:{_A_UNIT})\b|\b(?:hourly|daily|weekly|monthly)\b)"
)
_OFTEN = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}

# They surround a number without changing it.
_FILLERS = frozenset(
    """
    a about above aim all all-in almost altogether an and approx approximately around at be between
    best bit ca circa close could count estimate estimated exactly for from guess hopefully i i'd
    i'll i'm in is ish it it'll it's its just least less like likely lot max maximum may maybe me
    might min minimum more most my need needs no number of ok okay only or order over overall
    perhaps please pls plus possibly probably roughly said say short should so something somewhere
    sum sure take takes than thanks that that's the there thereabouts think this time to together
    total under up us usually want we we'd we'll well will would yes you
    """.split()
)
_MOST_CHARACTERS = 200
_LARGEST_NUMBER = 10**12
_SHOWN_DECIMALS = 3  # of a Number; one with more is shown as it is


def read_number(text: str, asking: Asking) -> Answer:
    """Read one number; ranges, rates and numbers of something else are asked about."""
    plain = simplify(text).lower().replace("#", " ")
    if len(plain) > _MOST_CHARACTERS:
        return Refused("That is a lot of text. Please send the number alone.", _example(asking))
    plain = re.sub(rf"(?<=[0-9])({_A_UNIT})(?=[0-9])", r" \1 ", _put_halves_first(plain))
    plain = plain.replace("%", " percent ")
    if asking.unit.startswith("hours"):
        plain = re.sub(r"\b([0-9]{1,3}):([0-5][0-9])\b", r"\1 h \2", plain)
    found = find_quantities(plain)
    if not found:
        # "an hour" is one hour, but in "$20 an hour" another number comes before it.
        plain = re.sub(rf"\b(?:an?) (?={_A_UNIT}\b)", "1 ", plain)
        found = find_quantities(plain)
    if not found:
        return Refused("I could not find a number in that.", _example(asking))
    rest = without_quantities(plain, found, " # ")
    rate, wanted = rate_in(rest), rate_in(asking.unit.lower())
    if rate and rate != wanted:
        question = _HOW_MANY[asking.unit] if wanted else _IN_TOTAL[asking.unit]
        return settle(_in_unit(found, _words_of(_RATED.sub(" ", rest)), asking), question, ask=True)
    return _weigh(found, _words_of(_RATE.sub(" ", rest)), asking)


def rate_in(text: str) -> str:
    """Return the unit of time that a text counts by ("20 per hour", "weekly"); "" if none."""
    rate = _RATE.search(text)
    if not rate:
        return ""
    return _TIME_UNITS.get(rate["unit"] or "") or _OFTEN.get(rate["often"] or "", "year")


def check_number(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Hold a number against the limits; a whole one becomes an int."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Refused("I need a number here.", _example(asking))
    # An integer may be too large to be asked whether it is finite.
    if (isinstance(value, float) and not isfinite(value)) or abs(value) > _LARGEST_NUMBER:
        return Refused("That number is too large for me.", _example(asking))
    if asking.minimum is not None and value < asking.minimum:
        return Refused(
            say("It must be at least: {number}.", number=_words(asking.minimum, asking)), _example(asking)
        )
    if asking.maximum is not None and value > asking.maximum:
        return Refused(
            say("It can be at most: {number}.", number=_words(asking.maximum, asking)), _example(asking)
        )
    plain = int(value) if value == int(value) else value
    return Understood(plain, _words(plain, asking))


def _put_halves_first(text: str) -> str:
    """Write "an hour and a half" as "1 and a half hour", and "half an hour" as "half hour"."""
    text = re.sub(
        rf"(?<![\w.,])([.,]*)(an?|\w[\w.,]*) ({_A_UNIT}) and a (half|quarter)\b",
        lambda match: f"{match[1]}{'1' if match[2] in {'a', 'an'} else match[2]} and a {match[4]} {match[3]}",
        text,
    )
    return re.sub(r"\b(half|quarter|couple|dozen)(?: of)? an? ", r"\1 ", text)


def _weigh(found: tuple[Quantity, ...], words: list[str], asking: Asking) -> Answer:
    """Put units and numbers together and decide which numbers may be meant."""
    units = _units_after(words)
    wanted = _TIME_UNITS.get(asking.unit.lower().partition(" ")[0], "")
    if asking.unit and any(unit and not _factor(unit, wanted) for unit in units):
        return settle(_in_unit(found, words, asking), _HOW_MANY[asking.unit], ask=True)
    weighed = [
        [Fraction(value) * (_factor(unit, wanted) or 1) for value in quantity.values]
        for quantity, unit in zip(found, units, strict=True)
    ]
    if wanted and _is_sum(words, units):
        weighed = [[weighed[0][0] + weighed[1][0]]]
    numbers = [number for values in weighed for number in values]
    if wanted and any(number != round(number, 4) for number in numbers):
        return Ambiguous(_HOW_MANY[asking.unit])
    unknown = _unknown(words, asking)
    checked = [check_number(float(number), asking) for number in numbers]
    if len(found) > 1 and len(weighed) > 1:
        question = say("I see more than one number. Which one should I take?")
    elif unknown and isinstance(checked[0], Understood):
        question = say("Is this what you mean: {number}?", number=checked[0].shown)
    else:
        question = say("Which number do you mean?")
    return settle(checked, question, ask=unknown)


def _in_unit(found: tuple[Quantity, ...], words: list[str], asking: Asking) -> list[Understood | Refused]:
    """Return the numbers given in the asked unit, beside others that are not."""
    wanted = _TIME_UNITS.get(asking.unit.lower().partition(" ")[0])
    units = _units_after(words)
    return [
        check_number(float(value), asking)
        for quantity, unit in zip(found, units, strict=True)
        for value in quantity.values
        if unit == wanted
    ]


def _words_of(text: str) -> list[str]:
    return re.sub(r"[^\w#']", " ", text).split()


def _units_after(words: list[str]) -> list[str]:
    """Return the unit of time after each number, or ""; "1h30" has minutes at its end."""
    units = [
        _TIME_UNITS.get(words[at + 1], "") if at + 1 < len(words) else ""
        for at, word in enumerate(words)
        if word == "#"
    ]
    return ["hour", "minute"] if words == ["#", "h", "#"] else units


def _is_sum(words: list[str], units: list[str]) -> bool:
    """Tell "1 hour 30 minutes" and "1h30", which are one amount of time."""
    if len(units) != 2 or (units[0], units[1]) not in _WORTH:  # noqa: PLR2004 - two parts
        return False
    first = words.index("#")
    second = words.index("#", first + 1)
    return set(words[first + 2 : second]) <= {"and"}


def _factor(unit: str, wanted: str) -> Fraction | None:
    if not unit or unit == wanted:
        return Fraction(1)
    return _WORTH.get((unit, wanted))


def _unknown(words: list[str], asking: Asking) -> bool:
    """Tell whether there are words around the number that may change what it means."""
    known = _FILLERS | _TIME_UNITS.keys() | set(re.findall(r"[\w']+", asking.unit.lower()))
    known |= {word.removesuffix("s") for word in known if len(word) > 3}  # noqa: PLR2004 - "is"
    strange = [at for at, word in enumerate(words) if word != "#" and word not in known]
    # A single noun after the number names what is counted: "3 people".
    if not asking.unit and len(strange) == 1:
        return strange[0] == 0 or words[strange[0] - 1] != "#"
    return bool(strange)


def _words(number: float, asking: Asking) -> Sentence:
    count = _count(number)
    match asking.unit:
        case "":
            return layout("{count}", count=count)
        case "seconds":
            return say("{count} second", "{count} seconds", count=count)
        case "minutes":
            return say("{count} minute", "{count} minutes", count=count)
        case "hours":
            return say("{count} hour", "{count} hours", count=count)
        case "days":
            return say("{count} day", "{count} days", count=count)
        case "weeks":
            return say("{count} week", "{count} weeks", count=count)
        case "months":
            return say("{count} month", "{count} months", count=count)
        case "years":
            return say("{count} year", "{count} years", count=count)
        case "places":
            return say("{count} place", "{count} places", count=count)
        case "hours a week":
            return say("{count} hour a week", "{count} hours a week", count=count)


def _count(number: float) -> Value:
    """Return a number as the value that decides about a plural, with all its decimals."""
    if number == int(number) and abs(number) < 1_000:  # noqa: PLR2004 - where groups begin
        return int(number)
    written = f"{Decimal(str(number)):f}"
    return Number(written) if len(written.partition(".")[2]) <= _SHOWN_DECIMALS else written


def _example(asking: Asking) -> Plain | str:
    """Return a number within the limits."""
    for number in (10.0, 1.0, 100.0, asking.minimum, asking.maximum):
        above = asking.minimum is None or (number is not None and number >= asking.minimum)
        below = asking.maximum is None or (number is not None and number <= asking.maximum)
        if number is not None and above and below:
            return Plain(f"{Decimal(str(number)).normalize():f}")
    return ""
