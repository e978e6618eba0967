"""One answer in several messages: joined when that is meant, and taken apart when it was not."""

import pytest

from bot.chat.conversation.engine import Pressed
from bot.chat.forms import Ask, Question
from bot.chat.language import as_text
from bot.chat.values import replace
from tests.support.conversations import HOURS, SKILLS, START, WHY, a_file, begun

WORK = Question("work", Ask("A link, or a few words.", "Work", "long", example="https://example.org/report"))
LINK = Question("link", Ask("Where can we see a map of yours?", "Link", "link"))
PROOF = Question("proof", Ask("Show us a piece of your work.", "Proof", "file"))


def test_message_within_seconds_goes_on_with_the_last_one() -> None:
    """Who presses Enter in mid-thought gets one answer of two messages, and sees it whole."""
    chat = begun()
    chat.says_to("I like maps,")
    chat.says_to("and the sea.", after=2)
    assert chat.values == {"why": "I like maps,\nand the sea."}
    assert chat.draft.at == "hours"
    assert "I like maps,\nand the sea." in chat.text
    assert chat.labels == ["Edit", "That was the next answer"]
    assert as_text(HOURS.ask.prompt) in chat.text


def test_message_sent_before_the_question_arrived_goes_on_with_the_last_one() -> None:
    """A person cannot have answered a question they had not seen."""
    chat = begun()
    chat.says_to("I like maps,")
    chat.says_to("10", after=30, unseen=True)
    assert chat.values == {"why": "I like maps,\n10"}


def test_three_messages_become_one_answer() -> None:
    """Each message counts its seconds from the one before."""
    chat = begun()
    for words in ("I like maps,", "and the sea,", "and you."):
        chat.says_to(words, after=2)
    assert chat.values["why"] == "I like maps,\nand the sea,\nand you."


def test_short_text_is_joined_on_one_line() -> None:
    """A text of one line stays one."""
    chat = begun(Question("name", Ask("What is it called?", "Name")), WHY)
    chat.says_to("The long")
    chat.says_to("walk", after=1)
    assert chat.values == {"name": "The long walk"}


def test_list_is_joined() -> None:
    """A list of skills can be given one by one."""
    chat = begun(SKILLS, WHY)
    chat.says_to("Python")
    chat.says_to("SQL", after=1)
    assert chat.values == {"skills": ["Python", "SQL"]}


@pytest.mark.parametrize("after", [3, 60])
def test_later_message_answers_the_next_question(after: float) -> None:
    """After three seconds a message is a separate answer."""
    chat = begun()
    chat.says_to("I like maps,")
    chat.says_to("10", after=after)
    assert chat.values == {"why": "I like maps,", "hours": 10}


@pytest.mark.parametrize("unseen", [True, False])
def test_answer_that_cannot_go_on_leaves_the_message_to_the_next(unseen: bool) -> None:
    """A number has no second half: what follows it answers the question that waits."""
    chat = begun(HOURS, WHY)
    chat.says_to("10")
    chat.says_to("I like maps,", after=1, unseen=unseen)
    assert chat.values == {"hours": 10, "why": "I like maps,"}


def test_joined_text_that_cannot_be_taken_leaves_the_message_to_the_next() -> None:
    """Where both together are too long, the second is a separate answer."""
    chat = begun(WHY, Question("more", Ask("Anything else?", "More", "long")))
    chat.says_to("maps " * 50)
    chat.says_to("sea " * 50, after=1)
    assert set(chat.values) == {"why", "more"}


def test_word_steers_at_once() -> None:
    """A steering word is never added to an answer."""
    chat = begun()
    chat.says_to("I like maps.")
    chat.says_to("back", after=1)
    assert chat.draft.at == "why"
    chat.says_to("I like the sea.", after=1)
    assert chat.values == {"why": "I like the sea."}


def test_file_is_not_added_to_words() -> None:
    """A file that follows at once answers the question for a file."""
    chat = begun(WHY, PROOF)
    chat.says_to("I like maps.")
    chat.says_to("", after=1, files=(a_file(),))
    assert set(chat.values) == {"why", "proof"}


def test_split_makes_the_message_the_next_answer() -> None:
    """One press takes the messages apart: the second answers the question that waits."""
    chat = begun(WHY, SKILLS, HOURS)
    chat.says_to("I like maps,")
    message = chat.says_to("Python", after=1)
    chat.presses("That was the next answer")
    assert chat.values == {"why": "I like maps,", "skills": ["Python"]}
    assert chat.draft.at == "hours"
    chat.edits(message, "SQL")
    assert chat.values["skills"] == ["SQL"]


