"""The map of the rooms in ARCHITECTURE.md, made of the first line of each room's own docstring.

`python scripts/map.py` writes it; `tests/docs/test_map.py` holds it.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAPER: Final = ROOT / "ARCHITECTURE.md"
FLOORS: Final = ("adapters", "bot", "storage")
BEGIN: Final = "<!-- rooms: `make docs` writes this -->\n"
END: Final = "<!-- end of the rooms -->\n"

# The rooms of the programme from the top down: each uses only those below it (pyproject.toml holds it).
PROGRAMME: Final = (
    "help",
    "administration",
    "importing",
    "reachability",
    "accounts",
    "history",
    "cases",
    "placements",
    "applications",
    "cohorts",
    "companies",
    "projects",
    "notifications",
    "people",
    "core",
)


def rooms() -> list[Path]:
    """Return every package of the three floors, the programme's rooms in their order."""
    found = [init.parent for floor in FLOORS for init in (ROOT / floor).rglob("__init__.py")]
    return sorted((room.relative_to(ROOT) for room in found if "migrations" not in room.parts), key=_place)


def _place(room: Path) -> tuple[int, list[tuple[int, str]]]:
    floor, *rest = room.parts
    ranks = [(PROGRAMME.index(part) if part in PROGRAMME else 0, part) for part in rest]
    return FLOORS.index(floor), ranks


def first_line(room: Path) -> str:
    """Return the first line of a room's docstring.

    Raises:
        LookupError: the room has no docstring.
    """
    said = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8")))
    if not said:
        raise LookupError(f"{room} does not say what it is for")
    return said.splitlines()[0].rstrip(".")


def table() -> str:
    """Return the map: a table with a row for each room."""
    rows = "".join(f"| `{room.as_posix()}/` | {first_line(room)} |\n" for room in rooms())
    return f"| room | what is there |\n|---|---|\n{rows}"


def with_map(paper: str) -> str:
    """Return the text of the paper with the map as the rooms have it now."""
    before, _, rest = paper.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAPER.write_text(with_map(PAPER.read_text(encoding="utf-8")), encoding="utf-8")
