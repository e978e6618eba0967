"""Rendering for the terminal: everything is said, and nothing of a person's acts on the terminal."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.terminal import render
from adapters.terminal.render import Piece, harmless, pieces_of, plain_lines, plain_parts
from bot.chat.answers import FileRef, Option
from bot.chat.content import (
    Button,
    Buttons,
    Divider,
    Fields,
    File,
    Image,
    Message,
    Moment,
    Plain,
    Select,
    ShownDay,
    heading,
    message,
    note,
    row,
    text,
)
from bot.chat.language import ENGLISH
from bot.chat.sentences import ChannelName, Part, PersonName, RoleName, WebLink
from bot.chat.values import replace
from tests.support.dutch import DUTCH

DUE = Moment(datetime(2026, 12, 11, 22, 59, tzinfo=UTC), "Europe/Berlin")


def test_a_message_as_lines() -> None:
    """Every kind of block is said in plain lines, top to bottom."""
    card = message(
        heading("Map the ", Plain("wells")),
        text("**For** _Acme_\n- one\n- [two](https://a.b)\n> ", Plain("three")),
        Fields((row("Due", DUE), row("Pay", Plain("$400")))),
        Divider(),
        Image("https://a.b/c.png", "a map"),
        File(FileRef("f", "plan.pdf", 12_345, "application/pdf")),
        Select("x", (Option("1", "One"), Option("2", "Two")), "Pick"),
        Buttons((Button("Apply", "apply:1"), Button("Site", url="https://a.b"))),
        note("Free until ~~May~~ `June`"),
    )
    assert plain_lines(card) == [
        "Map the wells",
        "For Acme",
        "• one",
        "• two <https://a.b>",
        "│ three",
        "Due: Fri 11 December 2026, 23:59 (Europe/Berlin)",
        "Pay: $400",
        "---",
        "[picture: a map] <https://a.b/c.png>",
        "[file: plan.pdf, 12 kB]",
        "[Pick: One | Two]",
        "[Apply] [Site] <https://a.b>",
        "Free until May June",
    ]


def test_pieces_carry_their_marks() -> None:
    """Bold, code and links are pieces with marks, nested marks together."""
    pieces = pieces_of(("**a [b](https://c.d)** `e`\n- f",))
    assert pieces == [
        Piece("a ", frozenset({"bold"})),
        Piece("b", frozenset({"bold", "link"}), "https://c.d"),
        Piece(" "),
        Piece("e", frozenset({"code"})),
        Piece("\n"),
        Piece("• ", frozenset({"bullet"})),
        Piece("f"),
    ]


def test_a_day_keeps_its_date_in_every_zone() -> None:
    """Only the clock beside a day is said in the reader's zone."""
    day = ShownDay("Fri 11 December", "Berlin", replace(DUE, style="clock"))
    assert plain_parts((day,), "Asia/Tokyo") == "Fri 11 December (Berlin; for you 07:59)"
    other = replace(day, clock=replace(DUE, style="date_clock"))
    assert plain_parts((other,), "Asia/Tokyo") == "Fri 11 December (Berlin; for you Sat 12 December, 07:59)"
    assert plain_parts((ShownDay("Fri 11 December"),), "Asia/Tokyo") == "Fri 11 December"


def test_a_moment_in_the_reader_s_zone() -> None:
    """A moment is said in its own zone, or in the reader's where that is known."""
    assert plain_parts((DUE,)) == "Fri 11 December 2026, 23:59 (Europe/Berlin)"
    assert plain_parts((DUE,), "Asia/Tokyo") == "Sat 12 December 2026, 07:59 (Asia/Tokyo)"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31mred\x1b]8;;x\x07", "␛[31mred␛]8;;x␇"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a   b"),
        ("\x9b2J\x7f", "\ufffd2J␡"),
        ("abc\u202edcba", "abc\ufffddcba"),
        ("\ud800", "\ufffd"),
        ("👩‍🔬 é 漢字", "👩‍🔬 é 漢字"),
    ],
)
def test_what_could_act_on_a_terminal_is_shown(written: str, shown: str) -> None:
    """Escapes, controls and turned writing are pictures of themselves; all else stays."""
    assert harmless(written) == shown
    assert plain_parts((Plain(written),)) == shown


@given(st.text(alphabet=st.characters()), st.integers(min_value=10, max_value=80))
def test_any_words_make_safe_lines(words: str, width: int) -> None:
    """Whatever a person wrote, its lines can be printed, hold no control character, and lose no word."""
    words = "x" + words  # what is blank altogether is left out
    said = "\n".join(plain_lines(message(Plain(words)), width))
    assert said.encode().decode() == said
    assert {c for c in said if unicodedata.category(c) == "Cc"} <= {"\n"}
    assert "".join(said.split()) == "".join(harmless(words).split())


def test_long_lines_are_wrapped() -> None:
    """Lines keep to the width, what hangs on a bullet or a quote hangs under it."""
    words = "one two three four five six"
    assert plain_lines(message(text(f"- {words}\n> {words}")), 16) == [
        "• one two three",
        "  four five six",
        "│ one two three",
        "│ four five six",
    ]


def test_nothing_said_is_drawn_as_nothing() -> None:
    """Parts without any words are no words; a field without a value is its label."""
    assert plain_parts(()) == plain_parts(("",)) == ""
    assert plain_lines(message(Fields((row("Fee"),)))) == ["Fee: "]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PersonName(7, "Ada", mention=True, account="terminal/@ada"), "Ada"),
        (PersonName(7, "\u202eadA\x1b"), "\ufffdadA␛"),
        (ChannelName("terminal/channel/river/spring", "spring"), "#spring"),
        (ChannelName("discord/channel/1/42", "spring"), "#spring (Discord)"),
        (RoleName("discord:1", "42", "mentors"), "mentors (Discord)"),
        (WebLink("https://a.b/c"), "https://a.b/c"),
        (WebLink("https://a.b/c", "a page"), "a page <https://a.b/c>"),
        (WebLink("javascript:alert", "a page"), "a page"),
    ],
)
def test_people_places_and_addresses_are_named(value: Part, shown: str) -> None:
    """The terminal has no marks: there are names, never ids, and an address after its label."""
    assert plain_parts((value,)) == shown


@pytest.mark.parametrize(
    "address",
    [
        "https://a.b/c d",
        "https://a.b/>c",
        "https://a.b/)c",
        "https://a.b/|c",
        "https://a.b/\x07c",
        "javascript:a",
    ],
)
def test_only_a_web_address_is_a_link(address: str) -> None:
    """Nothing hostile can be opened from the playground."""
    [piece] = pieces_of((WebLink(address),))
    assert (piece.marks, piece.url) == (frozenset(), "")
    [good] = pieces_of((WebLink("https://a.b/c"),))
    assert good.marks == {"link"}


def test_pictures_and_files_are_named_in_the_language_of_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a terminal cannot show is said in the words of the message it is in."""
    monkeypatch.setattr(render, "language_for", lambda tag: DUTCH if tag == "nl" else ENGLISH)
    blocks = (Image("https://a.b/c.png", "a map"), File(FileRef("1", "plan.pdf", 12_345, "application/pdf")))
    said = plain_lines(Message(blocks, language="nl"))
    assert said == ["[afbeelding: a map] <https://a.b/c.png>", "[bestand: plan.pdf, 12 kB]"]
