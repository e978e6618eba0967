"""`stint restore`: a database as it was in an archive, reconciled with what has happened since."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typer
from sqlalchemy import Connection, func, select, table

from adapters.cli import erasure_ledger
from adapters.cli.backup import DATABASE, DUMP, WORLD
from adapters.cli.configuration import load_box
from adapters.cli.db_copy import alone, moved
from adapters.cli.environment import open_world, prepare, refused, settings_or_exit, world_path
from adapters.cli.logs import log_as
from adapters.cli.named_programme import programme_named
from adapters.cli.platforms import adapters_of
from adapters.cli.progress import progress
from adapters.cli.replacing import replacement
from adapters.config import ConfigError, Settings
from bot.clock import WallClock
from bot.programme import ROUTES
from bot.runtime.reconciling import Erased, Reconciled, reconcile
from bot.runtime.runtime import Runtime
from storage import copying, pg_tools, programmes
from storage.archives import ArchiveError, Manifest, extract
from storage.database import open_database
from storage.diagnostics import damage_in
from storage.engines import plain_engine
from storage.migrate import SchemaTooNewError, upgrade
from storage.pg_tools import PgToolError
from storage.secrets import NoKey, SecretBox
from storage.tables import Installation, StoredFile
from storage.urls import parse_url, shown, sqlite_path

__all__ = [
    "box_of",
    "connected",
    "in_doubt",
    "leave_ids_out",
    "reconciled",
    "restore",
    "unless_done",
]

_BY_HAND: Final = (
    "Let the user of the database create databases, or do it by hand: restore the archive into an empty "
    "database of its own, named by STINT_DATABASE_URL, and let `stint programme export` write the programme "
    "there; then `stint programme remove` erases it here, and `stint programme import` brings it in again."
)
"""The other way to take one programme out of a dump."""

_FURTHER: Final = 10_000
"""Ids that are left out after a restore: buttons in people's chats hold those given since the backup."""

_FURTHER_OF: Final = {"inbox": 1_000_000, "timers": 1_000_000}
"""The same for tables that grow with every act."""


def restore(config: Path | None, archive: Path, *, check: bool, yes: bool, programme: str) -> int:
    """Put what is in an archive in the place of the database, or only check it; return the exit code.

    `programme`: only this one is put back, by its name or number, and the others stay as they are.
    """
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format)
    box = box_of(settings)
    if not archive.is_file():
        raise refused(
            f"There is no archive {archive}. `ls` lists the folder; name one that `stint backup` made."
        )
    path = sqlite_path(parse_url(settings.database_url))
    beside = path.parent if path is not None else archive.absolute().parent
    beside.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory(prefix="restoring-", dir=beside)))
        manifest = _extracted(archive, work, box)
        typer.echo(f"{archive} is whole: {_described(manifest)}.")
        if check:
            return 0
        _fits(manifest, settings.database_url)
        stack.enter_context(alone(settings.database_url))
        if programme:
            results = _restore_one(settings, manifest, work, archive, programme, yes=yes)
            _say(manifest, results, "")
            return 0
        _confirm(settings.database_url, yes=yes)
        erased = _erasures(settings, archive)
        with replacement(settings.database_url, work) as built:
            _build(manifest, work, built.url)
            leave_ids_out(built.url)
            _put_world(work / WORLD, world_path(settings.terminal.folder))
            results = asyncio.run(reconciled(settings, built.url, manifest, erased))
            unreadable = _unreadable(built.url, box)
    _say(manifest, results, built.before)
    if unreadable:
        typer.echo(unreadable, err=True)
    return 0


def box_of(settings: Settings) -> SecretBox:
    """Return the box of the settings' keys; a key that is none ends the command."""
    try:
        return load_box(settings)
    except ConfigError as error:
        raise refused(str(error)) from None


def _extracted(archive: Path, work: Path, box: SecretBox) -> Manifest:
    """Extract the archive; end the command where it is none, or its database is damaged."""
    with progress("Reading the archive", None) as advance:
        manifest = extract(archive, work, box, advance)
    if manifest.kind != "backup":
        raise refused(f"{archive} holds one programme; `stint programme import` reads it.")
    if (work / DATABASE).exists() and (damaged := damage_in(f"sqlite:///{work / DATABASE}")):
        typer.echo(damaged, err=True)
        raise typer.Exit(1)
    return manifest


def _described(manifest: Manifest) -> str:
    names = ", ".join(manifest.programmes.values()) or "no programme"
    made = f"{manifest.made_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return (
        f"made at {made} by version {manifest.version}, with {names} and {sum(manifest.counts.values())} rows"
    )


