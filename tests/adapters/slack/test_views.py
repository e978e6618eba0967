"""Forms as Slack's dialogs: the values in them come back, and Slack takes every one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import views
from adapters.slack.views import Submitted, read_view, view_of
from bot.chat.adapter import OpenedForm
from bot.chat.answers import Kind, Option
from bot.chat.events import MessageRef, Origin, Place
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import ENGLISH
from bot.chat.values import replace
from tests.support.dutch import DUTCH
from tests.support.slack.fields import default_of
from tests.support.slack.screen import shown_blocks
from tests.support.slack.validation import view_errors

FEW = tuple(Option(name, name.title()) for name in ("red", "green", "blue"))
MANY = tuple(Option(f"o{number}", f"Option {number}") for number in range(60))
CHANNEL = Place("slack", "T1", "C0SPRING")
PLACE = Place("slack", "T1", "C1")

QUESTIONS = (
    Question("title", Ask("What is it called?", "Title", example="A walk"), max_length=80),
    Question("brief", Ask("What is it about?", "Brief", kind="long", hint="Two lines are enough.")),
    Question("hours", Ask("How many hours?", "Hours", kind="number")),
    Question("when", Ask("Until when?", "Deadline", kind="date", example="Friday")),
    Question("colour", Ask("Which colour?", "Colour", kind="choice", options=FEW)),
    Question("one", Ask("Which one?", "One", kind="choice", options=MANY)),
    Question("some", Ask("Which ones?", "Some", kind="choices", options=FEW), required=False),
    Question("several", Ask("Which of many?", "Several", kind="choices", options=MANY), required=False),
    Question("sure", Ask("Are you sure?", "Sure", kind="yes_no")),
    Question("cv", Ask("Your CV?", "CV", kind="file"), required=False),
    Question("where", Ask("In which channel?", "Channel", kind="channel")),
    Question("who", Ask("Who walks along?", "Companion", kind="person")),
)
FORM = Form("walk", "A walk in the park", QUESTIONS, notice="Kept for a year.")
FILLED = {
    "title": "Along the river",
    "brief": "Two\nlines",
    "hours": "about 3",
    "when": "next Friday",
    "colour": "green",
    "one": "o40",
    "some": "red, blue",
    "several": "o1, o59",
    "sure": "yes",
    "where": str(CHANNEL),
    "who": "slack/@T1.U0BEN",
}


def sent_back(view: dict[str, Any]) -> Submitted:
    """What is read of a dialog that was sent as it was opened."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    values = {
        block["block_id"]: {block["element"]["action_id"]: default_of(block["element"])} for block in inputs
    }
    submitted = read_view(view | {"state": {"values": values}}, "T1")
    assert submitted is not None
    return submitted


def test_a_dialog_from_before_knows_no_button_that_opened_it() -> None:
    """What earlier versions kept in a view is read as before; a newer one names the message and button."""
    view = view_of(OpenedForm(FORM, "7", draft=4, origin=Origin(MessageRef(PLACE, "17.5"), "a1b2c3")), PLACE)
    found = sent_back(view)
    assert (found.draft, found.message, found.button) == (4, "17.5", "a1b2c3")
    for kept, draft in (('["7", 0, "C1"]', 0), ('["7", 0, "C1", 4]', 4)):
        old = sent_back(view | {"private_metadata": kept})
        assert (old.subject, old.place, old.draft, old.message, old.button) == ("7", "C1", draft, "", "")


def test_slack_takes_a_dialog_with_every_kind_of_question() -> None:
    """Empty, filled, and with reasons beside questions."""
    for opened in (
        OpenedForm(FORM, "project:1"),
        OpenedForm(FORM, "project:1", values=FILLED, errors={"hours": "That is no number of <hours>."}),
    ):
        assert view_errors(view_of(opened, PLACE)) == []


def test_what_is_in_a_dialog_comes_back() -> None:
    """Every kind of question, sent as it was opened, gives what it was filled with; where it belongs too."""
    submitted = sent_back(view_of(OpenedForm(FORM, "project:1", values=FILLED), PLACE))
    assert (submitted.form, submitted.subject, submitted.page) == ("walk", "project:1", 0)
    assert submitted.place == PLACE.id
    assert submitted.files == {"cv": []}
    single = {name: value for name, value in FILLED.items() if name not in {"colour", "one", "sure"}}
    picked = {
        "colour": ("green",),
        "one": ("o40",),
        "some": ("red", "blue"),
        "several": ("o1", "o59"),
        "sure": ("yes",),
    }
    assert submitted.values == {**single, **picked, "cv": ""}


@given(typed=st.text(min_size=1, max_size=400).filter(lambda typed: typed.strip() == typed))
def test_typed_words_come_back_letter_for_letter(typed: str) -> None:
    """A text that was typed before is in its input, unchanged."""
    form = Form("note", "A note", (Question("words", Ask("What?", "Words", kind="long")),))
    assert sent_back(view_of(OpenedForm(form, "", values={"words": typed}), PLACE)).values == {"words": typed}


