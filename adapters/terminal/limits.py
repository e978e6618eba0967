"""The terminal's limits: none, since its windows and dialogs scroll."""

from bot.chat.rendering.limits import Limits

LIMITS = Limits()