def _fits(manifest: Manifest, url: str) -> None:
    if manifest.content == "pg_dump" and sqlite_path(parse_url(url)) is not None:
        raise refused(
            "This archive was dumped by PostgreSQL, and is restored into PostgreSQL only. Name such a "
            "database with database_url; `stint db copy` then brings it to SQLite."
        )


def _confirm(url: str, *, yes: bool) -> None:
    """Ask before a database that has something in it is replaced."""
    path = sqlite_path(parse_url(url))
    if yes or (path is not None and not path.exists()):
        return
    where = path or shown(parse_url(url))
    if not sys.stdin.isatty():
        raise refused(f"{where} is replaced by the archive, and kept beside it: give --yes if you want that.")
    if not typer.confirm(f"Replace {where} by the archive? It is kept beside it."):
        raise refused("Nothing was changed.")


def _erasures(settings: Settings, archive: Path) -> set[Erased]:
    """Return who was erased, by the ledgers and by the database that is replaced, if it can be read."""
    folders = {archive.absolute().parent, settings.backup.folder.absolute()}
    try:
        found = {each for folder in folders for each in erasure_ledger.read(folder)}
    except ValueError as error:
        raise refused(str(error)) from None
    path = sqlite_path(parse_url(settings.database_url))
    if path is not None and (not path.exists() or damage_in(settings.database_url)):
        return found
    database = open_database(settings.database_url, inline=True)
    try:
        found |= set(database.read_inline(erasure_ledger.erased_in))
    except Exception:  # noqa: BLE001 - it is replaced because something is wrong with it
        typer.echo(
            "The present database cannot be read: erasures are repeated from the ledger alone.", err=True
        )
    finally:
        database.close_inline()
    erasure_ledger.append(settings.backup.folder, found)
    return found


def _build(manifest: Manifest, work: Path, url: str) -> None:
    """Build the database from the archive's parts, with every row and of this version's schema."""
    archived, path = f"sqlite:///{work / DATABASE}", sqlite_path(parse_url(url))
    if manifest.content == "pg_dump":
        pg_tools.restore(parse_url(url), work / DUMP)
        _count(manifest, url)
    elif path is not None:
        (work / DATABASE).rename(path)
        _count(manifest, url)
    else:
        _count(manifest, archived)
        _upgraded(archived, manifest)
        upgrade(url)
        moved(archived, url)
    _upgraded(url, manifest)


def _upgraded(url: str, manifest: Manifest) -> None:
    """Bring an archive's database to this version's schema; a newer one ends the command."""
    try:
        upgrade(url)
    except SchemaTooNewError:
        raise refused(
            f"The archive is of a newer version of Stint ({manifest.version}, schema {manifest.revision}). "
            "Install that version, and do the same again. Nothing was changed."
        ) from None


def _count(manifest: Manifest, url: str) -> None:
    """Compare how many rows each table has with what the manifest says.

    Raises:
        ArchiveError: there are more or fewer.
    """
    with connected(url) as connection:
        for name, count in manifest.counts.items():
            found = int(connection.scalar(select(func.count()).select_from(table(name))) or 0)
            if found != count:
                raise ArchiveError(
                    f"The table {name} has {found} rows, and the archive says {count}: it is not whole. "
                    "Nothing was changed; restore an earlier archive."
                )


def leave_ids_out(url: str) -> None:
    """Give no id again that was given since the backup was made."""
    with connected(url) as connection:
        given = copying.last_ids(connection)
        further = {name: last + _FURTHER_OF.get(name, _FURTHER) for name, last in given.items()}
        copying.continue_ids(connection, further)


def _restore_one(
    settings: Settings, manifest: Manifest, work: Path, archive: Path, name: str, *, yes: bool
) -> list[Reconciled]:
    """Put one programme back as it was in the archive."""
    url = settings.database_url
    prepare(url)
    with _archived(manifest, work, url) as archived:
        return _programme_from(archived, settings, manifest, archive, name, yes=yes)


@contextmanager
def _archived(manifest: Manifest, work: Path, url: str) -> Iterator[str]:
    """Yield the URL of the archive's own database, of today's schema: a scratch one where it is a dump."""
    with ExitStack() as stack:
        archived = f"sqlite:///{work / DATABASE}"
        if manifest.content == "pg_dump":
            try:
                scratch = stack.enter_context(pg_tools.scratch_database(parse_url(url)))
            except PgToolError as error:
                raise refused(f"{error} {_BY_HAND}") from None
            pg_tools.restore(scratch, work / DUMP)
            archived = scratch.render_as_string(hide_password=False)
            _count(manifest, archived)
        _upgraded(archived, manifest)
        yield archived


