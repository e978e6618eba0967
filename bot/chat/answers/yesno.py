"""Yes or no."""

import re

from bot.chat.answers.model import Ambiguous, Answer, JSONValue, Reading, Refused, Understood
from bot.chat.answers.normalise import simplify
from bot.chat.sentences import TypedWord, layout, say

_YES = """
y, ye, yes, yess, yea, yeah, yeh, yep, yeps, yup, yas, yis, ok, okay, okey, k, kk, sure, surely,
certainly, definitely, absolutely, indeed, true, correct, right, agreed, affirmative, aye, fine,
gladly, totally, of course, sounds good, go ahead, do it, i do, i am, i can, i will, i would,
i have, it is, works for me, why not, for sure, all good, +1, that works, that's right, you bet,
no doubt, with pleasure, i'd love to, looks good, i agree, all right, alright
"""
_NO = """
n, no, nope, nop, nah, naw, na, false, never, negative, not, wrong, incorrect, decline, i don't,
i do not, i can't, i cannot, i can not, i'm not, i am not, i won't, i will not, i haven't,
i have not, it isn't, it is not, -1, don't, do not, dont, i dont, not at all, no way, not really,
not yet, not now, i wouldn't, i would not, i'd rather not, i would rather not, rather not,
of course not, certainly not, definitely not, absolutely not, sure not, no thanks
"""
_MEANINGS = {
    **{said.strip(): True for said in _YES.split(",")},
    **{said.strip(): False for said in _NO.split(",")},
}
_LONGEST_PHRASE = 4

# Slack sends an emoji as its short name between colons, the others as the character.
_THUMBS = {
    True: re.compile("👍|👌|✅|✔|☑|🆗|💯|:(?:[+]1|thumbsup|white_check_mark|heavy_check_mark|ok|ok_hand):"),
    False: re.compile("👎|❌|✖|✗|🚫|🙅|:(?:-1|thumbsdown|x|no_entry|no_entry_sign|no_good):"),
}
_SKIN_TONE = re.compile("[\U0001f3fb-\U0001f3ff]|:skin-tone-[0-9]:")

_POLITE = frozenset(
    "please pls plz thanks thank thx ty you that so very much sorry thing sir mate bro dear".split()
)
_UNDECIDED = frozenset("maybe perhaps depends possibly probably idk unsure think guess".split())
_MOST_CHARACTERS = 200
_EXAMPLE = layout("{word}", word=TypedWord("yes"))
YES = say("Yes")
NO = say("No")


def read_yes_no(text: str) -> Answer:
    """Read a yes or a no; one that hedges, or says both, is asked about."""
    plain = _SKIN_TONE.sub("", simplify(text, symbols=True)).lower()
    if len(plain) > _MOST_CHARACTERS:
        return Refused("That is longer than a yes or a no.", _EXAMPLE)
    meanings = {meaning for meaning, thumbs in _THUMBS.items() if thumbs.search(plain)}
    for thumbs in _THUMBS.values():
        plain = thumbs.sub(" ", plain)
    words = re.sub(r"(\w)\1{2,}", r"\1", re.sub(r"[^\w'+-]", " ", plain)).split()
    said, unknown = _said(words)
    meanings |= said
    if len(meanings) == 1 and not unknown:
        return check_yes_no(meanings.pop())
    if meanings or not _UNDECIDED.isdisjoint(words):
        return Ambiguous("Is that a yes or a no?", (Reading(YES, value=True), Reading(NO, value=False)))
    return Refused("I could not tell whether that is a yes or a no.", _EXAMPLE)


def check_yes_no(value: JSONValue) -> Understood | Refused:
    """Take true or false."""
    if not isinstance(value, bool):
        return Refused("Please answer with yes or no.", _EXAMPLE)
    return Understood(value, YES if value else NO)


def _said(words: list[str]) -> tuple[set[bool], bool]:
    """Return the meanings in the words, longest phrases first, and whether other words remain."""
    meanings: set[bool] = set()
    unknown = False
    at = 0
    while at < len(words):
        for length in range(_LONGEST_PHRASE, 0, -1):
            meaning = _MEANINGS.get(" ".join(words[at : at + length]))
            if meaning is not None:
                meanings.add(meaning)
                break
        else:
            length = 1
            unknown = unknown or words[at] not in _POLITE
        at += length
    return meanings, unknown
