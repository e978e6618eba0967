"""Countries, as people name them: "Spain", "the UK and Brazil", "EU"; stored as ISO 3166 codes."""

import re
from collections.abc import Sequence
from functools import cache

from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.chat.answers.cities import cities_named
from bot.chat.answers.model import Ambiguous, Answer, Asking, JSONValue, Refused, Understood
from bot.chat.answers.normalise import fold, simplify
from bot.chat.answers.place_names import COUNTRIES
from bot.chat.answers.readings import settle
from bot.chat.sentences import CountryName, Names, Plain, Sentence, layout, say

__all__ = [
    "EU",
    "check_countries",
    "check_country",
    "codes_by_name",
    "countries_in_words",
    "is_within",
    "read_countries",
    "read_country",
]

EU = "EU"
"""The code of the European Union, which ISO 3166 reserves: each of its members."""

_MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
"""The members of the European Union (https://european-union.europa.eu/principles-countries-history)."""

_NO_COUNTRIES = frozenset({"EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes of CLDR for what is no country: the eurozone, the United Nations, tests, the unknown."""

_LETTERS = 2  # of a country's code; CLDR's codes of regions are numbers
_EXAMPLE = Plain("Spain")
_EXAMPLES = Plain("Spain, Portugal")
_UNKNOWN = say("I do not know a country by that name. Please write its English name.")
_LANGUAGES = "es fr de pt it nl pl ru uk ar zh ja ko hi tr id vi".split()
"""Languages besides English in which countries are named: the most spoken, whatever the bot speaks."""
_IS_THIS = say("Is this the country you mean?")
_WHICH = say("Which country do you mean?")
_ANY = re.compile(r"(?:any(?:where)?|all|every(?: country|where)?|worldwide|the world|none|no|-|n/?a)[.! ]*")
_FILLER = re.compile(r"^(?:(?:i'?m|i am|i live|we live|living|only|in|from|the)\s+)+|(?<![.!?])[.!?]+$")
_BETWEEN = re.compile(r"[,;/\n]+")
_JOINT = re.compile(r"(?<!\s)\s+(?:and|or|und|oder|y|o|et|ou|e|en)\s+|(?:(?<!\s)\s+)?&\s*")
"""What joins two countries of a list, and is a part of some names ("Trinidad & Tobago")."""
_MOST = 40  # countries of a list
_MOST_CHARACTERS = 1_000
_NEAR = 0.7  # likeness of two spellings from which the other is offered
_MOST_CITIES = 3


def is_within(country: str, countries: Sequence[str]) -> bool:
    """Return whether a country is among these; the European Union holds its members."""
    return country in countries or (EU in countries and country in _MEMBERS)


def countries_in_words(codes: Sequence[str]) -> Names:
    """Return countries in a row, each as its reader's language calls it."""
    return Names(tuple(CountryName(code) for code in codes))


def read_country(text: str, asking: Asking) -> Answer:
    """Read the country a person lives in; of a city, or a name that is nearly one, it is asked about."""
    written = simplify(text).casefold()
    if len(written) > _MOST_CHARACTERS:
        return Refused(_UNKNOWN, _EXAMPLE)
    name = _bare(written)
    for each in (name, _bare(written.rpartition(",")[2])):  # "Madrid, Spain"
        if code := _code_of(each):
            return check_country(code, asking)
    near = [codes_by_name()[each] for each in _near(name)]
    of_cities = [city.country for city in cities_named(written, name)][:_MOST_CITIES]
    meant = [check_country(each, asking) for each in dict.fromkeys([*of_cities, *near])]
    if not meant:
        return Refused(_UNKNOWN, _EXAMPLE)
    return settle(meant, _IS_THIS if len(meant) == 1 else _WHICH, ask=True)


def check_country(value: JSONValue, _asking: Asking) -> Understood | Refused:
    """Take the code of a country; the European Union is none."""
    if not isinstance(value, str) or value == EU or value not in _codes():
        return Refused(_UNKNOWN, _EXAMPLE)
    return Understood(value, _shown([value]))


def read_countries(text: str, asking: Asking) -> Answer:
    """Read countries between commas, lines or an "and"; each counts once, and "any" is none."""
    written = simplify(text.replace("\n", ",")).casefold()
    if len(written) > _MOST_CHARACTERS:
        return Refused("That is a lot of text for a list of countries. Please shorten it.", _EXAMPLES)
    if _ANY.fullmatch(written):
        return check_countries([], asking)
    codes: list[JSONValue] = []
    for name in _names_in(written):
        code = _code_of(name)
        if code is None:
            return _unknown(name)
        codes.append(code)
    return check_countries(codes, asking)


def check_countries(value: JSONValue, _asking: Asking) -> Understood | Refused:
    """Take a list of codes; the same country twice counts once."""
    named = [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
    if named != value or not _codes().issuperset(named):
        return Refused("I need a list of countries here.", _EXAMPLES)
    codes = list(dict.fromkeys(named))
    if len(codes) > _MOST:
        return Refused(say("Please name at most {count} countries.", count=_MOST), _EXAMPLES)
    return Understood(list[JSONValue](codes), _shown(codes) if codes else say("any", context="country"))


def _shown(codes: Sequence[str]) -> Sentence:
    return layout("{countries}", countries=countries_in_words(codes))


def _names_in(written: str) -> list[str]:
    """Return the names of a list; one with an "and" in it stays whole where a country is called so."""
    items = (_bare(item) for item in _BETWEEN.split(written))
    return [name for item in items for name in _apart(item) if name]


def _apart(names: str) -> list[str]:
    """Return names that are joined by "and": each is as long as a country is called so."""
    if _code_of(names):
        return [names]
    joints = list(_JOINT.finditer(names))
    known = (each for each in reversed(joints) if _code_of(_bare(names[: each.start()])))
    joint = next(known, joints[0] if joints else None)
    if joint is None:
        return [names]
    return [_bare(names[: joint.start()]), *_apart(_bare(names[joint.end() :]))]


def _unknown(name: str) -> Ambiguous | Refused:
    near = _near(name)
    if not near:
        return Refused(say("I do not know a country by the name “{name}”.", name=Plain(name)), _EXAMPLES)
    meant = CountryName(codes_by_name()[near[0]])
    asked = say(
        "I do not know a country by the name “{name}”. Did you mean {country}? Please write the list again.",
        name=Plain(name),
        country=meant,
    )
    return Refused(asked)


def _bare(name: str) -> str:
    return " ".join(_FILLER.sub("", fold(name).strip()).split())


def _near(name: str) -> list[str]:
    found = process.extract(
        name, list(codes_by_name()), scorer=OSA.normalized_similarity, score_cutoff=_NEAR, limit=_MOST_CITIES
    )
    return [each for each, _, _ in found]


@cache
def codes_by_name() -> dict[str, str]:
    """Return ISO 3166 codes, and the European Union's, by the folded names of countries."""
    territories = {str(code): str(name) for code, name in Locale("en").territories.items()}
    names = {fold(simplify(name)): code for code, name in territories.items() if _is_country(code)}
    return names | {"eu": EU} | {name: code for code, row in COUNTRIES.items() for name in row.split(", ")}


def _code_of(name: str) -> str | None:
    """Return the country that English calls so, or else another language."""
    return codes_by_name().get(name) or _codes_elsewhere().get(name)


@cache
def _codes_elsewhere() -> dict[str, str]:
    """Return ISO 3166 codes by the folded names of countries in languages other than English.

    A name by which two languages mean different countries is none.
    """
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if _is_country(str(code)):
                found.setdefault(_bare(simplify(str(name)).casefold()), set()).add(str(code))
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def _is_country(code: str) -> bool:
    return code.isalpha() and len(code) == _LETTERS and code not in _NO_COUNTRIES


@cache
def _codes() -> frozenset[str]:
    return frozenset(codes_by_name().values())
