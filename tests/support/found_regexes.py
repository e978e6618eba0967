"""Every regular expression in the source of some packages, with how it is used."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from tests.support.parsed import nodes, parsed

__all__ = ["ROOT", "Found", "found_regexes"]

ROOT: Final = Path(__file__).resolve().parents[2]
_METHODS: Final = frozenset("match fullmatch search sub subn split findall finditer".split())
_ANCHORED: Final = frozenset({"match", "fullmatch"})
_WITH_FLAGS: Final = {"match": 2, "fullmatch": 2, "search": 2, "findall": 2, "finditer": 2}
"""The functions of `re` that take flags without a name, and after how many other arguments."""


@dataclass(frozen=True)
class Found:
    """A regular expression: where it is, how it is used (`match`, `fullmatch` or `search`), what it says.

    `made`: the source of a pattern that a function puts together, which has no text before it runs.
    """

    at: str
    how: str
    pattern: str
    flags: int
    made: str = ""


def found_regexes(*packages: str) -> Iterator[Found]:
    """Yield each of `re`'s, once: those that modules hold, and those written where they are used."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts:  # a migration runs once, over rows
                yield from dict.fromkeys(_in_module(path))


def _in_module(path: Path) -> Iterator[Found]:
    source = path.read_text(encoding="utf-8")
    if "import re\n" not in source:
        return
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    module, tree, at = importlib.import_module(name), parsed(source), str(path.relative_to(ROOT))
    for held, value in vars(module).items():
        for pattern in _patterns(value):
            yield Found(f"{at}: {held}", _how(held, tree), pattern.pattern, pattern.flags)
    for node in nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            written = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            if (
                written
                and node.func.attr in _METHODS
                and not isinstance(node.args[0], ast.Name | ast.Attribute)
            ):
                yield _used(at, node, node.func.attr, module)


def _patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, Mapping):
        yield from (pattern for each in (*value, *value.values()) for pattern in _patterns(each))
    elif isinstance(value, tuple | list):
        yield from (pattern for each in value for pattern in _patterns(each))


def _how(held: str, tree: ast.Module) -> str:
    used = {
        node.attr
        for node in nodes(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == held
    } & _METHODS
    if used and used <= _ANCHORED:
        return "match" if "match" in used else "fullmatch"
    return "search"


def _used(at: str, call: ast.Call, function: str, module: ModuleType) -> Found:
    """Return a pattern that is written where it is used, with the module's constants in it."""
    how = function if function in _ANCHORED else "search"
    given = [each.value for each in call.keywords if each.arg == "flags"]
    given += call.args[_WITH_FLAGS.get(function, 99) :]
    written = ast.unparse(call.args[0])
    try:
        flags = re.UNICODE
        for each in given:
            flags |= eval(ast.unparse(each), dict(vars(module)))  # noqa: S307 - the project's own source
        pattern = eval(written, dict(vars(module)))  # noqa: S307 - as above
    except NameError:
        return Found(at, how, "", flags, made=written)
    return Found(f"{at}:{call.lineno}", how, pattern, flags)
