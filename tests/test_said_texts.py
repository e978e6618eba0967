"""What counts as said at the end of a run of all tests."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.chat.forms import Ask, Question
from bot.chat.language import ENGLISH, as_text
from bot.chat.sentences import say
from tests.support.said_texts import SAID, counted


class Machine(RuleBasedStateMachine):
    """A machine whose steps Hypothesis draws."""

    @rule()
    def step(self) -> None:
        """Do nothing."""


def drawn_for(none: None) -> None:
    """Do nothing with an example."""


def test_a_text_is_counted_when_it_is_put_into_words() -> None:
    """By a test of today, whatever was said before; a sentence that is only made is not."""
    made = say("said by test_said_texts")
    try:
        assert (made.one, "") not in SAID
        with counted(test_a_text_is_counted_when_it_is_put_into_words):
            as_text(made)
        assert (made.one, "") in SAID
    finally:
        SAID.discard((made.one, ""))


def test_what_hypothesis_draws_is_not_counted() -> None:
    """Neither in a property nor in a machine, since the next run may not come upon it."""
    before = SAID.copy()
    for drawn in (given(st.none())(drawn_for), Machine.TestCase().runTest):
        with counted(drawn):
            ENGLISH.catalogue.pgettext("a context", "drawn by test_said_texts")
            assert before != SAID
        assert before == SAID


def test_a_fingerprint_says_nothing() -> None:
    """It is made once for a question and kept, so that only the first test would have said its words."""
    question = Question("why", Ask(say("asked by test_said_texts"), "Why"))
    assert question.fingerprint
    assert ("asked by test_said_texts", "") not in SAID
