"""`docs/reliability.md` names a test for each fault, platform and database, or why it cannot occur there."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from tests.support.kill_victims import PLATFORMS
from tests.support.kills import KINDS, PLACES

ROOT = Path(__file__).resolve().parents[2]
PAPER = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
FAULT = re.compile(r"^## (\d+)\. (.+?)\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (Slack|Discord) \| (.*) \| (.*) \|$", re.MULTILINE)
TEST = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")
CELLS = [
    (f"{number}, {platform}, {database}", cell)
    for number, _, text in FAULT.findall(PAPER)
    for platform, *cells in ROW.findall(text)
    for database, cell in zip(("SQLite", "PostgreSQL"), cells, strict=True)
]
LOSSES = re.compile(r"^\| (\d[\d, ]*): .+ \|$", re.MULTILINE)
POINTS = re.compile(r"^\| (Slack|Discord) \| ([\w-]+) \| ([\d |]+) \|$", re.MULTILINE)
ON_BOTH = ("postgresql", "empty_url", "database_url", ": Database")
"""What is in a file whose tests have a database on PostgreSQL."""


@cache
def source(path: str) -> str:
    """A file of tests."""
    return (ROOT / "tests" / path).read_text(encoding="utf-8")


def test_each_fault_has_its_four_cells() -> None:
    """They are numbered from one, and each is looked at on both platforms and both databases."""
    faults = FAULT.findall(PAPER)
    assert [int(number) for number, _, _ in faults] == list(range(1, len(faults) + 1))
    assert len({title for _, title, _ in faults}) == len(faults) > 20
    assert [len(ROW.findall(text)) for _, _, text in faults] == [2] * len(faults)
    assert all(text.strip().partition("\n\n")[0].endswith(".") for _, _, text in faults)


@pytest.mark.parametrize(("at", "cell"), CELLS, ids=[at for at, _ in CELLS])
def test_a_cell_names_tests_or_says_why_not(at: str, cell: str) -> None:
    """Every test is there; for PostgreSQL one of them is played on it, or is an adapter's own."""
    if cell.startswith("cannot occur, because "):
        return
    named = TEST.findall(cell)
    assert ", ".join(f"`{path}::{name}`" for path, name in named) == cell
    for path, name in named:
        assert re.search(rf"^(async )?def {name}\(", source(path), re.MULTILINE), f"{path}::{name}"
    if at.endswith("PostgreSQL"):
        files = [path for path, _ in named]
        held = [path for path in files if any(word in source(path) for word in ON_BOTH)]
        assert held or any(path.startswith(("adapters/", "scenarios/", "contract/")) for path in files)


def test_what_may_be_lost_is_said_of_every_fault() -> None:
    """Each row of the table names faults that there are, and none is named twice."""
    table = PAPER.partition("## 1. ")[0]
    named = [int(number) for first in LOSSES.findall(table) for number in re.findall(r"\d+", first)]
    assert len(named) == len(set(named)) > 10
    assert set(named) <= {int(number) for number, _, _ in FAULT.findall(PAPER)}
    assert "| all others | nothing | nothing |" in table


def test_the_points_of_kills_are_said_for_each_platform_and_database() -> None:
    """The table has the platforms, databases and kinds of a kill drive; nothing is lost or repeated."""
    rows = POINTS.findall(PAPER.rpartition("\n## ")[2])
    assert [(platform.casefold(), place) for platform, place, _ in rows] == list(product(PLATFORMS, PLACES))
    assert f"| {' | '.join(KINDS)} | lost | repeated |" in PAPER
    for _, _, counts in rows:
        *points, lost, repeated = map(int, counts.split(" | "))
        assert min(points) > 0
        assert (len(points), lost, repeated) == (len(KINDS), 0, 0)
