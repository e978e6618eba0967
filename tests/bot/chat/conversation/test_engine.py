"""A form asked one question at a time: what is asked, and how answers are taken."""

import pytest

from bot.chat.answers import Option
from bot.chat.content import Plain, Select, Text
from bot.chat.conversation.engine import Begin, Pressed, Resume, Said, advance
from bot.chat.forms import Ask, Question
from bot.chat.language import ENGLISH, as_text
from bot.chat.rendering.plain_text import plain_text
from bot.chat.translation import translated
from bot.chat.values import replace
from tests.support.conversations import (
    CREW,
    GOOD,
    HOURS,
    NOTICE,
    NOW,
    RULES,
    SKILLS,
    START,
    WHY,
    Chat,
    a_file,
    at,
    begun,
    buttons,
    marked,
    pressed,
    trip,
)

SHORT = Question("name", Ask("What is it called?", "Name", "text"))
PROOF = Question("proof", Ask("Show us a piece of your work.", "Proof", "file"))
PAGE = Question("page", Ask("Where can one see your work?", "Page", "link"))
MANY = tuple(Option(f"o{i}", f"Option {i}") for i in range(1, 9))
EIGHT = Question("eight", Ask("Which one?", "One of eight", "choice", options=MANY))
SEVERAL = Question("several", Ask("Which ones?", "Several", "choices", options=MANY[:3]))


def test_first_message_says_who_reads_and_keeps_it_then_asks() -> None:
    """Before the first stored answer one line says who sees it, how long it is kept, how to delete it."""
    chat = begun()
    assert chat.text.startswith(NOTICE)
    assert as_text(WHY.ask.prompt) in chat.text
    assert len(chat.says) == 1


def test_notice_is_said_once() -> None:
    """The notice does not come again after the first answer, whatever is done later."""
    chat = begun()
    chat.enter(Said("I like to walk, and I can read a map.", "m", NOW))
    for entry in (Begin(), Resume(), Said("back", "m", NOW), Said("review", "m", NOW)):
        chat.enter(entry)
        assert NOTICE not in chat.text


def test_notice_comes_again_until_there_is_an_answer() -> None:
    """It is unknown whether it was read: a person who begins again reads it; a word does not repeat it."""
    chat = begun()
    for entry in (Begin(), Resume()):
        chat.enter(entry)
        assert chat.text.startswith(NOTICE)
    chat.enter(Said("back", "m", NOW))
    assert NOTICE not in chat.text


def test_form_without_notice_says_none() -> None:
    """A form that has no notice begins with its question."""
    chat = Chat(trip(WHY, notice=""))
    chat.enter(Begin())
    assert chat.text.startswith("The long walk")


def test_prompt_shows_title_progress_question_hint_and_example() -> None:
    """A prompt holds all that is needed to answer it."""
    chat = begun()
    assert "The long walk · 1 of 6" in chat.text
    assert "Two or three sentences are plenty." in chat.text
    chat.says_to(GOOD["why"])
    assert "The long walk · 2 of 6" in chat.text
    assert "For example: 8" in chat.text
    chat.says_to(GOOD["hours"])
    assert "3 of 6 · optional" in chat.text


def test_title_tells_drafts_apart() -> None:
    """A title given with a step is in its messages in place of the form's."""
    chat = begun()
    step = advance(chat.form, chat.draft, Resume(), NOW, 7, "The short walk")
    assert "The short walk · 1 of 6" in plain_text(step.says[0].message)


def test_only_the_first_question_names_the_words() -> None:
    """The steering words are named once, not under every question."""
    chat = begun()
    for word in ("back", "skip", "review", "pause", "cancel", "help"):
        assert word in chat.text
    chat.says_to(GOOD["why"])
    assert "pause" not in chat.text


def test_buttons_fit_the_question() -> None:
    """Back from the second question on, Skip where it is optional, options as buttons."""
    assert begun().labels == []
    assert at("hours").labels == ["Back"]
    assert at("skills").labels == ["Skip", "Back"]
    assert at("crew").labels == ["Alone", "In a pair", "In a team", "Back"]
    assert at("rules").labels == ["Yes", "No", "Back"]


