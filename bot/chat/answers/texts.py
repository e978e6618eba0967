"""Words in the person's own writing: `text` is one line, `long` keeps its lines."""

from bot.chat.answers.model import Asking, JSONValue, Refused, Understood
from bot.chat.answers.normalise import keep, keep_line


def check_text(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a text of the allowed length, in characters without outer blanks; nothing is ever cut."""
    if not isinstance(value, str):
        return Refused("I need this one in words.")
    kept = keep(value) if asking.kind == "long" else keep_line(value)
    if not kept:
        return Refused("There is nothing in that answer yet.")
    length = len(kept)
    if asking.min_length is not None and length < asking.min_length:
        return Refused(
            f"That is {_characters(length)} long, and this answer needs at least "
            f"{asking.min_length:,}. Please say a little more."
        )
    if asking.max_length is not None and length > asking.max_length:
        return Refused(
            f"That is {_characters(length)} long, and the most I can take here is "
            f"{asking.max_length:,}. Please shorten it by {length - asking.max_length:,}."
        )
    return Understood(kept, kept)


def _characters(count: int) -> str:
    return f"{count:,} character" if count == 1 else f"{count:,} characters"
