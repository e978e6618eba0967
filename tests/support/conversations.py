"""A conversation with one person, driven by hand: for tests of the conversation engine."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.answers import FileRef, JSONValue, Option
from bot.chat.content import (
    Button,
    Buttons,
    Fields,
    Heading,
    Message,
    Note,
    Part,
    Select,
    Text,
    dump_message,
    load_message,
)
from bot.chat.conversation.engine import (
    Begin,
    Draft,
    Edited,
    Input,
    Said,
    Say,
    Step,
    advance,
    begin_draft,
    dump_draft,
    load_draft,
    read_press,
)
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import as_text
from bot.chat.rendering.plain_text import plain_text

NOW = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
CONVERSATION = 7
NOTICE = "Only the makers of this list read your answers. They keep them for six months; ask them to delete."

WHY = Question(
    "why",
    Ask("Why do you want to come along?", "Why", "long", hint="Two or three sentences are plenty."),
    min_length=5,
    max_length=300,
)
HOURS = Question(
    "hours",
    Ask("How many hours a week can you give it?", "Hours a week", "number", "8", unit="hours"),
    minimum=1,
    maximum=40,
)
SKILLS = Question("skills", Ask("Which of your skills would help?", "Skills", "skills"), required=False)
CREW = Question(
    "crew",
    Ask(
        "How do you like to work?",
        "Alone or together",
        "choice",
        options=(Option("alone", "Alone"), Option("pair", "In a pair"), Option("team", "In a team")),
    ),
)
START = Question("start", Ask("When could you start?", "Start", "date", "12 December", future=True))
RULES = Question("rules", Ask("Have you read the rules?", "Rules", "yes_no"))
PLACES = Question(
    "places", Ask("How many places are there?", "Places", "number", later=True), required=False, default=1
)
QUESTIONS = (WHY, HOURS, SKILLS, CREW, START, RULES)
GOOD = {
    "why": "Because maps are fun.",
    "hours": "10",
    "skills": "Python, SQL",
    "crew": "in a pair",
    "start": "2 January 2027",
    "rules": "yes",
}


def trip(*questions: Question, notice: str = NOTICE) -> Form:
    """A form of these questions; all six of the list, and one asked later, if none are given."""
    chosen = questions or (*QUESTIONS, PLACES)
    return Form("trip", "The long walk", chosen, notice, "Send it", zone="Europe/Berlin")


@dataclass(slots=True)
class Chat:
    """One person's conversation. Every step goes through the draft's JSON, as after a restart.

    `says`: what the last step said; `outcome`: how it ended.
    """

    form: Form = field(default_factory=trip)
    draft: Draft = field(default_factory=Draft)
    now: datetime = NOW
    says: tuple[Say, ...] = ()
    outcome: str = ""
    messages: int = 0

    def enter(self, entry: Input) -> Step:
        """Give the engine an input, and keep what comes of it."""
        restarted = load_draft(json.loads(json.dumps(dump_draft(self.draft))))
        assert restarted == self.draft
        step = advance(self.form, restarted, entry, self.now, CONVERSATION)
        self.draft, self.says, self.outcome = step.draft, step.says, step.outcome
        return step

    def says_to(self, words: str, *, after: float = 60, **rest: Any) -> str:  # noqa: ANN401 - Said's own fields
        """Type a message, `after` seconds after the last one; returns its reference."""
        self.now += timedelta(seconds=after)
        self.messages += 1
        name = f"m{self.messages}"
        self.enter(Said(words, name, self.now, **rest))
        return name

    def edits(self, message: str, words: str) -> None:
        """Edit a message."""
        self.enter(Edited(message, words))

    def presses(self, label: str, said: Say | None = None) -> None:
        """Press the button with this label, on the last thing said or on an older one."""
        found = [
            b for say in ((said,) if said else self.says) for b in buttons(say) if as_text(b.label) == label
        ]
        assert found, f"no button {label!r}: {[b.label for say in self.says for b in buttons(say)]}"
        self.enter(pressed(found[-1].action))

    def chooses(self, *values: str) -> None:
        """Choose options of the last select."""
        select = [b for say in self.says for b in say.message.blocks if isinstance(b, Select)][-1]
        self.enter(pressed(select.action, values))

    @property
    def text(self) -> str:
        """All the words of what was last said."""
        return "\n".join(plain_text(say.message) for say in self.says)

    @property
    def labels(self) -> list[str]:
        """The labels of the buttons last said."""
        return [as_text(button.label) for say in self.says for button in buttons(say)]

    @property
    def values(self) -> dict[str, JSONValue]:
        """The values of all answers."""
        return {name: given.value for name, given in self.draft.answers.items()}


def begun(*questions: Question, **known: Any) -> Chat:  # noqa: ANN401 - begin_draft's own arguments
    """A conversation whose first question has just been asked."""
    form = trip(*questions)
    draft = begin_draft(form, NOW, known.get("answers", {}), known.get("offered", {}))
    chat = Chat(form, draft)
    chat.enter(Begin())
    return chat


def at(place: str, *questions: Question) -> Chat:
    """A conversation that waits for the answer to `place` ("" is the review), all before it answered."""
    chat = begun(*questions)
    while chat.draft.at != place:
        chat.says_to(GOOD[chat.draft.at])
    return chat


def a_file(name: str = "map.pdf") -> FileRef:
    """A small file."""
    return FileRef("f1", name, 1_000, "application/pdf")


def buttons(say: Say) -> list[Button]:
    """The buttons of one message."""
    return [b for block in say.message.blocks if isinstance(block, Buttons) for b in block.buttons]


def pressed(action: str, values: tuple[str, ...] = ()) -> Input:
    """The input that an action id means, for the one conversation there is."""
    read = read_press(action, values)
    assert read is not None
    assert read[0] == CONVERSATION
    return read[1]


def marked(message: Message) -> str:
    """The words that are read as markdown: a person's own are never among them."""
    parts: list[Part] = []
    for block in message.blocks:
        match block:
            case Text() | Heading() | Note():
                parts += block.parts
            case Fields():
                parts += (part for row in block.rows for part in row.parts)
            case _:
                pass
    return "\n".join(part for part in parts if isinstance(part, str))


def assert_well_made(message: Message) -> None:
    """A message holds something, survives being stored, and all its buttons and selects lead somewhere."""
    assert message.blocks
    assert load_message(json.loads(json.dumps(dump_message(message)))) == message
    for block in message.blocks:
        match block:
            case Text() | Heading() | Note():
                assert plain_text(Message((block,))).strip()
            case Buttons():
                assert block.buttons
                assert all(
                    as_text(button.label).strip() and read_press(button.action) for button in block.buttons
                )
            case Select():
                assert block.options
                assert read_press(block.action, (block.options[0].value,))
            case Fields():
                assert all(as_text(row.label).strip() and row.parts for row in block.rows)
            case _:
                raise AssertionError(block)