def test_many_options_are_a_select_and_listed_with_numbers() -> None:
    """More than five options become a select, and their numbers can be read and typed."""
    chat = begun(EIGHT)
    (select,) = [block for block in chat.says[0].message.blocks if isinstance(block, Select)]
    assert [option.value for option in select.options] == [option.value for option in MANY]
    assert chat.text.splitlines().count("7. Option 7") == 1  # nothing follows where nothing describes it
    chat.says_to("7")
    assert chat.values == {"eight": "o7"}


def test_choosing_from_a_select_answers() -> None:
    """A chosen option is the answer."""
    chat = begun(EIGHT)
    chat.chooses("o3")
    assert chat.values == {"eight": "o3"}


def test_several_options_are_chosen_together() -> None:
    """A question for several takes them from one select, or typed."""
    chat = begun(SEVERAL)
    chat.chooses("o1", "o3")
    assert chat.values == {"several": ["o1", "o3"]}
    typed = begun(SEVERAL)
    typed.says_to("1, option 3")
    assert typed.values == {"several": ["o1", "o3"]}


def test_buttons_answer_choices_and_yes_or_no() -> None:
    """Pressing an option or Yes is an answer like a typed one."""
    chat = at("crew")
    chat.presses("In a team")
    assert chat.values["crew"] == "team"
    other = at("rules")
    other.presses("No")
    assert other.values["rules"] is False


def test_file_answers_a_question_for_a_file() -> None:
    """A file sent without words is an answer."""
    chat = begun(PROOF)
    chat.says_to("", files=(a_file(),))
    assert "proof" in chat.values
    assert "map.pdf" in chat.text


@pytest.mark.parametrize(
    ("question", "words", "shown"),
    [
        (HOURS, "about 10 hours", "Got it: 10 hours."),
        (CREW, "2", "Got it: In a pair."),
        (START, "2 January 2027", "Sat 2 January 2027"),
        (RULES, "yes!", "Got it: Yes."),
        (SKILLS, "Python, SQL", "Got it: Python, SQL."),
    ],
)
def test_what_was_understood_is_shown_back(question: Question, words: str, shown: str) -> None:
    """The next message begins with what was understood."""
    chat = begun(question, WHY)
    chat.says_to(words)
    assert chat.text.splitlines()[0].startswith("Got it: ")
    assert shown in chat.text.splitlines()[0]


def test_words_in_ones_own_writing_are_just_saved() -> None:
    """A text is not repeated, only said to be saved."""
    chat = begun(SHORT, WHY)
    chat.says_to("The walk")
    assert chat.text.startswith("Saved.")
    assert "The walk" not in chat.text


def test_address_is_shown_back_without_a_full_stop() -> None:
    """A full stop after an address would look like a part of it."""
    chat = begun(PAGE, WHY)
    chat.says_to("https://example.org/maps")
    assert chat.text.splitlines()[0] == "Got it: https://example.org/maps"


def test_answer_is_kept_before_the_next_question() -> None:
    """The step that asks the next question already holds the answer, its words and its message."""
    chat = begun()
    message = chat.says_to(GOOD["why"])
    given = chat.draft.answers["why"]
    assert (given.value, given.raw, given.at) == (GOOD["why"], GOOD["why"], chat.now)
    assert given.sources[0].message == message
    assert chat.draft.at == "hours"


def test_two_readings_are_asked_about() -> None:
    """Where a text has two readings, a button for each is offered, and nothing is guessed."""
    chat = begun(START, WHY)
    chat.says_to("3/4/2027")
    assert "start" not in chat.values
    first, second, *_ = chat.labels
    assert "3 April 2027" in first + second
    assert "4 March 2027" in first + second
    chat.presses(second)
    assert as_text(chat.draft.answers["start"].shown) == second
    assert chat.draft.answers["start"].raw == "3/4/2027"


@pytest.mark.parametrize("number", [1, 2])
def test_reading_can_be_typed(number: int) -> None:
    """A reading is also taken by its number or its words."""
    chat = begun(START, WHY)
    chat.says_to("3/4/2027")
    label = chat.labels[number - 1]
    chat.says_to(label)
    assert as_text(chat.draft.answers["start"].shown) == label


def test_two_readings_can_be_answered_again() -> None:
    """Instead of picking a reading one can write the answer another way."""
    chat = begun(START, WHY)
    chat.says_to("3/4/2027")
    chat.says_to("5 June 2027")
    assert "5 June 2027" in as_text(chat.draft.answers["start"].shown)