def test_what_an_input_cannot_show_stays_when_it_is_left_empty() -> None:
    """A file that was given, and a text longer than Slack takes, are not asked for again nor taken away."""
    questions = (
        Question("cv", Ask("Your CV?", "CV", kind="file")),
        Question("why", Ask("Why?", "Why", kind="long")),
        Question("name", Ask("Who?", "Name"), required=False),
    )
    view = view_of(
        OpenedForm(Form("f", "F", questions), "", values={"cv": "cv.pdf", "why": "w" * 3500}), PLACE
    )
    assert view_errors(view) == []
    assert [block["optional"] for block in view["blocks"]] == [True, True, True]
    assert sent_back(view).values == {"name": ""}
    assert sent_back(view).files == {}
    shown = shown_blocks(view["blocks"], "UTC", {})
    assert "There is a file already" in shown
    assert "it stays unless you write something else" in shown
    state = {
        "cv": {"kept": {"type": "file_input", "files": [{"id": "F1"}]}},
        "why": {"kept": {"type": "plain_text_input", "value": "Short now"}},
    }
    submitted = read_view(view | {"state": {"values": state}}, "T1")
    assert submitted is not None
    assert (submitted.values["why"], submitted.files) == ("Short now", {"cv": [{"id": "F1"}]})


def test_what_is_on_another_platform_is_chosen_again() -> None:
    """A channel or a person of Discord's is none that Slack's lists could show."""
    elsewhere = FILLED | {"where": "discord/channel/1/7", "who": "discord/@9"}
    blocks = view_of(OpenedForm(FORM, "project:1", values=elsewhere), PLACE)["blocks"]
    elements = {block["block_id"]: block["element"] for block in blocks if block["type"] == "input"}
    assert "initial_conversation" not in elements["where"]
    assert "initial_user" not in elements["who"]


def test_a_reason_is_shown_above_its_question() -> None:
    """As words, never as format; the notice comes before everything."""
    view = view_of(OpenedForm(FORM, "", errors={"hours": "*No* number."}), PLACE)
    shown = shown_blocks(view["blocks"], "UTC", {})
    assert shown.startswith("Kept for a year.")
    assert "*No* number.\nHours" in shown


def test_long_titles_and_labels_are_shown_whole() -> None:
    """A title that a dialog's head is too small for is in it too; an option's label goes on below."""
    label = "A label that is much longer than what Slack takes for an option, since it tells a whole story"
    options = (Option("a", label), Option("b", "Short"))
    form = Form(
        "f", "A title far too long for Slack", (Question("q", Ask("Q?", "Q", "choice", "", "", options)),)
    )
    view = view_of(OpenedForm(form, ""), PLACE)
    assert view_errors(view) == []
    shown = shown_blocks(view["blocks"], "UTC", {})
    assert "A title far too long for Slack" in shown
    assert "whole story" in shown


@pytest.mark.parametrize(
    "view",
    [
        {},
        {"callback_id": "other", "private_metadata": '["", 0, "C1"]'},
        {"callback_id": "form:walk", "private_metadata": ""},
        {"callback_id": "form:walk", "private_metadata": "[1]"},
        {"callback_id": "form:walk", "private_metadata": '{"a": 1}'},
        {"callback_id": "form:walk", "private_metadata": '["", "first", "C1"]'},
        {"callback_id": "form:walk", "private_metadata": f'["", {10**30}, "C1", 0]'},
        {"callback_id": "form:walk", "private_metadata": f'["", 0, "C1", {"9" * 400}]'},
        {"callback_id": "form:walk", "private_metadata": '["", 1e999, "C1", 0]'},
        {"callback_id": "form:walk", "private_metadata": "[" * 100_000},
    ],
)
def test_a_view_that_is_not_ours_is_none(view: dict[str, Any]) -> None:
    """A view of another app, or of another version of ours, is no person's answer."""
    assert read_view(view, "T1") is None


def test_lengths_are_the_field_s_own() -> None:
    """Slack says what is too short or too long; a length that is of one skill is not the whole field's."""
    why = Question("why", Ask("Why?", "Why", kind="long"), min_length=20, max_length=200)
    skills = Question("skills", Ask("Which?", "Skills", kind="skills"), max_length=80)
    view = view_of(OpenedForm(Form("walk", "A walk", (why, skills)), "7"), PLACE)
    long, short = (block["element"] for block in view["blocks"])
    assert (long["min_length"], long["max_length"]) == (20, 200)
    assert "min_length" not in short
    assert short["max_length"] == 3000
    assert view_errors(view) == []
    again = view_of(OpenedForm(Form("walk", "A walk", (why,)), "7", values={"why": "ok"}), PLACE)
    assert "min_length" not in again["blocks"][0]["element"]


def test_a_dialog_has_its_labels_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the adapter itself says on a page is put into the language that the form names."""
    monkeypatch.setattr(views, "language_for", {"nl": DUTCH, "en": ENGLISH}.__getitem__)
    kinds: tuple[Kind, ...] = ("yes_no", "channel", "person", "file")
    asked = tuple(Question(kind, Ask("Q?", "Q", kind, page=1)) for kind in kinds)
    form = Form("walk", "A walk", (Question("first", Ask("Q?", "Q")), *asked))
    opened = OpenedForm(form, "7", 1, {"file": "plan.pdf"}, turns=True, language="nl")
    drawn = json.dumps(view_of(opened, PLACE))
    words = (
        "Pagina 2 van 2",
        "Terug",
        "Sluiten",
        "Kies een kanaal",
        "Kies een persoon",
        "Er is al een bestand.",
    )
    assert [said for said in (*words, '"Ja"', '"Nee"') if said not in drawn] == []
    first = view_of(replace(opened, page=0), PLACE)
    assert first["submit"]["text"] == "Volgende"
    assert view_of(replace(opened, page=0, language="en"), PLACE)["submit"]["text"] == "Next"


def test_a_long_title_is_cut_after_a_word() -> None:
    """Slack takes twenty-four characters; the whole title is on the page."""
    view = view_of(OpenedForm(Form("walk", "Walking in the morning light", FORM.questions), "7"), PLACE)
    assert view["title"]["text"] == "Walking in the morning…"
    assert "Walking in the morning light" in json.dumps(view["blocks"])
