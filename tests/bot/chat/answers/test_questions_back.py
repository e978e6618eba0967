"""What is asked back, or refused, of answers that are not clear: every question in its words."""

import pytest

from bot.chat.answers import Ambiguous, Refused, read_answer
from bot.chat.answers.days_off import read_days_off
from bot.chat.answers.model import Unreadable
from bot.chat.language import ENGLISH
from tests.support.answers import WEDNESDAY, ask, in_words


@pytest.mark.parametrize(
    ("kind", "limits", "typed", "asked"),
    [
        ("date", {}, "friday after next", "Which day do you mean?"),
        ("zone", {}, "CST", "Which clock do you go by?"),
        ("zone", {}, "Springfield", "Which of these do you mean?"),
        ("zone", {}, "Ely", "Is this the place you mean?"),
        ("choice", {"options": ()}, "the first", "There is nothing to choose from."),
    ],
)
def test_what_is_not_clear_is_asked(kind: str, limits: dict[str, object], typed: str, asked: str) -> None:
    """In a sentence that says what is wanted."""
    answer = in_words(read_answer(typed, ask(kind, **limits)))  # type: ignore[arg-type]
    match answer:
        case Ambiguous(question):
            assert question == asked
        case Refused(reason):
            assert reason == asked
        case _:
            pytest.fail(str(answer))


def test_a_day_off_with_a_number_for_its_month_is_asked_about() -> None:
    """It says which two days it could be."""
    with pytest.raises(Unreadable) as unread:
        read_days_off("3/4", "Europe/London", WEDNESDAY)
    assert ENGLISH.text(unread.value.reason).startswith("Write the month as a word: “3/4” could be")
