"""The population of a simulation: the people, channels, cohorts and settings with which a run begins."""

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
from bot.programme.administration.creation import create_cohort, create_person, create_programme
from storage.database import Database, UnitOfWork
from storage.tables import Cohort, Programme, metadata

__all__ = ["CHANNELS", "PEOPLE", "Population", "populate", "role_of"]

PEOPLE: Final = {
    "cora": ("Cora Lindqvist", "Europe/London", "coordinator", ""),
    "dan": ("Dan Whitlam", "Australia/Sydney", "coordinator", ""),
    "marta": ("Marta Ruiz", "Europe/Madrid", "employer", "Acme Maps"),
    "jo": ("Jo Park", "America/New_York", "employer", "Birch Labs"),
    "ada": ("Ada Okafor", "Europe/Berlin", "student", ""),
    "ben": ("Ben Castillo", "America/New_York", "student", ""),
    "chi": ("Chi Nakamura", "Asia/Tokyo", "student", ""),
    "dev": ("Dev Rao", "Asia/Kolkata", "student", ""),
    "eli": ("Eli Olsen", "America/Nuuk", "stranger", ""),
    "fay": ("Fay Haddad", "Europe/Lisbon", "stranger", ""),
}
"""Account id: shown name, zone, role in the programme ("stranger": not in it yet), company."""

CHANNELS: Final = {"spring": None, "autumn": None, "lounge": None, "staff": frozenset({"cora", "dan"})}

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
    """Return the role that an account has at the beginning; "stranger" is not in the programme."""
    return PEOPLE[account][2] if account in PEOPLE else "stranger"


def populate(seed: int, database: Database) -> Population:
    """Fill an empty database with a programme, and make the platform that its people are on."""
    draw = Random(f"{seed}:town")
    start = draw.choice(_STARTS) + timedelta(hours=draw.randrange(24), minutes=draw.randrange(60))
    world = Workspace(token=f"s{seed}")
    platform = PlatformState(world, _capabilities(draw), knows_keys=draw.random() < _KNOWS_KEYS)
    for account, (name, zone, role, _) in PEOPLE.items():
        rights = frozenset({"manage"}) if role == "coordinator" else frozenset()
        world.add_account(account, name, zone, rights)  # type: ignore[arg-type]  # a set of literals
    for channel, members in CHANNELS.items():
        world.add_channel(channel, members=members)
    database.transact_inline(lambda work: metadata.create_all(work.connection))
    cohorts = database.transact_inline(lambda work: _begin(work, start, draw))
    return Population(start, (platform,), cohorts)


def _begin(work: UnitOfWork, now: datetime, draw: Random) -> dict[int, tuple[str, str, tuple[str, ...]]]:
    space, coordinator = Place(PLATFORM, SPACE, ""), UserRef(PLATFORM, "cora")
    name, zone, _, _ = PEOPLE["cora"]
    programme = create_programme(work, now, "Riverside", zone, space, coordinator, name)
    work.session.execute(update(Programme).values(**_settings(draw)))
    work.session.expire_all()
    spring = create_cohort(work, now, programme, "Spring 26", zone, Place(PLATFORM, SPACE, "spring"))
    for account, (shown, theirs, role, company) in PEOPLE.items():
        if role != "stranger" and account != "cora":
            who = (UserRef(PLATFORM, account), shown, theirs)
            create_person(work, now, programme, who, role, company)
    place = Place(PLATFORM, SPACE, "autumn")
    autumn = create_cohort(work, now, programme, "Autumn 26", "America/New_York", place)
    if draw.random() < _CLOSED:
        work.session.execute(update(Cohort).where(Cohort.id == autumn).values(open=False))
    off = draw.choice(([], ["saturday", "sunday"], ["sunday"]))
    work.session.execute(update(Cohort).where(Cohort.id == spring).values(days_off=off))
    work.session.flush()
    work.session.expire_all()
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
