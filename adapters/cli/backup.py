"""`stint backup`: an archive of the whole database, made while the bot runs."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typer
from sqlalchemy import Connection, func, inspect, select, table, text

from adapters.cli import erasure_ledger
from adapters.cli.configuration import load_box
from adapters.cli.environment import refused, settings_or_exit, world_path
from adapters.cli.progress import progress
from adapters.config import ConfigError, Settings
from bot.clock import WallClock
from storage import copying, pg_tools
from storage.archives import Manifest, part_of, write_archive
from storage.backup import back_up
from storage.database import open_database
from storage.diagnostics import damage_in
from storage.engines import plain_engine, reader_engine
from storage.migrate import upgrade
from storage.secrets import SecretBox
from storage.urls import parse_url, sqlite_path

__all__ = ["ARCHIVE", "DATABASE", "DUMP", "WORLD", "backup"]

DATABASE: Final = "stint.db"
DUMP: Final = "stint.pgdump"
WORLD: Final = "world.jsonl"
"""The names of an archive's parts."""

ARCHIVE: Final = re.compile(r"stint-\d{8}T\d{6}Z\.(?:tar\.gz|sealed)")
"""The names of archives: in their order the oldest comes first."""

_WORK: Final = "making-"
_LEFT_SECONDS: Final = 24 * 3600
"""Seconds after which the working folder of a backup belongs to one that was killed."""


def backup(config: Path | None, folder: Path | None, *, keep: int | None, encrypt: bool) -> int:
    """Write an archive into a folder, and delete the oldest beyond `keep`; return the exit code."""
    settings = settings_or_exit(config)
    box = _box(settings) if encrypt else None
    _look(settings.database_url)
    to = folder or settings.backup.folder
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = WallClock().now()
    made = to / f"stint-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.{'sealed' if encrypt else 'tar.gz'}"
    if made.exists():
        raise refused(f"There is a {made} of this second already. Do the same again.")
    with _working_folder(to) as work:
        manifest, files = _copied(settings, work, now)
        with progress("Writing the archive", sum(part.size for part in manifest.parts)) as advance:
            write_archive(made, manifest, files, box, advance)
    typer.echo(f"Wrote {made}: {_shown(manifest)}.")
    if settings.secret_keys and not encrypt:
        typer.echo("It does not hold the key for tokens and files (STINT_SECRET_KEY): keep that elsewhere.")
    if encrypt:
        typer.echo("It opens with the present key (STINT_SECRET_KEY) alone: keep that elsewhere.")
    _write_erasures(settings.database_url, to)
    if keep is not None:
        _prune(to, keep)
    return 0


def _box(settings: Settings) -> SecretBox:
    try:
        box = load_box(settings)
    except ConfigError as error:
        raise refused(str(error)) from None
    if not box.has_key:
        raise refused(
            "There is no key to encrypt with: `stint key` prints one; set STINT_SECRET_KEY to it, or name a "
            "file with it by secret_key_file."
        )
    return box


def _look(url: str) -> None:
    """End the command where there is no sound database: a damaged one must not push out sound archives."""
    path = sqlite_path(parse_url(url))
    if path is not None and not path.is_file():
        raise refused(f"There is no database at {path} yet. Look at database_url in config.toml.")
    if damaged := damage_in(url):
        typer.echo(damaged, err=True)
        raise typer.Exit(1)


@contextmanager
def _working_folder(folder: Path) -> Iterator[Path]:
    """Make a folder for the copy, beside the archive; what killed backups left behind is removed first."""
    for left in folder.glob(f"{_WORK}*"):
        if WallClock().now().timestamp() - left.stat().st_mtime > _LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_WORK, dir=folder) as work:
        yield Path(work)


