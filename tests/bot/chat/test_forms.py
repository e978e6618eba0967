"""Forms: questions of a model, and how a dialog's page is read."""

from typing import Annotated

from pydantic import BaseModel, Field

from bot.chat.answers import Option
from bot.chat.forms import Ask, form_of, pages_of, read_page
from tests.support.conversations import NOW

SIZES = (Option("s", "Small"), Option("l", "Large"))


class Order(BaseModel):
    """What the tests ask for."""

    name: Annotated[str, Field(min_length=2, max_length=20), Ask("Your name?", "Name")]
    size: Annotated[str, Ask("Which size?", "Size", "choice", options=SIZES)]
    extras: Annotated[list[str], Ask("Which extras?", "Extras", "choices", options=SIZES, page=1)] = []
    count: Annotated[int, Field(ge=1, le=9), Ask("How many?", "Count", "number", page=1)] = 1
    secret: str = "not asked"


FORM = form_of(Order, form_id="order", title="Order", page_titles=("You", "It"))


def test_form_asks_the_fields_that_say_how() -> None:
    """A field with an Ask is a question, with the model's limits and default; others are not asked."""
    assert list(FORM.by_name) == ["name", "size", "extras", "count"]
    name, _, _, count = FORM.questions
    assert (name.required, name.min_length, name.max_length) == (True, 2, 20)
    assert (count.required, count.minimum, count.maximum, count.default) == (False, 1, 9, 1)


def test_pages_hold_what_a_dialog_takes() -> None:
    """A page with more questions than a dialog takes goes on over another."""
    assert [page.title for page in pages_of(FORM, None)] == ["You", "It"]
    assert [len(page.questions) for page in pages_of(FORM, 1)] == [1, 1, 1, 1]


def test_page_is_read_whatever_it_is_made_of() -> None:
    """Typed texts and chosen values are read alike; a single choice from a select is one value."""
    values: dict[str, str | tuple[str, ...]] = {
        "name": "Ada",
        "size": ("l",),
        "extras": ("s", "l"),
        "count": "three",
    }
    understood, errors = read_page(FORM, FORM.questions, values, NOW)
    assert errors == {}
    assert {name: read.value for name, read in understood.items()} == {
        "name": "Ada",
        "size": "l",
        "extras": ["s", "l"],
        "count": 3,
    }


def test_page_says_what_is_wrong_with_each_field() -> None:
    """A missing or wrong field has a reason; an empty optional one is left out."""
    understood, errors = read_page(FORM, FORM.questions, {"size": "purple", "extras": (), "count": "99"}, NOW)
    assert understood == {}
    assert set(errors) == {"name", "size", "count"}
    assert errors["name"] == "This one is needed."


def test_fingerprint_changes_with_the_question() -> None:
    """A reworded question, or one with other options, has another fingerprint; the same one has the same."""
    again = form_of(Order, form_id="order", title="Order")
    assert [q.fingerprint for q in again.questions] == [q.fingerprint for q in FORM.questions]
    assert len({q.fingerprint for q in FORM.questions}) == len(FORM.questions)
