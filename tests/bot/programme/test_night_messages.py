"""Which messages may go in their reader's quiet hours: each with its reason, and none past the rule."""

import ast
from pathlib import Path
from typing import Final

import bot
from tests.support.parsed import nodes, parsed

AT_NIGHT: Final = {
    "programme/accounts/linking.py": "A warning: it was not the reader, perhaps, who linked the accounts.",
    "programme/applications/deadlines.py": "The reader wrote the draft a moment ago that is closed.",
    "programme/applications/messages/write.py": "The reader wrote a moment ago, and this answers.",
    "programme/applications/reports/report.py": "A report can be about a danger.",
    "programme/cases/telling.py": "A case can be about a danger.",
    "programme/placements/mentors/answers.py": "A mentor's worry can be about a danger.",
    "programme/placements/ending.py": "Why a student ends a placement can be about a danger.",
}
"""By module: why a message of it does not wait for the end of quiet hours."""

WRITE_ROWS: Final = {
    "runtime/stored_responses.py": "An answer that could not be given in time, to the person who acted.",
    "runtime/effects.py": "Every Post, by `sent_at`.",
}
"""By module: what rows of new messages it writes."""


def _modules() -> dict[str, ast.Module]:
    root = Path(bot.__file__).parent
    return {
        str(path.relative_to(root)): parsed(path.read_text(encoding="utf-8")) for path in root.rglob("*.py")
    }


def test_only_what_cannot_wait_goes_at_night() -> None:
    """A new message that goes in quiet hours too is listed here with its reason; every other is held."""
    found = {
        name
        for name, tree in _modules().items()
        for node in nodes(tree)
        if isinstance(node, ast.keyword) and node.arg == "at_night"
    }
    assert found == AT_NIGHT.keys()


def test_messages_are_written_by_the_rule() -> None:
    """A row of the outbox is made in one place, where the rule of quiet hours is asked for it."""
    found = {
        name
        for name, tree in _modules().items()
        for node in nodes(tree)
        if isinstance(node, ast.Attribute) and node.attr == "enqueue"
    }
    assert found == WRITE_ROWS.keys()
