"""What the bot says of a delivery: that something was sent, asked or said only where that is known."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import bot
from tests.support.parsed import nodes, parsed

_CLAIM = re.compile(
    r"\bI(?: have)? (?:sent|invited|told|asked|wrote|written|informed|brought)\b"
    r"|\b[Ss]ent to \*?|\b(?:was|were|has been|have been) (?:told|informed|asked)\b|\bhas the offer\b"
    r"|\b(?:knows|know) about it\b|\breads? (?:it|your answer) now\b"
)
_KNOWN = {
    "I sent you a direct message; we go on there.": "said once it has arrived",
    "Sent to {company} on {when}.": "an application is with its company, whose list shows it; not a message",
    "Done: I have forgotten you. What I sent you stays in this chat until you delete it.": "what is there",
    "What I sent you stays in this chat until you delete it.": "what is there",
    "Answers and messages of an application are erased {count} day after its project is over. I also keep "
    "what I sent to you and when, so that nothing reaches you twice.": "what is kept",
    "Answers and messages of an application are erased {count} days after its project is over. I also keep "
    "what I sent to you and when, so that nothing reaches you twice.": "what is kept",
    **dict.fromkeys(
        (
            "**A change was asked for on {date}.** A coordinator looks at it before I ask **{student}**.",
            (
                "**A change was asked for on {date}.** **{student}** has not agreed yet. Until then what was "
                "agreed stays."
            ),
            "**A change was asked for on {date}.** **{student}** keeps what was agreed.",
            (
                "**A change was asked for on {date}.** A coordinator did not pass it on, so what was agreed "
                "stays."
            ),
        ),
        "the question is a row; nothing is said of its reader",
    ),
    "You look after it yourself, so I sent no message.": "that nothing was sent",
    "I have asked about that message already.": "the person who reads it was asked by the answer before",
    "**A message may not have arrived.** I did not hear back when I sent it. Please look, and press what is "
    "true.": "that it is not known",
    "**{count} messages may not have arrived.** I did not hear back when I sent them. Please look, and press "
    "what is true.": "that it is not known",
}
"""Sentences that claim a delivery, or look like it, each with why it is so."""


@cache
def said() -> tuple[tuple[str, str], ...]:
    """Every literal of the core that claims a delivery, with its module; docstrings aside."""
    return tuple(_said())


def _said() -> Iterator[tuple[str, str]]:
    root = Path(bot.__file__).parent
    for path in sorted((*root.glob("programme/**/*.py"), *root.glob("runtime/*.py"))):
        tree = parsed(path.read_text(encoding="utf-8"))
        docstrings = {
            id(node.value)
            for node in nodes(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in nodes(tree):
            words = node.value if isinstance(node, ast.Constant) and id(node) not in docstrings else None
            if isinstance(words, str) and _CLAIM.search(words):
                yield str(path.relative_to(root)), words


def test_no_sentence_claims_a_delivery_before_it_is_known() -> None:
    """A message to another person is on its way; what is said in the past is listed, with why it is so."""
    unknown = [(where, words) for where, words in said() if words not in _KNOWN]
    assert unknown == []


def test_the_list_of_claims_has_none_that_is_gone() -> None:
    """A sentence that was changed takes its reason along."""
    assert set(_KNOWN) <= {words for _, words in said()}
