"""Forms in the language of the person who fills them in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from gettext import NullTranslations
from pathlib import Path
from typing import ClassVar

import pytest

from bot.chat.content import Text
from bot.chat.language import ENGLISH, Language
from bot.runtime import saying, turns
from bot.runtime.failure_messages import SORRY as FAILED
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS

[_TEXT] = FAILED.blocks
assert isinstance(_TEXT, Text)
SORRY = ENGLISH.text(_TEXT.parts)


class Dutch(NullTranslations):
    """A catalogue of a few words."""

    WORDS: ClassVar = {
        "How are you?": "Hoe gaat het?",
        "Mood": "Stemming",
        "Send": "Versturen",
        "Say more than bad.": "Zeg meer dan slecht.",
        "What is your snack?": "Wat is je snack?",
        "Only you see this.": "Alleen jij ziet dit.",
        SORRY: "Er ging iets mis.",
    }

    def gettext(self, message: str) -> str:
        """Say a text."""
        return self.WORDS.get(message, message)


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, routes=TOYS) as opened:
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


@pytest.fixture(autouse=True)
def _all_read_dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (turns, saying):
        monkeypatch.setattr(module, "language_for", lambda _locale: Language("nl", Dutch()))


async def test_a_dialog_is_in_the_language_of_the_person(stage: Stage) -> None:
    """Its labels, its button and the reasons that keep it open reach the platform as bare strings."""
    ada = stage.person("ada")
    await ada.uses("/toy mood", "spring")
    opened = ada.open_dialog().opened
    form = opened.form
    assert opened.language == "nl"
    (question,) = form.questions
    assert (question.ask.prompt, question.ask.label, form.submit) == (
        "Hoe gaat het?",
        "Stemming",
        "Versturen",
    )
    await ada.fills({"Stemming": "bad"})
    assert ada.open_dialog().opened.errors == {"mood": "Zeg meer dan slecht."}


async def test_a_conversation_is_in_the_language_of_the_person(stage: Stage) -> None:
    """Its notice and its questions are."""
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    assert "Alleen jij ziet dit." in stage.screen("ada")
    assert "Wat is je snack?" in stage.screen("ada")


async def test_a_failure_is_in_the_language_of_the_person(stage: Stage) -> None:
    """What is said once a turn has failed is put into words as well, outside of any turn."""
    ada = stage.person("ada")
    await ada.uses("/toy crash", "spring")
    assert "Er ging iets mis." in stage.screen("ada", "spring")
