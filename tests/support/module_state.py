"""What a module keeps in memory between calls: containers that its functions change, and caches."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.support.parsed import nodes, parsed

__all__ = ["caches", "changed_state"]

Function = ast.FunctionDef | ast.AsyncFunctionDef

_CHANGES = frozenset(
    "add append appendleft clear difference_update discard extend extendleft insert intersection_update "
    "move_to_end pop popitem popleft remove reverse rotate set setdefault sort subtract "
    "symmetric_difference_update update __setitem__ __delitem__".split()
)
"""Methods of the standard library's containers, and of context variables, that change them."""


def changed_state(source: str) -> list[str]:
    """Return the names of a module that some function of it changes, each with the line: "name:12"."""
    tree = parsed(source)
    names = {name for node in tree.body for name in _bound(node)}
    return [
        f"{name}:{line}"
        for function in nodes(tree)
        if isinstance(function, Function)
        for name, line in _changes(function)
        if name in names - _locals(function)
    ]


def caches(source: str) -> list[str]:
    """Return the functions of a module that remember what they returned for which arguments.

    What a function without arguments remembers is a constant, made when it is first needed.
    """
    return [
        node.name
        for node in nodes(parsed(source))
        if isinstance(node, Function)
        and _parameters(node)
        and any({"cache", "lru_cache"} & _words(decorator) for decorator in node.decorator_list)
    ]


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module gives a value, and the constants that it imports."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
    elif isinstance(node, ast.ImportFrom):
        yield from (each.asname or each.name for each in node.names if each.name.isupper())
    elif isinstance(node, ast.If | ast.Try | ast.With):
        yield from (name for inner in node.body for name in _bound(inner))


def _changes(function: Function) -> Iterator[tuple[str, int]]:
    """Every name that a function changes the value of, or gives another one by `global`."""
    for node in ast.walk(function):
        match node:
            case ast.Global(names):
                yield from ((name, node.lineno) for name in names)
            case ast.Call(ast.Attribute(ast.Name(name), method)) if method in _CHANGES:
                yield name, node.lineno
            case ast.Call(ast.Name("next" | "setattr"), [ast.Name(name), *_]):
                yield name, node.lineno
            case ast.Subscript(ast.Name(name)) | ast.Attribute(ast.Name(name)) if not isinstance(
                node.ctx, ast.Load
            ):
                yield name, node.lineno


def _locals(function: Function) -> set[str]:
    """The names of a function's own: its parameters, and what it assigns without `global`."""
    elsewhere = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return _parameters(function) | stored - elsewhere


def _parameters(function: Function) -> set[str]:
    return {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}


def _words(node: ast.AST) -> set[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
