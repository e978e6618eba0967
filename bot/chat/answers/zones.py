"""A time zone, as people name it: "Berlin", "Europe/Berlin", "new york", "India", "EST".

Stored as the IANA name. Countries and their zones come from the database's own zone.tab, in which a
country's zones are ordered with the most populous part first (see the file's head).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.chat.answers.cities import City, cities_named, state_codes
from bot.chat.answers.countries import codes_by_name
from bot.chat.answers.model import Answer, Asking, JSONValue, Refused, Understood
from bot.chat.answers.normalise import fold, simplify
from bot.chat.answers.place_names import ABBREVIATIONS, CITIES, SHARED_NAMES, WELL_KNOWN
from bot.chat.answers.readings import MOST_READINGS, settle
from bot.chat.sentences import Plain, Sentence, Term, say

_EXAMPLE = Plain("Berlin")
_UNKNOWN = say("I do not know a time zone by that name. The nearest big city works best.")
_WHICH_CLOCK = say("Which clock do you go by?")
_WHICH_PLACE = say("Which of these do you mean?")
_WEEKDAYS = (
    Term("Mon", "weekday"),
    Term("Tue", "weekday"),
    Term("Wed", "weekday"),
    Term("Thu", "weekday"),
    Term("Fri", "weekday"),
    Term("Sat", "weekday"),
    Term("Sun", "weekday"),
)
_OFFSET = re.compile(
    r"\(?(?P<named>(?:utc|gmt) ?)?(?P<sign>[+-])? ?(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-5][0-9]))?\)?"
)
_HOURS = re.compile(r" ?(?:h|hrs?|hours?)$")
_AHEAD_OF = re.compile(
    r".*?(?P<hours>[0-9]{1,2})(?::(?P<minutes>[0-5][0-9]))? ?(?:h|hrs?|hours?) (?P<way>ahead|behind)"
    r"(?: of)? (?:utc|gmt)"
)
_FURTHEST = timedelta(hours=14)
"""Kiritimati's, the largest offset in use."""
_FILLER_WORDS = re.compile(
    r"\b(?:i'?m|i am|i live|living|based|located|currently|my|is|in|at|from|near|the|it's|time ?zone"
    r"|zone|city|time|local|standard|daylight|here)\b|[.!?]"
)
_MOST_CHARACTERS = 80
_LARGE = 100_000
"""People of a city that is taken without a question, where no other of its name comes near."""
_FAR_SMALLER = 5
"""Factor by which a city must be larger than another of its name for the other to be ignored."""
_SURE, _NEAR, _AHEAD = 0.8, 0.7, 0.1
"""Likeness of two spellings: taken, offered, and how far ahead of the next one to be taken."""


def read_zone(text: str, asking: Asking) -> Answer:
    """Read a time zone; an abbreviation, an offset, a country with several clocks is asked about."""
    written = simplify(text).casefold()
    plain = fold(written)
    if len(plain) > _MOST_CHARACTERS:
        return Refused(_UNKNOWN, _EXAMPLE)
    bare, written = (" ".join(_FILLER_WORDS.sub(" ", each).split()) for each in (plain, written))
    for name in (plain, bare):
        zones = named_zones(name) or _apart(_countries().get(name, ()), asking.now)
        if zones:
            return _offer(zones, asking)
    offset = offset_in(_HOURS.sub("", bare)) or _ahead_in(plain)
    if offset is not None:
        return _by_offset(offset, asking)
    parts = _by_parts(bare, asking)
    if isinstance(parts, Understood):
        return parts
    return _by_city(written, bare, asking) or parts or _by_spelling(bare, asking)


