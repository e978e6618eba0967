"""`docs/security.md` names a test, or a reason why there is none, for every point of levels 1 and 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PAPER: Final = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PARTS: Final = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAPER, re.MULTILINE | re.DOTALL))
ROW: Final = re.compile(r"^\| (?!Point|Who |What |-)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TEST: Final = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")
REASON: Final = len("no test, because ") + 12
STANDARD: Final = "OWASP ASVS 5.0.0, level 2"

LAST_POINTS: Final = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1, 0),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7, 0),
    16: (1, 5, 4, 3, 3),
}
"""The last point of levels 1 and 2 in each section of each chapter; those of level 3 come after it."""


def points() -> list[str]:
    """Every point of levels 1 and 2."""
    return [
        f"{chapter}.{section}.{point}"
        for chapter, sections in LAST_POINTS.items()
        for section, last in enumerate(sections, start=1)
        for point in range(1, last + 1)
    ]


def left_out() -> Iterator[str]:
    """The points, sections and chapters of the table of those that do not apply."""
    table = PARTS[STANDARD].partition("| Points |")[2]
    for named, _ in re.findall(r"^\| ([\d., to]+?) \| (.+?) \|$", table, re.MULTILINE):
        for each in named.split(", "):
            first, _, last = each.partition(" to ")
            stem, _, number = first.rpartition(".")
            end = last.rpartition(".")[2] or number
            yield from (f"{stem}.{which}".strip(".") for which in range(int(number), int(end) + 1))


def rows() -> list[tuple[str, str, str]]:
    """Every row that has a test or a reason."""
    return [row for part in PARTS.values() for row in ROW.findall(part)]


@cache
def source(path: str) -> str:
    """A file of tests."""
    return (ROOT / "tests" / path).read_text(encoding="utf-8")


def test_every_point_is_looked_at_once() -> None:
    """Each has a row of its own, or is among those that do not apply; none is in both."""
    held = [name for name, _, _ in ROW.findall(PARTS[STANDARD])]
    out = set(left_out())

    def is_out(point: str) -> bool:
        chapter, section, _ = point.split(".")
        return not out.isdisjoint({point, f"{chapter}.{section}", chapter})

    assert len(held) == len(set(held))
    assert [point for point in points() if (point in held) == is_out(point)] == []
    assert set(held) <= set(points())
    assert "17" in out


def test_each_row_names_tests_or_says_why_there_are_none() -> None:
    """Every test that is named is there, and every reason is more than a word."""
    broken = []
    for name, _, cell in rows():
        if cell.startswith("no test, because ") and len(cell) > REASON:
            continue
        named = TEST.findall(cell)
        whole = named and ", ".join(f"`{path}::{test}`" for path, test in named) == cell
        there = all(re.search(rf"^(async )?def {test}\(", source(path), re.MULTILINE) for path, test in named)
        if not whole or not there:
            broken.append(f"{name}: {cell}")
    assert broken == []
    assert len(rows()) > 150


def test_each_part_is_there() -> None:
    """The threats, how things are kept, the standard, and what both platforms ask for."""
    assert [*PARTS] == [
        "A sketch of the threats",
        "How answers, files and tokens are kept",
        STANDARD,
        "What Slack looks at",
        "What Discord asks for",
    ]
    assert all(ROW.findall(part) for part in PARTS.values())