def test_split_of_what_does_not_fit_asks_again() -> None:
    """Words that are no answer to the next question are asked about as ever."""
    chat = begun()
    chat.says_to("I like maps,")
    chat.says_to("and the sea", after=1)
    chat.presses("That was the next answer")
    assert chat.values == {"why": "I like maps,"}
    assert chat.draft.at == "hours"
    assert "could not find a number" in chat.text


def test_split_comes_too_late_after_the_next_answer() -> None:
    """When the next question is answered, there is nothing left to take apart for."""
    chat = begun()
    chat.says_to("I like maps,")
    chat.says_to("and the sea", after=1)
    (joined,) = chat.says
    chat.says_to("10")
    chat.presses("That was the next answer", joined)
    assert "belongs to an earlier step" in chat.text
    assert chat.values["why"] == "I like maps,\nand the sea"


def test_edit_of_a_joined_answer_leads_back() -> None:
    """The Edit button asks the joined question again, then the one that waited."""
    chat = begun()
    chat.says_to("I like maps,")
    chat.says_to("and the sea", after=1)
    chat.presses("Edit")
    assert "Your answer now: I like maps,\nand the sea" in chat.text
    chat.says_to("I like all of it.")
    assert chat.values == {"why": "I like all of it."}
    assert chat.draft.at == "hours"


def test_editing_one_message_of_a_joined_answer_joins_them_again() -> None:
    """The other message's words stay."""
    chat = begun()
    first = chat.says_to("I like maps,")
    second = chat.says_to("and the see.", after=1)
    chat.edits(second, "and the sea.")
    assert chat.values == {"why": "I like maps,\nand the sea."}
    chat.edits(first, "I love maps,")
    assert chat.values == {"why": "I love maps,\nand the sea."}


def test_joining_at_the_review_shows_it_again() -> None:
    """What follows the last answer at once is added to it, and the review comes again."""
    chat = begun(START, WHY)
    chat.says_to("2 January 2027")
    chat.says_to("I like maps,")
    (old,) = chat.says
    chat.says_to("and the sea.", after=1)
    assert chat.values["why"] == "I like maps,\nand the sea."
    assert [say.review for say in chat.says] == [False, True]
    assert chat.labels[:2] == ["Edit", "Send it"]
    chat.presses("Send it", old)
    assert chat.outcome == ""
    chat.presses("Send it")
    assert chat.outcome == "submitted"


def test_button_between_two_messages_parts_them() -> None:
    """A message after a pressed answer is not added to the answer before it."""
    chat = begun(WHY, SKILLS, HOURS)
    chat.says_to("I like maps.")
    chat.presses("Skip")
    chat.says_to("10", after=1)
    assert chat.values == {"why": "I like maps.", "hours": 10}


def test_only_the_last_answer_can_be_split() -> None:
    """A forged button takes no earlier answer apart."""
    more = Question("more", Ask("Anything else?", "More", "long"))
    chat = begun(WHY, more, HOURS)
    chat.says_to("I like maps,")
    chat.says_to("and the sea.", after=1)
    chat.says_to("No.")
    before = chat.values
    chat.enter(Pressed("split", "why", chat.draft.revision))
    assert chat.values == before


def test_what_was_refused_is_never_put_together_with_what_follows() -> None:
    """The real answer stays alone, however soon it comes: the reader does not get the refused one too."""
    chat = begun(replace(WHY, min_length=20), HOURS)
    chat.says_to("ok")
    assert "needs at least 20" in chat.text
    chat.says_to("I love maps and the sea.", after=2)
    assert chat.values == {"why": "I love maps and the sea."}


def test_what_was_refused_sends_nothing_to_the_answer_before() -> None:
    """The second try answers its own question, not the one before."""
    chat = begun(Question("name", Ask("What is it called?", "Name")), replace(WHY, min_length=20))
    chat.says_to("The long walk")
    chat.says_to("ok", after=60)
    chat.says_to("I love maps and the sea.", after=1)
    assert chat.values == {"name": "The long walk", "why": "I love maps and the sea."}


@pytest.mark.parametrize("unseen", [True, False])
def test_link_goes_to_the_question_for_a_link(unseen: bool) -> None:
    """Two seconds after a text, or before the question was there to see, it is plainly the next answer."""
    chat = begun(WHY, LINK, HOURS)
    chat.says_to("I like maps,")
    chat.says_to("https://example.org/maps", after=2, unseen=unseen)
    assert chat.values == {"why": "I like maps,", "link": "https://example.org/maps"}


