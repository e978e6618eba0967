"""Texts that are put together from pieces, which no catalogue can hold, found in the source.

A text is whole where it is a literal, a choice between literals, or a sentence with named values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.support.parsed import nodes, parsed

__all__ = ["glued"]

_TEMPLATES: Final = frozenset({"text", "note", "heading", "typed", "say", "row", "layout"})
"""Functions that take a template and, with a `count`, its plural; `row` takes a label before them."""

_TEXTS: Final = _TEMPLATES | {"message", "Declined", "Refused", "Ambiguous"}
_LABELS: Final = {"Button": slice(0, 1), "Reading": slice(0, 1), "Option": slice(1, 3)}
_BLOCKS: Final = frozenset({"Text", "Note", "Heading"})
_PIECES: Final = frozenset({"Plain", "Moment", "as_text", "day_part", "PersonName"})
_CHANGES: Final = frozenset({"join", "format", "capitalize", "lower", "upper", "title"})
_UNSAID: Final = frozenset(
    {"debug", "info", "warning", "error", "exception", "Path", "Command", "Retry", "UnfitSource", "compile"}
)
_REFUSALS: Final = frozenset({"Declined", "Refused", "Unreadable"})
_WORD: Final = re.compile(r"[A-Za-z]{2}")
_NO_PROSE: Final = re.compile(r"https?://|\(\?P|\\b|^vnd\.")
"""Text of an address, a pattern or a media type."""
_PROSE: Final = re.compile(r"[A-Za-z]{2,}[ ,.]|[ ][A-Za-z]{2,}")


def glued(source: str) -> list[tuple[int, str]]:
    """Return where a module glues texts, as line and reason."""
    tree = parsed(source)
    parents = {child: node for node in nodes(tree) for child in ast.iter_child_nodes(node)}
    found = {
        (node.lineno, why)
        for node in nodes(tree)
        if isinstance(node, ast.expr | ast.AugAssign)
        for why in _reasons(node, parents)
    }
    return sorted(found)


def _reasons(node: ast.expr | ast.AugAssign, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    match node:
        case ast.Call():
            yield from _of_call(node)
        case ast.Tuple(elts=pieces) | ast.List(elts=pieces):
            within = isinstance(parents.get(node), ast.Call)
            if any(map(_has_words, pieces)) and any(map(_is_piece, pieces)) and not within:
                yield "a list of pieces"
        case ast.JoinedStr():
            if _is_prose(node) and not _is_unsaid(node, parents):
                yield "prose in an f-string"
        case ast.AugAssign(op=ast.Add(), value=value):
            if _has_words(value):
                yield "words added"
        case _:
            pass


def _of_call(call: ast.Call) -> Iterator[str]:
    name, arguments = _name(call), call.args
    if name in _TEMPLATES:
        arguments = arguments[1:] if name == "row" else arguments
        counted = any(keyword.arg == "count" for keyword in call.keywords)
        if len(arguments) > (2 if counted else 1):
            yield "several pieces"
    if name in _TEXTS:
        blocks = name in {"message", "Declined"}  # they take any number of blocks
        taken = [each for each in arguments if not (blocks and isinstance(each, ast.Starred))]
        yield from (why for each in taken if (why := _mended(each)))
    if name in _LABELS:
        yield from (why for each in call.args[_LABELS[name]] if (why := _mended(each)))
    if name == "Plain" and any(map(_has_words, arguments)):
        yield "words of the bot's in a Plain"
    match arguments:
        case [ast.Tuple(elts=pieces) | ast.List(elts=pieces), *_] if name in _BLOCKS:
            if any(map(_has_words, pieces)):
                yield "parts by hand"


def _mended(node: ast.expr) -> str:
    """Say how an argument is put together; "" where it is whole."""
    match node:
        case ast.JoinedStr():
            return "an f-string as a text"
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return "texts added"
        case ast.Starred():
            return "pieces unpacked"
        case ast.Call() if _name(node) in _CHANGES:
            return f"{_name(node)}() as a text"
    return ""


def _name(call: ast.Call) -> str:
    """Return the name of what is called; a text is made by a function, never by a method of something."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _TEMPLATES:
        return ""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _has_words(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(map(_has_words, node.values))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_WORD.search(node.value))


def _is_piece(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred) or (isinstance(node, ast.Call) and _name(node) in _PIECES)


def _is_prose(node: ast.JoinedStr) -> bool:
    literals = [str(each.value) for each in node.values if isinstance(each, ast.Constant)]
    return any(map(_PROSE.search, literals)) and not any(map(_NO_PROSE.search, literals))


def _is_unsaid(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether it is for developers: an error's message, or a log's."""
    while node in parents:
        node = parents[node]
        match node:
            case ast.Raise(exc=ast.Call() as error):
                return _name(error) not in _REFUSALS
            case ast.Assign(targets=[ast.Name(id="msg")]):
                return True
            case ast.Call() if _name(node) in _UNSAID:
                return True
    return False
