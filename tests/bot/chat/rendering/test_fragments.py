"""Where words are cut, and what is made whole again around a cut."""

import pytest
import regex  # type: ignore[import-untyped]  # it ships no types
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.limits import LIMITS as DISCORD
from bot.chat.content import (
    Part,
    Plain,
    Text,
    message,
    text,
)
from bot.chat.rendering.costs import parts_cost
from bot.chat.rendering.fragments import cut_parts, shorten
from bot.chat.rendering.limits import Limits, cost
from bot.chat.rendering.markdown import Bold, Fence, Item, Line, Link, Quote, parse_parts, strip_parts
from bot.chat.rendering.split import split
from bot.chat.sentences import WebLink
from tests.support.splitting import PARTS, TABLES, TIGHT, WORDS, assert_well_split, platforms, texts


@given(parts=PARTS, first=st.integers(0, 400), rest=st.integers(200, 600))
def test_pieces_keep_to_their_lengths(parts: tuple[Part, ...], first: int, rest: int) -> None:
    """The first piece fits the room that is left, every other one a whole message."""
    lengths = [parts_cost(piece, TIGHT) for piece in cut_parts(parts, first, rest, TIGHT)]
    assert lengths[0] <= first
    assert all(0 < length <= rest for length in lengths[1:])


@given(words=WORDS, most=st.integers(1, 60))
def test_shortened_words_fit_and_say_that_they_are_short(words: str, most: int) -> None:
    """A label is left alone, or is a beginning of the words with an ellipsis, within the length."""
    short = shorten(words, most, DISCORD)
    assert cost(short, DISCORD) <= most
    flat = " ".join(words.split())
    assert short in {words, flat} or short.endswith("…")
    begun = regex.findall(r"\X", " ".join(short.removesuffix("…").split()))
    assert short in {words, flat} or regex.findall(r"\X", flat)[: len(begun)] == begun


def test_a_link_that_is_longer_than_a_message_is_shown_beside_its_label() -> None:
    """Its address is not lost: it is words, which can be cut."""
    address = "https://a.b/" + "c" * 5000
    pieces = cut_parts((WebLink(address, "a page"),), 4000, 4000, DISCORD)
    assert "".join(strip_parts(piece) for piece in pieces).replace(" ", "") == f"apage({address})"


# --- Where it is cut ------------------------------------------------------------------------------


@platforms
def test_cuts_fall_between_paragraphs_lines_sentences_then_words(limits: Limits) -> None:
    """A text is cut where a reader breathes, at the deepest breath that comes late enough."""
    sentence = "One two three four five six seven. "
    paragraphs = "\n\n".join([sentence * 20] * 20)
    assert all(
        piece.endswith("seven.") and piece.count("\n\n")
        for piece in texts(split(message(Plain(paragraphs)), limits))
    )
    lines = "\n".join(["- a line of a list without an end"] * 300)
    assert all(piece.endswith("without an end") for piece in texts(split(message(lines), limits)))
    assert all(piece.endswith("seven.") for piece in texts(split(message(sentence * 300), limits)))
    words = "word " * 3000
    assert set(" ".join(texts(split(message(words), limits))).split()) == {"word"}


@platforms
@pytest.mark.parametrize(
    "cluster", ["👨‍👩‍👧‍👦", "🇩🇪", "e\u0301\u0323", "👍🏽", "\r\n", "क्षि", "한"], ids=ascii
)
def test_no_cut_inside_a_character(limits: Limits, cluster: str) -> None:
    """What a reader sees as one character stays one, even in a word longer than a message."""
    pieces = texts(split(message(Plain(cluster * 3000)), limits))
    assert {c for piece in pieces for c in regex.findall(r"\X", piece)} <= {cluster, "\n"}
    assert sum(piece.count(cluster) for piece in pieces) == (0 if cluster == "\r\n" else 3000)


@platforms
def test_a_fence_is_closed_and_opened_again(limits: Limits) -> None:
    """Code over a cut stays code on both sides, line by line."""
    lines = [f"    line {number} of ``` the code" for number in range(500)]
    out = split(message(text("See:\n```\n", Plain("\n".join(lines)), "\n```\nDone.")), limits)
    nodes = [node for m in out for b in m.blocks if isinstance(b, Text) for node in parse_parts(b.parts)]
    fenced = [node.text for node in nodes if isinstance(node, Fence)]
    assert len(fenced) > 1
    assert "\n".join(fenced).split("\n") == lines
    assert [type(node) for node in nodes if not isinstance(node, Fence)] == [Line, Line]


@platforms
def test_a_link_is_never_cut(limits: Limits) -> None:
    """Each link comes out with its whole label and address."""
    out = split(message("Read [the whole long page](https://example.org/a/b) now. " * 300), limits)
    links = [
        span
        for m in out
        for b in m.blocks
        if isinstance(b, Text)
        for node in parse_parts(b.parts)
        if isinstance(node, Line)
        for span in node.children
        if isinstance(span, Link)
    ]
    assert len(links) == 300
    assert len(set(links)) == 1


def test_a_link_longer_than_a_message_is_shown_as_words() -> None:
    """A link that does not fit in one message is its label and its address, cut like words."""
    url = "https://example.org/" + "a" * 5000
    out = assert_well_split(message(f"[the page]({url})"), DISCORD)
    assert "".join("".join(texts(out)).split()) == f"thepage({url})"


@platforms
def test_marks_list_and_quote_go_on_after_a_cut(limits: Limits) -> None:
    """Bold words stay bold, a quote stays a quote, and a list item gets no second dash."""
    out = split(message("- **" + "bold words " * 600 + "end**", "> " + "quoted words " * 600), limits)
    nodes = [node for m in out for b in m.blocks if isinstance(b, Text) for node in parse_parts(b.parts)]
    assert [type(node) for node in nodes[:2]] == [Item, Line]
    assert {type(node) for node in nodes} == {Item, Line, Quote}
    spans = [span for node in nodes if isinstance(node, Item | Line) for span in node.children]
    assert {type(span) for span in spans} == {Bold}


@pytest.mark.soak
def test_words_that_look_like_marks_after_a_cut_stay_words() -> None:
    """A dash or an angle that a cut brings to the beginning of a line makes no list and no quote."""
    words = "one - two > three " * 20
    for first in range(20, 80):
        pieces = cut_parts((words,), first, 200, TIGHT)
        assert {type(node) for piece in pieces for node in parse_parts(piece)} == {Line}
        assert " ".join(strip_parts(piece) for piece in pieces).split() == words.split()


def test_a_line_break_in_an_item_makes_no_second_item() -> None:
    """A person's lines within one list item stay one item when it is cut."""
    pieces = cut_parts(("- ", Plain("a line of their own\n" * 40)), 200, 200, TIGHT)
    nodes = [node for piece in pieces for node in parse_parts(piece)]
    assert [type(node) for node in nodes] == [Item] + [Line] * 39


def test_odd_text_is_split_like_any_other() -> None:
    """Lone surrogates, control characters and towers of accents raise nothing and lose nothing."""
    odd = "\ud800x\x00\x1b[0m " * 400 + "a" + "\u0301" * 9000
    for limits in TABLES.values():
        assert_well_split(message(Plain(odd)), limits)
