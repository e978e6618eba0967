"""The benchmark command: Stint and its peers are measured beside each other, in rounds, and written down.

usage: python -m benchmarks.run [--rounds N] [--only NAME]... [--json]
       python -m benchmarks.run --smallest

Writes `benchmarks/results.json`, `docs/performance.md` and `docs/growth.svg`, and prints the tables, or the
JSON and nothing else; what is being measured goes to the error stream. With `--smallest` it only checks
whether every measurement still works, and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from adapters.cli.logs import log_as
from benchmarks.aims import AIMS
from benchmarks.growth_table import chart
from benchmarks.measurements import MEASUREMENTS, SMALLEST, Sizes
from benchmarks.report import joined, page, tables
from benchmarks.shared import shared

__all__ = ["main"]

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "benchmarks" / "results.json"
Results = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Measure, write the results and print them."""
    parser = argparse.ArgumentParser(prog="stint bench", description="Measure Stint beside its peers.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--only",
        choices=sorted(MEASUREMENTS),
        action="append",
        help="measure this alone, and keep the other figures; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON, and nothing else")
    parser.add_argument(
        "--smallest", action="store_true", help="one round of as little as can be; write nothing"
    )
    asked = parser.parse_args(arguments)
    log_as("error", "text")
    if asked.smallest:
        results = _measured({}, list(MEASUREMENTS), SMALLEST, 1)
        _hold_whole(results)
        print(f"All {len(results['figures'])} figures can be measured.")
        return
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if asked.only else {}
    results = _measured(kept, asked.only or list(MEASUREMENTS), Sizes(), asked.rounds)
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    (ROOT / "docs" / "performance.md").write_text(page(results), encoding="utf-8")
    if results["growth"]:
        (ROOT / "docs" / "growth.svg").write_text(chart(results["growth"]), encoding="utf-8")
    print(text if asked.json else tables(results), end="")


def _measured(results: Results, names: Sequence[str], sizes: Sizes, rounds: int) -> Results:
    """Return results with what these measurements give now, in place of what they gave before."""
    with shared(_tell) as site:
        for name in names:
            began = perf_counter()
            taken = MEASUREMENTS[name](site, sizes, rounds)
            results = joined(results, name, taken)
            _tell(f"Measured {name} ({perf_counter() - began:.0f} s)")
    return results


def _hold_whole(results: Results) -> None:
    """Assert that every figure was measured, and that page and chart can be written from them."""
    page(results)
    chart(results["growth"])
    assert all(figure["ours"]["median"] > 0 for figure in results["figures"].values())
    lacking = [aim.words for aim in AIMS if aim.of(results["figures"]) is None]
    assert not lacking, lacking


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
