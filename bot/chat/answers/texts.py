"""Words in the person's own writing, and ready answers: `text` is one line, `long` keeps its lines."""

from bot.chat.answers.model import Answer, Asking, JSONValue, Refused, Understood
from bot.chat.answers.normalise import keep, keep_line
from bot.chat.answers.readings import number_of
from bot.chat.answers.terms import MARK, as_terms, ready_answer, shown_lines, stored_term
from bot.chat.language import as_text
from bot.chat.sentences import say


def read_text(text: str, asking: Asking) -> Answer:
    """Read typed words, in which nothing is a Term yet."""
    return check_text(text.replace(MARK, ""), asking)


def check_text(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a text of the allowed length, in characters without outer blanks; nothing is ever cut.

    Its lines that are ready answers are Terms in the value, and are shown to each reader in their language.
    """
    if not isinstance(value, str):
        return Refused("I need this one in words.")
    if asking.ready and MARK in value:
        kept = value  # what the bot stored was made fit to keep before
    else:
        kept = keep(value) if asking.kind == "long" else keep_line(value)
    if not kept:
        return Refused("There is nothing in that answer yet.")
    read = Understood(kept, kept)
    if asking.kind == "long" and asking.ready:
        read = Understood(as_terms(kept, asking.ready), shown_lines(kept, asking.ready))
    elif answer := ready_answer(kept, asking.ready):
        read = Understood(stored_term(answer), answer.said)
    length = len(as_text(read.shown))
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
    return read