@pytest.mark.parametrize("unseen", [True, False])
def test_link_goes_to_the_question_whose_example_is_one(unseen: bool) -> None:
    """Where a link or words are asked, a link by itself is the answer; words still go on with the text."""
    chat = begun(WHY, WORK, HOURS)
    chat.says_to("I like maps,")
    chat.says_to("and the sea.", after=2, unseen=unseen)
    chat.says_to("example.org/maps", after=2, unseen=unseen)
    assert chat.values == {"why": "I like maps,\nand the sea.", "work": "example.org/maps"}


def test_second_link_goes_on_with_the_first() -> None:
    """Of two questions whose example is a link, the first may get several."""
    chat = begun(WORK, replace(WORK, name="more"))
    chat.says_to("example.org/maps")
    chat.says_to("example.org/streets", after=2)
    assert chat.values == {"work": "example.org/maps\nexample.org/streets"}


@pytest.mark.parametrize(
    ("asked", "words", "value"),
    [(HOURS, "10 hours", 10), (START, "2 January 2027", {"day": "2027-01-02", "zone": "Europe/Berlin"})],
)
def test_what_plainly_answers_the_next_question_does(asked: Question, words: str, value: object) -> None:
    """A few words that the asked kind takes are not glued to the text before."""
    chat = begun(WHY, asked)
    chat.says_to("I like maps,")
    chat.says_to(words, after=2)
    assert chat.values == {"why": "I like maps,", asked.name: value}


def test_link_within_a_sentence_goes_on_with_the_text_where_words_are_asked() -> None:
    """Words with a link in them are the second half of a thought."""
    chat = begun(WHY, SKILLS)
    chat.says_to("I like maps,")
    chat.says_to("see https://example.org/maps", after=2)
    assert chat.values == {"why": "I like maps,\nsee https://example.org/maps"}


def test_what_adds_nothing_is_not_said_to_be_added() -> None:
    """Words after a link, and a skill that is listed already, change no answer."""
    chat = begun(LINK, WHY)
    chat.says_to("https://example.org/maps")
    chat.says_to("That is my favourite map.", after=2)
    assert "I added" not in chat.text
    assert chat.values == {"link": "https://example.org/maps", "why": "That is my favourite map."}
    chat = begun(SKILLS, WHY)
    chat.says_to("Python, SQL")
    chat.says_to("Python", after=2)
    assert "That is in your answer to “Skills” already, so I added nothing." in chat.text
    assert as_text(WHY.ask.prompt) in chat.text
    assert chat.values == {"skills": ["Python", "SQL"]}


def test_what_was_too_short_is_not_joined_much_later() -> None:
    """After a pause the second try is an answer alone, and never goes on with the answer before."""
    chat = begun(Question("name", Ask("What is it called?", "Name")), replace(WHY, min_length=20), HOURS)
    chat.says_to("The long walk")
    chat.says_to("I like maps,")
    chat.says_to("Because of the sea and the maps.", after=30)
    assert chat.values == {"name": "The long walk", "why": "Because of the sea and the maps."}


def test_two_wrong_tries_are_two() -> None:
    """Where both messages together fit no better, each is refused by itself."""
    chat = begun(SKILLS, HOURS)
    chat.says_to("Python")
    chat.says_to("lots")
    chat.says_to("ten or so", after=1)
    assert chat.values == {"skills": ["Python"], "hours": 10}


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("unseen", [True, False])
def test_a_message_that_came_twice_is_taken_once(times: int, unseen: bool) -> None:
    """The same words again are neither a part of the answer nor the next one, and that is said."""
    chat = begun(WHY, Question("more", Ask("Anything else?", "More", "long")))
    chat.says_to("I like maps,")
    for _ in range(times):
        chat.says_to("I like  maps,", after=2, unseen=unseen)
    assert chat.values == {"why": "I like maps,"}
    assert chat.draft.at == "more"
    assert "already, so I added nothing." in chat.text
    assert "The next question still waits: Anything else?" in chat.text
    chat.says_to("and the sea.", after=1)
    assert chat.values == {"why": "I like maps,\nand the sea."}


def test_a_short_answer_that_came_twice_does_not_answer_the_next_question() -> None:
    """A number has no second half either, and as words it would be taken by any question for words."""
    chat = begun(HOURS, WHY)
    chat.says_to("10")
    chat.says_to("10", after=1)
    assert chat.values == {"hours": 10}
    chat.says_to("I like maps.", after=5)
    assert chat.values == {"hours": 10, "why": "I like maps."}


def test_words_that_return_later_in_a_message_are_a_part_of_it() -> None:
    """Only the last message once more was sent twice."""
    chat = begun()
    for words in ("Maps.", "And the sea.", "Maps."):
        chat.says_to(words, after=2)
    assert chat.values["why"] == "Maps.\nAnd the sea.\nMaps."
