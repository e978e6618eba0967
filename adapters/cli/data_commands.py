"""The commands of `stint` that keep data safe and move it, with their options and help.

As in `adapters/cli/commands.py`, a command imports what it needs when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["backup", "db", "programme", "restore"]

Config = Annotated[
    Path | None, typer.Option("--config", help="A config.toml; without it the one in this folder, if any.")
]

db = typer.Typer(help="The database as a whole.", no_args_is_help=True, rich_markup_mode=None)


programme = typer.Typer(help="One programme of the database.", no_args_is_help=True, rich_markup_mode=None)


def backup(
    *,
    to: Annotated[
        Path | None, typer.Option("--to", help="The folder for it; without it, the one under [backup].")
    ] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Delete the oldest archives beyond this many.")
    ] = None,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Seal it with the key in STINT_SECRET_KEY or secret_key_file.")
    ] = False,
    config: Config = None,
) -> None:
    """Write an archive of the database with its files, and of the terminal's world; the bot may run."""
    from adapters.cli import backup as cli_backup

    raise typer.Exit(cli_backup.backup(config, to, keep=keep, encrypt=encrypt))


def restore(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="An archive that `stint backup` made.")],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only look whether it is whole; change nothing.")
    ] = False,
    programme: Annotated[
        str, typer.Option(help="Only this programme, by its name or number; the others stay as they are.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    config: Config = None,
) -> None:
    """Put an archive in the place of the database, repeating no message silently; the bot must be stopped."""
    from adapters.cli import restore as cli_restore

    raise typer.Exit(cli_restore.restore(config, archive, check=check, yes=yes, programme=programme))


@db.command("copy")
def db_copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database, such as sqlite:///stint.db.")],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="An empty one, such as postgresql://stint@localhost/stint.")
    ],
) -> None:
    """Copy everything from SQLite to PostgreSQL or back, counted and compared; the bot must be stopped."""
    from adapters.cli import db_copy as cli_db_copy

    raise typer.Exit(cli_db_copy.copy(source, target))


@db.command("delete-replaced")
def db_delete_replaced(
    *, yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False, config: Config = None
) -> None:
    """Delete the databases that restores have replaced and kept; the bot may run."""
    from adapters.cli import replaced

    raise typer.Exit(replaced.delete_kept(config, yes=yes))


@programme.command("export")
def programme_export(
    name: Annotated[str, typer.Argument(help="The programme's name or number.")],
    *,
    to: Annotated[Path | None, typer.Option("--to", help="The file to write; without it, one here.")] = None,
    config: Config = None,
) -> None:
    """Write one programme whole, in files that people can read and `import` brings into another database."""
    from adapters.cli import programmes

    raise typer.Exit(programmes.export(config, name, to))


@programme.command("import")
def programme_import(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="What `stint programme export` wrote.")],
    *,
    config: Config = None,
) -> None:
    """Bring an exported programme into the database; the bot must be stopped."""
    from adapters.cli import programmes

    raise typer.Exit(programmes.import_(config, archive))


@programme.command("remove")
def programme_remove(
    name: Annotated[str, typer.Argument(help="The programme's name or number.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    config: Config = None,
) -> None:
    """Erase one programme with everything in it, and write a receipt; the bot must be stopped."""
    from adapters.cli import programmes

    raise typer.Exit(programmes.remove(config, name, yes=yes))
