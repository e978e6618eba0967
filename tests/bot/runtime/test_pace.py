"""The pace of answers to one person: what is typed waits, what can be done again is left, and it is said."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, cast

import pytest

from bot.chat.adapter import Adapter, Refusal, Response
from bot.chat.content import Message
from bot.chat.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    MemberJoined,
    MessageReceived,
    MessageRef,
    Place,
    ReplyTo,
    Suggest,
    UserRef,
)
from bot.chat.rendering.plain_text import plain_text
from bot.runtime.pace import Pace
from tests.support.stage import MONDAY

NOT_DONE = "That was a lot at once, so this was not done. I go on in {}; please do it again then."
LATER = "That was a lot at once. I have all that you wrote, and go on with it in {}."


class Listener:
    """An adapter that notes what it is given."""

    def __init__(self) -> None:
        self.responses: list[str] = []
        self.messages: list[str] = []
        self.shut = False

    async def respond(self, reply: ReplyTo, answer: Response) -> None:
        """Note the answer to an interaction; "" for an empty one."""
        if self.shut:
            raise Refusal("expired")
        self.responses.append(plain_text(answer.message) if answer.message else "")

    async def send(self, to: UserRef, message: Message, *, key: str) -> None:
        """Note a direct message."""
        if self.shut:
            raise Refusal("cannot_dm", lost="destination")
        self.messages.append(plain_text(message))


class Life:
    """A pace of four at once and then thirty a minute, on seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.done: list[str] = []
        self.slept: list[float] = []
        self.adapter = Listener()
        adapters = {"terminal": cast("Adapter", self.adapter)}
        self.pace = Pace(
            self.handle, adapters, at_once=4, per_minute=30, monotonic=lambda: self.now, sleep=self.sleep
        )

    async def handle(self, event: Event) -> Response:
        """Do it."""
        self.done.append(type(event).__name__)
        return Response()

    async def sleep(self, seconds: float) -> None:
        """Note how long something waits."""
        self.slept.append(seconds)

    async def acts(self, kind: type[Event], times: int = 1, who: str = "ada", **more: Any) -> None:  # noqa: ANN401 - of an event
        """Let a person do something several times in this instant."""
        for _ in range(times):
            await self.pace.receive(made(kind, who, **more))


_numbers: Iterator[int] = count()
MADE: dict[type[Event], dict[str, Any]] = {
    ButtonPressed: {"action": "apply:1"},
    CommandUsed: {"path": ("stint", "help")},
    FormSubmitted: {"form": "posting", "values": {}},
    HomeOpened: {},
    MemberJoined: {},
    MessageReceived: {"text": "hello"},
    Suggest: {"path": ("project", "list"), "option": "words", "typed": "m"},
}


def made(kind: type[Event], who: str, **more: Any) -> Event:  # noqa: ANN401 - of an event
    """An event of this kind, answered at once where the platform lets it."""
    place = Place("terminal", "", f"dm-{who}", "dm")
    fields = {"id": f"{next(_numbers)}", "at": MONDAY, "actor": UserRef("terminal", who), "place": place}
    if kind is MessageReceived:
        fields["message"] = MessageRef(place, "1")
    elif kind not in {HomeOpened, MemberJoined}:
        fields["reply"] = ReplyTo("token", MONDAY)
    return kind(**{**fields, **MADE[kind], **more})


@pytest.fixture
def life() -> Life:
    """What passes before the runtime."""
    return Life()


async def test_presses_of_one_person_are_bounded(life: Life) -> None:
    """Four are done, the fifth says when it goes on, the others say nothing; then it goes on."""
    await life.acts(ButtonPressed, 9)
    assert life.done == ["ButtonPressed"] * 4
    assert life.adapter.responses == [NOT_DONE.format("2 seconds"), "", "", "", ""]
    await life.acts(ButtonPressed, who="ben")
    assert len(life.done) == 5, "another person is not held up"
    life.now += 1.9
    await life.acts(ButtonPressed)
    assert len(life.done) == 5, "the time that was said holds"
    life.now += 0.2
    await life.acts(ButtonPressed, 2)
    assert len(life.done) == 6
    assert life.adapter.responses[5:] == ["", NOT_DONE.format("2 seconds")]
    assert (life.adapter.messages, life.slept) == ([], [])


@pytest.mark.parametrize("kind", [MessageReceived, FormSubmitted])
async def test_what_is_typed_is_done_in_any_case(life: Life, kind: type[Event]) -> None:
    """All of it, each two seconds after the one before; that it waits is said once."""
    await life.acts(kind, 8)
    assert life.done == [kind.__name__] * 8
    assert life.slept == [2, 4, 6, 8]
    assert life.adapter.messages == [LATER.format("2 seconds")]
    assert life.adapter.responses == []


async def test_a_command_with_words_is_done_and_one_without_is_not(life: Life) -> None:
    """What was typed after a command's name counts as typed."""
    await life.acts(ButtonPressed, 4)
    await life.acts(CommandUsed, options={"words": "maps"})
    await life.acts(CommandUsed, 2)
    assert life.done == ["ButtonPressed"] * 4 + ["CommandUsed"]
    assert life.adapter.messages == [LATER.format("2 seconds")]
    assert life.adapter.responses == ["", ""], "it has been said already"


async def test_where_no_answer_can_be_shown_it_is_a_message(life: Life) -> None:
    """A home page and a button without a place for words; where messages are closed nothing fails."""
    await life.acts(HomeOpened, 5)
    assert life.adapter.messages == [NOT_DONE.format("2 seconds")]
    life.adapter.shut = True
    await life.acts(MessageReceived, 8, who="ben")
    await life.acts(ButtonPressed, who="ben", reply=ReplyTo("token", MONDAY, has_words=False))
    assert life.done[-8:] == ["MessageReceived"] * 8
    assert life.adapter.responses == []


async def test_completions_are_left_out_without_a_word(life: Life) -> None:
    """A list that is not offered is an empty answer; the next press says what it is."""
    await life.acts(Suggest, 18)
    assert life.adapter.responses == ["", ""], "a fifth of an act each, as there is one for each letter"
    await life.acts(ButtonPressed)
    assert life.adapter.responses[2:] == [NOT_DONE.format("2 seconds")]


async def test_facts_and_channels_are_not_counted(life: Life) -> None:
    """Who joins is always heard, and so is what is said in a channel, where nothing is answered."""
    place = Place("terminal", "", "general", "channel")
    await life.acts(MemberJoined, 20)
    await life.acts(MessageReceived, 20, place=place)
    assert len(life.done) == 40
    assert life.slept == []


async def test_people_are_forgotten_in_time(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory has an end: the person not heard of for longest is forgotten first."""
    monkeypatch.setattr("bot.runtime.pace._KEPT", 2)
    await life.acts(ButtonPressed, 5)
    await life.acts(ButtonPressed, who="ben")
    await life.acts(ButtonPressed, who="chi")
    await life.acts(ButtonPressed)
    assert len(life.done) == 7
