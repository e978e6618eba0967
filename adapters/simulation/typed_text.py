"""What people type: sensible answers to what is asked, and now and then what no form is ready for."""

from __future__ import annotations

from random import Random
from typing import Final

from adapters.terminal.screen import words_of
from adapters.terminal.workspace import Entry
from bot.chat.commands import Argument, CommandSpec
from bot.chat.forms import Question
from bot.chat.language import as_text

__all__ = [
    "FIRST_PAGE",
    "ODD",
    "SECRET",
    "STEERING",
    "command_line",
    "field_text",
    "reply_text",
    "small_talk",
]

SECRET: Final = "The door code is 4711-"  # noqa: S105 - nothing is opened with it
"""How details begin that only accepted interns may see; the account that wrote them follows."""

ODD: Final = (
    "",
    " ",
    "10",
    "May",
    "03/04/2026",
    "yesterday",
    "next year",
    "in 3000 weeks",
    "@everyone <!channel> **bold** [x](https://example.org)",
    "\u202eright to left\u202c \u200b\u200d",
    "🧑‍🚀" * 40,
    "a\0b\ud83d",
    "x" * 4001,
    "word " * 900,
    "line\n" * 60,
    "$15 an hour",
    "400-500",
    "-3",
    "1e9",
    "yes and no",
    "1, 2, 99",
    "https://",
    "ada@nowhere",
    "'; DROP TABLE people; --",
    "{talk} %s {0} `code` ||",
)

STEERING: Final = (
    "back",
    "skip",
    "review",
    "pause",
    "resume",
    "cancel",
    "help",
    "edit 1",
    "edit 2",
    "edit 99",
    "edit",
    "yes",
    "no",
    "“back”",
    "drafts",
    "continue",
)

_TITLES: Final = (
    "Market map of repair shops",
    "A newsletter for spring",
    "Interview ten cyclists",
    "Tidy up our price list",
    "A short film about bees",
    "Market map of repair shops",
)
_BRIEFS: Final = (
    "List the repair shops of the city and what each repairs. Our riders use it.",
    "We send a letter to members every spring. Write it, and find three pictures for it.",
    "Find out what people who cycle to work wish for. We use it to plan next year.",
)
_DELIVERABLES: Final = (
    "A table of shops\nA one-page summary",
    "The letter",
    "Ten interviews\nA summary\nThree quotations",
)
_SENTENCES: Final = (
    "I like maps and I have time.",
    "I did something like this at home, and would like to learn more of it.",
    "Thank you, that suits me well.",
    "The data came late; I need two more days.",
)
_TALK: Final = (
    "hello",
    "thanks!",
    "what can I do here?",
    "show me my applications",
    "I want to post a project",
    "when do I hear back?",
    "market map",
)
_ZONES: Final = ("Berlin", "Tokyo", "America/New_York", "Auckland", "UTC", "Springfield", "Europe/London")
_CLOCK: Final = ("09:00", "8:30", "21:00", "7", "noon", "22:15-07:30", "none")


FIRST_PAGE: Final = {
    "title": "",
    "brief": _BRIEFS[0],
    "deliverables": _DELIVERABLES[0],
    "hours": "10",
    "deadline": "in 3 days",
}
"""What a project needs at least; its title is to be put in."""


def field_text(question: Question, account: str, draw: Random) -> str:
    """Return what a person writes into one field of a form."""
    luck = draw.random()
    if luck < 0.04:
        return draw.choice(ODD)
    if luck < 0.08 and question.ask.example:
        return as_text(question.ask.example)
    if not question.required and luck > 0.75:
        return ""
    return _by_name(question.name, account, draw) or _by_kind(question, draw)


def _by_name(name: str, account: str, draw: Random) -> str:
    """Answers that make a story fit into three weeks."""
    known = {
        "title": draw.choice(_TITLES),
        "brief": draw.choice(_BRIEFS),
        "deliverables": draw.choice(_DELIVERABLES),
        "hours": draw.choice(("5", "10", "about 20", "30")),
        "deadline": draw.choice(("in 2 days", "in 3 days", "in 3 days", "in 5 days")),
        "decide": draw.choice(("in 4 days", "in 5 days", "in 8 days")),
        "start": draw.choice(("in 6 days", "in 9 days")),
        "weeks": draw.choice(("1", "1", "2")),
        "places": draw.choice(("1", "1", "2", "3")),
        "fee": draw.choice(("$400", "$400", "$250", "unpaid")),
        "unpaid_reason": "it counts for course credit",
        "private_details": f"{SECRET}{account}",
        "questions": draw.choice(("", "Which tools have you used?\nlink: Where can we see your work?")),
        "due": draw.choice(("in 2 days", "next Friday", "in 6 days", "tomorrow")),
        "company": "",
    }
    return known.get(name, "")


