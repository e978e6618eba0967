"""Put each mutation into a copy of the project, and see that its test and the simulation find it.

`python -m tests.mutations` tries all of them; words after it choose those whose names contain one.
The working tree is never changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Final

from bot.chat.values import replace
from tests.mutations.catalogue import DAYS, PAPER, ROOT, Mutation, load, with_table

_LEFT_OUT: Final = shutil.ignore_patterns(".*", "backups", "dist")
_FAILED: Final = 1
"""The exit code of pytest whose tests ran and failed, and of a simulation that found something."""

_LONGEST: Final = 300
"""Seconds that a run may take; a mutation that hangs counts as one that survived."""


def main() -> int:
    """Run what the command line asks for; the exit code is 1 if a mutation survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutations whose names contain one of these")
    parser.add_argument("--jobs", type=int, default=2, help="how many are tried at once")
    parser.add_argument("--tests-only", action="store_true", help="leave the simulation out")
    parser.add_argument("--table", action="store_true", help="only write the table of docs/reliability.md")
    asked = parser.parse_args()
    if asked.table:
        PAPER.write_text(with_table(PAPER.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    chosen = [each for each in load() if not asked.words or any(word in each.what for word in asked.words)]
    with TemporaryDirectory(prefix="stint-mutations-") as folder:
        chosen = [replace(each, seeds=None) for each in chosen] if asked.tests_only else chosen
        return _try_all(chosen, _copies(Path(folder), asked.jobs), asked.jobs)


def _copies(folder: Path, count: int) -> SimpleQueue[Path]:
    """Copy the project so many times; each copy is used by one run at a time."""
    copies: SimpleQueue[Path] = SimpleQueue()
    for number in range(count):
        copies.put(Path(shutil.copytree(ROOT, folder / str(number), ignore=_LEFT_OUT)))
    return copies


def _try_all(chosen: Sequence[Mutation], copies: SimpleQueue[Path], jobs: int) -> int:
    tests = sorted({each.test for each in chosen})
    copy = copies.get()
    if _run(copy, *_PYTEST, *tests) != 0:
        print("These tests fail without a mutation, so they find none:", *tests, sep="\n  ")
        return 1
    copies.put(copy)
    with ThreadPoolExecutor(jobs) as pool:
        results = pool.map(lambda each: _tried(each, copies), chosen)
        survived = 0
        for mutation, (tested, simulated) in zip(chosen, results, strict=True):
            alive = tested != "caught" or simulated == "MISSED"
            survived += alive
            print(f"{'SURVIVED' if alive else 'caught':<9} {mutation.what}", flush=True)
            print(f"          test {tested}: {mutation.test}; simulation: {simulated}", flush=True)
    print(f"{len(chosen)} mutations, {survived} survived")
    return 1 if survived else 0


def _tried(mutation: Mutation, copies: SimpleQueue[Path]) -> tuple[str, str]:
    """Return what the test made of a mutation, and what the simulation did."""
    copy = copies.get()
    module = copy / mutation.file
    try:
        module.write_text(mutation.applied_to(module.read_text(encoding="utf-8")), encoding="utf-8")
        tested = "caught" if _run(copy, *_PYTEST, mutation.test) == _FAILED else "MISSED"
        return tested, _simulated(mutation, copy)
    finally:
        shutil.copy2(ROOT / mutation.file, module)
        copies.put(copy)


def _simulated(mutation: Mutation, copy: Path) -> str:
    """Return the first seed that finds a mutation, or why none is looked for."""
    if mutation.seeds is None:
        return "not asked"
    first, last = mutation.seeds
    for seed in range(first, last + 1):
        if _run(copy, *_SIMULATE, "--seed", str(seed)) == _FAILED:
            return f"seed {seed} finds it"
    return "MISSED"


_PYTEST: Final = ("pytest", "-q", "-x", "-m", "", "-p", "no:cacheprovider")
_SIMULATE: Final = ("adapters.cli", "simulate", "--days", str(DAYS))


def _run(copy: Path, module: str, *arguments: str) -> int:
    """Run a module within a copy; return its exit code, -1 where it takes too long."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", module, *arguments]
    try:
        ended = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=_LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return -1
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
