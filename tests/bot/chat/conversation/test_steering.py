"""The words and buttons that steer a conversation, and buttons that come too late."""

import pytest

from bot.chat.conversation.engine import Pressed, read_press
from bot.chat.forms import Ask, Question
from bot.chat.language import as_text
from tests.support.conversations import CREW, HOURS, START, WHY, at, begun

SHORT = Question("name", Ask("What is it called?", "Name", "text"))


@pytest.mark.parametrize("word", ["back", "Back", "/back", "BACK.", " back! ", "ｂａｃｋ"])
def test_words_are_known_however_they_are_typed(word: str) -> None:
    """Case, a slash and punctuation make no difference."""
    chat = at("hours")
    chat.says_to(word)
    assert chat.draft.at == "why"


@pytest.mark.parametrize("words", ['"back"', "“back”", "'Back'", "`back`"])
def test_word_in_quotes_is_an_answer(words: str) -> None:
    """Quotes make a steering word an answer, as help says."""
    chat = begun(SHORT, WHY)
    chat.says_to(words)
    assert str(chat.values["name"]).lower() == "back"


@pytest.mark.parametrize(
    "words", ["back-end work", "help with maps", "Edit the videos", "“quoted”", "review it"]
)
def test_sentence_that_begins_like_a_word_is_an_answer(words: str) -> None:
    """Only a message that is nothing but the word steers."""
    chat = begun(SHORT, WHY)
    chat.says_to(words)
    assert chat.values == {"name": words}


@pytest.mark.parametrize("way", ["word", "button"])
def test_back_asks_the_question_before(way: str) -> None:
    """Back leads to the question before, which shows its answer and offers to keep it."""
    chat = at("crew")
    if way == "word":
        chat.says_to("back")
    else:
        chat.presses("Back")
    assert chat.draft.at == "skills"
    assert "Your answer now: Python, SQL" in chat.text
    chat.presses("Back")
    assert chat.draft.at == "hours"
    chat.presses("Keep this answer")
    assert chat.draft.at == "crew"
    assert chat.text.startswith("Kept as it was: 10 hours")


def test_back_and_a_new_answer_lead_on_to_where_one_was() -> None:
    """After mending an earlier answer one does not walk through the others again."""
    chat = at("crew")
    chat.says_to("back")
    chat.says_to("back")
    chat.says_to("12")
    assert chat.text.startswith("Updated: Hours a week: 12 hours")
    assert chat.draft.at == "crew"


def test_back_at_the_first_question_says_so() -> None:
    """There is nothing before the first question."""
    chat = begun()
    chat.says_to("back")
    assert chat.text.startswith("This is the first question.")
    assert chat.draft.at == "why"


@pytest.mark.parametrize("way", ["word", "button"])
def test_skip_leaves_an_optional_question_out(way: str) -> None:
    """Skip goes on without an answer."""
    chat = at("skills")
    if way == "word":
        chat.says_to("skip")
    else:
        chat.presses("Skip")
    assert "skills" not in chat.values
    assert chat.draft.at == "crew"
    assert chat.text.startswith("Left out: Skills")


def test_needed_question_cannot_be_skipped() -> None:
    """Skipping a required question is refused, with what else one can do."""
    chat = at("hours")
    chat.says_to("skip")
    assert chat.draft.at == "hours"
    assert "needed" in chat.text
    assert "pause" in chat.text


def test_answer_left_out_is_kept_on_offer() -> None:
    """Leaving out a question that was answered takes the answer away, but not for good."""
    chat = at("crew")
    chat.says_to("back")
    chat.presses("Leave it out")
    assert "skills" not in chat.values
    chat.says_to("edit skills")
    assert "Last time you wrote: Python, SQL" in chat.text
    chat.presses("Use this")
    assert chat.values["skills"] == ["Python", "SQL"]


@pytest.mark.parametrize(
    "words",
    [
        *("edit 2", "Edit #2", "edit question 2", "edit hours", "edit Hours a week", "edit hours a weak"),
        *("edit the hours", "edit my answer to hours a week"),
    ],
)
def test_edit_goes_to_the_question_named(words: str) -> None:
    """An answer is found by its number or its name, also misspelt."""
    chat = at("rules")
    chat.says_to(words)
    assert chat.draft.at == "hours"
    assert "Your answer now: 10 hours" in chat.text


