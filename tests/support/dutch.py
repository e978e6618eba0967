"""A language with a few words, for what adapters say themselves."""

from gettext import NullTranslations
from typing import ClassVar

from bot.chat.language import Language


class _Dutch(NullTranslations):
    WORDS: ClassVar = {
        "Answer": "Antwoorden",
        "Back": "Terug",
        "Choose": "Kies",
        "Choose a channel": "Kies een kanaal",
        "Choose a person": "Kies een persoon",
        "Close": "Sluiten",
        "Go there": "Ga erheen",
        "Next": "Volgende",
        "No": "Nee",
        "Page {number} of {pages}": "Pagina {number} van {pages}",
        "There is a file already; another one takes its place.": "Er is al een bestand.",
        "Student": "Scholier",
        "This is longer than fits here; press Details to read all of it.": "Druk op Details voor de rest.",
        "There is more than fits here; my commands list the rest.": "Er is meer dan hier past.",
        "Go for a walk": "Een wandeling",
        "Walk": "Wandelen",
        "Where to": "Waarheen",
        "Yes": "Ja",
        "file: {name}": "bestand: {name}",
        "picture: {description}": "afbeelding: {description}",
        "For example: {example}": "Bijvoorbeeld: {example}",
    }

    def gettext(self, message: str) -> str:
        """Say a text."""
        return self.WORDS.get(message, message)

    def pgettext(self, context: str, message: str) -> str:
        """Say a text of a context."""
        del context
        return self.gettext(message)


DUTCH = Language("nl", _Dutch())
