"""A conversation in the language of the person."""

from datetime import timedelta
from gettext import NullTranslations
from typing import ClassVar

from bot.chat.answers import Option
from bot.chat.conversation.draft import StoredAnswer, completed_answers, dump_draft, load_draft
from bot.chat.conversation.engine import Draft, Reject, Resume
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import Language, as_text
from bot.chat.rendering.plain_text import plain_text
from bot.chat.sentences import PersonName, say
from bot.chat.translation import translated
from tests.support.conversations import NOW, Chat


class Dutch(NullTranslations):
    """A catalogue of a few words; what it lacks is said in capitals."""

    WORDS: ClassVar = {
        "Which size?": "Welke maat?",
        "Size": "Maat",
        "Small": "Klein",
        "Large": "Groot",
        "Have you read the rules?": "Heb je de regels gelezen?",
        "Rules": "Regels",
        "Yes": "Ja",
        "No": "Nee",
        "Got it: {answer}.": "Genoteerd: {answer}.",
        "{number}. {question}": "{number}. {question}",
        "{count} hour": "{count} uur",
        "{count} hours": "{count} uur",
        "Only {person} reads your answers.": "Alleen {person} leest je antwoorden.",
        "Take another size.": "Neem een andere maat.",
        "**Not sent:** {reason}": "**Niet verstuurd:** {reason}",
    }

    def gettext(self, message: str) -> str:
        """Say a text."""
        return self.WORDS.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Say one or many."""
        return self.gettext(msgid1 if n == 1 else msgid2)


DUTCH = Language("nl", Dutch())
SIZES = (Option("s", "Small"), Option("l", "Large"))
FORM = Form(
    "order",
    "Order",
    (
        Question("size", Ask("Which size?", "Size", "choice", options=SIZES)),
        Question("rules", Ask("Have you read the rules?", "Rules", "yes_no")),
        Question("hours", Ask("How many hours?", "Hours", "number", unit="hours")),
    ),
    notice=say("Only {person} reads your answers.", person=PersonName(7, "*Ada*")),
)


def said(chat: Chat) -> str:
    """Return what was said, as its reader sees it."""
    return "\n".join(plain_text(translated(say.message, DUTCH)) for say in chat.says)


def test_everything_of_a_form_is_said_in_the_language_of_the_person() -> None:
    """Its questions, choices and notice, what was understood, and the review; names stay as they are."""
    chat = Chat(FORM.in_language(DUTCH))
    chat.enter(Resume())
    assert "Alleen *Ada* leest je antwoorden." in said(chat)
    assert "Welke maat?" in said(chat)
    assert "[Klein] [Groot]" in said(chat)
    chat.says_to("groot")
    assert "Genoteerd: Groot." in said(chat)
    assert "[Ja] [Nee]" in said(chat)
    chat.says_to("yes")
    assert "Genoteerd: Ja." in said(chat)
    chat.says_to("10")
    review = said(chat)
    assert "1. Maat: Groot" in review
    assert "2. Regels: Ja" in review
    assert "10 uur" in review
    chat.enter(Reject({"": "Take another size."}))
    assert "Niet verstuurd: Neem een andere maat." in said(chat)


def test_others_read_an_answer_in_the_words_of_the_forms_handlers() -> None:
    """What is handed over and stored of a choice does not depend on who chose."""
    chat = Chat(FORM.in_language(DUTCH))
    chat.enter(Resume())
    for words in ("klein", "yes", "10"):
        chat.says_to(words)
    values, shown, _ = completed_answers(FORM, chat.draft, NOW + timedelta(hours=1))
    assert values == {"size": "s", "rules": True, "hours": 10}
    assert shown == {"size": "Small", "rules": "Yes", "hours": "10 hours"}


def test_an_answer_that_was_kept_as_text_is_still_shown() -> None:
    """Drafts of an earlier version hold the words alone."""
    fingerprint = FORM.by_name["hours"].fingerprint
    old = {"answers": {"hours": {"value": 10, "shown": "10 hours", "fingerprint": fingerprint}}}
    draft = load_draft(old)
    assert draft.answers["hours"] == StoredAnswer(10, "10 hours", fingerprint)
    new = Draft(
        answers={"hours": StoredAnswer(10, say("{count} hour", "{count} hours", count=10), fingerprint)}
    )
    assert as_text(load_draft(dump_draft(new)).answers["hours"].shown) == "10 hours"
