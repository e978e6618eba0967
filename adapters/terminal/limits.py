"""What the terminal takes: everything; its windows and dialogs scroll."""

from bot.chat.rendering.limits import Limits

LIMITS = Limits()