def _by_kind(question: Question, draw: Random) -> str:
    if question.ask.kind in {"choice", "choices"} and question.ask.options:
        count = draw.randint(1, 2) if question.ask.kind == "choices" else 1
        options = question.ask.options
        return ", ".join(as_text(o.label) for o in draw.sample(options, min(count, len(options))))
    return _of_kind(question.ask.kind, draw)


def _of_kind(kind: str, draw: Random) -> str:
    of_kind: dict[str, tuple[str, ...]] = {
        "text": ("A few words", "Acme Maps", *_CLOCK),
        "number": ("1", "2", "20", "three", "60"),
        "money": ("$400", "unpaid", "15"),
        "date": ("in 3 days", "next Friday", "tomorrow", "12 December"),
        "yes_no": ("yes", "no"),
        "skills": ("Python, writing", "maps"),
        "link": ("https://example.org/work",),
        "email": ("ada@example.org",),
        "zone": _ZONES,
        "country": ("Spain", "the UK", "Berlin"),
        "countries": ("any", "Spain, Portugal and the UK", "EU"),
    }
    return draw.choice(of_kind.get(kind, _SENTENCES))


_ASKED: Final = {
    "link": "https://example.org/work",
    "yes or no": "yes",
    "how many": "2",
    "hours": "12",
    "when": "in 3 days",
    "until": "in 3 days",
    "fee": "$400",
    "called": "Market map of repair shops",
    "wanted": _BRIEFS[0],
    "handed in": _DELIVERABLES[0],
    "zone": "Berlin",
    "still have time": "yes",
    "can you": "yes",
}


def reply_text(asked: Entry | None, draw: Random) -> str:
    """Return what a person writes in their direct messages below the bot's newest words there."""
    luck = draw.random()
    if luck < 0.06:
        return draw.choice(STEERING)
    if luck < 0.1:
        return draw.choice(ODD[2:])
    words = words_of(asked) if asked else ""
    if "For example: " in words and luck < 0.7:
        return words.partition("For example: ")[2].partition("\n")[0]
    for sign, said in _ASKED.items():
        if sign in words.casefold() and luck < 0.85:
            return said
    if luck < 0.94:
        return draw.choice(_SENTENCES)
    return draw.choice(_TALK)


def small_talk(draw: Random) -> str:
    """Return what a person writes where the bot only listens."""
    return draw.choice((*_TALK, *_SENTENCES))


def command_line(spec: CommandSpec, accounts: list[str], channels: list[str], draw: Random) -> str:
    """Return a line that uses a command, its options given by chance."""
    pieces = [spec.name]
    last = ""
    for argument in spec.arguments:
        if not argument.required and draw.random() > 0.25:
            continue
        value = _option(argument, accounts, channels, draw)
        if argument.rest:
            last = value
        else:
            pieces.append(f'{argument.name}:"{value}"' if " " in value else f"{argument.name}:{value}")
    return " ".join([*pieces, last]).strip()


def _option(argument: Argument, accounts: list[str], channels: list[str], draw: Random) -> str:
    if argument.kind == "person":
        return f"@{draw.choice(accounts)}"
    if argument.kind == "channel":
        return f"#{draw.choice(channels)}"
    if argument.kind == "yes_no":
        return draw.choice(("yes", "no"))
    if argument.choices:
        return draw.choice(argument.choices).value
    if argument.kind == "number":
        return draw.choice(("1", "2", "40"))
    known = {
        "zone": draw.choice(_ZONES),
        "digest": draw.choice(("08:00", "17:30", "23:45")),
        "days_off": draw.choice(("saturday, sunday", "none", "2026-12-24")),
        "name": draw.choice(("Winter 26", "Spring 26", "Bees")),
        "company": draw.choice(("Acme Maps", "Cedar Co")),
        "cohort": draw.choice(("Spring 26", "Autumn 26", "Winter 26")),
        "people": draw.choice(("@fay, Cedar Co", "@eli Dune Ltd; @marta, Acme Maps")),
        "project": draw.choice(("1", "2", "3", "market map", "newsletter", "9999")),
        "application": draw.choice(("1", "2", "3")),
        "placement": draw.choice(("1", "2")),
    }
    return known.get(argument.name, draw.choice(("maps", "spring", "1", "research", "bees")))
