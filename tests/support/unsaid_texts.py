"""The texts of the bot that no test says."""

from __future__ import annotations

from collections.abc import Collection

from scripts.texts import Text, every_text

__all__ = ["never_said"]


def never_said(said: Collection[tuple[str, str]]) -> list[Text]:
    """Return the texts that are not among those that were said, each with its context."""
    return [text for text in every_text() if (text.one, text.context) not in said]
