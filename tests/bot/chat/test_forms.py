"""Forms: questions of a model, and how a dialog's page is read."""

from gettext import NullTranslations
from typing import Annotated, ClassVar

from pydantic import BaseModel, Field

from bot.chat.answers import Option
from bot.chat.conversation.draft import begin_draft, changed_questions
from bot.chat.forms import Ask, Form, Question, form_of, pages_of, read_page, shown_answer
from bot.chat.language import Language, as_text
from bot.chat.sentences import Plain, say
from bot.chat.values import replace
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


class Dutch(NullTranslations):
    """A catalogue of a few words."""

    WORDS: ClassVar = {
        "Which size?": "Welke maat?",
        "Size": "Maat",
        "Small": "Klein",
        "{count} left": "nog {count}",
    }

    def gettext(self, message: str) -> str:
        """Say a text."""
        return self.WORDS.get(message, message)


DUTCH = Language("nl", Dutch())


def test_a_form_is_read_in_the_language_of_the_person() -> None:
    """Its texts are bare strings then, its options are found by their words, and people's own words stay."""
    form = Form(
        "order",
        say("{count} left", count=2),
        (*FORM.questions, Question("size2", Ask(Plain("Size"), Plain("Size")))),
        page_titles=("Size",),
    ).in_language(DUTCH)
    size, own = form.by_name["size"], form.by_name["size2"]
    assert (form.title, form.page_titles) == ("nog 2", ("Maat",))
    assert (size.ask.prompt, size.ask.label, own.ask.prompt) == ("Welke maat?", "Maat", "Size")
    understood, _ = read_page(form, (size,), {"size": "klein"}, NOW)
    assert (understood["size"].value, as_text(understood["size"].shown)) == ("s", "Klein")
    assert as_text(shown_answer(form, "size", understood["size"].value, NOW)) == "Small"


def test_an_option_that_is_reworded_changes_no_fingerprint() -> None:
    """Its earlier label is what the question is known by; another option makes another question."""
    ask = Ask("Who may join?", label="Who", kind="choice", options=(Option("yes", "Whoever comes"),))
    reworded = replace(ask, options=(Option("yes", "Everyone who comes", earlier="Whoever comes"),))
    other = replace(ask, options=(Option("yes", "Everyone who comes"),))
    marks = [Question("open", each).fingerprint for each in (ask, reworded, other)]
    assert marks[0] == marks[1] != marks[2]


def test_a_language_changes_no_fingerprint() -> None:
    """An answer that was given in English counts after the person reads the form in another language."""
    earlier = Ask("Which size?", "Size", "choice", options=SIZES, earlier=("What size?",))
    before = Form("order", "Order", (*FORM.questions, Question("other", earlier)))
    draft = begin_draft(before, NOW, {"name": "Ada", "size": "s", "other": "l"}, {})
    after = before.in_language(DUTCH)
    assert [q.fingerprint for q in after.questions] == [q.fingerprint for q in before.questions]
    assert changed_questions(after, draft) == ()
    asked = Question("other", Ask("What size?", "Size", "choice", options=SIZES)).fingerprint
    assert after.by_name["other"].was_asked_as(asked)
    assert after.in_language(DUTCH).by_name["other"].was_asked_as(asked)


def test_fingerprints_are_those_of_answers_that_are_kept() -> None:
    """Drafts keep them for months, so they are the same whatever is made differently here."""
    assert [q.fingerprint for q in FORM.questions] == [
        "daa8b9311fdd",
        "0f0dbf2a8ef3",
        "b66de66eed0c",
        "e9926c20a446",
    ]
