"""The mutations: faults of one line, each with the test that finds it; and their table in a paper."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["DAYS", "PAPER", "ROOT", "Mutation", "load", "with_table"]

ROOT: Final = Path(__file__).resolve().parents[2]
PAPER: Final = ROOT / "docs" / "reliability.md"
DAYS: Final = 5
"""Days of a simulation that looks for a mutation."""

_BEGIN: Final = "<!-- mutations: `python -m tests.mutations --table` writes this -->\n"
_END: Final = "<!-- end of the mutations -->\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A fault of one line.

    Attributes:
        what: What is wrong then, as a sentence without its full stop.
        file: The module, from the root of the project.
        old: What is in it exactly once; `new` is put in its place.
        test: The test that finds it, as pytest names it without parameters.
        seeds: The first and the last seed of the simulation of which one finds it; None where none can.
        unseen: What is known of it where no seed is named: not found, or not tried; "" where one finds it.
    """

    what: str
    file: str
    old: str
    new: str
    test: str
    seeds: tuple[int, int] | None = None
    unseen: str = ""

    def applied_to(self, source: str) -> str:
        """Return a module's text with the fault in it.

        Raises:
            LookupError: the old text is not in it, or more than once.
        """
        if (count := source.count(self.old)) != 1:
            raise LookupError(f"{self.file} has the old text of this mutation {count} times: {self.what}")
        return source.replace(self.old, self.new)


def load() -> list[Mutation]:
    """Return every mutation, in the order of `mutations.toml`."""
    text = (Path(__file__).parent / "mutations.toml").read_text(encoding="utf-8")
    return [
        Mutation(**{**each, "seeds": tuple(each["seeds"]) if "seeds" in each else None})
        for each in tomllib.loads(text)["mutation"]
    ]


def table() -> str:
    """Return the mutations as a table, a line each."""
    rows = (
        f"| {each.what} | `{each.file}` | `{each.test.removeprefix('tests/')}` | {_simulation(each)} |\n"
        for each in load()
    )
    return f"| Fault | Where | Test that finds it | Simulation |\n|---|---|---|---|\n{''.join(rows)}"


def _simulation(mutation: Mutation) -> str:
    if mutation.seeds is None:
        return mutation.unseen
    first, last = mutation.seeds
    return f"found by seed {first}" if first == last else f"found by one of the seeds {first} to {last}"


def with_table(paper: str) -> str:
    """Return the text of the paper with the table as the mutations are now."""
    before, _, rest = paper.partition(_BEGIN)
    return f"{before}{_BEGIN}\n{table()}\n{_END}{rest.partition(_END)[2]}"
