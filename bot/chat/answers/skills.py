"""A list of skills in the person's own words."""

import re

from bot.chat.answers.model import Asking, JSONValue, Refused, Understood
from bot.chat.answers.normalise import keep, keep_line, simplify
from bot.chat.sentences import say

_EXAMPLE = say("Python, Excel, interviewing")
_NONE = re.compile(r"(?:none(?: needed)?|no(?: skills?(?: needed)?)?|nothing|n/?a|-)[.! ]*", re.IGNORECASE)
# What begins with blanks is looked for where they begin, and not again from each of them.
_HEADING = re.compile(
    r"(?<!\s)\s*(?:my |key |required |needed )?skills?\s*[:=-]\s*|(?<!\s)\s*i know\s+", re.IGNORECASE
)
_BULLET = re.compile(r"^[^\S\n]*(?:[-*+>•◦▪‣●–]|\(?[0-9]{1,2}[.)])\s+", re.MULTILINE)
_BETWEEN = re.compile(r"[,;\n|•·、\uff0c\uff1b]")
_BRACKET = re.compile(r"([()\n])")
_JOINED = re.compile(r"(?<!\s)\s+(and|&|/|\+)\s+", re.IGNORECASE)
_SHORT = 2
"""Characters: "R & D", "Q / A" and "UI / UX" are one skill each."""
_MOST_WORDS = 4
"""Words on either side of an "and" that joins two skills; more are a sentence."""
# Two words and an "and" that are one thing.
_PAIRS = frozenset(
    pair.strip()
    for pair in """
    research and development, search and rescue, health and safety, supply and demand
    profit and loss, arts and crafts, question and answer, questions and answers, drag and drop
    trial and error, mergers and acquisitions, diversity and inclusion, design and build
    monitoring and evaluation, learning and development, food and beverage, terms and conditions
    command and control, cause and effect, track and trace, pick and place
    """.replace("\n", ",").split(",")
)
_LONGEST_SKILL = 60
_MOST_SKILLS = 50
_MOST_CHARACTERS = 5_000


def read_skills(text: str, asking: Asking) -> Understood | Refused:
    """Read skills between commas, semicolons, lines, bullets or an "and"; each counts once."""
    if len(text) > _MOST_CHARACTERS:
        return Refused("That is a lot of text for a list of skills. Please shorten it.", _EXAMPLE)
    if _NONE.fullmatch(simplify(text)):
        return check_skills([], asking)
    bare = _BULLET.sub("\n", _HEADING.sub("", keep(text), count=1))
    skills = [skill for item in _items(bare) for skill in _apart(item)]
    if not any(skills):
        return Refused("I could not find a skill in that.", _EXAMPLE)
    return check_skills([skill for skill in skills if skill], asking)


def _items(text: str) -> list[str]:
    """Cut a list where its commas are, but for those in brackets: "Adobe (Photoshop, Illustrator)" is one."""
    items = [""]
    pieces = _BRACKET.split(text)
    ends = [*pieces[1::2], ""]
    for piece, before, after in zip(pieces[::2], ["", *pieces[1::2]], ends, strict=True):
        inside = after == ")"
        if before == "\n" and not inside:
            items.append("")
        else:
            items[-1] += before
        first, *others = [piece] if inside else _BETWEEN.split(piece)
        items[-1] += first
        items += others
    return items


def check_skills(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a list of texts; the same skill in other letters is left out."""
    if not isinstance(value, list):
        return Refused("I need a list of skills here.", _EXAMPLE)
    skills: dict[str, str] = {}
    for item in value:
        skill = keep_line(item) if isinstance(item, str) else ""
        if not skill:
            return Refused("I need a list of skills here.", _EXAMPLE)
        skills.setdefault(skill.casefold(), skill)
    longest = asking.max_length or _LONGEST_SKILL
    if any(len(skill) > longest for skill in skills.values()):
        return Refused(
            say(
                "Please write short skills with commas between them: each can have {count} character.",
                "Please write short skills with commas between them: each can have {count} characters.",
                count=longest,
            ),
            _EXAMPLE,
        )
    most = int(_MOST_SKILLS if asking.maximum is None else asking.maximum)
    if len(skills) > most:
        return Refused(
            say(
                "Please name at most {count} skill. That list has {named}.",
                "Please name at most {count} skills. That list has {named}.",
                count=most,
                named=len(skills),
            ),
            _EXAMPLE,
        )
    if asking.minimum is not None and len(skills) < asking.minimum:
        return Refused(say("Please name at least {count}.", count=int(asking.minimum)), _EXAMPLE)
    return Understood(list(skills.values()), ", ".join(skills.values()) or say("none", context="answer"))


def _apart(item: str) -> list[str]:
    """Cut "Python and SQL" apart, but not "research and development" or "R & D"."""
    words = re.sub(r"^and\s+", "", item.strip(), flags=re.IGNORECASE)
    parts = _JOINED.split(words)
    skills = [parts[0]]
    for joint, part in zip(parts[1::2], parts[2::2], strict=True):
        if _is_one(skills[-1], joint.lower(), part):
            skills[-1] = f"{skills[-1]} {joint} {part}"
        else:
            skills.append(part)
    return [_trim(skill) for skill in skills]


def _is_one(before: str, joint: str, after: str) -> bool:
    if joint != "and" and max(len(before), len(after)) <= _SHORT:
        return True
    if f"{before} and {after}".lower() in _PAIRS:
        return True
    return max(len(before.split()), len(after.split())) > _MOST_WORDS


def _trim(skill: str) -> str:
    ended = re.sub(r"(?<![\s\"'!.])[\s\"'!.]+$", "", skill)
    bare = re.sub(r"^[\s\"']+", "", ended)
    return "" if re.fullmatch(r"etc|\W*", bare, re.IGNORECASE) else bare
