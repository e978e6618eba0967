"""One or several of given options."""

import re
from collections.abc import Sequence

from bot.chat.answers.matching import Match, key_of, match_option
from bot.chat.answers.model import Answer, Asking, JSONValue, Option, Refused, Understood
from bot.chat.answers.normalise import simplify
from bot.chat.answers.readings import settle
from bot.chat.language import as_text
from bot.chat.sentences import Plain, Sentence, say

_MOST_CHARACTERS = 1_000
_ALL = frozenset(
    {"all", "all of them", "everything", "all of the above", "all of these", "every one", "all three"}
)
_NONE = frozenset(
    {"none", "none of them", "nothing", "none of the above", "none of these", "neither", "no", "n a"}
)
_LISTED = re.compile(r"[,;\n•·|]|^[^\S\n]*[-*]\s", re.MULTILINE)
_JOINED = re.compile(r"\band\b|\s&\s|\s?\+\s|/|\bplus\b|(?<=[0-9])\s+(?=[0-9])", re.IGNORECASE)
_NUMBERS = re.compile(r"([0-9]{1,3}) ?(?:-|to) ?([0-9]{1,3})")
_MOST_PIECES = 100


def read_choice(text: str, asking: Asking) -> Answer:
    """Read one of the options; near ones are offered."""
    if len(text) > _MOST_CHARACTERS:
        return Refused("That is too long to be one of the options.", _example(asking))
    match = match_option(text, asking.options)
    options, question = match.options, say("Which one do you mean?")
    if not match.sure and len(options) == 1:
        question = say("Is this the one you mean?")
    several = [] if match.sure else _named(re.split(r"\bor\b", text, flags=re.IGNORECASE), asking)
    if len(several) > 1:
        options, question = tuple(several), say("I can take only one here. Which one?")
    if not options:
        return Refused(_unmatched(asking), _example(asking))
    checked = [check_choice(option.value, asking) for option in options]
    return settle(checked, question, ask=not match.sure)


def check_choice(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take an option's value; it is shown by its label."""
    for option in asking.options:
        if option.value == value:
            label = option.label
            return Understood(option.value, label if isinstance(label, Sentence) else as_text(label))
    return Refused("That is not one of the options. Please pick one of them.", _example(asking))


def read_choices(text: str, asking: Asking) -> Answer:
    """Read several of the options, in the order they are named; also "all" and "none"."""
    if len(text) > _MOST_CHARACTERS:
        return Refused("That is too long to be a list of the options.", _example(asking))
    key = key_of(text)
    if all(key != key_of(as_text(option.label)) for option in asking.options):
        if key in _ALL or (key == "both" and len(asking.options) == 2):  # noqa: PLR2004 - both
            return check_choices([option.value for option in asking.options], asking)
        if key in _NONE:
            return check_choices([], asking)
    whole = match_option(text, asking.options)
    if whole.sure and len(whole.options) == 1:
        return check_choices([whole.options[0].value], asking)
    return _combine([match_option(piece, asking.options) for piece in _pieces(text, asking)], asking)


def check_choices(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a list of options' values, each once; their count has to be within the limits."""
    labels = {option.value: option.label for option in asking.options}
    if not isinstance(value, list):
        return Refused("Please pick from the options.", _example(asking))
    picked = dict.fromkeys(item for item in value if isinstance(item, str) and item in labels)
    if len(picked) < len({str(item) for item in value}):
        return Refused("One of these is not among the options.", _example(asking))
    if asking.minimum is not None and len(picked) < asking.minimum:
        return Refused(say("Please pick at least {count}.", count=int(asking.minimum)), _example(asking))
    if asking.maximum is not None and len(picked) > asking.maximum:
        return Refused(say("Please pick at most {count}.", count=int(asking.maximum)), _example(asking))
    shown = ", ".join(as_text(labels[item]) for item in picked)
    return Understood(list(picked), shown or say("none", context="answer"))


def _pieces(text: str, asking: Asking) -> list[str]:
    """Cut a list into its items; a label that holds a comma or an "and" stays whole."""
    pieces: list[str] = []
    for line in _LISTED.split(_keep_labels(text, asking.options)):
        span = _NUMBERS.fullmatch(simplify(line))
        if span and 1 <= int(span[1]) < int(span[2]) <= len(asking.options):
            pieces += [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
        elif match_option(line, asking.options).sure:
            pieces.append(line)
        else:
            pieces += [word for part in _JOINED.split(line) for word in _words_of(part, asking)]
    return [piece for piece in pieces if key_of(piece) not in {"", "please", "also"}][:_MOST_PIECES]


def _words_of(part: str, asking: Asking) -> list[str]:
    """Cut "remote hybrid" apart if each word alone means an option."""
    words = part.split()
    return words if len(_named(words, asking)) == len(words) else [part]


def _named(parts: Sequence[str], asking: Asking) -> list[Option]:
    """Return the options that parts of a list surely mean, each once."""
    pieces = [piece for part in parts for piece in _JOINED.split(part)]
    matches = [match_option(piece, asking.options) for piece in pieces[:_MOST_PIECES]]
    sure = [match.options[0] for match in matches if match.sure and len(match.options) == 1]
    return list(dict.fromkeys(sure))


def _keep_labels(text: str, options: Sequence[Option]) -> str:
    """Put the option's number in the place of every label that would be cut apart."""
    for number, option in enumerate(options, start=1):
        shown = as_text(option.label)
        if _LISTED.search(shown) or _JOINED.search(shown):
            label = re.escape(shown)
            text = re.sub(rf"(?<!\w){label}(?!\w)", f" ,{number}, ", text, flags=re.IGNORECASE)
    return text


def _combine(matches: list[Match], asking: Asking) -> Answer:
    """Put the items together; one item that is unclear is asked about with the others in place."""
    unclear = [match for match in matches if not (match.sure and len(match.options) == 1)]
    if not matches or len(unclear) > 1 or any(not match.options for match in unclear):
        return Refused(_unmatched(asking), _example(asking))
    variants = unclear[0].options if unclear else matches[0].options
    checked = [
        check_choices(
            [(variant if match in unclear else match.options[0]).value for match in matches],
            asking,
        )
        for variant in variants
    ]
    return settle(checked, say("Which ones do you mean?"), ask=bool(unclear))


def _unmatched(asking: Asking) -> Sentence:
    if not asking.options:
        return say("There is nothing to choose from.")
    if asking.kind == "choice":
        return say("I could not match that to the options. Pick one by number or name.")
    return say("I could not match all of that to the options. Pick one or more by number or name.")


def _example(asking: Asking) -> Plain | str:
    """Return the label of the first option, or of as many as are needed."""
    count = max(1, int(asking.minimum or 1)) if asking.kind == "choices" else 1
    labels = [as_text(option.label) for option in asking.options[:count]]
    return Plain(", ".join(labels)) if labels else ""
