"""Regular expressions take steps in proportion to the text, whatever people write.

Each pattern of the adapters, the core and the store is given texts that repeat what it repeats, then texts
of four times the length: the steps may grow by four and a little. With a square they would grow by sixteen.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.found_regexes import ROOT, Found, found_regexes
from tests.support.parsed import nodes, parsed
from tests.support.regex_pumps import ALPHABET, pumps_of
from tests.support.regex_steps import Matcher, TooManyStepsError

SHORT, LONG = 64, 256
"""Characters; a repeat of "up to 61" is past its own square in the shorter one."""

GROWTH, SLACK = 5.0, 1000
"""How many times as many steps a text of four times the length may take, and how many besides."""

STEPS_PER_KB: Final = 250_000
"""What no pattern takes for a thousand characters: about a hundred alternatives tried at each of them."""

MADE: Final = {
    "f'(?<!\\\\w){label}(?!\\\\w)'": (r"(?<!\w)Design\ and\ build(?!\w)", re.IGNORECASE),
    "f'(?<!\\\\S){re.escape(name)}[:=]\"'": (r'(?<!\S)project[:=]"', re.IGNORECASE),
}
"""Patterns that a function puts together from escaped words, by their source, with an example."""

OWN_TEXT: Final = {
    "bot/chat/rendering/markdown.py: _SPAN": "the bot's own sentences; what people write is beside them",
}
"""Patterns that no outside text reaches, with what does: a mark that never ends has a square in it."""

OTHERS: Final = {
    r"\X": "one grapheme is read, and the next begins after it",
    r"[\p{Sentence_Terminal}…][)\]}\"'»”’]*$": "what is repeated holds no character that it can begin with",
    r"[\p{Terminal_Punctuation}--\p{ASCII}]": "one character",
}
"""Patterns of the library `regex`, whose parsed form has other elements, with why their steps are few."""


def matchers() -> list[tuple[Found, Matcher]]:
    """Each pattern with a matcher."""
    found = [*found_regexes("adapters", "bot", "storage")]
    examples = [Found(each.made, each.how, *MADE[each.made]) for each in found if each.made]
    read = [each for each in [*found, *examples] if not each.made and each.at not in OWN_TEXT]
    return [(each, Matcher(each.pattern, each.flags)) for each in read]


def worst(each: Found, matcher: Matcher, characters: int, ends: Sequence[str]) -> str:
    """What makes the steps of a pattern grow too fast; "" when nothing does."""
    for start, pump, end in pumps_of(matcher, characters, ends):
        short, long = (start + pump * max(1, length // len(pump)) + end for length in (SHORT, LONG))
        matcher.most = STEPS_PER_KB
        steps = 0
        try:
            steps = matcher.run(short, each.how)
            matcher.most = int(steps * GROWTH) + SLACK
            matcher.run(long, each.how)
        except TooManyStepsError:
            return f"{each.at}: {each.pattern[:60]} takes {steps} steps for {short!r}, far more for more"
    return ""


def test_steps_grow_with_the_text() -> None:
    """No pattern has a square or worse in it: its own text, repeated, with and without what does not fit."""
    found = [worst(each, matcher, 1, ("", "\x01")) for each, matcher in matchers()]
    assert len(found) > 200
    assert [each for each in found if each] == []


@pytest.mark.soak
def test_steps_grow_with_the_text_for_more_texts() -> None:
    """The same, with more characters of each set, and more that comes last."""
    found = [worst(each, matcher, 4, ("", "\x01", "!", "a", " ")) for each, matcher in matchers()]
    assert [each for each in found if each] == []


@pytest.mark.soak
@given(st.lists(st.text(ALPHABET, min_size=1, max_size=6), min_size=1, max_size=4), st.data())
def test_no_text_takes_many_steps(pieces: list[str], data: st.DataObject) -> None:
    """A thousand characters, of pieces that are repeated: the budget of steps holds for every pattern."""
    lengths = [data.draw(st.integers(1, 1000 // len(pieces) // len(each))) for each in pieces]
    text = "".join(piece * length for piece, length in zip(pieces, lengths, strict=True))
    for each, matcher in matchers():
        matcher.most = STEPS_PER_KB
        matcher.run(text, each.how)


@pytest.mark.parametrize(
    ("pattern", "how", "caught"),
    [
        (r"\s+$", "search", True),
        (r"(?<!\s)\s+$", "search", False),
        (r"(?:a|a)+b", "match", True),
        (r"a*a*b", "fullmatch", True),
        (r"a*+a*b", "fullmatch", False),
        (r"(?:\w+\s?)*!", "match", True),
        (r"<[^>]*>", "search", True),
        (r"<[^<>]*>", "search", False),
        (r"[,;](?![^()]*\))", "search", True),
        (r"[,;](?![^(),;]*\))", "search", False),
        (r"\b(an?|[\w.,]+) h", "search", True),
        (r"(?<![\w.,])(an?|[\w.,]+) h", "search", False),
    ],
)
def test_a_square_is_caught(pattern: str, how: str, caught: bool) -> None:
    """Patterns with a square, or worse, are found, and their linear sisters are let through."""
    found = Found("here", how, pattern, 0)
    assert bool(worst(found, Matcher(pattern), 2, ("", "\x01"))) is caught


@given(st.text("ab1 .-", max_size=30))
def test_the_counting_matcher_matches_as_re_does(text: str) -> None:
    """Its ends are those of `re`, for repeats, branches, references and looks around."""
    for pattern in (r"(a|ab)(b|1)*?-", r"(\w)\1+", r"(?<=a)b*+(?=1)", r"(?:a{2,3}|\s+b?)+$", r"(?!a)\w+\b"):
        matcher = Matcher(pattern)
        for at in range(len(text) + 1):
            found = re.compile(pattern).match(text, at)
            end = matcher.end(text, at)
            assert end == (found.end() if found else None)


def test_each_pattern_of_the_other_library_has_its_reason() -> None:
    """`regex` is used for what `re` cannot say, and nowhere else."""
    written = set()
    for path in (ROOT / "bot").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for node in nodes(parsed(source)) if "import regex" in source else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("regex."):
                pattern = node.args[0]
                if isinstance(pattern, ast.Constant):
                    written.add(str(pattern.value))
    assert written == set(OTHERS)
