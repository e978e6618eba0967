"""What fails a scenario: words of the bot's that are in no catalogue."""

import pytest

from bot.chat.content import Message, Text, message, text
from bot.chat.language import ENGLISH
from bot.chat.sentences import Duration, Plain, Sentence
from tests.support.pseudo_language import Listener

UNKNOWN = "{project} was glued together here."


def heard(*said: Message) -> list[str]:
    """What is bare of these messages, one after the other."""
    listener = Listener()
    for each in said:
        listener.translated(each, ENGLISH)
    return listener.bare


@pytest.mark.parametrize(
    "glued",
    [
        Text(("Saved", "and closed")),
        text(UNKNOWN, project=Plain("Map")),
        text("{when}: {what}", when=Duration(2, "day"), what=Sentence(UNKNOWN, {"project": "Map"})),
    ],
    ids=["words", "a template", "a template within a value"],
)
def test_words_that_are_in_no_catalogue_are_bare(glued: Text) -> None:
    """Also of a text whose like was clean before."""
    clean = text("{when}: {what}", when=Duration(2, "day"), what="Map")
    assert len(heard(message(clean), message(glued))) == 1


def test_what_people_wrote_is_not_looked_at() -> None:
    """Whatever it is, also where the sentence was heard with another value."""
    said = [
        message(text("{when}: {what}", when=Duration(2, "day"), what=each)) for each in ("Saved", "a word")
    ]
    assert heard(*said) == []