def test_wrong_answer_gets_reason_and_example() -> None:
    """An answer that cannot be taken gets the reason and an example, and the question waits on."""
    chat = at("hours")
    chat.says_to("no idea")
    assert chat.draft.at == "hours"
    assert "could not find a number" in chat.text
    assert "For example: " in chat.text
    assert "hours" not in chat.values


def test_third_wrong_answer_offers_help() -> None:
    """Three wrong answers offer an explanation, a pause and a person to ask; Skip where it is optional."""
    chat = at("hours")
    for words in ("no idea", "hm"):
        chat.says_to(words)
        assert "Here is what fits" not in chat.text
        assert not any(say.helps for say in chat.says)
    chat.says_to("dunno")
    assert "Here is what fits: One number" in chat.text
    assert [say.helps for say in chat.says] == [True]
    assert chat.labels == ["Pause", "Back"]
    optional = begun(replace(HOURS, required=False))
    for words in ("no idea", "hm", "dunno"):
        optional.says_to(words)
    assert optional.labels == ["Pause", "Skip"]


def test_misses_are_forgotten_with_the_next_question() -> None:
    """Three wrong answers count only for one question."""
    chat = begun(HOURS, START)
    for words in ("no idea", "hm", "10", "no idea"):
        chat.says_to(words)
    assert chat.draft.at == "start"
    assert "Here is what fits" not in chat.text


def test_wrong_answer_to_a_choice_shows_the_options_again() -> None:
    """A person whose answer is none of the options sees the options."""
    chat = at("crew")
    chat.says_to("purple")
    assert chat.labels[:3] == ["Alone", "In a pair", "In a team"]


def test_offered_answer_can_be_used() -> None:
    """An answer of an earlier time is shown with a button that takes it."""
    chat = begun(offered={"why": "As I said before, maps.", "hours": 12, "gone": 1})
    assert "Last time you wrote: As I said before, maps." in chat.text
    chat.presses("Use this")
    assert chat.values == {"why": "As I said before, maps."}
    assert "Last time you wrote: 12 hours" in chat.text


def test_offered_answer_that_no_longer_fits_is_not_offered() -> None:
    """Limits may have changed since; an offer that would be refused is not made."""
    chat = begun(offered={"why": "Hm"})
    assert "Last time" not in chat.text


def test_what_is_known_is_not_asked() -> None:
    """Answers known beforehand are in the draft; what does not fit its question is asked."""
    chat = begun(answers={"why": "We know this already.", "hours": 99, "gone": "x"})
    assert chat.values == {"why": "We know this already."}
    assert chat.draft.at == "hours"


def test_revision_counts_whatever_is_said() -> None:
    """Each step that says something has its own revision, and so its messages have their own keys."""
    chat = begun()
    seen = {chat.draft.revision}
    for words in ("help", "help", "hm", GOOD["why"], "back", "skip", "pause", "10", "resume", "cancel"):
        chat.says_to(words)
        assert chat.draft.revision not in seen
        seen.add(chat.draft.revision)


def test_buttons_carry_the_revision_that_was_said() -> None:
    """A button of a message names the draft's revision at that message."""
    chat = at("skills")
    (action,) = [
        button.action for say in chat.says for button in buttons(say) if as_text(button.label) == "Skip"
    ]
    assert pressed(action) == Pressed("skip", "", chat.draft.revision)


def test_nobodys_words_are_read_as_markdown() -> None:
    """What people wrote, and the form's own texts, are in messages as Plain only."""
    loud = "**@everyone** <!channel> [x](https://example.org)"
    question = Question("q", Ask(loud, loud[:20], "long", loud, loud), required=False)
    choice = Question(
        "c", Ask(loud, loud[:20], "choice", options=tuple(Option(f"{i}", loud) for i in range(7)))
    )
    chat = begun(question, choice)
    seen = []
    for words in (
        "help",
        loud,
        "edit 1",
        "keep",
        loud,
        "review",
        "cancel",
        "no",
        f"edit {loud}",
        "pause",
        "resume",
    ):
        chat.says_to(words)
        seen += [marked(say.message) for say in chat.says]
    assert not any("everyone" in words for words in seen)
    said = translated(chat.says[0].message, ENGLISH)
    assert any(Plain(loud) in block.parts for block in said.blocks if isinstance(block, Text))
