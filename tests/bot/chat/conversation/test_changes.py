"""Drafts that outlive changes of their form, and restarts."""

import pytest

from bot.chat.answers import Option
from bot.chat.conversation.draft import answered
from bot.chat.conversation.engine import Resume
from bot.chat.forms import Ask, Question
from bot.chat.language import as_text
from bot.chat.values import replace
from tests.support.conversations import CREW, GOOD, HOURS, QUESTIONS, SKILLS, WHY, Chat, at, trip

NEW_WHY = replace(WHY, ask=replace(WHY.ask, prompt="Why would you come along with us?"))
NEW_CREW = replace(CREW, ask=replace(CREW.ask, options=(*CREW.ask.options, Option("crowd", "In a crowd"))))
EXTRA = Question("extra", Ask("How old are you?", "Age", "number"), minimum=1)


def with_changed(chat: Chat, *changed: Question) -> None:
    """Put these questions in the place of those with their names."""
    new = {question.name: question for question in changed}
    chat.form = trip(*(new.get(question.name, question) for question in chat.form.questions))


def test_only_changed_questions_are_asked_again() -> None:
    """After a change at the review the changed ones are asked, with the old answers on offer."""
    chat = at("")
    with_changed(chat, NEW_WHY, NEW_CREW)
    chat.enter(Resume())
    assert chat.text.startswith("2 questions changed since you began; only those are asked again.")
    assert chat.draft.at == "why"
    assert "You answered this before it changed: Because maps are fun." in chat.text
    chat.presses("Use this")
    assert chat.draft.at == "crew"
    chat.presses("In a crowd")
    assert chat.says[-1].review
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_an_answer_to_an_earlier_prompt_counts() -> None:
    """Reworded with the earlier prompt named, nothing is asked again, and no change is spoken of."""
    chat = at("")
    reworded = replace(NEW_WHY.ask, earlier=("How so?", as_text(WHY.ask.prompt)))
    with_changed(chat, replace(WHY, ask=reworded))
    chat.enter(Resume())
    assert chat.draft.at == ""
    assert "changed since" not in chat.text
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_a_question_that_waits_may_be_reworded_with_its_earlier_prompt() -> None:
    """What is typed answers the question that was said in its earlier wording; other options ask again."""
    chat = at("why")
    reworded = replace(NEW_WHY.ask, earlier=(as_text(WHY.ask.prompt),))
    with_changed(chat, replace(WHY, ask=reworded))
    chat.says_to(GOOD["why"])
    assert "changed since" not in chat.text
    assert chat.draft.at != "why"
    with_changed(chat, replace(WHY, ask=replace(reworded, kind="text")))
    chat.enter(Resume())
    assert chat.text.startswith("One question changed since you began")


def test_change_is_said_once() -> None:
    """The change is said with the next message, and not again."""
    chat = at("start")
    with_changed(chat, NEW_WHY)
    chat.says_to("help")
    assert chat.text.startswith("One question changed since you began; only that one is asked again.")
    chat.says_to("help")
    assert "changed since" not in chat.text


def test_change_in_the_middle_is_asked_after_the_present_question() -> None:
    """One goes on where one is; the changed question comes next."""
    chat = at("start")
    with_changed(chat, NEW_WHY)
    chat.says_to(GOOD["start"])
    assert "start" in chat.values
    assert chat.draft.at == "why"
    chat.says_to("Because of you.")
    assert chat.draft.at == "rules"


def test_old_answer_is_kept_until_it_is_given_again() -> None:
    """A changed question's answer does not count, and is not lost."""
    chat = at("start")
    with_changed(chat, NEW_WHY)
    chat.enter(Resume())
    assert chat.values["why"] == GOOD["why"]
    assert "why" not in answered(chat.form, chat.draft)


def test_change_that_is_taken_back_needs_nothing() -> None:
    """If the question is again what it was, its answer counts again."""
    chat = at("")
    before = chat.form
    with_changed(chat, NEW_WHY)
    chat.enter(Resume())
    assert chat.draft.at == "why"
    chat.form = before
    chat.enter(Resume())
    chat.says_to("review")
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_sending_asks_what_changed_first() -> None:
    """A Send pressed after a change leads to the changed question."""
    chat = at("")
    with_changed(chat, NEW_WHY)
    chat.presses("Send it")
    assert chat.outcome == ""
    assert chat.draft.at == "why"
    assert "One question changed" in chat.text
    assert "I still need: Why." in chat.text


