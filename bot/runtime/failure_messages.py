"""What a person reads when a turn fails: nothing was changed, or whether it was is unknown."""

from bot.chat.content import message

__all__ = ["SORRY", "UNKNOWN"]

SORRY = message(
    "Something went wrong on my side and nothing was changed. Please try again in a minute; "
    "if it keeps happening, tell a coordinator."
)
UNKNOWN = message(
    "Something went wrong on my side, and I cannot tell yet whether that was done. Please look in a minute, "
    "and try it again only if it was not."
)
