"""Which module imports which, in functions and for types too, and where that runs in circles."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.support.parsed import nodes, parsed

__all__ = ["circles", "import_graph"]


def import_graph(root: Path, packages: Iterable[str]) -> dict[str, set[str]]:
    """Return the modules of these packages below `root`, each with those of them that it imports anywhere."""
    paths = {_name(root, path): path for package in packages for path in (root / package).rglob("*.py")}
    return {name: _imports(name, path, paths) for name, path in paths.items()}


def _name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(name: str, path: Path, known: Mapping[str, Path]) -> set[str]:
    found = set[str]()
    for node in nodes(parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *base.split(".")]).rstrip(".")
            members = {f"{base}.{each.name}" for each in node.names}
            found |= members if members <= known.keys() else members | {base}
    return (found & known.keys()) - {name}


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return one circle after another, each as a way round it; a module of each is then left out."""
    left = {name: set(imports) for name, imports in graph.items()}
    found = []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            way = list(reversed(error.args[1]))
            found.append(way)
            left.pop(way[0])
            left = {name: imports - {way[0]} for name, imports in left.items()}
        else:
            return found
