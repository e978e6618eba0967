"""The review, sending, and what prevents it."""

from datetime import timedelta

import pytest

from bot.chat.answers import Understood
from bot.chat.content import Fields, Plain, Select, heading, text
from bot.chat.conversation.draft import completed_answers
from bot.chat.conversation.engine import Edited, Filled, Pressed, Reject, Resume, review_message
from bot.chat.forms import Ask, Question
from bot.chat.language import ENGLISH, as_text
from bot.chat.languages import PSEUDO, language_for
from bot.chat.rendering.plain_text import plain_text
from bot.chat.rendering.screen import WIDTH
from bot.chat.sentences import say
from bot.chat.values import replace
from tests.support.conversations import CONVERSATION, GOOD, HOURS, PLACES, SKILLS, WHY, at, begun, trip

EARLY = (Question("early", Ask("How many?", "Early", "number", later=True), required=False, default=3), WHY)


def test_last_answer_leads_to_the_review() -> None:
    """When all is answered the review comes, marked as such."""
    chat = at("")
    assert chat.says[-1].review
    assert chat.draft.at == ""
    assert "Review your answers" in chat.text


def test_review_numbers_every_question() -> None:
    """All questions are in the review with number and answer, later ones with their default."""
    chat = at("")
    (fields,) = [block for block in chat.says[-1].message.blocks if isinstance(block, Fields)]
    assert [as_text(row.label) for row in fields.rows] == [
        "1. Why",
        "2. Hours a week",
        "3. Skills",
        "4. Alone or together",
        "5. Start",
        "6. Rules",
        "7. Places",
    ]
    assert "7. Places: 1 (default)" in chat.text
    assert "2. Hours a week: 10 hours" in chat.text


def test_numbers_are_the_ones_of_progress() -> None:
    """A later question that comes first in the form does not shift the numbers people saw."""
    chat = begun(*EARLY)
    assert "1 of 1" in chat.text
    chat.says_to("edit 1")
    assert chat.draft.at == "why"
    chat.says_to("edit 2")
    assert chat.draft.at == "early"


def test_review_sends_edits_and_cancels() -> None:
    """The review has the form's own send button, Cancel, and a select of every question."""
    chat = at("")
    assert chat.labels == ["Send it", "Cancel"]
    (select,) = [block for block in chat.says[-1].message.blocks if isinstance(block, Select)]
    assert [option.value for option in select.options] == list(chat.form.by_name)
    assert as_text(select.options[1].label) == "2. Hours a week"


@pytest.mark.parametrize("way", ["number", "alone", "label", "select", "button"])
def test_edited_answer_leads_straight_back_to_the_review(way: str) -> None:
    """Changing one answer does not lead through the rest again."""
    chat = at("")
    match way:
        case "number":
            chat.says_to("edit 2")
        case "alone":
            chat.says_to("2")
        case "label":
            chat.says_to("hours a week")
        case "select":
            chat.chooses("hours")
        case _:
            chat.enter(Pressed("edit", "hours", chat.draft.revision))
    assert chat.draft.at == "hours"
    assert "Back to the review" in chat.labels
    chat.says_to("12")
    assert chat.says[-1].review
    assert chat.text.startswith("Updated: Hours a week: 12 hours")


def test_back_from_an_edit_leads_to_the_review() -> None:
    """An edit can be left without changing anything."""
    chat = at("")
    chat.says_to("edit 2")
    chat.presses("Back to the review")
    assert chat.says[-1].review
    assert chat.values["hours"] == 10


def test_back_from_the_review_is_the_last_question() -> None:
    """Back works at the review too."""
    chat = at("")
    chat.says_to("back")
    assert chat.draft.at == "rules"


def test_later_question_is_edited_from_the_review() -> None:
    """A question with a default is asked only when the person wants to change it."""
    chat = at("")
    chat.says_to("edit places")
    assert "The long walk · Places · optional" in chat.text
    assert "Without an answer it is: 1" in chat.text
    chat.says_to("skip")
    assert chat.text.startswith("Left out: Places. Used instead: 1")
    chat.says_to("edit places")
    chat.says_to("3")
    assert chat.values["places"] == 3
    assert "7. Places: 3\n" in chat.text


