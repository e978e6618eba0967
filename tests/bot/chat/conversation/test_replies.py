"""Replies to earlier questions, and edits of one's own messages."""

from bot.chat.conversation.engine import Edited
from bot.chat.language import as_text
from tests.support.conversations import CREW, GOOD, START, WHY, at, begun


def test_reply_to_an_earlier_question_answers_that_one() -> None:
    """A threaded or quoted reply changes the answer to the question it replies to, then one goes on."""
    chat = at("crew")
    chat.says_to("12", question="hours")
    assert chat.values["hours"] == 12
    assert chat.draft.at == "crew"
    assert chat.text.startswith("Updated: Hours a week: 12 hours")
    assert as_text(CREW.ask.prompt) in chat.text


def test_reply_that_cannot_be_taken_leaves_the_old_answer() -> None:
    """A wrong reply is asked about; Back leads to where one was, with nothing changed."""
    chat = at("crew")
    chat.says_to("no idea", question="hours")
    assert chat.values["hours"] == 10
    assert chat.draft.at == "hours"
    chat.presses("Back")
    assert chat.draft.at == "crew"
    assert chat.values["hours"] == 10


def test_reply_skip_leaves_that_question_out() -> None:
    """The word skip in a reply is about the question replied to."""
    chat = at("crew")
    chat.says_to("skip", question="skills")
    assert "skills" not in chat.values
    assert chat.draft.at == "crew"


def test_reply_to_a_question_that_is_gone_counts_for_the_present_one() -> None:
    """A reply to a message that belongs to no question is an ordinary answer."""
    chat = at("hours")
    chat.says_to("10", question="gone")
    assert chat.values["hours"] == 10


def test_editing_a_message_edits_its_answer() -> None:
    """The answer follows the message that gave it, and the change is shown."""
    chat = at("hours")
    message = chat.says_to("about 10 hours")
    chat.edits(message, "about 12 hours")
    assert chat.values["hours"] == 12
    assert chat.text == "Updated: Hours a week: 12 hours"
    assert chat.draft.at == "skills"


def test_edit_that_cannot_be_read_keeps_the_old_answer() -> None:
    """An edit without a meaning says why, gives an example, and changes nothing."""
    chat = at("hours")
    message = chat.says_to("10")
    chat.edits(message, "lots")
    assert chat.values["hours"] == 10
    assert "I kept your answer to “Hours a week”: 10 hours" in chat.text
    assert "could not find a number" in chat.text
    assert "For example: " in chat.text
    chat.presses("Edit")
    assert chat.draft.at == "hours"


def test_edit_with_two_readings_keeps_the_old_answer() -> None:
    """An edit that could mean two things says which, and changes nothing."""
    chat = begun(START, WHY)
    message = chat.says_to("2 January 2027")
    before = chat.values
    chat.edits(message, "3/4/2027")
    assert chat.values == before
    assert "3 April 2027" in chat.text


def test_edit_of_a_message_that_was_not_taken_is_a_new_try() -> None:
    """Mending a wrong answer by editing the message works as well as sending another."""
    chat = at("hours")
    message = chat.says_to("lots")
    chat.edits(message, "10")
    assert chat.values["hours"] == 10
    assert chat.draft.at == "skills"


def test_edit_at_the_review_shows_it_again() -> None:
    """The review that was shown no longer holds, so it comes again."""
    chat = at("skills")
    message = chat.says_to("Python")
    for name in ("crew", "start", "rules"):
        chat.says_to(GOOD[name])
    chat.edits(message, "Python, Perl")
    assert [say.review for say in chat.says] == [True]
    assert "Updated: Skills: Python, Perl" in chat.text


def test_edit_that_changes_nothing_says_nothing() -> None:
    """A link preview fires an edit with the same text; an unknown message is none of ours."""
    chat = begun()
    message = chat.says_to(GOOD["why"])
    before = chat.draft
    for entry in (Edited(message, GOOD["why"]), Edited("other", "new words"), Edited("", "new words")):
        assert chat.enter(entry).says == ()
        assert chat.draft == before
