"""The copy on which a rehearsal runs: of a database whose bot may be running, or of a made-up programme."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import Connection, func, select

from adapters.cli.configuration import load_settings
from adapters.cli.database_reading import UNREADABLE
from adapters.cli.db_copy import moved
from adapters.cli.demo_folder import MARK
from adapters.cli.demo_programme import furnish
from adapters.cli.environment import open_world, refused, world_path
from adapters.config import ConfigError
from adapters.terminal.demo_script import FIRST_DAY
from adapters.terminal.script_player import clock_of
from bot.clock import WallClock
from bot.programme import ROUTES
from bot.programme.core import history, keys
from bot.programme.core.turn import Turn
from storage.backup import back_up
from storage.database import UnitOfWork, open_database
from storage.diagnostics import check_database
from storage.migrate import upgrade
from storage.tables import HistoryRow, inbox, outbox
from storage.urls import parse_url, sqlite_path

__all__ = ["Copy", "copied", "note_rehearsal"]


T = TypeVar("T")


class Copy(Struct, frozen=True):
    """A copy in a SQLite file.

    Attributes:
        url: the copy's.
        source: the URL of the original; "" for a made-up programme.
        now: the present instant of the programme (UTC).
        newest: when the newest thing in it happened (UTC); None where nothing has.
    """

    url: str
    source: str
    now: datetime
    newest: datetime | None = None

    @property
    def usual_acts(self) -> Literal["random", "none"]:
        """Whether its people do anything where that is not said: made-up people do."""
        return "none" if self.source else "random"


def copied(source: str, folder: Path) -> Copy:
    """Copy what a source names into a folder.

    `source`: the URL or the file of a database, a configuration (`.toml`), or a folder with a `stint.db`. A
    configuration whose database does not exist gives a made-up programme.

    Raises:
        typer.Exit: there is no such database, or it cannot be read: what to do is printed.
    """
    url, now = _url(source), WallClock().now()
    target = f"sqlite:///{folder.absolute() / 'rehearsal.db'}"
    path = sqlite_path(parse_url(url))
    if path is not None and not path.is_file():
        if not source.endswith(".toml"):
            raise refused(
                f"There is no database at {path}. Name the one that the bot uses, or its config.toml."
            )
        upgrade(target)
        _transact(target, lambda work: furnish(work, now))
        return Copy(target, "", now)
    for each in check_database(url):
        if not each.works or each.code in UNREADABLE:
            raise refused(f"{each.what} {each.fix}")
    if path is not None:
        back_up(path, folder / "rehearsal.db")
    else:
        upgrade(target)
        moved(url, target)
    newest = _transact(target, lambda work: _newest(work.connection))
    if (clock := _clock_of_demonstration(path)) is not None:
        now = clock
    return Copy(target, url, max(now, newest) if newest is not None else now, newest)


def note_rehearsal(copy: Copy, programme_id: int) -> None:
    """Write into the programme's history that its operator read on a copy what it will say."""
    if not copy.source:
        return

    def note(work: UnitOfWork) -> None:
        source, now = keys.COMMAND(uuid4().hex), WallClock().now()
        turn = Turn(
            work=work, now=now, programme_id=programme_id, routes=ROUTES, source=source, began_by="command"
        )
        history.record_operation(turn, history.REHEARSED)

    _transact(copy.source, note)


def _url(source: str) -> str:
    """Return the URL of the database that a source names; end the command where it names none."""
    if source.endswith(".toml"):
        try:
            return load_settings(Path(source)).database_url
        except ConfigError as error:
            raise refused(str(error)) from None
    if "://" in source:
        try:
            parse_url(source)
        except ValueError as error:
            raise refused(f"{error}.") from None
        return source
    path = Path(source)
    return f"sqlite:///{(path / 'stint.db' if path.is_dir() else path).absolute()}"


def _transact(url: str, turn: Callable[[UnitOfWork], T]) -> T:
    database = open_database(url, inline=True)
    try:
        return database.transact_inline(turn)
    finally:
        database.close_inline()


def _newest(connection: Connection) -> datetime | None:
    """Return when the newest thing happened (UTC): a message, an event, or an entry of the history.

    What an operator did is left out: commands go by the machine's clock, also on a demonstration.
    """
    history_at = select(func.max(HistoryRow.at)).where(HistoryRow.began_by != "command")
    newest = (func.max(outbox.c.created_at), func.max(inbox.c.received_at))
    found = [connection.scalar(query) for query in (*map(select, newest), history_at)]
    return max((instant for instant in found if instant is not None), default=None)


def _clock_of_demonstration(path: Path | None) -> datetime | None:
    """Return the present instant of a demonstration, whose clock is its own (UTC); else None."""
    if path is None or not (path.parent / MARK).is_file() or not world_path(path.parent).is_file():
        return None
    with closing(open_world(world_path(path.parent))) as world:
        return clock_of(world, FIRST_DAY)
