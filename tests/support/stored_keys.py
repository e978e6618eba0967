"""Reads of JSON columns by a text in the source: the keys belong to the Struct of the column."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from tests.support.parsed import nodes, parsed

__all__ = ["keyed_reads"]


def keyed_reads(source: str, columns: Collection[str]) -> list[str]:
    """Return what of a module reads, or writes, a key of such a column, as it is written there.

    A column is an attribute of this name, a variable that is given it, or what runs through it.
    """
    tree = parsed(source)
    names = {name for node in nodes(tree) for name in _bound(node, columns)}
    return [ast.unparse(node) for node in nodes(tree) if _holds(_owner(node), columns, names)]


def _owner(node: ast.AST) -> ast.expr | None:
    """What a key is looked up in; None for what is no such look-up."""
    match node:
        case ast.Subscript(value, ast.Constant(str())):
            return value
        case ast.Call(ast.Attribute(value, "get" | "pop" | "setdefault"), [ast.Constant(str()), *_]):
            return value
    return None


def _holds(node: ast.expr | None, columns: Collection[str], names: Collection[str]) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in columns
        case ast.Name(name):
            return name in names
        case ast.BoolOp(values=values):
            return any(_holds(each, columns, names) for each in values)
        case ast.Call(ast.Name("dict" | "list"), [value]):
            return _holds(value, columns, names)
    return False


def _bound(node: ast.AST, columns: Collection[str]) -> Iterator[str]:
    match node:
        case (
            ast.Assign([ast.Name(name)], value)
            | ast.AnnAssign(ast.Name(name), _, value)
            | ast.NamedExpr(ast.Name(name), value)
            | ast.For(ast.Name(name), value)
            | ast.comprehension(ast.Name(name), value)
        ) if _holds(value, columns, ()):
            yield name
