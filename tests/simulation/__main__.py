"""Run seeds: `python -m tests.simulation --seed N --days D`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.simulation.run import simulate


def main() -> int:
    """Run what the command line asks for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--days", type=float, default=20, help="days of acts and faults")
    parser.add_argument("--count", type=int, default=1, help="how many seeds, one after another")
    parser.add_argument("--story", action="store_true", help="print everything that happened")
    asked = parser.parse_args()
    failed = 0
    for seed in range(asked.seed, asked.seed + asked.count):
        with TemporaryDirectory(prefix="stint-simulation-") as folder:
            report = simulate(seed, asked.days, Path(folder))
        if asked.story:
            print("\n".join(report.lines))
        print(report, flush=True)
        for problem in report.problems:
            print(f"  {problem}", flush=True)
        failed += bool(report.problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
