"""Forms as Discord's modals, and submitted modals as what was typed and chosen."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord import modals
from adapters.discord.modals import Submitted, modal_of, read_modal
from bot.chat.adapter import OpenedForm
from bot.chat.answers import Kind, Option
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import ENGLISH
from bot.chat.values import replace
from tests.support.discord.openapi import refusals
from tests.support.dutch import DUTCH

ANSWER = ("POST", "/interactions/1/token/callback")
FEW = tuple(Option(f"v{number}", f"Option {number}", "what it is") for number in range(3))
MANY = tuple(Option(f"v{number}", f"Option {number} " + "x" * 120) for number in range(20))
SPRING = "discord/channel/1/7"

CASES: list[tuple[Kind, tuple[Option, ...], str, int]] = [
    ("text", (), "words", 4),
    ("long", (), "more\nwords", 4),
    ("date", (), "next Friday", 4),
    ("yes_no", (), "Yes", 21),
    ("choice", FEW, "v1", 21),
    ("choice", FEW[:1], "v0", 3),
    ("choice", MANY, "v3", 3),
    ("choices", FEW, "Option 0, v2", 22),
    ("choices", MANY, "v3, v4", 3),
    ("channel", (), SPRING, 8),
    ("person", (), "discord/@9", 5),
    ("file", (), "", 19),
]
"""A kind of question, its options, an answer as text, and the component that asks."""


def question(kind: Kind = "text", options: tuple[Option, ...] = (), **more: Any) -> Question:  # noqa: ANN401 - Question's own
    """A question of a kind."""
    return Question("why", Ask("Why do you ask?", "Why", kind, options=options, example="Because"), **more)


def opened(*questions: Question, **more: Any) -> OpenedForm:  # noqa: ANN401 - Opened's own
    """A form of these questions, opened."""
    notice = "Your coordinator sees it. It is kept for a year. Delete it with /profile."
    return OpenedForm(Form("walk", "A walk", questions, notice), "5-a", **more)


def filled(modal: dict[str, Any], value: object) -> dict[str, Any]:
    """The modal as Discord sends it back, its last question filled like this."""
    [component] = [part["component"] for part in modal["components"] if part["type"] == 18][-1:]
    given = {"type": component["type"], "custom_id": component["custom_id"], "id": 3}
    given |= {"values": value} if isinstance(value, list) else {"value": value}
    return {"custom_id": modal["custom_id"], "components": [{"type": 18, "id": 2, "component": given}]}


@pytest.mark.parametrize(("kind", "options", "answer", "component"), CASES)
@pytest.mark.parametrize("required", [True, False])
def test_every_kind_of_question_is_one_that_discord_takes(
    kind: Kind, options: tuple[Option, ...], answer: str, component: int, *, required: bool
) -> None:
    """Each kind has its component, empty and filled in, and no body of it is refused."""
    for values in ({}, {"why": answer}):
        modal = modal_of(opened(question(kind, options, required=required), values=values))
        assert modal["components"][-1]["component"]["type"] == component
        assert refusals(*ANSWER, {"type": 9, "data": modal}) == []


def test_what_was_filled_in_is_there_again() -> None:
    """A form that is opened again shows the texts, the choices and the channel that were given."""

    def part(kind: Kind, options: tuple[Option, ...], text: str) -> dict[str, Any]:
        shown = opened(question(kind, options), values={"why": text})
        component: dict[str, Any] = modal_of(shown)["components"][-1]["component"]
        return component

    assert part("long", (), "more\nwords")["value"] == "more\nwords"
    chosen = part("choices", FEW, "Option 0, v2")["options"]
    assert [each["value"] for each in chosen if each.get("default")] == ["v0", "v2"]
    yes = part("yes_no", (), "Yes")["options"]
    assert [each["value"] for each in yes if each.get("default")] == ["yes"]
    assert part("channel", (), SPRING)["default_values"] == [{"id": "7", "type": "channel"}]
    assert "default_values" not in part("channel", (), "slack/channel/T/C")
    assert part("person", (), "discord/@9")["default_values"] == [{"id": "9", "type": "user"}]
    assert "default_values" not in part("person", (), "slack/@T.U")


@pytest.mark.parametrize(
    ("kind", "options", "given", "read"),
    [
        ("text", (), "words", "words"),
        ("text", (), "", ""),
        ("yes_no", (), "yes", ("yes",)),
        ("yes_no", (), None, ()),
        ("choice", MANY, ["v3"], ("v3",)),
        ("choices", FEW, ["v0", "v2"], ("v0", "v2")),
        ("channel", (), ["7"], SPRING),
        ("channel", (), [], ""),
        ("person", (), ["9"], "discord/@9"),
        ("person", (), [], ""),
    ],
)
def test_what_comes_back_is_what_was_given(
    kind: Kind, options: tuple[Option, ...], given: object, read: object
) -> None:
    """Texts, choices and channels by the question's name, with form, subject and page as keys."""
    modal = modal_of(opened(question(kind, options, required=False)))
    expected = Submitted("walk", "5-a", 0, {"why": read}, {})  # type: ignore[dict-item]  # by the kind
    assert read_modal(filled(modal, given), "1") == expected


