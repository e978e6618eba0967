"""A file that comes with words: what became of each part is said."""

import pytest

from bot.chat.answers import FileRef
from bot.chat.forms import Ask, Question
from bot.chat.language import as_text
from tests.support.conversations import SKILLS, WHY, a_file, begun

CV = Question("cv", Ask("Your CV as a file", "Your CV", "file"))
SKETCH = Question("sketch", Ask("A sketch", "A sketch", "file"), required=False)
WORDS = "I like maps and the sea."
BAD = FileRef("f2", "cv.exe", 10, "", refused="“cv.exe” is a program or a script, and I take none of those.")


def test_a_file_is_kept_for_the_question_that_asks_for_one() -> None:
    """The words answer what was asked, the file the question for a file, which is not asked any more."""
    chat = begun(WHY, CV, SKILLS)
    message = chat.says_to(WORDS, files=(a_file("cv.pdf"),))
    assert chat.values["why"] == WORDS
    assert "I kept “cv.pdf” as your answer to “Your CV”." in chat.text
    assert chat.draft.at == "skills"
    chat.edits(message, "I love maps and the sea.")
    assert chat.values["why"] == "I love maps and the sea."
    assert isinstance(chat.values["cv"], dict)


def test_a_file_without_words_leaves_the_question() -> None:
    """It is kept where it fits, and the words are still asked for."""
    chat = begun(WHY, CV)
    chat.says_to("", files=(a_file("cv.pdf"),))
    assert "I kept “cv.pdf”" in chat.text
    assert as_text(WHY.ask.prompt) in chat.text
    chat.says_to(WORDS)
    assert set(chat.values) == {"cv", "why"}
    assert chat.draft.at == ""


def test_a_refused_answer_keeps_its_file() -> None:
    """What was typed is asked again, what was attached is not."""
    chat = begun(SKILLS, CV, Question("hours", Ask("How many hours?", "Hours", "number")))
    chat.says_to("Python")
    chat.says_to("edit hours")
    chat.says_to("lots", files=(a_file("cv.pdf"),))
    assert "could not find a number" in chat.text
    assert "I kept “cv.pdf” as your answer to “Your CV”." in chat.text


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (
            (WHY, SKILLS),
            "I did not keep “map.pdf”, since this question takes no file. You can answer with a link to it",
        ),
        ((WHY, CV, SKETCH), "I did not keep “map.pdf”, since this question takes no file."),
    ],
    ids=["no question for a file", "several"],
)
def test_a_file_that_fits_nowhere_is_said_to_be_left_out(questions: tuple[Question, ...], says: str) -> None:
    """The words are taken, and the answer says what became of the file."""
    chat = begun(*questions)
    chat.says_to(WORDS, files=(a_file(),))
    assert chat.values == {"why": WORDS}
    assert says in chat.text


def test_a_second_file_takes_no_other_s_place() -> None:
    """It is left out, with how to send another one."""
    chat = begun(WHY, CV, SKILLS)
    chat.says_to("", files=(a_file("first.pdf"),))
    chat.says_to(WORDS, files=(a_file("second.pdf"),))
    assert "you have sent a file for “Your CV” already. To send another one, type edit 2 first." in chat.text
    assert as_text(chat.draft.answers["cv"].shown).startswith("first.pdf")


def test_words_beside_a_file_that_was_asked_for_are_said_to_be_left_out() -> None:
    """The file is the answer, and the words do not vanish without a word."""
    chat = begun(CV, SKILLS)
    chat.says_to("This is from last year", files=(a_file("cv.pdf"),))
    assert "I took only the file: the words that came with it are not kept." in chat.text
    assert set(chat.values) == {"cv"}


def test_a_file_that_cannot_be_taken_is_named_beside_one_that_can() -> None:
    """Of two files the good one is taken, and the reason against the other is said; at any question."""
    chat = begun(CV, SKILLS)
    chat.says_to("", files=(BAD, a_file("cv.pdf")))
    assert "“cv.exe” is a program or a script" in chat.text
    assert set(chat.values) == {"cv"}
    chat = begun(WHY, CV)
    chat.says_to(WORDS, files=(BAD,))
    assert "“cv.exe” is a program or a script" in chat.text
    assert chat.values == {"why": WORDS}