def test_early_review_shows_what_is_open_and_goes_on() -> None:
    """Asked for in the middle, the review says what is still needed; Back leads to where one was."""
    chat = at("hours")
    chat.says_to("review")
    assert "Before it can be sent:" in chat.text
    assert "2. Hours a week: This one still needs an answer." in chat.text
    assert "Send it" not in chat.labels
    chat.says_to("back")
    assert chat.draft.at == "hours"
    chat.says_to("review")
    chat.presses("Answer “Hours a week”")
    assert chat.draft.at == "hours"


def test_edit_from_an_early_review_leads_back_to_it() -> None:
    """Also with questions still open, an edit begun at the review ends there."""
    chat = at("skills")
    chat.says_to("review")
    chat.says_to("edit 2")
    chat.says_to("12")
    assert chat.says[-1].review
    chat.says_to("resume")
    assert chat.draft.at == "skills"


def test_early_review_with_all_that_is_needed_can_be_sent() -> None:
    """Optional questions that were not reached prevent nothing; a person can also go on with them."""
    chat = begun(WHY, SKILLS)
    chat.says_to(GOOD["why"])
    chat.says_to("review")
    assert chat.labels == ["Send it", "Go on with “Skills”", "Cancel"]
    chat.presses("Go on with “Skills”")
    assert chat.draft.at == "skills"
    chat.says_to("review")
    chat.presses("Send it")
    assert chat.outcome == "submitted"


@pytest.mark.parametrize("way", ["button", "send", "submit", "Send it!"])
def test_sending(way: str) -> None:
    """The button or the word ends the conversation; the answers go to the form's owner."""
    chat = at("")
    if way == "button":
        chat.presses("Send it")
    else:
        chat.says_to(way)
    assert chat.outcome == "submitted"
    values, shown, raw = completed_answers(chat.form, chat.draft, chat.now)
    assert values["hours"] == 10
    assert shown["hours"] == "10 hours"
    assert raw["hours"] == "10"


def test_word_send_is_an_answer_elsewhere() -> None:
    """Only at the review can "send" mean sending."""
    chat = begun(Question("name", Ask("What is it called?", "Name")), WHY)
    chat.says_to("send")
    assert chat.values == {"name": "send"}


def test_words_at_the_review_are_not_lost_silently() -> None:
    """A message that belongs nowhere is answered with what can be done."""
    chat = at("")
    before = chat.values
    chat.says_to("looks fine to me, thanks")
    assert chat.values == before
    assert "did not add that anywhere" in chat.text
    assert chat.labels == ["Send it", "Show the review"]
    chat.presses("Send it")
    assert chat.outcome == "submitted"


@pytest.mark.soak
def test_what_time_has_made_impossible_comes_first() -> None:
    """A day that has passed while the draft waited is asked for again before sending."""
    chat = at("")
    chat.now += timedelta(days=100)
    chat.presses("Send it")
    assert chat.outcome == ""
    assert "Before it can be sent:" in chat.text
    assert chat.labels[0] == "Change “Start”"
    chat.presses("Change “Start”")
    chat.says_to("in 3 days")
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_limit_that_was_lowered_comes_first() -> None:
    """An answer that no longer fits the question's limits is named with the reason."""
    chat = at("")
    chat.form = trip(WHY, replace(HOURS, minimum=20), *chat.form.questions[2:])
    chat.enter(Resume())
    chat.says_to("send")
    assert chat.outcome == ""
    assert "2. Hours a week: " in chat.text
    assert "20" in chat.text


def test_an_answer_to_a_question_that_has_changed_is_asked_again() -> None:
    """The review keeps the old answer in sight, says why it does not count, and asks for it first."""
    chat = at("")
    chat.form = trip(WHY, replace(HOURS, ask=replace(HOURS.ask, prompt="How many hours in all?")))
    chat.says_to("review")
    assert "2. Hours a week: This question has changed. Please answer it again." in chat.text
    assert "2. Hours a week: 10 hours (the question has changed)" in chat.text
    chat.presses("Answer “Hours a week”")
    chat.says_to("30")
    assert "has changed" not in chat.text
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_refused_at_the_end_shows_why_and_keeps_everything() -> None:
    """What the form's owner refuses is shown above the answers, with a button to mend it."""
    chat = at("")
    before = chat.values
    chat.presses("Send it")
    chat.enter(Reject({"hours": "We need at least 12 hours.", "": "The list is nearly full."}))
    assert chat.values == before
    lines = chat.text.splitlines()
    assert lines.index("- 2. Hours a week: We need at least 12 hours.") < lines.index(
        "1. Why: Because maps are fun."
    )
    assert "Not sent: The list is nearly full." in lines
    chat.presses("Change “Hours a week”")
    chat.says_to("12")
    assert "Before it can be sent" not in chat.text
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_whole_refusal_can_be_tried_again() -> None:
    """A reason about the whole leaves the send button."""
    chat = at("")
    chat.enter(Reject({"": "The list is closed until noon."}))
    assert "The list is closed until noon." in chat.text
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_preview_takes_the_answers_place() -> None:
    """With a preview of the form's owner the list is left out; buttons and the edit select remain."""
    chat = at("")
    shown = review_message(
        chat.form, chat.draft, CONVERSATION, [heading(Plain("The card")), text("Soon.")], language=ENGLISH
    )
    words = plain_text(shown)
    assert "The card" in words
    assert "2. Hours a week: 10 hours" not in words
    assert "[Send it]" in words
    assert any(isinstance(block, Select) for block in shown.blocks)


