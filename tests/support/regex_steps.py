"""The steps that a regular expression takes over a text: a backtracking matcher that counts them.

`re` does not say how many steps a match took, and time depends on the machine. This matcher reads the parsed
form of a pattern (`re._parser`) and tries what `re` tries, in the same order: one step for each element that
is tried at a position. `re` skips some, by looking for a literal first, so it takes no more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from re import _compiler, _parser  # type: ignore[attr-defined]  # typeshed has no private parts
from typing import Any, Final

__all__ = ["Matcher", "TooManyStepsError", "characters_like"]

_CHARACTERS: Final = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})
_DEEP: Final = 30_000

Groups = dict[int, tuple[int, int]]
Ends = Iterator[tuple[int, Groups]]
Node = tuple[str, Any]
"""An element: "char" and "at" with its pattern and what is known of it, the others with their inner nodes."""


class TooManyStepsError(Exception):
    """The matcher was stopped."""


@contextmanager
def _deep() -> Iterator[None]:
    """Let generators be nested as deep as a repeated group needs."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(_DEEP)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Matcher:
    """A pattern whose steps are counted in `steps`; more than `most` are not taken."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        parsed = _parser.parse(pattern, flags)
        self._flags = parsed.state.flags
        self.nodes = self._read(parsed)
        self.steps = 0
        self.most = sys.maxsize

    def run(self, text: str, how: str) -> int:
        """Return the steps of all that `re` does with a text: a `match`, a `fullmatch`, or every `search`.

        Raises:
            TooManyStepsError: there are more than `most`.
        """
        self.steps = 0
        with _deep():
            if how in {"match", "fullmatch"}:
                ends = self._sequence(self.nodes, 0, text, 0, {})
                next((end for end, _ in ends if how == "match" or end == len(text)), None)
                return self.steps
            at = 0
            while at <= len(text):
                self._step()
                end = self.end(text, at)
                at = at + 1 if end is None else max(end, at + 1)
        return self.steps

    def end(self, text: str, at: int) -> int | None:
        """Return where a match that begins at `at` ends; None where there is none."""
        return next((end for end, _ in self._sequence(self.nodes, 0, text, at, {})), None)

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.most:
            raise TooManyStepsError

    def _read(self, items: Any) -> list[Node]:  # noqa: ANN401 - sre's own
        return [self._node(str(operator), argument, (operator, argument)) for operator, argument in items]

    def _node(self, name: str, argument: Any, item: Any) -> Node:  # noqa: ANN401 - sre's own
        if name in _CHARACTERS or name == "AT":
            state = _parser.State()
            state.flags = self._flags
            alone = _compiler.compile(_parser.SubPattern(state, [item]), self._flags)
            return ("at", alone) if name == "AT" else ("char", (alone, {}))
        if name.endswith("REPEAT"):
            least, most, inside = argument
            return name, (least, int(most), self._read(inside))
        if name == "BRANCH":
            return name, [self._read(branch) for branch in argument[1]]
        if name == "SUBPATTERN":
            return name, (argument[0], self._read(argument[3]))
        if name == "ATOMIC_GROUP":
            return name, self._read(argument)
        if name in {"ASSERT", "ASSERT_NOT"}:
            behind = argument[1].getwidth()[1] if argument[0] < 0 else 0
            return name, (behind, self._read(argument[1]))
        if name == "GROUPREF":
            return name, argument
        raise NotImplementedError(name)

    def _sequence(self, nodes: list[Node], index: int, text: str, at: int, groups: Groups) -> Ends:
        """Yield where the nodes from `index` on can end that begin at `at`."""
        while index < len(nodes):
            name, argument = nodes[index]
            self._step()
            if name == "char":
                if at >= len(text) or not _takes(argument, text[at]):
                    return
                at += 1
            elif name == "at":
                if not argument.match(text, at):
                    return
            else:
                for end, inner in self._one(name, argument, text, at, groups):
                    yield from self._sequence(nodes, index + 1, text, end, inner)
                return
            index += 1
        yield at, groups

    def _one(self, name: str, argument: Any, text: str, at: int, groups: Groups) -> Ends:  # noqa: ANN401 - a node's
        if name.endswith("REPEAT"):
            yield from self._repeat(name, argument, text, at, groups)
        elif name == "BRANCH":
            for branch in argument:
                yield from self._sequence(branch, 0, text, at, groups)
        elif name == "SUBPATTERN":
            number, inside = argument
            for end, inner in self._sequence(inside, 0, text, at, groups):
                yield end, ({**inner, number: (at, end)} if number else inner)
        elif name == "ATOMIC_GROUP":
            yield from _first(self._sequence(argument, 0, text, at, groups))
        elif name == "GROUPREF":
            begin, end = groups.get(argument, (0, -1))
            if begin <= end and text.startswith(text[begin:end], at):
                yield at + end - begin, groups
        else:
            behind, inside = argument
            found = next(self._sequence(inside, 0, text, at - behind, groups), None) if at >= behind else None
            if (found is not None) == (name == "ASSERT"):
                yield at, groups

    def _repeat(self, name: str, argument: Any, text: str, at: int, groups: Groups) -> Ends:  # noqa: ANN401 - a node's
        least, most, inside = argument
        if name == "MIN_REPEAT":
            yield from self._lazily(argument, 0, text, at, groups)
        elif len(inside) == 1 and inside[0][0] == "char":
            end = at
            while end < len(text) and end - at < most and _takes(inside[0][1], text[end]):
                self._step()
                end += 1
            for each in range(end, at + least - 1, -1):
                self._step()
                yield each, groups
                if name == "POSSESSIVE_REPEAT":
                    return
        elif name == "POSSESSIVE_REPEAT":
            yield from _first(self._greedily(argument, 0, text, at, groups))
        else:
            yield from self._greedily(argument, 0, text, at, groups)

    def _greedily(self, argument: Any, done: int, text: str, at: int, groups: Groups) -> Ends:  # noqa: ANN401 - a node's
        least, most, inside = argument
        self._step()
        if done < most:
            for end, inner in self._sequence(inside, 0, text, at, groups):
                if end > at or done < least:
                    yield from self._greedily(argument, done + 1, text, end, inner)
        if done >= least:
            yield at, groups

    def _lazily(self, argument: Any, done: int, text: str, at: int, groups: Groups) -> Ends:  # noqa: ANN401 - a node's
        least, most, inside = argument
        self._step()
        if done >= least:
            yield at, groups
        if done < most:
            for end, inner in self._sequence(inside, 0, text, at, groups):
                if end > at or done < least:
                    yield from self._lazily(argument, done + 1, text, end, inner)


def _first(ends: Ends) -> Ends:
    """Yield the first end alone: what is atomic is not tried again."""
    found = next(ends, None)
    if found is not None:
        yield found


def _takes(character: tuple[re.Pattern[str], dict[str, bool]], said: str) -> bool:
    alone, known = character
    if said not in known:
        known[said] = alone.match(said) is not None
    return known[said]


def characters_like(
    character: tuple[re.Pattern[str], dict[str, bool]], alphabet: str, most: int
) -> list[str]:
    """Return up to `most` characters that a node takes: of the alphabet, else any."""
    fitting = [each for each in alphabet if _takes(character, each)][:most]
    return fitting or [next((chr(each) for each in range(1, 0x3000) if _takes(character, chr(each))), "")]
