"""Marks of direction in people's words end where those words end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.rendering.directions import TURNING, balanced

TURNED = st.text(st.sampled_from("ab \n\u2029" + "".join(sorted(TURNING))), max_size=30)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain words", "plain words"),
        ("\u202efdp.vc", "fdp.vc"),
        ("\u202bשלום\u202c!", "\u202bשלום\u202c!"),
        ("\u2067שלום\u2069!", "\u2067שלום\u2069!"),
        ("a\u2069b\u202cc", "abc"),
        ("\u2067a\u202eb\u2069c", "\u2067a\u202eb\u2069c"),
        ("\u2067a\u202cb\u2069c", "\u2067ab\u2069c"),
        ("\u202ea\nb\u202c", "a\nb"),
        ("\u202ea\u2067b", "ab"),
    ],
)
def test_marks_without_a_partner_are_left_out(written: str, shown: str) -> None:
    """A mark that nothing ends, or that ends nothing, would turn what follows the words."""
    assert balanced(written) == shown


@given(TURNED)
def test_nothing_but_marks_is_lost(words: str) -> None:
    """What is left out is never more than marks, and once is enough."""
    shown = balanced(words)
    assert balanced(shown) == shown
    assert [c for c in shown if c not in TURNING] == [c for c in words if c not in TURNING]
    rest = iter(words)
    assert all(character in rest for character in shown)


@given(TURNED)
def test_what_follows_is_not_turned(words: str) -> None:
    """After the words, and after each paragraph of theirs, as many marks have ended as have begun."""
    for line in balanced(words).replace("\u2029", "\n").split("\n"):
        begun = [c for c in line if c in "\u2066\u2067\u2068"]
        assert line.count("\u2069") == len(begun)
