"""The syntax trees of sources, which many rules of the house look at: each is parsed once."""

from __future__ import annotations

import ast
from functools import cache

__all__ = ["parsed"]


@cache
def parsed(source: str) -> ast.Module:
    """The tree of a source, which nobody changes; `parsed.cache_clear` lets go of all."""
    return ast.parse(source)
