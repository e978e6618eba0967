"""What a module does, by its source, to nouns with a lifecycle without `bot/programme/core/lifecycle.py`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from bot.programme.core.lifecycle import LIFECYCLES
from storage.tables import metadata
from tests.support.parsed import nodes, parsed

__all__ = ["births", "reads_owner", "thrown_away", "writes"]

COLUMNS: Final = frozenset(
    "status state owner_id company_part places deadline_at decide_at starts_at due_at offer_until".split()
)
"""Statuses, owners, parts, places and dates."""

NOUNS: Final = frozenset(noun.__name__ for noun in LIFECYCLES)
TABLES: Final = frozenset(
    name
    for name in metadata.tables
    if name in {str(getattr(noun, "__tablename__", "")) for noun in LIFECYCLES}
)


def writes(source: str) -> list[str]:
    """Return what of a module may write a column that only the lifecycle writes, as it is written there.

    What a name is bound to is not known, so every attribute of these names counts.
    """
    tree = nodes(parsed(source))
    return [ast.unparse(_update_of(node) or node) for node in tree if _is_write(node)]


def reads_owner(source: str) -> bool:
    """Tell whether a module reads who owns a project from its row."""
    return any(_is_read_of_owner(node) for node in nodes(parsed(source)))


def _is_read_of_owner(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="owner_id", ctx=ast.Load()):
            return True
        case ast.Call(ast.Name("getattr"), [_, ast.Constant("owner_id"), *_]):
            return True
    return False


def _is_write(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(ast.Name("self")):
            return False
        case ast.Attribute(attr=name, ctx=ast.Store()):
            return name in COLUMNS
        case ast.Call(ast.Name("setattr"), [_, ast.Constant(name), _]):
            return name in COLUMNS
        case ast.Call(ast.Name("setattr")):
            return True
        case ast.Call(ast.Attribute(attr="values"), args, keywords) if (
            update := _update_of(node)
        ) is not None:
            of_a_noun = not isinstance(update.args[0], ast.Name) or update.args[0].id in NOUNS
            return of_a_noun and bool(args or {keyword.arg for keyword in keywords} & {*COLUMNS, None})
        case ast.Subscript(ast.Attribute(attr="tables"), ast.Constant(name)):
            return name in TABLES
    return False


def _update_of(node: ast.AST) -> ast.Call | None:
    """The `update(…)` that a call of `values` belongs to; None for what is no such call."""
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Attribute)
        or node.func.attr != "values"
    ):
        return None
    calls = (each for each in ast.walk(node.func.value) if isinstance(each, ast.Call) and each.args)
    return next((each for each in calls if _called(each) == "update"), None)


def births(source: str) -> list[str]:
    """Return the constructors of nouns, and the inserts of them, that `begin` is not given."""
    tree = parsed(source)
    nouns = {name for name, origin in _imported(tree) if origin.startswith("storage.tables.")} & NOUNS
    if not nouns:
        return []
    given = {id(node) for scope in (tree, *_functions(tree)) for node in _given(scope)}
    return [
        f"insert({name})" if _called(node) == "insert" else name
        for node in nodes(tree)
        if isinstance(node, ast.Call) and id(node) not in given
        for name in (_called(node), *(_called_with(node) if _called(node) == "insert" else ()))
        if name in nouns
    ]


def _given(scope: ast.AST) -> Iterator[ast.AST]:
    """Everything within the arguments of `begin` in a scope, and within what its names there are bound to."""
    begun = [
        node
        for node in ast.walk(scope)
        if isinstance(node, ast.Call) and _called(node) == "begin" and node.args
    ]
    names = {arg.id for call in begun for arg in call.args if isinstance(arg, ast.Name)}
    for call in begun:
        yield from (node for arg in call.args for node in ast.walk(arg))
    if isinstance(scope, ast.Module):
        return
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and names & {t.id for t in node.targets if isinstance(t, ast.Name)}:
            yield from ast.walk(node.value)


def thrown_away(sources: Mapping[str, str]) -> list[str]:
    """Return the calls, in modules by dotted name, that throw away the actions which they return.

    Actions are returned by every function that says so, as `begin`, `move` and `change` do, and by `follow`.
    """
    trees = {name: parsed(source) for name, source in sources.items()}
    imports = ((f"{name}.{own}", origin) for name, tree in trees.items() for own, origin in _imported(tree))
    origins = {own: origin for own, origin in imports if own != origin}  # a room may import its own module
    returning = {
        f"{name}.{node.name}"
        for name, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.returns and "Action]" in ast.unparse(node.returns)
    }
    return [
        f"{name}: {_called_as(node.value)}"
        for name, tree in trees.items()
        for node in nodes(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if _origin(f"{name}.{_called_as(node.value)}", origins) in returning
        or _follows(name, node.value, origins)
    ]


def _called_as(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _follows(module: str, call: ast.Call, origins: Mapping[str, str]) -> bool:
    """Whether a turn's `follow` is called, and not the function of a module."""
    base, _, method = _called_as(call).rpartition(".")
    return bool(base) and method == "follow" and f"{module}.{base}" not in origins


def _origin(name: str, origins: Mapping[str, str]) -> str:
    """Where what a module calls so is defined: followed from import to import."""
    while name not in origins:
        module, _, last = name.rpartition(".")
        if module not in origins:
            return name
        name = f"{origins[module]}.{last}"
    return _origin(origins[name], origins)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name that a module imports, and what it is: "package.module.name"."""
    for node in nodes(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((each.asname or each.name, each.name) for each in node.names)


def _functions(tree: ast.Module) -> Iterator[ast.AST]:
    return (node for node in nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _called_with(call: ast.Call) -> Iterator[str]:
    return (arg.id for arg in call.args if isinstance(arg, ast.Name))
