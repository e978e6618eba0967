"""The announcement of an import: a card per project, or a list in each channel and cards day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from math import ceil
from typing import Final, Literal

import typer
from rich.console import Console
from rich.progress import Progress

from adapters.cli.import_job import Import, Unusable, Wanted
from adapters.terminal.adapter import TerminalAdapter
from bot.programme import ROUTES, importing
from bot.programme.core.turn import Turn
from bot.programme.importing import PACE, PER_DIGEST, ImportRow, Written
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context

__all__ = ["ASK_ABOVE", "announce", "choose_way", "how_long"]

ASK_ABOVE: Final = 20
"""Projects; the command asks first before it announces more."""

_MINUTE, _HOUR = 60, 3600  # seconds

Plan = Mapping[int, datetime]
Way = Literal["cards", "list", ""]


def choose_way(job: Import, rows: Sequence[ImportRow], wanted: Wanted) -> Way:
    """Return how a file's projects are announced, "" for not now: as `wanted`, or as the person chooses.

    Raises:
        Unusable: there is no person to ask.
    """
    if wanted.announce or wanted.yes:
        return wanted.announce or "cards"
    count = job.turn(lambda turn: importing.unannounced(turn, rows))
    if count <= ASK_ABOVE:
        return "cards"
    try:
        return _asked(count)
    except typer.Abort:
        raise Unusable(
            f"\nI cannot ask here how {count} projects are announced, so nothing was imported. Say "
            "it with --announce list or --announce cards; --yes takes cards. Without --publish they are "
            "imported and not announced."
        ) from None


def announce(job: Import, rows: Sequence[ImportRow], import_id: int, way: Way) -> None:
    """Announce a file's projects in the chosen way."""
    if not way:
        typer.echo("Nothing was announced. The same command announces them later.")
        return
    waiting = job.turn(lambda turn: importing.waiting(turn, rows))
    plan = job.turn(lambda turn: importing.plan_cards(turn, rows)) if way == "list" else {}
    done = _published(job, rows, waiting, plan)
    in_list = way == "list" and job.turn(
        lambda turn: _carried(turn, importing.list_turn(turn, rows, import_id))
    )
    if not done and not in_list:
        typer.echo("Nothing is left to announce.")
    elif way == "list":
        typer.echo(f"{done} published. Each channel gets one list now, while the bot runs; {_later(plan)}.")
    elif done == 1:
        typer.echo("1 published. Its card goes out once the bot runs.")
    else:
        typer.echo(f"{done} published. Their cards go out one by one while the bot runs: {how_long(done)}.")


def how_long(count: int) -> str:
    """Return in words how long the cards of so many projects take."""
    seconds = PACE.total_seconds() * max(0, count - 1)
    if seconds < _MINUTE:
        return "less than a minute"
    if seconds < 2 * _HOUR:
        minutes = ceil(seconds / _MINUTE)
        return "about a minute" if minutes == 1 else f"about {minutes} minutes"
    return f"about {round(seconds / _HOUR)} hours"


def _asked(count: int) -> Way:
    """Ask the person at the shell for the way; return it."""
    typer.echo(f"{count} projects wait to be announced. How?")
    typer.echo(f"  1  A card for each, one every {PACE.seconds} seconds: {how_long(count)}.")
    typer.echo(
        "  2  One list in each channel now; their cards follow with the daily digests, about "
        f"{PER_DIGEST} a day."
    )
    typer.echo("  3  Not now: they are imported only.")
    chosen = typer.prompt("Your choice", type=int, default=3)
    ways: dict[int, Way] = {1: "cards", 2: "list"}
    return ways.get(chosen, "")


def _later(plan: Plan) -> str:
    """Return in words when the cards follow a list."""
    days = sorted({at.date() for at in plan.values()})
    if not days:
        return "every card is on its way already"
    most = max(sum(at.date() == day for at in plan.values()) for day in days)
    if len(days) == 1:
        return f"their cards follow with the digest of {_day(days[0])}"
    return f"their cards follow with the daily digests, at most {most} a day, until {_day(days[-1])}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B}"


def _published(job: Import, rows: Sequence[ImportRow], waiting: int, plan: Plan) -> int:
    done = 0
    one = partial(_publish_some, rows=rows, plan=plan)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Announcing", total=waiting)
        while count := job.turn(one):
            done += count
            progress.advance(task, count)
    return done


def _publish_some(turn: Turn, rows: Sequence[ImportRow], plan: Plan) -> int:
    return _carried(turn, importing.publish_turn(turn, rows, plan))


def _carried(turn: Turn, written: Written) -> int:
    context = Context(turn, ROUTES, None, TerminalAdapter.capabilities, TerminalAdapter.limits)
    carry_out(context, written.actions)
    return written.count
