"""The population of a simulation: the people, platforms, programmes and settings with which a run begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import select, update

from adapters.simulation.adapter import PlatformState
from adapters.terminal.workspace import PLATFORM, SPACE, Workspace
from bot.chat.adapter import Capabilities
from bot.chat.events import Place, UserRef
from bot.programme.administration.creation import (
    create_cohort,
    create_person,
    create_programme,
    create_space,
)
from storage.database import Database, UnitOfWork
from storage.tables import Cohort, Programme, metadata

__all__ = ["PEOPLE", "SECOND_ACCOUNTS", "Member", "Population", "populate", "role_of"]

ELSEWHERE: Final = "elsewhere"
"""The name of the second platform, and of the space on it."""

GARDEN: Final = "garden"
"""The space of the second programme."""


@dataclass(frozen=True, slots=True)
class Member:
    """An account at the beginning: its role in each programme it is in, and the platform that it is on."""

    name: str
    zone: str
    role: str
    company: str = ""
    platform: str = PLATFORM
    garden: bool = False


PEOPLE: Final = {
    "cora": Member("Cora Lindqvist", "Europe/London", "coordinator"),
    "dan": Member("Dan Whitlam", "Australia/Sydney", "coordinator"),
    "marta": Member("Marta Ruiz", "Europe/Madrid", "employer", "Acme Maps"),
    "jo": Member("Jo Park", "America/New_York", "employer", "Birch Labs"),
    "ada": Member("Ada Okafor", "Europe/Berlin", "student"),
    "ben": Member("Ben Castillo", "America/New_York", "student", garden=True),
    "chi": Member("Chi Nakamura", "Asia/Tokyo", "student"),
    "dev": Member("Dev Rao", "Asia/Kolkata", "student"),
    "eli": Member("Eli Olsen", "America/Nuuk", "stranger"),
    "fay": Member("Fay Haddad", "Europe/Lisbon", "stranger"),
    "gus": Member("Gus Lind", "Europe/Stockholm", "student", platform=ELSEWHERE),
    "hana": Member("Hana Sato", "Asia/Tokyo", "employer", "Cedar Co", platform=ELSEWHERE),
    "ada2": Member("Ada Okafor", "Europe/Berlin", "stranger", platform=ELSEWHERE),
    "ida": Member("Ida Moss", "Europe/Oslo", "coordinator", garden=True),
    "kit": Member("Kit Vale", "Europe/London", "employer", "Moss and Co", garden=True),
}
"""Everyone of a run with two platforms and two programmes ("stranger": not in a programme yet)."""

SECOND_ACCOUNTS: Final = {"ada": "ada2", "ada2": "ada"}
"""The two accounts of a person who is on both platforms, each with the other one."""

_ONLY_GARDEN: Final = frozenset({"ida", "kit"})
_IN_GARDEN: Final = frozenset(account for account, member in PEOPLE.items() if member.garden)
_CHANNELS: Final[dict[str, dict[str, frozenset[str] | None]]] = {
    PLATFORM: {"spring": None, "autumn": None, "lounge": None, "staff": frozenset({"cora", "dan"})},
    ELSEWHERE: {"spring-elsewhere": None},
}

# Mondays from which three weeks reach a change of clocks, or the end of a year, or nothing special.
_STARTS: Final = (
    datetime(2026, 3, 16, tzinfo=UTC),
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2026, 10, 12, tzinfo=UTC),
    datetime(2026, 12, 14, tzinfo=UTC),
    datetime(2026, 6, 1, tzinfo=UTC),
)
_CLOSED: Final = 0.6
"""How likely the second cohort admits only students that a coordinator lets in."""

_KNOWS_KEYS: Final = 0.6
"""How many platforms notice that a message was sent before; the others cannot tell."""


_ELSEWHERE: Final = 0.5
"""How many runs have a second platform."""

_GARDEN: Final = 0.4
"""How many runs have a second programme."""


@dataclass(frozen=True, slots=True)
class Population:
    """The beginning of a run.

    Attributes:
        start: the instant of the beginning.
        platforms: each simulated platform with its accounts and channels.
        cohorts: zone, hour of the digest and days off of each cohort, by id.
    """

    start: datetime
    platforms: tuple[PlatformState, ...]
    cohorts: dict[int, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)


def role_of(account: str) -> str:
    """Return the role that an account has at the beginning; "stranger" is in no programme yet."""
    return PEOPLE[account].role if account in PEOPLE else "stranger"


def populate(seed: int, database: Database) -> Population:
    """Fill an empty database with one programme or two, and make the platforms that their people are on."""
    draw = Random(f"{seed}:population")
    start = draw.choice(_STARTS) + timedelta(hours=draw.randrange(24), minutes=draw.randrange(60))
    platforms = [PLATFORM, ELSEWHERE] if draw.random() < _ELSEWHERE else [PLATFORM]
    garden = draw.random() < _GARDEN
    states = [_platform(name, f"s{seed}-{number}", draw) for number, name in enumerate(platforms)]
    here = [account for account, member in PEOPLE.items() if member.platform in platforms]
    if not garden:
        here = [account for account in here if account not in _ONLY_GARDEN]
    for state in states:
        _settle(state.world, here, garden=garden)
    database.transact_inline(lambda work: metadata.create_all(work.connection))
    database.transact_inline(lambda work: _begin(work, start, here, draw))
    if garden:
        database.transact_inline(lambda work: _begin_garden(work, start, draw))
    return Population(start, tuple(states), database.read_inline(_cohorts))


def _platform(name: str, token: str, draw: Random) -> PlatformState:
    world = Workspace(token=token, platform=name)
    return PlatformState(world, _capabilities(draw), knows_keys=draw.random() < _KNOWS_KEYS)


def _settle(world: Workspace, here: list[str], *, garden: bool) -> None:
    """Give a platform its accounts and channels."""
    for account in here:
        member = PEOPLE[account]
        if member.platform == world.platform:
            rights = frozenset({"manage"}) if member.role == "coordinator" else frozenset()
            world.add_account(account, member.name, member.zone, rights)  # type: ignore[arg-type]  # literals
    space = SPACE if world.platform == PLATFORM else ELSEWHERE
    others = frozenset(here) - _ONLY_GARDEN
    for channel, members in _CHANNELS[world.platform].items():
        world.add_channel(channel, members=members or others, space=space)
    if garden and world.platform == PLATFORM:
        world.add_channel("plots", members=_IN_GARDEN, space=GARDEN)


def _begin(work: UnitOfWork, now: datetime, here: list[str], draw: Random) -> None:
    """Make the programme of the first space, over both platforms where there are two."""
    space, coordinator, first = Place(PLATFORM, SPACE, ""), UserRef(PLATFORM, "cora"), PEOPLE["cora"]
    programme = create_programme(work, now, "Riverside", first.zone, space, coordinator, first.name)
    _set(work, programme, draw)
    spring = create_cohort(work, now, programme, "Spring 26", first.zone, Place(PLATFORM, SPACE, "spring"))
    if "ada2" in here:
        create_space(work, now, spring, Place(ELSEWHERE, ELSEWHERE, "spring-elsewhere"))
    _people(work, now, programme, [each for each in here if each not in _ONLY_GARDEN | {"cora"}])
    place = Place(PLATFORM, SPACE, "autumn")
    autumn = create_cohort(work, now, programme, "Autumn 26", "America/New_York", place)
    if draw.random() < _CLOSED:
        work.session.execute(update(Cohort).where(Cohort.id == autumn).values(open=False))
    off = draw.choice(([], ["saturday", "sunday"], ["sunday"]))
    work.session.execute(update(Cohort).where(Cohort.id == spring).values(days_off=off))


def _begin_garden(work: UnitOfWork, now: datetime, draw: Random) -> None:
    """Make the programme of the second space."""
    space, coordinator, first = Place(PLATFORM, GARDEN, ""), UserRef(PLATFORM, "ida"), PEOPLE["ida"]
    programme = create_programme(work, now, "Garden club", first.zone, space, coordinator, first.name)
    _set(work, programme, draw)
    create_cohort(work, now, programme, "Gardeners", first.zone, Place(PLATFORM, GARDEN, "plots"))
    _people(work, now, programme, sorted(_IN_GARDEN - {"ida"}))


def _set(work: UnitOfWork, programme: int, draw: Random) -> None:
    work.session.execute(update(Programme).where(Programme.id == programme).values(**_settings(draw)))
    work.session.expire_all()


def _people(work: UnitOfWork, now: datetime, programme: int, accounts: list[str]) -> None:
    for account in accounts:
        member = PEOPLE[account]
        if member.role != "stranger":
            who = (UserRef(member.platform, account), member.name, member.zone)
            create_person(work, now, programme, who, member.role, member.company)


def _cohorts(work: UnitOfWork) -> dict[int, tuple[str, str, tuple[str, ...]]]:
    return {
        cohort.id: (cohort.zone, cohort.digest_at, tuple(cohort.days_off))
        for cohort in work.session.scalars(select(Cohort))
    }


def _settings(draw: Random) -> dict[str, Any]:
    """Draw the programme's settings, short enough for whole stories to fit into a run."""
    return {
        "approval": draw.random() < 0.3,
        "undo_seconds": draw.choice((0, 60, 60, 300)),
        "offer_hours": draw.choice((12, 24, 48)),
        "decision_days": draw.choice((1, 2, 5)),
        "release_days": draw.choice((1, 3)),
        "fee_floor_cents": draw.choice((0, 0, 1000)),
        "quiet_from": draw.choice(("21:30", "20:00", "23:00")),
        "quiet_to": draw.choice(("08:00", "07:00", "10:00")),
        "daily_at": draw.choice(("09:00", "09:00", "07:30", "18:00")),
        "retention_days": draw.choice((10, 180)),
    }


def _capabilities(draw: Random) -> Capabilities:
    """Draw what the platform of this run can do: everything, or less, as real ones can."""
    kind = draw.choice(("all", "all", "like discord", "plain"))
    if kind == "like discord":
        return Capabilities(form_after_form=False, form_errors=False, writes_first=False)
    if kind == "plain":
        return Capabilities(forms=False, form_after_form=False, ephemeral=False)
    return Capabilities()
