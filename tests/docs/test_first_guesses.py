"""The names of modules are those that a newcomer types first.

Three readers who knew only the guides wrote, for each noun of `first_guesses.csv`, the name of the module or
folder in which they would look, before they saw the tree. Each noun's home was added when it had one.
"""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[2]
READERS = (1, 2, 3)
WANTED = 34  # of 45 nouns


def nouns() -> list[dict[str, str]]:
    """Return the rows of the table: noun, home, and each reader's first and second guess."""
    with Path(__file__).with_name("first_guesses.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def is_hit(guess: str, home: str) -> bool:
    """Whether a guess names the home's module or its folder, in the singular or the plural."""
    path = Path(home)
    return guess.rstrip("s") in {path.stem.rstrip("s"), path.parent.name.rstrip("s")}


def test_each_noun_has_a_home_that_is_there() -> None:
    """A module that is moved or renamed takes its noun along."""
    assert [row["noun"] for row in nouns() if not (ROOT / row["home"]).is_file()] == []


def test_most_nouns_are_found_at_the_first_guess() -> None:
    """On average a reader's first guess leads to the code of at least 34 of the 45 nouns."""
    table = nouns()
    hits = [sum(is_hit(row[f"reader {reader} first"], row["home"]) for row in table) for reader in READERS]
    assert len(table) == 45
    assert sum(hits) / len(hits) >= WANTED
