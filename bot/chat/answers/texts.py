"""Words in the person's own writing: `text` is one line, `long` keeps its lines."""

from bot.chat.answers.model import Asking, JSONValue, ReadyAnswer, Refused, Understood
from bot.chat.answers.normalise import keep, keep_line
from bot.chat.answers.readings import number_of
from bot.chat.language import as_text
from bot.chat.sentences import say


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
            say(
                "This answer needs at least {count} character. Please say a little more.",
                "This answer needs at least {count} characters. Please say a little more.",
                count=number_of(asking.min_length),
            )
        )
    if asking.max_length is not None and length > asking.max_length:
        return Refused(
            say(
                "The most I can take here is {count} character. Please shorten it by {over}.",
                "The most I can take here is {count} characters. Please shorten it by {over}.",
                count=number_of(asking.max_length),
                over=number_of(length - asking.max_length),
            )
        )
    return _in_ready_words(kept, asking.ready) if asking.ready else Understood(kept, kept)


def _in_ready_words(kept: str, ready: tuple[ReadyAnswer, ...]) -> Understood:
    """Read the lines that are ready answers, in the words that are stored or in those that are read."""
    known = {words: each for each in ready for words in (each.words, as_text(each.shown))}
    lines = [(line, known.get(line.strip())) for line in kept.splitlines()]
    return Understood(
        "\n".join(each.words if each else line for line, each in lines),
        "\n".join(as_text(each.shown) if each else line for line, each in lines),
    )
