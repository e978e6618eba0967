"""What is said of a changed project: the names of what is different."""

from bot.chat.content import row
from bot.chat.language import ENGLISH
from bot.chat.sentences import Plain, say
from bot.programme.projects.news import labels_of

LABELS = ("Fee", "Time", "Apply by", "Answer by", "Starts", "Deliverables", "Where", "Places")


def test_what_is_different_is_named_after_a_colon() -> None:
    """In the order of the rows, by the same names as they have, each in a list of words of its own."""
    changed = labels_of(row(label, Plain("x")) for label in LABELS)
    assert ENGLISH.text(say("Different now: {what}", what=changed)) == (
        "Different now: Fee, Time, Apply by, Answer by, Starts, Deliverables, Where and Places"
    )
