"""The help in a conversation: where one is, and what is wanted of each kind of question."""

from typing import get_args

import pytest

from bot.chat.answers import Kind, Option
from bot.chat.forms import Ask, Question
from tests.support.conversations import at, begun

WANTED = {
    "text": "A few words on one line.",
    "long": "A few sentences in your own words. Several lines are fine.",
    "number": "One number, in digits or in words.",
    "money": "One amount of money, such as “$400” or “400 EUR”.",
    "date": "A day, such as “12 December”, “next Friday” or “in 3 days”.",
    "yes_no": "A plain yes or no.",
    "choice": "One of the choices, by its number or its name.",
    "choices": "One or several of the choices, by number or name, with commas between.",
    "skills": "A list with commas between, such as “Python, writing, Figma”.",
    "link": "A web address, copied whole from the top of the browser.",
    "email": "An e-mail address, such as “ada@example.org”.",
    "zone": "The city you live in or near, such as “Berlin”.",
    "country": "The country you live in, such as “Spain”.",
    "countries": "A list with commas between, such as “Spain, Portugal”.",
    "channel": "A channel, named with #.",
    "person": "A person in this {space}, named with @.",
    "file": "A file, attached to a message here.",
}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_help_says_what_an_answer_looks_like(kind: Kind) -> None:
    """Under the question, in a sentence for its kind."""
    options = (Option("a", "A"), Option("b", "B")) if kind in {"choice", "choices"} else ()
    chat = begun(Question("one", Ask("Which?", "One", kind, options=options)))
    chat.says_to("help")
    assert f"Which?\n{WANTED[kind]}".replace("{space}", "space") in chat.text


def test_help_at_the_review_says_that_nothing_is_sent() -> None:
    """Where no question waits, there is none to explain, and none to skip."""
    chat = at("")
    chat.says_to("help")
    assert "You are at the review. Nothing is sent until you say so." in chat.text
    chat.says_to("skip")
    assert "There is nothing to skip here." in chat.text
