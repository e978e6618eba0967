"""`stint init` and `stint person`: a programme for the terminal, created without a chat platform."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import typer
from sqlalchemy import select

from adapters.cli.environment import only_one, open_world, prepare, refused, settings_or_exit, world_path
from adapters.cli.logs import log_as
from adapters.config import Settings
from adapters.terminal.workspace import BOT, PLATFORM, SPACE, Account, Channel, Workspace
from bot.chat.answers import Ambiguous, Asking, Understood, read_answer
from bot.chat.events import Place, Right, UserRef
from bot.chat.language import as_text
from bot.chat.values import replace
from bot.clock import WallClock
from bot.programme.administration.creation import create_cohort, create_person, create_programme
from bot.programme.people import find_identity
from storage.database import Database, UnitOfWork, open_database
from storage.tables import Programme, Space

__all__ = ["init", "person"]

_RIGHTS: Final[Mapping[str, frozenset[Right]]] = {
    "student": frozenset(),
    "employer": frozenset(),
    "coordinator": frozenset({"manage"}),
}
"""Each role's rights on the terminal's platform."""

_MOST_CHARACTERS: Final = 120  # characters of a name


def init(config: Path | None, *, name: str, zone: str, coordinator: str, cohort: str) -> int:
    """Create the programme, its coordinator and its first cohort; return the exit code."""
    zone = _zone(zone)
    settings = settings_or_exit(config)
    with _opened(settings) as database:
        prepare(database.url)
        where = database.path or "PostgreSQL"
        if known := database.read_inline(_programme_here):
            raise refused(f"“{known.name}” is here already, in {where}: `stint run` opens it.")
        with closing(open_world(world_path(settings.terminal.folder))) as world:
            account = world.add_account(
                _account_id(world, coordinator), coordinator, zone, _RIGHTS["coordinator"]
            )
            channel = world.add_channel(_id_of(cohort))
        new = _New(name, zone, account, cohort, channel)
        now = WallClock().now()
        database.transact_inline(lambda work: _create(work, now, new))
    typer.echo(f"Created “{name}” with the cohort “{cohort}” in {where}.")
    typer.echo("Next: `stint person NAME` adds people, `stint import FILE` brings projects in, and")
    typer.echo("`stint run` opens it in the terminal.")
    return 0


def person(config: Path | None, name: str, *, zone: str, role: str, company: str) -> int:
    """Add a person to the terminal's programme, in `zone` ("" is the programme's); return the exit code."""
    new = _Newcomer(_line("A name", name), zone, role, _line("A company's name", company) if company else "")
    if role not in _RIGHTS:
        raise refused(f"{role} is no role here: it is {', '.join(_RIGHTS)}.")
    if company and role != "employer":
        raise refused("Only employers post for a company: add --role employer, or leave --company out.")
    if zone:
        new = replace(new, zone=_zone(zone))
    settings = settings_or_exit(config)
    path = world_path(settings.terminal.folder)
    if not path.exists():
        raise refused(f"There is no programme in {path.parent.absolute()} yet: `stint init` creates one.")
    with _opened(settings) as database:
        prepare(database.url)
        here = database.read_inline(_programme_here)
        if here is None:
            raise refused("The terminal has no programme in this database yet: `stint init` creates one.")
        with closing(open_world(path)) as world:
            _add(world, database, here, new)
    typer.echo(f"{new.name} is in “{here.name}”: {new.about}. `stint run`'s screen lets you act as them.")
    return 0


def _add(world: Workspace, database: Database, here: _Here, new: _Newcomer) -> None:
    """Add the account to the world first: after a kill in between, the next try finds it there."""
    user = UserRef(PLATFORM, _account_id(world, new.name))
    if database.read_inline(lambda work: find_identity(work.connection, here.id, user)):
        raise refused(f"{new.name} is here already. Tell two people of one name apart by an initial.")
    zone, now = new.zone or here.zone, WallClock().now()
    world.add_account(user.id, new.name, zone, _RIGHTS[new.role], new.about)
    account = user, new.name, zone
    database.transact_inline(lambda work: create_person(work, now, here.id, account, new.role, new.company))


def _account_id(world: Workspace, name: str) -> str:
    """Return the id of the account with this name, or a free id like it."""
    for account in world.accounts.values():
        if account.name == name:
            return account.id
    wanted = _id_of(name)
    taken = {*world.accounts, BOT}
    return wanted if wanted not in taken else next(i for n in count(2) if (i := f"{wanted}-{n}") not in taken)


def _line(what: str, typed: str) -> str:
    """Return the typed text as one line, as long as its column takes."""
    line = " ".join(typed.split())
    if not 1 <= len(line) <= _MOST_CHARACTERS:
        raise refused(f"{what} has 1 to {_MOST_CHARACTERS} characters.")
    return line


def _zone(typed: str) -> str:
    """Return the typed zone, by its name or a city's; an unknown or ambiguous zone ends the command."""
    if typed in available_timezones():
        return typed
    match read_answer(typed, Asking("zone", WallClock().now(), ZoneInfo("UTC"))):
        case Understood(value=str(zone)):
            return zone
        case Ambiguous(readings=readings) if readings:
            meant = " or ".join(
                label
                if str(reading.value) in (label := as_text(reading.label))
                else f"{label}: {reading.value}"
                for reading in readings
            )
            raise refused(f"{typed} may be {meant}. Write the one that is meant, like {readings[0].value}.")
    raise refused(f"{typed} is no time zone I know. Write it like Europe/London.")


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    """Open the settings' database, which no other process has."""
    log_as(settings.log_level, settings.log_format, settings.log_file)
    database = open_database(settings.database_url, inline=True)
    try:
        with only_one(database):
            yield database
    finally:
        database.close_inline()


@dataclass(frozen=True, slots=True)
class _New:
    """A programme to create, with its coordinator's account and its first cohort's channel."""

    name: str
    zone: str
    coordinator: Account
    cohort: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A person to add. `zone` "" is the programme's; `company` is an employer's."""

    name: str
    zone: str
    role: str
    company: str

    @property
    def about(self) -> str:
        """A few words beside the name."""
        return f"{self.role}, {self.company}" if self.company else self.role


class _Here(NamedTuple):
    """The programme that the terminal's space belongs to."""

    id: int
    name: str
    zone: str


def _create(work: UnitOfWork, now: datetime, new: _New) -> None:
    space, user = Place(PLATFORM, SPACE, ""), UserRef(PLATFORM, new.coordinator.id)
    number = create_programme(work, now, new.name, new.zone, space, user, new.coordinator.name)
    create_cohort(work, now, number, new.cohort, new.zone, Place(PLATFORM, SPACE, new.channel.id))


def _programme_here(work: UnitOfWork) -> _Here | None:
    query = select(Programme.id, Programme.name, Programme.zone)
    query = query.join(Space, Space.programme_id == Programme.id)
    found = work.session.execute(query.where(Space.platform == PLATFORM, Space.external_id == SPACE)).first()
    return _Here(*found) if found else None


def _id_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "one"
