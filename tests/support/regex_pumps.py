"""Texts that make a regular expression take many steps: what it repeats, many times, then what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tests.support.regex_steps import Matcher, Node, characters_like

__all__ = ["ALPHABET", "Pump", "pumps_of"]

Pump = tuple[str, str, str]
"""What comes first, what is repeated, what comes last."""

ALPHABET: Final = " a1-.,:;/\n\t_'\"()[]{}<>@#*+&|=!?%$~`\\Zé•0x\u00a0"
_MANY: Final = 8
"""A repeat of at least so many times counts as one that people can fill."""


def pumps_of(matcher: Matcher, characters: int, ends: Sequence[str]) -> Iterator[Pump]:
    """Yield pumps for each repeat of a pattern.

    `characters`: how many of each set of characters are tried. `ends`: what comes last.
    """
    seen = set()
    for before, inside in _repeats(matcher.nodes, ""):
        others = _of_node(inside[0], 3)[1:] if len(inside) == 1 and inside[0][0] == "char" else []
        for said in filter(None, _said(inside, characters)):
            pumps = [("", said), (before, said), ("", before + said), ("", before or said)]
            pumps += [("", said + other) for other in others if other != said]
            for start, pump in pumps:
                for end in ends:
                    if (start, pump, end) not in seen:
                        seen.add((start, pump, end))
                        yield start, pump, end


def _repeats(nodes: list[Node], said: str) -> Iterator[tuple[str, list[Node]]]:
    """Yield what can come before each long repeat, and what it repeats."""
    for node in nodes:
        name, argument = node
        if name.endswith("REPEAT"):
            if argument[1] >= _MANY:
                yield said, argument[2]
            yield from _repeats(argument[2], said)
        elif name == "BRANCH":
            for branch in argument:
                yield from _repeats(branch, said)
        elif name in {"SUBPATTERN", "ASSERT", "ASSERT_NOT"}:
            yield from _repeats(argument[1], said)
        elif name == "ATOMIC_GROUP":
            yield from _repeats(argument, said)
        said += _of_node(node, 1)[0]


def _said(nodes: list[Node], most: int) -> list[str]:
    """Return a few texts that these nodes take."""
    texts = [""]
    for node in nodes:
        texts = [text + more for text in texts for more in _of_node(node, most)][: most * 3]
    return texts


def _of_node(node: Node, most: int) -> list[str]:
    name, argument = node
    if name == "char":
        return characters_like(argument, ALPHABET, most)
    if name.endswith("REPEAT"):
        least, _, inside = argument
        return [text * max(1, least) for text in _said(inside, most)] + ([""] if least == 0 else [])
    if name == "BRANCH":
        return [text for branch in argument for text in _said(branch, 1)][: most * 2]
    if name == "SUBPATTERN":
        return _said(argument[1], most)
    return _said(argument, most) if name == "ATOMIC_GROUP" else [""]