def test_errors_given_to_the_review_come_first() -> None:
    """The review can be made with reasons that are not in the draft."""
    chat = at("")
    words = plain_text(
        review_message(
            chat.form, chat.draft, CONVERSATION, errors={"why": "Too short for us."}, language=ENGLISH
        )
    )
    assert "- 1. Why: Too short for us." in words


def test_dialog_page_fills_several_answers() -> None:
    """A page of the same form given as a dialog is stored, and the conversation goes on after it."""
    chat = begun()
    chat.enter(
        Filled(
            {"why": Understood("By dialog.", "By dialog."), "hours": Understood(5, "5 hours")}, {"hours": "5"}
        )
    )
    assert chat.values == {"why": "By dialog.", "hours": 5}
    assert chat.draft.answers["hours"].raw == "5"
    assert chat.draft.at == "skills"


def test_dialog_field_left_empty_leaves_the_answer_out() -> None:
    """An optional field that was emptied takes its answer away, on offer; a field not shown stays."""
    chat = at("crew")
    chat.enter(Filled({}, {"skills": ""}))
    assert "skills" not in chat.values
    assert chat.draft.offered["skills"] == ["Python", "SQL"]
    assert chat.values["hours"] == 10


def test_dialog_may_come_before_the_first_question() -> None:
    """A draft that begins as a dialog, which shows the notice, does not say it again."""
    chat = begun()
    chat.draft = replace(chat.draft, begun=False, at="", asked="")
    chat.enter(Filled({"why": Understood("By dialog.", "By dialog.")}))
    assert as_text(chat.form.notice) not in chat.text
    assert chat.draft.at == "hours"


def test_edited_message_shows_a_new_review() -> None:
    """Editing a message while the review waits changes the answer there."""
    chat = begun(WHY)
    message = chat.says_to(GOOD["why"])
    chat.enter(Edited(message, "Because of the sea."))
    assert "1. Why: Because of the sea." in chat.text


def test_default_without_value_is_not_called_one() -> None:
    """A later question without an answer or a default is shown as not given."""
    chat = begun(WHY, replace(PLACES, default=None))
    chat.says_to(GOOD["why"])
    assert "2. Places: not given" in chat.text


def test_words_at_an_unfinished_review_lead_on() -> None:
    """While something is missing the way out of the review goes on, not to a Send that cannot be."""
    chat = begun(WHY, HOURS)
    chat.says_to(GOOD["why"])
    chat.says_to("review")
    chat.says_to("one more thing")
    assert "I did not add that anywhere" in chat.text
    assert chat.labels == ["Go on", "Show the review"]


@pytest.mark.parametrize(("tag", "is_cut"), [("en", False), (PSEUDO, True)])
def test_the_review_is_measured_as_its_reader_reads_it(tag: str, *, is_cut: bool) -> None:
    """Answers of seven full lines fit on a phone in English; in a language of longer words they are cut."""
    ask = Ask("Why?", say("Skills"), "long")
    chat = begun(Question("one", ask), Question("two", ask))
    letters = (WIDTH - len("1. Skills:")) // 2 + 6 * (WIDTH // 2 + 1)
    for _ in range(2):
        chat.says_to(" ".join("a" * letters))
    shown = review_message(chat.form, chat.draft, CONVERSATION, language=language_for(tag))
    assert ("…" in plain_text(shown)) is is_cut