def _copied(settings: Settings, work: Path, now: datetime) -> tuple[Manifest, dict[str, Path]]:
    """Copy the database, and the terminal's world if there is one; describe them."""
    database = sqlite_path(parse_url(settings.database_url))
    name, content = (DATABASE, "sqlite")
    if database is not None:
        described = _copy_sqlite(database, work / DATABASE)
    elif pg_tools.has_pg_dump():
        name, content = (DUMP, "pg_dump")
        described = _dump(settings.database_url, work / DUMP)
    else:
        described = _copy_postgresql(settings.database_url, work / DATABASE)
    files = {name: work / name}
    world = world_path(settings.terminal.folder)
    if world.is_file():  # a last line that is cut short is dropped when the world is opened
        files[WORLD] = Path(shutil.copyfile(world, work / WORLD))
    revision, counts, programmes = described
    manifest = Manifest(
        kind="backup",
        version=version("stint-bot"),
        made_at=now,
        content=content,
        revision=revision,
        counts=counts,
        programmes=programmes,
        parts=tuple(part_of(path, each) for each, path in files.items()),
    )
    return manifest, files


_Described = tuple[str, dict[str, int], dict[int, str]]
"""The schema's revision, how many rows each table has, and the names of the programmes."""


def _copy_sqlite(database: Path, copy: Path) -> _Described:
    """Copy a SQLite file online, and look whether the copy is sound."""
    with progress("Copying the database", 1) as advance:
        done = 0.0

        def copied(left: int, pages: int) -> None:
            nonlocal done
            share = 1 - left / max(pages, 1)
            advance(share - done)
            done = share

        back_up(database, copy, copied)
    with closing(sqlite3.connect(copy)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            typer.echo(f"{database} is damaged, so no archive was made. `stint doctor` says more.", err=True)
            raise typer.Exit(1)
    engine = plain_engine(parse_url(f"sqlite:///{copy}"))
    try:
        with engine.connect() as reading:
            return _describe(reading)
    finally:
        engine.dispose()


def _dump(url: str, target: Path) -> _Described:
    """Dump a PostgreSQL database, and count the rows of the same moment."""
    engine = reader_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
            typer.echo("pg_dump copies the database…", err=True)
            pg_tools.dump(parse_url(url), target, snapshot)
            return _describe(connection)
    finally:
        engine.dispose()


def _copy_postgresql(url: str, copy: Path) -> _Described:
    """Copy a PostgreSQL database row by row into a SQLite file, where there is no pg_dump."""
    upgrade(f"sqlite:///{copy}")
    source, target = reader_engine(parse_url(url)), plain_engine(parse_url(f"sqlite:///{copy}"))
    try:
        with source.connect() as reading, target.begin() as writing:
            writing.exec_driver_sql("BEGIN")
            with progress("Copying the rows", sum(copying.count_rows(reading).values())) as advance:
                copying.copy_rows(reading, writing, advance=lambda _table, rows: advance(rows))
            return _describe(reading)
    finally:
        source.dispose()
        target.dispose()


def _describe(connection: Connection) -> _Described:
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    counts = {
        name: int(connection.scalar(select(func.count()).select_from(table(name))) or 0)
        for name in sorted(names)
    }
    revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    programmes = connection.execute(text("SELECT id, name FROM programmes ORDER BY id")).all()
    return revision, counts, {row.id: row.name for row in programmes}


def _shown(manifest: Manifest) -> str:
    rows = sum(manifest.counts.values())
    names = ", ".join(manifest.programmes.values()) or "no programme yet"
    return f"{names}; {rows} rows" if rows != 1 else f"{names}; 1 row"


def _write_erasures(url: str, folder: Path) -> None:
    """Bring the folder's ledger of erasures up to date."""
    database = open_database(url, inline=True)
    try:
        erasure_ledger.append(folder, database.read_inline(erasure_ledger.erased_in))
    finally:
        database.close_inline()


def _prune(folder: Path, keep: int) -> None:
    """Delete the oldest archives of a folder, so that `keep` are left."""
    archives = sorted(path for path in folder.iterdir() if ARCHIVE.fullmatch(path.name))
    for old in archives[:-keep]:
        old.unlink()
        typer.echo(f"Deleted {old}.")
