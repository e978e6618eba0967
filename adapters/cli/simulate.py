"""`stint simulate`: runs of made-up people among faults, a seed a run, each checked at its end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import typer

from adapters.cli.progress import progress
from adapters.simulation.coverage import in_words
from adapters.simulation.faults import KINDS
from adapters.simulation.run import Report, Wanted, simulate

__all__ = ["kinds_of", "simulate_seeds"]


_INTERRUPTED: Final = 130
"""The exit code of a program that was stopped by Ctrl-C."""


def kinds_of(faults: str) -> frozenset[str]:
    """Return the kinds of faults that an option names: "all", "none", or kinds with commas between them.

    Raises:
        typer.BadParameter: there is no such kind.
    """
    named = {"all": KINDS, "none": ()}.get(faults, [kind.strip() for kind in faults.split(",")])
    if unknown := [kind for kind in named if kind not in KINDS]:
        known = ", ".join(KINDS)
        raise typer.BadParameter(
            f"there is no fault {unknown[0]!r}; there are {known}", param_hint="--faults"
        )
    return frozenset(named)


def simulate_seeds(seeds: Iterable[int], days: float, faults: str, *, story: bool, as_json: bool) -> int:
    """Play a run for each seed and print a line each; return 1 if any has a finding, else 0.

    Ctrl-C ends it with what was played so far, and 130.

    Raises:
        typer.BadParameter: there is no such kind of fault.
    """
    kinds = kinds_of(faults)
    begun, played, failed = perf_counter(), 0, []
    met: set[str] = set()
    interrupted = False
    try:
        for seed in seeds:
            report = _play(Wanted(seed, days, kinds))
            _print(report, story=story, as_json=as_json)
            played += 1
            met |= report.met
            if report.problems:
                failed.append(seed)
    except KeyboardInterrupt:
        interrupted = True
    seconds = perf_counter() - begun
    seeds_played = "1 seed" if played == 1 else f"{played} seeds"
    rate = f"{seeds_played} in {seconds:.0f} s, {60 * played / seconds:.1f} a minute"
    found = f"with findings: {', '.join(map(str, failed))}" if failed else "no findings"
    typer.echo(f"{rate}; {found}", err=True)
    typer.echo(f"met: {in_words(met)}", err=True)
    if failed:
        return 1
    return _INTERRUPTED if interrupted else 0


def _play(wanted: Wanted) -> Report:
    with (
        TemporaryDirectory(prefix="stint-simulation-") as folder,
        progress(f"seed {wanted.seed}", wanted.days) as advance,
    ):
        return simulate(wanted, Path(folder), advance)


def _print(report: Report, *, story: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_json(story=story)))
        return
    if story:
        typer.echo("\n".join(report.lines))
    typer.echo(str(report))
    for problem in report.problems:
        typer.echo(f"  {problem}")
