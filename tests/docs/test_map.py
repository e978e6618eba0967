"""The map of ARCHITECTURE.md and the order of the rooms say what the tree says."""

import tomllib

from scripts import map as rooms_map


def test_the_map_is_what_the_rooms_say() -> None:
    """ARCHITECTURE.md shows each room with the first line of its docstring: `make docs` writes it."""
    paper = rooms_map.PAPER.read_text(encoding="utf-8")
    assert paper == rooms_map.with_map(paper)


def test_the_map_shows_the_order_that_is_held() -> None:
    """The rooms of the programme are in the map in the order that import-linter holds."""
    project = tomllib.loads((rooms_map.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (order,) = [each["layers"] for each in contracts if each.get("containers") == ["bot.programme"]]
    assert tuple(order) == rooms_map.PROGRAMME