def test_a_file_comes_back_by_its_address() -> None:
    """An uploaded file is named with its size and kind; its address is what it is fetched by."""
    sent = filled(modal_of(opened(question("file"))), ["11"])
    url = "https://cdn.discordapp.com/ephemeral-attachments/1/2/cv.pdf?ex=1"
    file = {"id": "11", "url": url, "filename": "cv.pdf", "size": 12, "content_type": "application/pdf"}
    found = read_modal(sent | {"resolved": {"attachments": {"11": file}}}, "1")
    assert found is not None
    [kept] = found.files["why"]
    assert (kept.id, kept.name, kept.size) == (url, "cv.pdf", 12)


def test_the_notice_is_read_before_anything_is_sent() -> None:
    """It is above the questions; beside five of them its sentences are their lines of advice."""
    few = modal_of(opened(question()))
    assert few["components"][0]["content"].startswith("Your coordinator sees it")
    five = modal_of(opened(*(replace(question(), name=f"q{number}") for number in range(5))))
    assert len(five["components"]) == 5
    said = " ".join(part.get("description", "") for part in five["components"])
    assert "Your coordinator sees it." in said


def test_the_notice_is_read_whichever_page_comes_first() -> None:
    """One question of a conversation shows it too: the core leaves it out once it is read."""
    two = (question(), replace(question(), name="two"))
    pages = Form("walk", "A walk", two, "Kept a year.", page_titles=())
    for page in (0, -1):
        assert modal_of(OpenedForm(pages, "5-a", page))["components"][0]["content"] == "Kept a year\\."


def test_the_notice_takes_no_advice_away() -> None:
    """It is under questions without a hint; a line that gives way to it is in the field, whole."""
    hinted = Ask("Why do you ask?", "Why", hint="A word is enough.", example="Because")
    plain = Ask("What do you ask?", "What", example="This")
    asks = [hinted, plain, hinted, plain, hinted]
    five = opened(*(Question(f"q{number}", ask) for number, ask in enumerate(asks)))
    notice = "x" * 90 + ". " + "y" * 90 + ". " + "z" * 90 + "."
    modal = modal_of(replace(five, form=replace(five.form, notice=notice)))
    lines = [part.get("description", "") for part in modal["components"]]
    fields = [part["component"].get("placeholder", "") for part in modal["components"]]
    assert [line[:1] for line in lines] == ["x", "y", "A", "z", "A"]
    asked = "What do you ask? For example: This"
    assert fields == ["A word is enough. For example: Because", asked, "Because", asked, "Because"]
    again = modal_of(replace(five, form=replace(five.form, notice=""), draft=3))
    assert [part["description"] for part in again["components"]][:2] == [
        "A word is enough.",
        "What do you ask?",
    ]


