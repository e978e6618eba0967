"""The command `stint simulate`, with its options and help.

As in `adapters/cli/commands.py`, it imports what it needs when it runs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

__all__ = ["complete_zone", "simulate"]


def complete_zone(incomplete: str) -> list[str]:
    """Return the time zones whose names begin so."""
    from zoneinfo import available_timezones

    return sorted(zone for zone in available_timezones() if zone.lower().startswith(incomplete.lower()))


_Source = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="DATABASE|CONFIG",
        help="Rehearse the programme in it, on a copy; without it, made-up runs are checked.",
    ),
]
_Days = Annotated[
    float | None, typer.Option(min=0, help="How many days to play; without it 5, and 28 in a rehearsal.")
]
_Seed = Annotated[int, typer.Option(help="The first seed; the same seed plays the same run again.")]
_Count = Annotated[int, typer.Option(min=1, help="How many seeds, one after another.")]
_Faults = Annotated[
    str,
    typer.Option(
        help="all, none, or some of: commit, send, respond, event, acknowledge, closed, restart, clock."
    ),
]
_Story = Annotated[bool, typer.Option("--story", help="Print everything that happened, too.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON: one line for each seed, or a rehearsal.")]
_Acts = Annotated[
    Literal["random", "none"] | None,
    typer.Option(help="In a rehearsal: whether people do anything, by chance. Made-up people do."),
]
_Start = Annotated[
    datetime | None, typer.Option(help="In a rehearsal: when it begins (UTC); without it, now.")
]
_Programme = Annotated[str, typer.Option(help="In a rehearsal: whose, by its name or number.")]
_Zone = Annotated[
    str,
    typer.Option(
        help="In a rehearsal: the time zone of all times; without it, the programme's.",
        autocompletion=complete_zone,
    ),
]
_Full = Annotated[bool, typer.Option("--full", help="In a rehearsal: print messages whole.")]


def simulate(  # noqa: PLR0913 - an option each
    *,
    source: _Source = "",
    days: _Days = None,
    seed: _Seed = 1,
    count: _Count = 1,
    faults: _Faults = "all",
    story: _Story = False,
    acts: _Acts = None,
    start: _Start = None,
    programme: _Programme = "",
    zone: _Zone = "",
    full: _Full = False,
    json: _Json = False,
) -> None:
    """Play on a virtual clock: a rehearsal of a programme's time to come, or runs that check the bot.

    With --from, a copy of the programme runs with simulated platforms, and every message that it would send
    is printed: when, to which person, where, and why. Nothing is sent, and the original stays as it is, but
    for an entry in its history. Without --from, made-up people use the bot among faults; a line is printed
    for each seed, and the exit code is 1 if any has a finding.
    """
    if not source:
        from adapters.cli.simulate import simulate_seeds

        seeds, length = range(seed, seed + count), 5 if days is None else days
        raise typer.Exit(simulate_seeds(seeds, length, faults, story=story, as_json=json))
    from adapters.cli.rehearsal import Shown, Wanted, rehearse

    begin, length = start.replace(tzinfo=UTC) if start else None, 28 if days is None else days
    wanted = Wanted(source, length, begin, acts or "", seed, programme)
    raise typer.Exit(rehearse(wanted, Shown(zone, full, json)))
