"""The employer's own questions as one text."""

import re

import pytest

from bot.chat.language import as_text
from bot.chat.rendering.plain_text import plain_text
from bot.chat.routes import Declined
from bot.programme.projects.questions import HOW, read_questions, write_questions


def test_each_kind_is_read() -> None:
    """Plain lines ask for a text; (link), (file) and (choose: …) for what they say."""
    found = read_questions(
        "1. Why this project?\n- Your portfolio (link)\nA sample of your work (File)\n"
        "Which day suits you? (choose: Monday / Friday)"
    )
    assert [(q.kind, q.prompt, q.options) for q in found] == [
        ("text", "Why this project?", ()),
        ("link", "Your portfolio", ()),
        ("file", "A sample of your work", ()),
        ("choice", "Which day suits you?", ("Monday", "Friday")),
    ]


@pytest.mark.parametrize(
    ("mark", "kind"),
    [
        ("number", "number"),
        ("Date", "date"),
        ("yes/no", "yes_no"),
        ("yes or no", "yes_no"),
        ("URL", "link"),
        ("PDF", "file"),
        ("text", "text"),
    ],
)
def test_a_named_kind_is_the_kind(mark: str, kind: str) -> None:
    """No kind that can be asked for becomes a text without a word, and each is written as it is read."""
    (found,) = read_questions(f"How much of it have you done? ({mark})")
    assert (found.kind, found.prompt) == (kind, "How much of it have you done?")
    assert read_questions(write_questions([found])) == [found]


def test_brackets_that_say_no_kind_belong_to_the_question() -> None:
    """Only the words we named change what is asked."""
    (found,) = read_questions("Which tools (Excel, R) do you know (a little)?")
    assert (found.kind, found.prompt) == ("text", "Which tools (Excel, R) do you know (a little)?")


def test_writing_and_reading_again_changes_nothing() -> None:
    """The text an employer edits gives the same questions, names included."""
    found = read_questions("Why?\nLink to it (link)\nDay (choose: Mon, Fri)")
    assert read_questions(write_questions(found)) == found


def test_a_name_stays_with_its_prompt() -> None:
    """Moving a question does not make it another one; changing its words does."""
    one, other = read_questions("Why?\nHow?")
    again, changed = read_questions("How?\nWhy now?")
    assert again.name == other.name
    assert changed.name not in {one.name, other.name}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("\n".join(f"Question {n}?" for n in range(6)), "You wrote 6 questions"),
        ("Why?\nwhy?", "the same"),
        ("Day (choose: Monday)", "2 to 10 answers"),
        ("(link)", "has words before its brackets"),
        ("x" * 301, "at most 300 characters"),
        ("Your address (email)", "no kind of answer called “email”. There are (link), (file), (number)"),
        ("When can you start? (dat)", "no kind of answer called “dat”"),
        ("How good are you? (rating)", "Without brackets the answer is in words"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(words: str, reason: str) -> None:
    """Too many, the same twice, a choice of one, no words, too long."""
    with pytest.raises(Declined) as refused:
        read_questions(words)
    assert reason in plain_text(refused.value.message)


@pytest.mark.parametrize(
    "words",
    [
        "Anything else (please be brief)",
        "Why us (in your own words)?",
        "Which towns (of the three)",
        "Up to you (optional)",
    ],
)
def test_other_words_in_brackets_stay_words(words: str) -> None:
    """What is like no kind of answer is part of the question, and asked as it was written."""
    [found] = read_questions(words)
    assert (found.kind, found.prompt, found.options) == ("text", words, ())


def test_the_hint_names_every_kind_that_is_read() -> None:
    """Each word in brackets that the hint shows asks for its kind, and the refusal shows the same ones."""
    shown = re.findall(r"\(([^()]+)\)", as_text(HOW))
    kinds = [read_questions(f"A question ({word})")[0].kind for word in shown]
    assert kinds == ["link", "file", "number", "date", "yes_no", "choice"]
    with pytest.raises(Declined) as refused:
        read_questions("When can you start? (dat)")
    said = plain_text(refused.value.message)
    assert [word for word in shown[:-1] if f"({word})" not in said] == []
    assert "(choose: " in said


def test_half_a_bracket_is_words() -> None:
    """However many blanks are in it, an unfinished choice is an ordinary question."""
    (found,) = read_questions("Which day (choose:" + " " * 200 + "?")
    assert found.kind == "text"
    (spaced,) = read_questions("Which day?  ( choose  :  Monday /  Friday ) ")
    assert (spaced.prompt, spaced.options) == ("Which day?", ("Monday", "Friday"))
