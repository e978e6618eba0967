"""The guides quote what the bot really says, and name buttons that are really there."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.support.guides import play_everything

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = ("students.md", "employers.md", "coordinators.md", "mentors.md")

QUOTE = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BOLD = re.compile(r"\*\*([^*]+)\*\*")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Every word that is on a screen while what the guides tell of is played, on one line."""
    return on_one_line(asyncio.run(play_everything(tmp_path_factory.mktemp("guides"))))


def on_one_line(text: str) -> str:
    """The text without its line breaks, which the guides set again."""
    return " ".join(text.split())


@pytest.mark.parametrize("guide", GUIDES)
def test_what_the_bot_says_is_quoted_word_for_word(guide: str, seen: str) -> None:
    """Every grey box of a guide is on a screen; a line with an ellipsis alone leaves something out."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    pieces = [piece for quote in QUOTE.findall(text) for piece in re.split(r"^…$", quote, flags=re.MULTILINE)]
    assert pieces
    assert [piece for piece in pieces if on_one_line(piece) not in seen] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_buttons_that_are_named_are_there(guide: str, seen: str) -> None:
    """What is bold in a guide is a button or a field that a person sees (or the lead of a paragraph)."""
    text = QUOTE.sub("", (DOCS / guide).read_text(encoding="utf-8"))
    named = {on_one_line(bold) for bold in BOLD.findall(text) if not bold.endswith(".")}
    assert sorted(name for name in named if name not in seen) == []