def test_edit_in_the_middle_leads_back_to_where_one_was() -> None:
    """An edit is a detour: after it the question that waited waits again."""
    chat = at("rules")
    chat.says_to("edit 2")
    chat.says_to("12")
    assert chat.draft.at == "rules"
    chat.says_to("edit 2")
    chat.says_to("back")
    assert chat.draft.at == "rules"
    assert chat.values["hours"] == 12


def test_edits_within_edits_lead_back_in_one_step() -> None:
    """Going to and fro between answers does not have to be walked back."""
    chat = at("rules")
    for words in ("edit 1", "edit 2", "edit 1", "edit 2", "edit 1"):
        chat.says_to(words)
    chat.says_to("back")
    assert chat.draft.at == "rules"


def test_resume_asks_the_question_one_had_gone_back_to() -> None:
    """A rest does not move the person."""
    chat = at("crew")
    chat.says_to("back")
    chat.says_to("pause")
    chat.says_to("resume")
    assert chat.draft.at == "skills"


@pytest.mark.parametrize(("words", "said"), [("edit", "Which answer"), ("edit 9", "There is no number 9")])
def test_edit_of_nothing_asks_which(words: str, said: str) -> None:
    """Edit without a question that exists offers them all."""
    chat = at("hours")
    chat.says_to(words)
    assert said in chat.text
    chat.chooses("why")
    assert chat.draft.at == "why"


def test_edit_with_an_unknown_name_asks_which() -> None:
    """Where no answer begins like that, an unknown name is asked about."""
    chat = at("hours")
    chat.says_to("edit shoes")
    assert "I found no question called “shoes”" in chat.text


def test_pause_and_resume() -> None:
    """Pause says how to go on; resume asks the same question again."""
    chat = at("hours")
    chat.says_to("pause")
    assert chat.outcome == "paused"
    assert "Everything so far is saved" in chat.text
    assert "resume" in chat.text
    chat.presses("Resume")
    assert not chat.draft.paused
    assert chat.text.startswith("Welcome back.")
    assert as_text(HOURS.ask.prompt) in chat.text


def test_words_while_paused_are_not_taken() -> None:
    """A paused draft takes no answer by accident, and says so."""
    chat = at("hours")
    chat.says_to("pause")
    chat.says_to("10")
    assert "hours" not in chat.values
    assert "is paused" in chat.text
    chat.says_to("resume")
    assert chat.draft.at == "hours"


def test_reply_to_a_question_while_paused_goes_on() -> None:
    """Replying to a paused draft's question is clearly meant for it."""
    chat = at("hours")
    chat.says_to("pause")
    chat.says_to("10", question="hours")
    assert chat.values["hours"] == 10
    assert not chat.draft.paused


def test_cancel_is_confirmed_when_something_was_typed() -> None:
    """Cancel asks first, and says what would go."""
    chat = at("skills")
    chat.says_to("cancel")
    assert chat.outcome == ""
    assert "Your 2 answers so far go with it." in chat.text
    assert chat.labels == ["Delete it", "Keep it", "Pause instead"]
    chat.presses("Delete it")
    assert chat.outcome == "cancelled"
    assert chat.values == {}
    assert "Nothing was sent" in chat.text


def test_cancel_needs_no_confirming_when_nothing_was_typed() -> None:
    """A draft without answers is cancelled at once."""
    chat = begun()
    chat.says_to("cancel")
    assert chat.outcome == "cancelled"


@pytest.mark.parametrize(
    ("words", "outcome"), [("yes", "cancelled"), ("delete it", "cancelled"), ("no", ""), ("keep", "")]
)
def test_confirming_can_be_typed(words: str, outcome: str) -> None:
    """The question whether to delete understands words as well as buttons."""
    chat = at("rules")
    chat.says_to("cancel")
    chat.says_to(words)
    assert chat.outcome == outcome
    assert "rules" not in chat.values


def test_going_on_instead_of_confirming_keeps_the_draft() -> None:
    """Who writes an answer instead of a yes or no has not deleted anything."""
    chat = at("hours")
    chat.says_to("cancel")
    chat.says_to("10")
    assert chat.values["hours"] == 10
    chat.says_to("yes")
    assert chat.outcome == ""


