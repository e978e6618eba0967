"""`stint bench`: Stint measured beside its peers by `benchmarks/`, which only a checkout has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import typer

__all__ = ["bench"]

ROOT = Path(__file__).resolve().parents[2]
_PEERS = ("aiosqlite", "greenlet", "procrastinate")


def bench(*, as_json: bool, rounds: int, only: Sequence[str] = ()) -> int:
    """Run the measurements in a separate process, from the checkout; return the exit code.

    They write `benchmarks/results.json`, `docs/performance.md` and `docs/growth.svg`, and print tables, or
    with `as_json` the results as JSON. Each of `rounds` takes about two minutes. `only`: the names of the
    measurements to take, all by default; the figures of the others are kept.
    """
    if not (ROOT / "benchmarks" / "run.py").exists():
        typer.echo(
            "The measurements are not part of the installed package: they come with a checkout of the "
            "project. There, `make bench` installs what they need and runs them.",
            err=True,
        )
        return 2
    missing = [name for name in _PEERS if find_spec(name) is None]
    if missing:
        typer.echo(
            f"The measurements need {', '.join(missing)}: `make bench` installs what they need and runs "
            "them.",
            err=True,
        )
        return 2
    command = [
        sys.executable,
        "-m",
        "benchmarks.run",
        "--rounds",
        str(rounds),
        *(part for name in only for part in ("--only", name)),
        *(["--json"] if as_json else []),
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
