"""Answers of the form that cannot be taken."""

from __future__ import annotations

from bot.chat.content import Sentence, text
from bot.chat.routes import Declined

__all__ = ["UnfitAnswerError"]


class UnfitAnswerError(Declined):
    """An answer that cannot be taken as it is, and why: a refusal, and the reason at its question."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(text(reason))
        self.reason = reason
