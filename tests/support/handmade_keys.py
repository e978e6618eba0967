"""Ids made by hand, and keys that hold the present instant, as the code has them."""

import ast
import re
from collections.abc import Iterator

from tests.support.parsed import nodes, parsed

__all__ = ["handmade", "timed"]

_PIECE = re.compile(r"[a-z.:_-]*")


def handmade(source: str) -> Iterator[str]:
    """Each f-string of a source whose own text is small letters and colons (or hyphens), as of an id."""
    for node in nodes(parsed(source)):
        if isinstance(node, ast.JoinedStr):
            texts = [str(each.value) for each in node.values if isinstance(each, ast.Constant)]
            held = "".join(texts)
            if (":" in held or "-" in held) and all(_PIECE.fullmatch(each) for each in texts):
                yield ast.unparse(node)


_KEY_AT = {"Post": 2, "SetTimer": 0, "notify": 2, "tell_student": 2, "tell_employer": 2, "open_task": 1}
"""Which argument of a call is a key."""


def timed(source: str) -> Iterator[str]:
    """Each key of a source that holds the turn's instant, in whatever module."""
    for node in nodes(parsed(source)):
        if isinstance(node, ast.Call) and any(_holds_now(each) for each in _key_parts(node)):
            yield ast.unparse(node)


def _key_parts(call: ast.Call) -> list[ast.expr]:
    owner, name = getattr(call.func, "value", None), getattr(call.func, "id", getattr(call.func, "attr", ""))
    if getattr(owner, "id", "") == "keys" and name.isupper():
        return call.args
    named = [each.value for each in call.keywords if each.arg == "key"]
    at = _KEY_AT.get(name, len(call.args))
    return [*named, *call.args[at : at + 1]] if name in _KEY_AT else []


def _holds_now(value: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "now")
        or (isinstance(node, ast.Name) and node.id == "now")
        for node in ast.walk(value)
    )
