"""Which of the given options a few words mean: by number, label, value or close spelling."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.chat.answers.model import Option
from bot.chat.answers.normalise import simplify
from bot.chat.language import as_text

_SURE, _NEAR, _AHEAD = 0.8, 0.6, 0.15
"""Likeness of two spellings: taken if above, offered, and how far ahead of the next one."""
_SHORTEST_GUESS = 3
"""Characters; shorter words differ by too little to guess at."""
_NUMBER = re.compile(r"(?:#|no|nr|number|option|choice)? ?([0-9]{1,3})(?:st|nd|rd|th)?")
_NUMBER_WORDS = tuple("one two three four five six seven eight".split())
_ORDINALS = tuple("first second third fourth fifth sixth seventh eighth".split())
_FILLER_WORDS = re.compile(
    r"^(?:(?:i d|i would|i ll|i will|i) (?:like|love|want|choose|pick|prefer|take|go for|go with)"
    r"|i am|i m|i have|maybe|probably|perhaps|the|my|it s|its|option|just|only|both|either|also)\b"
    r"|\b(?:please|pls|thanks|thank you|one|ones|i think|i guess|is fine|works|too|for me)$"
)


@dataclass(frozen=True, slots=True)
class Match:
    """Options that may be meant; `sure` if there is no need to ask when it is a single one."""

    options: tuple[Option, ...]
    sure: bool


def key_of(text: str) -> str:
    """Return what two spellings of one name have in common."""
    plain = simplify(text).casefold()
    key = re.sub(r"[^\w+#]+", " ", plain).strip()
    return key or simplify(text, symbols=True).casefold()


def match_option(text: str, options: Sequence[Option]) -> Match:
    """Find the options that a text means; none, one or several."""
    key = key_of(text)
    bare = key
    while True:
        found = _exact(bare, options)
        if found:
            return Match(found, sure=True)
        shorter = _FILLER_WORDS.sub("", bare).strip()
        if shorter == bare or not shorter:
            break
        bare = shorter
    return _by_words(bare, options) or _by_spelling(bare, options)


def _exact(key: str, options: Sequence[Option]) -> tuple[Option, ...]:
    """Return the options of that label, value or number; they may be different ones."""
    named = [option for option in options if key in {key_of(as_text(option.label)), key_of(option.value)}]
    number = _NUMBER.fullmatch(key)
    if number and 1 <= int(number[1]) <= len(options):
        named.append(options[int(number[1]) - 1])
    for words in (_NUMBER_WORDS, _ORDINALS):
        if key in words[: len(options)]:
            # "two" may also be short for "Two days".
            named += [option for option in options if key in key_of(as_text(option.label)).split()]
            named += [options[words.index(key)]]
    if key == "last" and options:
        named.append(options[-1])
    return _unique(named)


def _by_words(key: str, options: Sequence[Option]) -> Match | None:
    """Find labels that hold all the words of a text, or that a text holds in one piece."""
    words = set(key.split())
    if len(key) < _SHORTEST_GUESS:
        return None
    inside = [option for option in options if words <= set(key_of(as_text(option.label)).split())]
    if inside:
        return Match(tuple(inside), sure=True)
    around = [option for option in options if f" {key_of(as_text(option.label))} " in f" {key} "]
    return Match(tuple(around), sure=False) if around else None


def _by_spelling(key: str, options: Sequence[Option]) -> Match:
    likeness: dict[Option, float] = {}
    for option in options:
        for name in (key_of(as_text(option.label)), key_of(option.value)):
            score = _likeness(key, name)
            if score >= _NEAR:
                likeness[option] = max(score, likeness.get(option, 0))
    ranked = sorted(likeness, key=lambda option: -likeness[option])
    if not ranked:
        return Match((), sure=False)
    best = likeness[ranked[0]]
    if best > _SURE and all(best - likeness[other] >= _AHEAD for other in ranked[1:]):
        return Match((ranked[0],), sure=True)
    return Match(tuple(ranked), sure=False)


def _likeness(key: str, name: str) -> float:
    if min(len(key), len(name)) <= _SHORTEST_GUESS:
        return 0
    score = OSA.normalized_similarity(key, name)
    # "unpaid" is no slip of the finger for "paid", nor "impossible" for "possible".
    return min(score, _NEAR) if key.endswith(name) or name.endswith(key) else score


def _unique(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple(dict.fromkeys(options))
