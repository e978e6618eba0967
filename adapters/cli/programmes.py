"""`stint programme`: one programme of a database exported, brought into another, and removed."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import typer
from sqlalchemy import Connection, text

from adapters.cli import erasure_ledger
from adapters.cli.db_copy import alone
from adapters.cli.environment import prepare, refused, settings_or_exit
from adapters.cli.named_programme import Found, programme_named
from adapters.cli.restore import box_of, connected, in_doubt, leave_ids_out, reconciled, unless_done
from adapters.config import Settings
from bot.clock import WallClock
from bot.programme import ROUTES
from bot.programme.core import history, keys, seals
from bot.programme.core.turn import Turn
from bot.runtime.reconciling import Erased
from storage import programmes
from storage.archives import Manifest, extract, part_of, write_archive
from storage.copying import count_rows
from storage.database import UnitOfWork, open_database

__all__ = ["export", "import_", "remove"]


def export(config: Path | None, name: str, to: Path | None) -> int:
    """Write a programme whole into an archive that people can read; the history notes it. Return 0."""
    settings = settings_or_exit(config)
    prepare(settings.database_url)
    with connected(settings.database_url) as connection:
        found = programme_named(connection, name)
    now = WallClock().now()
    target = to or Path(f"programme-{found.id}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    if target.exists():
        raise refused(f"There is a {target} already, and it is left as it is. Name another file with --to.")
    _note_export(settings, found.id, now)
    with TemporaryDirectory(prefix="exporting-", dir=target.absolute().parent) as folder:
        with connected(settings.database_url) as connection:
            files = programmes.export_rows(connection, found.id, Path(folder), box_of(settings))
            counts = {table: count for table, count in count_rows(connection, found.id).items() if count}
            revision = _revision(connection)
        manifest = Manifest(
            kind="programme",
            version=version("stint-bot"),
            made_at=now,
            content="rows",
            revision=revision,
            counts=counts,
            programmes={found.id: found.name},
            parts=tuple(part_of(path, part) for part, path in files.items()),
        )
        write_archive(target, manifest, files)
    typer.echo(
        f"Wrote {target}: {found.name}, {sum(counts.values())} rows. The files in it are not encrypted."
    )
    return 0


def import_(config: Path | None, archive: Path) -> int:
    """Bring an exported programme into the database, with its numbers, repeating no message silently."""
    settings = settings_or_exit(config)
    if not archive.is_file():
        raise refused(f"There is no archive {archive}. Name one that `stint programme export` made.")
    with TemporaryDirectory(prefix="importing-") as folder:
        manifest = extract(archive, Path(folder), box_of(settings))
        if manifest.kind != "programme":
            raise refused(f"{archive} is a backup of a whole database; `stint restore` reads it.")
        [(number, name)] = manifest.programmes.items()
        erased = [each for each in erasure_ledger.read(settings.backup.folder) if each.person]
        with alone(settings.database_url):
            prepare(settings.database_url)
            with connected(settings.database_url) as connection:
                if manifest.revision != _revision(connection):
                    raise refused(
                        f"The archive was written by version {manifest.version}, which has other tables. "
                        "Bring it in with that version, and upgrade then."
                    )
                counts = programmes.import_rows(connection, Path(folder), box_of(settings))
            leave_ids_out(settings.database_url)
            advice = f"{name} is half there: remove it, and do the same again before the bot starts."
            with unless_done(advice):
                url = settings.database_url
                results = asyncio.run(reconciled(settings, url, manifest, erased, only=number))
    typer.echo(f"{name} is in the database, with {sum(counts.values())} rows.")
    for each in results:
        typer.echo(f"{each.name}: {in_doubt(each.doubtful)}.")
    typer.echo(
        "Tokens are not in an export: connect the programme's workspaces and servers, and start the bot."
    )
    return 0


def remove(config: Path | None, name: str, *, yes: bool) -> int:
    """Erase a programme with everything in it, and write a receipt; return 0."""
    settings = settings_or_exit(config)
    with ExitStack() as stack:
        stack.enter_context(alone(settings.database_url))
        prepare(settings.database_url)
        with connected(settings.database_url) as connection:
            found = programme_named(connection, name)
        _confirm(found, yes=yes)
        now = WallClock().now()
        with connected(settings.database_url) as connection:
            head = seals.head_of(connection, found.id)
            tokens = programmes.delete_tokens(connection, found.id)
            counts = programmes.delete_rows(connection, found.id)
            # Before the commit: what is removed and not in the ledger would come back with a restore.
            erasure_ledger.append(settings.backup.folder, [Erased(found.id, 0, found.created_at, now)])
    receipt = {
        "programme": found.name,
        "number": found.id,
        "removed_at": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "rows": counts,
        "tokens": tokens,
        "newest_seal": str(head) if head else None,
    }
    path = settings.backup.folder / f"programme-{found.id}-removed.json"
    path.write_text(json.dumps(receipt, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    path.chmod(0o600)
    typer.echo(f"{found.name} is removed: {sum(counts.values())} rows. The receipt is {path}.")
    typer.echo(
        "Archives that were made before still hold it, until they are deleted; a restore removes it again."
    )
    return 0


def _revision(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _confirm(found: Found, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise refused(f"{found.name} is erased for good: export it first, and give --yes if you want that.")
    typer.echo(
        f"Everything of {found.name} is erased for good. `stint programme export` keeps a copy.", err=True
    )
    if typer.prompt("Type the programme's name to go on") != found.name:
        raise refused("Nothing was changed.")


def _note_export(settings: Settings, number: int, now: datetime) -> None:
    """Write into the programme's history that an operator took everything out of it."""

    def note(work: UnitOfWork) -> None:
        source = keys.COMMAND(uuid4().hex)
        turn = Turn(work=work, now=now, programme_id=number, routes=ROUTES, source=source, began_by="command")
        history.record_operation(turn, history.EXPORTED)

    database = open_database(settings.database_url, inline=True)
    try:
        database.transact_inline(note)
    finally:
        database.close_inline()