def check_zone(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a name of the IANA database; it is shown with its present local time."""
    if not isinstance(value, str) or _names().get(value.lower()) != value:
        return Refused(_UNKNOWN, _EXAMPLE)
    return Understood(value, _with_clock(value, value, asking.now))


def _with_clock(place: str, zone: str, now: datetime) -> Sentence:
    """Return a place in words, with the day and the time that it is there."""
    there = now.astimezone(ZoneInfo(zone))
    day = _WEEKDAYS[there.weekday()]
    return say("{place} (now {day} {clock})", place=place, day=day, clock=f"{there:%H:%M}")


def named_zones(name: str) -> tuple[str, ...]:
    """Return the zones that a city, an abbreviation or an IANA name in small letters may mean."""
    if name in {"utc", "z", "zulu", "etc/utc"}:
        return ("UTC",)
    if "/" in name and name in _names():
        return (_names()[name],)
    return _by_name().get(name, ())


def offset_in(text: str) -> timedelta | None:
    """Return the offset from UTC that a text in small letters is ("utc+2", "+05:30"), if it is."""
    match = _OFFSET.fullmatch(text)
    if not match or not (match["sign"] or match["named"]):
        return None
    return _offset(match, behind=match["sign"] == "-")


def _ahead_in(text: str) -> timedelta | None:
    """Return the offset that "2 hours ahead of UTC" is, if a text is like that."""
    match = _AHEAD_OF.fullmatch(text)
    return _offset(match, behind=match["way"] == "behind") if match else None


def _offset(match: re.Match[str], *, behind: bool) -> timedelta | None:
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if offset > _FURTHEST:
        return None
    return -offset if behind else offset


def in_utc(offset: timedelta) -> str:
    """Return an offset in words: "UTC+05:30"."""
    return str(timezone(offset)) if offset else "UTC+00:00"


def _offer(
    zones: Iterable[str], asking: Asking, question: Sentence = _WHICH_CLOCK, *, ask: bool = False
) -> Answer:
    return settle([check_zone(zone, asking) for zone in zones], question, ask=ask)


def _by_offset(offset: timedelta, asking: Asking) -> Answer:
    """Offer places whose clock is so far from UTC; people live in a place, not at a bare offset."""
    zones = _zones_at(offset, asking.now)
    if not zones:
        unknown = say(
            "No place that I know is at {offset} now. The nearest big city works best.", offset=in_utc(offset)
        )
        return Refused(unknown, _EXAMPLE)
    question = say("Several places are at {offset} now. Which city is nearest to you?", offset=in_utc(offset))
    return _offer(zones, asking, question, ask=True)


def _by_city(written: str, bare: str, asking: Asking) -> Answer | None:
    """Read one of the world's cities, alone or with its country or state."""
    if found := cities_named(written, bare):
        return _offer_cities(found, asking, sure=False)
    for name, region in _with_region(bare):
        found = cities_named(name)
        inside = [city for city in found if _is_in(city, region)]
        if inside:
            return _offer_cities(inside, asking, sure=True)
        if found and "," in bare:  # of a region that is not known: any of them may be meant
            return _offer_cities(found, asking, sure=None)
    return None


def _with_region(text: str) -> Iterator[tuple[str, str]]:
    """Split "springfield, illinois" and "springfield illinois" into a name and where it is."""
    if "," in text:
        name, _, region = text.partition(",")
        yield name.strip(), region.rpartition(",")[2].strip()
        return
    words = text.split()
    for count in range(1, min(3, len(words))):
        yield " ".join(words[:-count]), " ".join(words[-count:])


def _is_in(city: City, region: str) -> bool:
    if codes_by_name().get(region) == city.country:
        return True
    return city.country == "US" and state_codes().get(region) == city.region


def _offer_cities(found: list[City], asking: Asking, *, sure: bool | None) -> Answer:
    """Take the one large city of this name, or ask which is meant; `sure`: where it is was said as well.

    None: every one of them is offered, however small beside the largest.
    """
    apart: dict[tuple[timedelta | None, ...], City] = {}
    for city in found:
        if city.zone.lower() in _names():
            apart.setdefault(_clock(city.zone, asking.now), city)
    cities = list(apart.values())
    if sure is False:
        cities = [city for city in cities if city.people * _FAR_SMALLER >= cities[0].people]
    if len(cities) == 1 and sure is not None and (sure or cities[0].people >= _LARGE):
        return check_zone(cities[0].zone, asking)
    question = _WHICH_PLACE if len(cities) > 1 else say("Is this the place you mean?")
    return settle([_shown(city, asking) for city in cities], question, ask=True)


def _shown(city: City, asking: Asking) -> Understood | Refused:
    """Return a city as the zone it is in, shown by where it is and what time it is there."""
    read = check_zone(city.zone, asking)
    if isinstance(read, Refused):
        return read
    country = Locale("en").territories.get(city.country, city.country)
    where = f"{city.name}, {city.region}, {country}" if city.country == "US" else f"{city.name}, {country}"
    return Understood(city.zone, _with_clock(where, city.zone, asking.now))


def _by_parts(text: str, asking: Asking) -> Answer | None:
    """Read "Berlin, Germany" and "London UK"; parts that do not go together are asked about."""
    parts = [part.strip() for part in re.split(r"[,;()/]", text) if part.strip()]
    if len(parts) == 1:
        parts = text.rsplit(" ", 1)
    meant = [named_zones(part) or _countries().get(part, ()) for part in parts]
    known = [zones for zones in meant if zones]
    if not known:
        return None
    common = tuple(zone for zone in known[0] if all(zone in zones for zones in known))
    every = common or tuple(zone for zones in known for zone in _apart(zones, asking.now))
    return _offer(every, asking, ask=not common or len(known) < len(parts))


def _by_spelling(text: str, asking: Asking) -> Answer:
    """Read a name that is nearly one; several near ones are offered."""
    near = process.extract(
        text,
        [*_by_name(), *_countries()],
        scorer=OSA.normalized_similarity,
        score_cutoff=_NEAR,
        limit=2 * MOST_READINGS,
    )
    # Two spellings of one place do not compete.
    likeness: dict[tuple[str, ...], float] = {}
    for name, score, _ in near:
        zones = named_zones(name) or _apart(_countries()[name], asking.now)
        likeness.setdefault(zones, score)
    if not likeness:
        return Refused(_UNKNOWN, _EXAMPLE)
    (best, score), *others = likeness.items()
    if score >= _SURE and all(score - other >= _AHEAD for _, other in others):
        return _offer(best, asking)
    every = [zone for zones in likeness for zone in zones]
    return _offer(every, asking, _WHICH_PLACE, ask=True)


def _zones_at(offset: timedelta, now: datetime) -> list[str]:
    """Return zones whose clock is at that offset now; little-known ones only if need be."""
    for zones in (("UTC", *WELL_KNOWN), (zone for _, zone in _zone_tab())):
        here = [zone for zone in zones if now.astimezone(ZoneInfo(zone)).utcoffset() == offset]
        if here:
            return here
    return []


def _apart(zones: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    """Keep one zone of those that share a clock, well-known ones first."""
    ordered = sorted(zones, key=lambda zone: zone not in WELL_KNOWN)
    clocks: dict[tuple[timedelta | None, ...], str] = {}
    for zone in ordered:
        clocks.setdefault(_clock(zone, now), zone)
    return tuple(clocks.values())


def _clock(zone: str, now: datetime) -> tuple[timedelta | None, ...]:
    """Return offsets four times a year: they tell places that change their clocks from places that do not."""
    instants = (now + timedelta(days=days) for days in (0, 91, 182, 273))
    return tuple(instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in instants)


def zones_like(typed: str, most: int, now: datetime) -> list[str]:
    """Return zones for what is typed so far, at most `most`: by an offset, a zone's name, or a city's.

    Those whose place begins with it come first. Names such as Etc/GMT+2 are left out: their sign is the other
    way round than people's (github.com/eggert/tz, etcetera).
    """
    written = " ".join(fold(typed).split())
    offset = offset_in(written)
    if offset is not None:
        return _zones_at(offset, now)[:most]
    wanted = written.replace(" ", "_")
    found = [name for low, name in _names().items() if wanted in low and "/" in name and low[:4] != "etc/"]
    places = {name: name.rpartition("/")[2].lower() for name in found}
    known = sorted(found, key=lambda name: (not places[name].startswith(wanted), name))
    if known or not written:
        return known[:most]
    zones = (city.zone for city in cities_named(written) if city.zone.lower() in _names())
    return list(dict.fromkeys(zones))[:most]


@cache
def _names() -> dict[str, str]:
    """Return IANA names by their small letters."""
    return {name.lower(): name for name in available_timezones()}


@cache
def _zone_tab() -> tuple[tuple[str, str], ...]:
    """Return pairs of ISO 3166 code and zone, in the order of zone.tab."""
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple((row[0], row[2]) for row in rows if row[2].lower() in _names())


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    """Return zones by the folded names of their cities, and by abbreviations."""
    zones: dict[str, dict[str, None]] = {}
    for _, zone in _zone_tab():
        city = zone.rsplit("/", 1)[1].replace("_", " ")
        zones.setdefault(fold(city), {})[zone] = None
    for zone, cities in CITIES.items():
        for city in cities.split(", "):
            zones.setdefault(fold(city), {})[zone] = None
    named = {name: tuple(meant) for name, meant in zones.items()}
    for row, meant in (SHARED_NAMES | ABBREVIATIONS).items():
        names = [row] if row in SHARED_NAMES else row.split()
        named |= dict.fromkeys(names, tuple(meant.split()))
    return named


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    """Return zones by the folded names of countries."""
    zones: dict[str, list[str]] = {}
    for code, zone in _zone_tab():
        zones.setdefault(code, []).append(zone)
    return {name: tuple(zones[code]) for name, code in codes_by_name().items() if code in zones}
