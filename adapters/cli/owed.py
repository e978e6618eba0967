"""`stint owed`: what is due, late, held, failed or in doubt, programme by programme."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from msgspec import to_builtins

from adapters.cli.database_reading import read_database
from adapters.cli.trace import zone_named
from bot.clock import WallClock
from storage.queries.owed import Owed, read_owed

__all__ = ["owed"]

_NEXT = {
    "late": "is the bot running? `stint doctor` says what stops it",
    "in doubt": "a coordinator is asked about each of them, in chat",
    "failed": "`stint trace` shows the platform's answer",
    "held": "sent when its place or its reader can be reached",
}
"""What a reader can do about a state, or what happens by itself."""


def owed(config: Path | None, *, programme: int | None, zone: str, as_json: bool) -> int:
    """Print what is owed now; return 1 if something is late, in doubt or failed, else 0.

    `programme`: only this one, by its number. `zone`: the one in which all times are printed.

    Raises:
        typer.BadParameter: there is no such zone.
        typer.Exit: the database cannot be read.
    """
    clock, now = zone_named(zone), WallClock().now()
    rows = read_database(config, lambda work: read_owed(work.connection, now, programme))
    if as_json:
        typer.echo(json.dumps(to_builtins(rows), indent=2))
    elif not rows:
        typer.echo("Nothing is owed: no message and no timer waits.")
    else:
        typer.echo(f"All times are of {zone}; now it is {_at(now, clock)}.")
        _print(rows, clock)
    return 1 if any(each.state in {"late", "in doubt", "failed"} for each in rows) else 0


def _print(rows: Sequence[Owed], zone: ZoneInfo) -> None:
    for programme_id, its in groupby(rows, key=attrgetter("programme_id")):
        listed = list(its)
        typer.echo(f"{listed[0].programme} (programme {programme_id})")
        for each in listed:
            noun = each.what if each.count == 1 else f"{each.what}s"
            first = f"{each.what} {each.row_id}" if each.what == "message" else f"timer:{each.row_id}"
            due = _at(each.oldest, zone)
            typer.echo(f"  {each.state:<10} {each.count:>7} {noun:<9} the first, {first}, due {due}")
            if each.state in _NEXT:
                typer.echo(f"             {_NEXT[each.state]}")


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"