def test_half_a_yes_deletes_nothing() -> None:
    """A message that could be a yes or a no is asked about again."""
    chat = at("hours")
    chat.says_to("cancel")
    chat.says_to("maybe not, hmm")
    assert chat.outcome == ""
    assert chat.text.startswith("Nothing is deleted yet. Please say yes or no.\nDelete “The long walk”?")
    chat.says_to("no")
    assert chat.draft.at == "hours"


def test_keep_shows_where_one_was() -> None:
    """Keeping the draft asks the question that waited."""
    chat = at("hours")
    chat.says_to("cancel")
    chat.presses("Keep it")
    assert as_text(HOURS.ask.prompt) in chat.text


def test_old_delete_button_asks_again() -> None:
    """A Delete button that lay about deletes nothing without another question."""
    chat = at("hours")
    chat.says_to("cancel")
    (old,) = chat.says
    chat.presses("Keep it")
    chat.presses("Delete it", old)
    assert chat.outcome == ""
    assert "Delete “The long walk”?" in chat.text


@pytest.mark.parametrize("word", ["help", "?", "/help", "??"])
def test_help_names_the_words_and_where_one_is(word: str) -> None:
    """Help shows the question, what fits, every word, and how to answer with such a word."""
    chat = at("hours")
    chat.says_to(word)
    for said in ("2 of 6", HOURS.ask.prompt, "back", "skip", "edit 2", "review", "pause", "cancel", "quotes"):
        assert as_text(said) in chat.text
    assert [say.helps for say in chat.says] == [True]
    assert chat.draft.at == "hours"
    chat.says_to("10")
    assert chat.values["hours"] == 10


def test_old_button_says_so_and_shows_where_one_is() -> None:
    """A button of an earlier question does nothing to the present one."""
    chat = at("skills")
    (asked,) = chat.says
    chat.presses("Skip")
    chat.presses("Skip", asked)
    assert chat.draft.at == "crew"
    assert "belongs to an earlier step" in chat.text
    assert as_text(CREW.ask.prompt) in chat.text


def test_button_works_while_its_question_still_waits() -> None:
    """Help or a wrong answer in between does not make the question's buttons stale."""
    chat = at("crew")
    (asked,) = chat.says
    chat.says_to("help")
    chat.says_to("purple")
    chat.presses("In a pair", asked)
    assert chat.values["crew"] == "pair"


def test_old_reading_is_not_taken_for_a_new_one() -> None:
    """A button for a meaning of an earlier text cannot pick a meaning of a later one."""
    chat = begun(START, WHY)
    chat.says_to("3/4/2027")
    (old,) = chat.says
    label = chat.labels[0]
    chat.says_to("5/6/2027")
    chat.presses(label, old)
    assert "start" not in chat.values
    assert "belongs to an earlier step" in chat.text


@pytest.mark.parametrize(
    ("verb", "argument"), [("edit", "why"), ("review", ""), ("help", ""), ("pause", ""), ("cancel", "")]
)
def test_harmless_old_buttons_work_on(verb: str, argument: str) -> None:
    """What means the same everywhere works from any old message."""
    chat = at("rules")
    chat.enter(Pressed(verb, argument, 1))
    assert "earlier step" not in chat.text


@pytest.mark.parametrize(
    "entry",
    [
        Pressed("nonsense", "", 3),
        Pressed("pick", "", 99),
        Pressed("pick", "r7", 5),
        Pressed("pick", "-1", 5),
        Pressed("reuse", "nothing", 5),
        Pressed("split", "why", 5),
        Pressed("edit", "nothing", 5),
    ],
)
def test_forged_button_does_no_harm(entry: Pressed) -> None:
    """An action id is a key, never a right: one we never gave changes no answer."""
    chat = at("rules")
    before = chat.values
    chat.enter(entry)
    assert chat.values == before
    assert chat.says


def test_foreign_action_id_is_none_of_ours() -> None:
    """Action ids of others are not read as a conversation's."""
    for action in ("apply:3", "talk", "talk:1:2", "talk:x:2:skip", "talk:1:2:3:4:5", ""):
        assert read_press(action) is None
