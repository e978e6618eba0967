"""What the core says names no platform, and no platform's word for a space."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.chat.answers import Option
from bot.chat.content import Button, Buttons, Fields, Plain, Select, message, row, say
from bot.chat.language import ENGLISH
from bot.chat.rendering.plain_text import plain_text
from bot.chat.rendering.platform_words import in_terms_of
from bot.chat.translation import translated
from tests.support.parsed import nodes, parsed

BOT = Path(__file__).parents[2] / "bot"
WORDS = re.compile(r"\b(slack|discord|workspaces?|servers?|(?<!\{)spaces?(?!\}))\b", re.IGNORECASE)
ALLOWED = {
    # Never said: an earlier wording, kept for its fingerprint (`Ask.earlier`).
    "In which channel of this space are projects announced to them?",
    # For logs, which operators read.
    "the message it changes waits for its space",
}


def sentences(path: Path) -> Iterator[str]:
    """Every text of a module with a blank in it, docstrings aside."""
    tree = parsed(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in nodes(tree) if isinstance(node, ast.Expr)}
    for node in nodes(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in alone else None
        if isinstance(said, str) and " " in said.strip():
            yield said


def test_no_text_names_a_platform() -> None:
    """A text says `{space}` where it names one, and each platform puts its own word there."""
    found = [
        f"{path.relative_to(BOT)}: {said}"
        for path in sorted(BOT.rglob("*.py"))
        for said in sentences(path)
        if said not in ALLOWED and WORDS.search(said)
    ]
    assert found == []


def test_peoples_braces_are_their_own() -> None:
    """A person who is called `{space}` stays so in a label: only a text's own hole is filled."""
    who = say("Read: {student}, in this {space}", student="{space}")
    said = translated(
        message(
            Buttons((Button(who, "x:1"),)),
            Fields((row(Plain("{space}"), "{words}", words="{space}"),)),
            Select("y", (Option("1", "One"),), placeholder=Plain("{space}")),
        ),
        ENGLISH,
    )
    assert plain_text(in_terms_of(said, "server")).split("\n") == [
        "[Read: {space}, in this server]",
        "{space}: {space}",
        "[{space}: One]",
    ]
