"""The words people use for days, brought into one spelling before they are read.

"12th of Dec.", "tmrw", "febuary" and "in two wks" become "12th december", "tomorrow", "february"
and "2 weeks"; words that only lean on a date ("by", "please", "no later than") go.
"""

import re
from itertools import pairwise

from rapidfuzz.distance import OSA

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
UNITS = ("minutes", "hours", "days", "weeks", "months", "years")

_OTHER_SPELLINGS = {
    "monday": "mon",
    "tuesday": "tue tues",
    "wednesday": "wed weds",
    "thursday": "thu thur thurs",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
    "january": "jan",
    "february": "feb",
    "march": "mar",
    "april": "apr",
    "june": "jun",
    "july": "jul",
    "august": "aug",
    "september": "sep sept",
    "october": "oct",
    "november": "nov",
    "december": "dec",
    "minutes": "min mins minute",
    "hours": "h hr hrs hour",
    "days": "day d",
    "weeks": "week w wk wks",
    "months": "month mo mos mth mths",
    "years": "year y yr yrs",
    "tomorrow": "tmrw tmr tmw tomo tomrow 2moro 2morrow",
    "today": "tdy",
    "tonight": "tonite 2nite",
    "weekend": "wkend wknd weekends",
    "this": "coming upcoming current",
    "next": "nxt",
    "start": "beginning begin",
    "mid": "middle halfway",
    "mid weeks": "midweek",
    "late": "later",
    "quarter": "quarters",
    "end days": "eod",
    "end weeks": "eow",
    "end months": "eom",
    "end years": "eoy",
    "end quarter": "eoq",
    "end business": "cob eob",
    "now": "immediately asap",
    "1": "one",
    "2": "two couple",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "10": "ten",
    "11": "eleven",
    "12": "twelve",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
    "5th": "fifth",
}
_ONE_SPELLING = {word: meant for meant, row in _OTHER_SPELLINGS.items() for word in row.split()}
_TYPED_WRONG = (
    *WEEKDAYS,
    *(month for month in MONTHS if month != "may"),
    *"tomorrow today tonight yesterday weekend fortnight midnight morning afternoon evening".split(),
    *UNITS,
)
_SHORTEST_WRONG, _LONG = 5, 7
"""Characters of a word that may have one letter wrong, and of a word that may have two."""
_HOLIDAYS = {
    re.compile(rf"\b(?:{phrase})\b"): day
    for phrase, day in {
        "christmas eve": "24 december",
        "christmas day": "25 december",
        "boxing day": "26 december",
        "new years? eve": "31 december",
        "new years? day": "1 january",
        "christmas|xmas": "25 december",
        "halloween": "31 october",
        "valentines? day": "14 february",
    }.items()
}
_FILLERS = frozenset(
    """
    a about an around approx approximately be by closing cutoff date deadline due er finish for good
    have hmm how i i'd i'll if in is it it's its latest lets like make maybe me need of ok okay on
    our perhaps please pls possible preferably probably roughly say something starting submit thanks
    that the then think thru till time uh um until us want was we we'd we'll within works would yes
    """.split()
)


def spell_out(text: str) -> str:
    """Return a simplified text in small letters as words of one spelling with single spaces.

    Kept are numbers, times ("17:30", "5pm"), dates in digits, "at", "or", "to", "and", "before",
    "after", "from" and every word that is unknown.
    """
    text = re.sub(r"\bo'? ?clock\b", "oclock", text.replace("@", " at "))
    text = re.sub(r"\bhalf an hour\b", "30 minutes", text)
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text)
    text = re.sub(r"\b([0-9]{1,2})h([0-9]{2})\b", r"\1:\2", text)
    text = re.sub(r"(?<=[0-9])t(?=[0-9]{2}:)", " ", text)
    text = re.sub(r"'([0-9]{2})\b", r"20\1", text)
    text = re.sub(r"'(?=s\b)|(?<=s)'", "", text)
    for said, day in _HOLIDAYS.items():
        text = said.sub(day, text)
    text = re.sub(r"\b(?:no|not) later than\b|\bat the latest\b|\bor so\b|\blet's\b", " ", text)
    text = re.sub(r"[(),;!?\"*_~+]|\.(?![0-9])|(?<![0-9])\.", " ", text)
    text = re.sub(r"(?<=[0-9])(?=[a-z])(?!(?:st|nd|rd|th|am|pm)\b)", " ", text)
    text = re.sub(r"(?<=[a-z])-(?=\w)|(?<=\w)-(?=[a-z])", " ", text)
    text = re.sub(r"(?<=[a-z])(?=[0-9])", " ", text)
    text = re.sub(r"\s-\s", " to ", text)
    return _in_one_spelling(text.split())


def _in_one_spelling(words: list[str]) -> str:
    spelled: list[str] = []
    for word, following in pairwise([*words, ""]):
        one = _ONE_SPELLING.get(following, following)
        if word in {"a", "an"} and (one in UNITS or one == "fortnight"):
            spelled.append("1")
        elif word not in _FILLERS:
            spelled.append(_ONE_SPELLING.get(word) or _correct(word))
    text = re.sub(r"\bthis this\b", "this", " ".join(spelled))
    return re.sub(
        r"\b(?:([0-9]{1,3}) )?fortnights?\b",
        lambda match: f"{2 * int(match[1] or 1)} weeks",
        text,
    )


def _correct(word: str) -> str:
    """Return the word of the calendar that a nearly equal word means."""
    if len(word) < _SHORTEST_WRONG or not word.isalpha():
        return word
    allowed = 1 if len(word) < _LONG else 2
    distances = {right: OSA.distance(word, right) for right in _TYPED_WRONG}
    nearest = min(distances.values())
    right = [each for each, distance in distances.items() if distance == nearest]
    return right[0] if nearest <= allowed and len(right) == 1 else word