def _programme_from(
    archived: str, settings: Settings, manifest: Manifest, archive: Path, name: str, *, yes: bool
) -> list[Reconciled]:
    """Put one programme back from the archive's own database; all of it, or nothing."""
    url = settings.database_url
    with connected(archived) as source:
        found = programme_named(source, name)
    if not yes and not sys.stdin.isatty():
        raise refused(f"{found.name} is replaced as it was then: give --yes if you want that.")
    if not yes and not typer.confirm(f"Replace {found.name} as it was then? What it is now is gone."):
        raise refused("Nothing was changed.")
    erased = _erasures(settings, archive)
    with connected(archived) as source, connected(url) as target:
        programmes.delete_rows(target, found.id)
        copying.copy_rows(source, target, programme_id=found.id)
        copying.compare_rows(source, target, programme_id=found.id)
    with unless_done(f"{found.name} is half restored: do the same again before the bot starts."):
        return asyncio.run(reconciled(settings, url, manifest, erased, only=found.id))


@contextmanager
def unless_done(advice: str) -> Iterator[None]:
    """Print what to do if the block is interrupted: a bot that starts then would say things again."""
    try:
        yield
    except BaseException:
        typer.echo(advice, err=True)
        raise


async def reconciled(
    settings: Settings,
    url: str,
    manifest: Manifest,
    erased: Collection[Erased],
    only: int | None = None,
) -> list[Reconciled]:
    """Bring the database to the present, with the abilities of the platforms that the settings name.

    `only`: the programme that was put back, where the others are as they were.
    """
    clock, database, box = WallClock(), open_database(url), box_of(settings)
    path = world_path(settings.terminal.folder)
    try:
        with ExitStack() as stack:
            world = stack.enter_context(closing(open_world(path))) if path.exists() else None
            adapters = adapters_of(settings, clock, database, box, world)
            runtime = Runtime(database, ROUTES, adapters, clock, box)
            return await reconcile(runtime, manifest.made_at, erased, only)
    finally:
        await database.close()


def _unreadable(url: str, box: SecretBox) -> str:
    """Return what to do if the present key does not open what is encrypted in the database; else ""."""
    with connected(url) as connection:
        files = select(StoredFile.content).order_by(StoredFile.id.desc()).limit(1)
        tokens = select(Installation.token).where(Installation.token != "").limit(1)
        file, token = connection.scalar(files), connection.scalar(tokens)
    try:
        for sealed in (file, token.encode() if token else None):
            if sealed is not None:
                box.open(sealed)
    except NoKey:
        return (
            "Tokens and files in it are encrypted with a key that is not here. Add that key to "
            "STINT_SECRET_KEY, behind the present one, before the bot starts."
        )
    return ""


def _put_world(archived: Path, world: Path) -> None:
    """Put the terminal's world back where there is none: one that is there knows what was said since."""
    if archived.exists() and not world.exists():
        world.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(archived, world)
        world.chmod(0o600)


def _say(manifest: Manifest, results: Sequence[Reconciled], before: str) -> None:
    typer.echo(f"Restored what was {_described(manifest)}.")
    for each in results:
        if each.removed:
            typer.echo(f"{each.name} was removed since then, and is removed again.")
            continue
        typer.echo(f"{each.name}: {in_doubt(each.doubtful)}.")
        if each.erased:
            people = "1 person" if each.erased == 1 else f"{each.erased} people"
            typer.echo(f"  {people} erased again, who asked for it since then.")
    if before:
        typer.echo(f"What was there before is kept: {before}.")
        typer.echo(
            "It goes on holding what people ask to have erased: when all is well, `stint db delete-replaced` "
            "deletes it."
        )
    typer.echo("Now start the bot. Coordinators read what was restored, and what to do about it.")


def in_doubt(count: int) -> str:
    """Say how many messages may have been sent since, and what becomes of them."""
    if not count:
        return "no message is in doubt"
    messages = "1 message" if count == 1 else f"{count} messages"
    return (
        f"{messages} perhaps sent since; none is repeated before it is looked for, or a coordinator says so"
    )


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection whose transaction is committed if the block ends well."""
    engine = plain_engine(parse_url(url))
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            yield connection
    finally:
        engine.dispose()
