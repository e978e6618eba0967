"""The syntax trees of sources, which many rules look at: each is parsed and walked through once."""

from __future__ import annotations

import ast
from functools import cache

__all__ = ["nodes", "parsed"]


@cache
def parsed(source: str) -> ast.Module:
    """Return the tree of a source, which no caller changes; `parsed.cache_clear` lets go of all."""
    return ast.parse(source)


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a tree; to walk through it takes longer than to parse it."""
    return tuple(ast.walk(tree))