def test_the_notice_never_takes_the_place_of_advice_that_has_no_other() -> None:
    """A file, a list and a yes or no show no words of their own, so their advice stays where it is."""
    kinds: list[Kind] = ["file", "yes_no", "text", "number", "long"]
    asks = [
        Ask(f"Question {at} in full?", f"Q{at}", kind=kind, hint=f"Advice {at}.", example=f"like {at}")
        for at, kind in enumerate(kinds)
    ]
    five = opened(*(Question(f"q{at}", ask) for at, ask in enumerate(asks)))
    notice = "x" * 90 + ". " + "y" * 90 + ". " + "z" * 90 + "."
    modal = modal_of(replace(five, form=replace(five.form, notice=notice)))
    lines = [part["description"] for part in modal["components"]]
    fields = [part["component"].get("placeholder") for part in modal["components"]]
    assert lines[:2] == ["Advice 0.", "Advice 1."]
    assert [line[:1] for line in lines[2:]] == ["x", "y", "z"]
    assert fields[2:] == [f"Advice {at}. For example: like {at}" for at in (2, 3, 4)]


def test_marks_in_a_hint_cost_nothing() -> None:
    """A dialog's words are no markdown: a hint, title and example full of brackets are shown whole."""
    brackets = (
        "One a line, at most 5. End it with (link), (file), (number), (date), (yes/no) or (choose: a / b)."
    )
    marked = Question("why", Ask("Why do you ask?", "Why", hint=brackets, example="(a) - " * 15 + "#"))
    made = modal_of(opened(marked, draft=3))
    titled = modal_of(
        OpenedForm(Form("walk", "Changes: (a) [b] - c.d: " + "#" * 20, (marked,), ""), "5-a", draft=3)
    )
    part = made["components"][-1]
    assert part["description"] == brackets
    assert part["component"]["placeholder"] == "(a) - " * 15 + "#"
    assert titled["title"] == "Changes: (a) [b] - c.d: " + "#" * 20


def test_lengths_are_the_field_s_own() -> None:
    """Discord says while a person types what is too short or too long; the given value is never refused."""

    def field(text: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - Question's own
        made = modal_of(opened(question("long", **more), values={"why": text}))
        assert refusals(*ANSWER, {"type": 9, "data": made}) == []
        component: dict[str, Any] = made["components"][-1]["component"]
        return component

    assert (field(min_length=20, max_length=200)["min_length"], field(max_length=200)["max_length"]) == (
        20,
        200,
    )
    assert field(max_length=9_000)["max_length"] == 4_000
    assert "min_length" not in field(min_length=20, required=False)
    assert "max_length" not in field("x" * 300, max_length=200)
    assert "min_length" not in field("ok", min_length=20)
    skills = question("skills", max_length=80)
    assert "max_length" not in modal_of(opened(skills))["components"][-1]["component"]


@pytest.mark.parametrize("middle", ["9" * 20, "1" + "0" * 400, f"0.{'9' * 20}", "٣", ""])
def test_a_modal_with_numbers_of_another_make_is_none(middle: str) -> None:
    """A page or a draft that no 64-bit column holds is none of ours."""
    assert read_modal({"custom_id": f"form:walk:{middle}:7"}, "1") is None
    assert read_modal({"custom_id": "form:walk:0.12:7"}, "1") is not None
    found = read_modal({"custom_id": "form:walk:0.12.a1b2c3:7"}, "1")
    assert found is not None
    assert (found.draft, found.button, found.subject) == (12, "a1b2c3", "7")


def test_a_dialog_has_its_labels_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the adapter itself says on a page is put into the language that the form names."""
    monkeypatch.setattr(modals, "language_for", {"nl": DUTCH, "en": ENGLISH}.__getitem__)
    choice = modal_of(opened(question("yes_no"), language="nl"))["components"][-1]["component"]
    assert [each["label"] for each in choice["options"]] == ["Ja", "Nee"]
    file = modal_of(opened(question("file"), values={"why": "plan.pdf"}, language="nl"))["components"][-1]
    assert file["description"] == "Er is al een bestand."
    english = modal_of(opened(question("file"), values={"why": "plan.pdf"}))["components"][-1]
    assert english["description"] == "There is a file already; another one takes its place."