def test_sending_asks_for_all_that_is_missing() -> None:
    """What is still needed is asked one after the other, and then the review comes again."""
    chat = at("")
    with_changed(chat, NEW_WHY, NEW_CREW)
    chat.presses("Send it")
    assert "I still need: Why and Alone or together." in chat.text
    chat.presses("Use this")
    assert chat.draft.at == "crew"
    chat.presses("In a crowd")
    assert chat.says[-1].review
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_new_question_is_asked_before_sending() -> None:
    """A required question that was added is asked; an answer to it leads back to the review."""
    chat = at("")
    chat.form = trip(*QUESTIONS, EXTRA)
    chat.presses("Send it")
    assert chat.draft.at == "extra"
    chat.says_to("19")
    assert chat.says[-1].review
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_answer_to_the_old_wording_is_not_taken_for_the_new() -> None:
    """When the question one is answering changes, it is asked again, with what was just written on offer."""
    chat = at("hours")
    changed = replace(HOURS, ask=replace(HOURS.ask, prompt="How many hours a day can you give it?"))
    with_changed(chat, changed)
    chat.says_to("10")
    assert "hours" not in chat.values
    assert "How many hours a day" in chat.text
    assert "Last time you wrote: 10 hours" in chat.text
    chat.presses("Use this")
    assert chat.values["hours"] == 10


def test_edit_that_meets_a_change_shows_the_changed_question() -> None:
    """Whatever brings the change to light, the question that now waits is shown."""
    chat = at("hours")
    message = chat.draft.answers["why"].sources[0].message
    with_changed(chat, replace(HOURS, ask=replace(HOURS.ask, prompt="How many hours a day?")))
    chat.edits(message, "Because of the sea.")
    assert "Updated: Why: Because of the sea." in chat.text
    assert "How many hours a day?" in chat.text


def test_button_of_the_old_options_is_not_taken_for_the_new() -> None:
    """A button's number means nothing once the options have changed."""
    chat = at("crew")
    (asked,) = chat.says
    turned = replace(CREW, ask=replace(CREW.ask, options=CREW.ask.options[::-1]))
    with_changed(chat, turned)
    chat.presses("Alone", asked)
    assert "crew" not in chat.values
    chat.presses("Alone")
    assert chat.values["crew"] == "alone"


def test_question_one_was_at_may_go() -> None:
    """If the question that waited is no longer asked, the next one is, and says why."""
    chat = at("hours")
    chat.form = trip(WHY, SKILLS, CREW)
    chat.says_to("10")
    assert chat.text.startswith("The question you were at is no longer asked.")
    assert chat.draft.at == "skills"
    assert "skills" not in chat.values


def test_answer_to_a_question_that_went_comes_back_with_it() -> None:
    """An answer outlives its question, and is not sent without it."""
    chat = at("")
    whole = chat.form
    chat.form = trip(WHY, CREW)
    chat.enter(Resume())
    assert set(answered(chat.form, chat.draft)) == {"why", "crew"}
    chat.form = whole
    chat.enter(Resume())
    assert answered(chat.form, chat.draft)["hours"].value == 10
    assert chat.says[-1].review


def test_optional_question_that_becomes_needed_is_asked() -> None:
    """Having been left out does not excuse a question that is required now."""
    chat = at("skills")
    chat.says_to("skip")
    for name in ("crew", "start", "rules"):
        chat.says_to(GOOD[name])
    with_changed(chat, replace(SKILLS, required=True))
    chat.presses("Send it")
    assert chat.draft.at == "skills"


@pytest.mark.parametrize("count", [3, 12])
def test_number_of_changes_is_said(count: int) -> None:
    """The person knows how many questions come again."""
    many = [replace(HOURS, name=f"q{i}", ask=replace(HOURS.ask, label=f"Q{i}")) for i in range(count)]
    chat = Chat(trip(*many))
    chat.enter(Resume())
    for _ in range(count):
        chat.says_to("10")
    chat.form = trip(*(replace(q, ask=replace(q.ask, prompt="Anew?")) for q in many))
    chat.enter(Resume())
    assert chat.text.startswith(f"{count} questions")
