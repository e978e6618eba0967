"""`stint db delete-replaced`: databases that restores have replaced and kept, deleted when all is well."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from adapters.cli.environment import refused, settings_or_exit
from adapters.cli.replacing import delete_replaced, replaced

__all__ = ["delete_kept"]


def delete_kept(config: Path | None, *, yes: bool) -> int:
    """Delete what restores have replaced and kept; return the exit code."""
    url = settings_or_exit(config).database_url
    if not (names := replaced(url)):
        typer.echo("No restore has left anything beside the database.")
        return 0
    typer.echo("\n".join(names))
    if not yes and not sys.stdin.isatty():
        raise refused("These were databases before a restore: give --yes if all is well without them.")
    if not yes and not typer.confirm("Delete these? They were the database before a restore."):
        raise refused("Nothing was changed.")
    count = len(delete_replaced(url))
    typer.echo(f"{count} deleted.")
    return 0
