"""A time zone, as people name it: "Berlin", "Europe/Berlin", "new york", "India", "EST".

Stored as the IANA name. Countries and their zones come from the database's own zone.tab, in which a
country's zones stand in an order that puts the most populous part first (see the file's head).
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_datetime
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.chat.answers.clean import simplify
from bot.chat.answers.model import Answer, Asking, JSONValue, Refused, Understood
from bot.chat.answers.places import ABBREVIATIONS, CITIES, COUNTRIES, SHARED_NAMES, WELL_KNOWN
from bot.chat.answers.settle import MOST_READINGS, settle

_EXAMPLE = "Berlin"
_UNKNOWN = "I do not know a time zone by that name. The nearest big city works best."
_OFFSET = re.compile(
    r"\(?(?:utc|gmt)? ?(?P<sign>[+-]) ?(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-5][0-9]))?\)?"
)
_FURTHEST = timedelta(hours=14)
"""Kiritimati's, the largest offset in use."""
_AROUND = re.compile(
    r"\b(?:i'?m|i am|i live|living|based|located|currently|my|is|in|at|from|near|the|it's|time ?zone"
    r"|zone|city|time|local|standard|daylight|here)\b|[.!?]"
)
_LONGEST = 80
_SURE, _NEAR, _AHEAD = 0.8, 0.7, 0.1
"""Likeness of two spellings: taken, offered, and how far ahead of the next one to be taken."""


def read_zone(text: str, asking: Asking) -> Answer:
    """Read a time zone; an abbreviation, an offset, a country with several clocks is asked about."""
    plain = _fold(simplify(text))
    if len(plain) > _LONGEST:
        return Refused(_UNKNOWN, _EXAMPLE)
    bare = " ".join(_AROUND.sub(" ", plain).split())
    for name in (plain, bare):
        zones = named_zones(name) or _apart(_countries().get(name, ()), asking.now)
        if zones:
            return _offer(zones, asking)
    offset = offset_in(bare)
    if offset is not None:
        question = f"Several places are at {in_utc(offset)} now. Which city is nearest to you?"
        return _offer(_zones_at(offset, asking.now), asking, question, ask=True)
    return _by_parts(bare, asking) or _by_spelling(bare, asking)


def check_zone(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a name of the IANA database; it is shown with its present local time."""
    if not isinstance(value, str) or _names().get(value.lower()) != value:
        return Refused(_UNKNOWN, _EXAMPLE)
    there = format_datetime(asking.now.astimezone(ZoneInfo(value)), "EEE HH:mm", locale="en")
    return Understood(value, f"{value} (now {there})")


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
    if not match:
        return None
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if offset > _FURTHEST:
        return None
    return -offset if match["sign"] == "-" else offset


def in_utc(offset: timedelta) -> str:
    """Return an offset in words: "UTC+05:30"."""
    return str(timezone(offset)) if offset else "UTC+00:00"


def _offer(
    zones: Iterable[str], asking: Asking, question: str = "Which clock do you live by?", *, ask: bool = False
) -> Answer:
    return settle([check_zone(zone, asking) for zone in zones], question, ask=ask)


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
    return _offer(every, asking, "Which of these do you mean?", ask=True)


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
        # Four times a year, to tell places that change their clocks from places that do not.
        instants = (now + timedelta(days=days) for days in (0, 91, 182, 273))
        clock = tuple(instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in instants)
        clocks.setdefault(clock, zone)
    return tuple(clocks.values())


def zones_like(typed: str, most: int) -> list[str]:
    """IANA names that hold what is typed so far, those whose place begins with it first; at most `most`."""
    wanted = _fold(typed.strip()).replace(" ", "_")
    found = [name for low, name in _names().items() if wanted in low and "/" in name]
    places = {name: name.rpartition("/")[2].lower() for name in found}
    return sorted(found, key=lambda name: (not places[name].startswith(wanted), name))[:most]


def _fold(text: str) -> str:
    """Return the text in small letters without accents."""
    return "".join(char for char in normalize("NFD", text.casefold()) if not combining(char))


@cache
def _names() -> dict[str, str]:
    """IANA names by their small letters."""
    return {name.lower(): name for name in available_timezones()}


@cache
def _zone_tab() -> tuple[tuple[str, str], ...]:
    """Pairs of ISO 3166 code and zone, in the order of zone.tab."""
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple((row[0], row[2]) for row in rows if row[2].lower() in _names())


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    """Zones by the folded names of their cities, and by abbreviations."""
    zones: dict[str, dict[str, None]] = {}
    for _, zone in _zone_tab():
        city = zone.rsplit("/", 1)[1].replace("_", " ")
        zones.setdefault(_fold(city), {})[zone] = None
    for zone, cities in CITIES.items():
        for city in cities.split(", "):
            zones.setdefault(_fold(city), {})[zone] = None
    named = {name: tuple(meant) for name, meant in zones.items()}
    for row, meant in (SHARED_NAMES | ABBREVIATIONS).items():
        names = [row] if row in SHARED_NAMES else row.split()
        named |= dict.fromkeys(names, tuple(meant.split()))
    return named


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    """Zones by the folded names of countries."""
    zones: dict[str, list[str]] = {}
    for code, zone in _zone_tab():
        zones.setdefault(code, []).append(zone)
    territories = Locale("en").territories
    names = {_fold(territories[code]): code for code in zones if code in territories}
    names |= {name: code for code, row in COUNTRIES.items() for name in row.split(", ")}
    return {name: tuple(zones[code]) for name, code in names.items() if code in zones}
