"""What the core says names no platform, and no platform's word for a space."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
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
