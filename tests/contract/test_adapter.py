"""What the core relies on in every adapter, held to on every platform there is (bot/chat/adapter.py)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from cryptography.fernet import Fernet
from hypothesis import example, given

from bot.chat.adapter import DeliveryUnknown, OpenedForm, Refusal, Response, Retry, Unanswerable
from bot.chat.answers import FileRef, Option
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Moment,
    Note,
    Plain,
    Select,
    Text,
    message,
    row,
)
from bot.chat.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSubmitted,
    MessageReceived,
    MessageRef,
    Origin,
    Place,
)
from bot.chat.file_kinds import FileRules
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import as_text
from bot.programme import ROUTES
from bot.runtime import files
from storage.secrets import SecretBox
from tests.support.adapter_contract import COMMAND, Platform
from tests.support.adapter_platforms import PLATFORMS
from tests.support.splitting import SENDABLE
from tests.support.terminal import NOON

FORM = Form("walk", "A walk", (Question("where", Ask("Where to?", "Where")),))
CARD = message("A card", Buttons((Button("Open", "open:1"), Button("Look", url="https://example.org"))))

BLOCKS: dict[str, Block] = {
    "text": Text(("**Bold** and _soft_, ", Plain("*as typed* <!channel> @everyone"), " [here](https://a.b)")),
    "heading": Heading(("A title",)),
    "note": Note(("Small print, ", Moment(NOON, "Europe/Berlin"))),
    "fields": Fields((row("Fee", "$400"), row("Skills", Plain("maps")))),
    "buttons": Buttons((Button("Go", "go:1", style="primary"), Button("No", "no:1", style="danger"))),
    "choose": Select("pick:1", (Option("a", "First", "the one"), Option("b", "Second")), many=True),
    "image": Image("https://example.org/a.png", "A map"),
    "file": File(FileRef("F1", "plan.pdf", 10, "application/pdf")),
    "divider": Divider(),
}

SAID = "Ada Okafor applied, and the door code is 4711."
SECRET = Response(message=message(SAID))

keys = (f"1:key:{number}" for number in count())


@pytest.fixture(params=sorted(PLATFORMS))
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    """Each platform, with nothing said in it yet."""
    async with PLATFORMS[request.param]() as opened:
        yield opened


@dataclass
class Bot:
    """Answers events by `answer`, through `respond` as the runtime does; keeps what it was given."""

    platform: Platform
    answer: Callable[[Event], Response] = field(default=lambda _: Response())
    events: list[Event] = field(default_factory=list)

    async def receive(self, event: Event) -> Response:
        """Handle one event."""
        self.events.append(event)
        answer = self.answer(event)
        if event.reply:
            await self.platform.adapter.respond(event.reply, answer)
        return answer


def always(answer: Response) -> Callable[[Event], Response]:
    """Answers everything with this."""
    return lambda _: answer


async def test_an_opened_adapter_sends_and_edits_without_running(platform: Platform) -> None:
    """A worker opens an adapter, sends, edits and closes it; no events are taken in."""
    await platform.adapter.open()
    ref = await platform.adapter.send(platform.channel, message("before"), key=next(keys))
    await platform.adapter.edit(ref, message("after"))
    await platform.adapter.close()
    assert platform.seen(platform.channel) == ["after"]


@pytest.mark.parametrize("where", ["user", "channel"])
async def test_a_reference_outlives_the_process(platform: Platform, where: str) -> None:
    """What `send` returns is stored as text, read again, and still edits that very message."""
    to = platform.user if where == "user" else platform.channel
    await platform.adapter.open()
    first = await platform.adapter.send(to, message("one"), key=next(keys))
    await platform.adapter.send(to, message("two"), key=next(keys))
    assert first.place.platform == platform.adapter.platform
    await platform.adapter.edit(MessageRef.parse(str(first)), message("one, changed"))
    assert platform.seen(to) == ["one, changed", "two"]


async def test_the_same_key_makes_one_message(platform: Platform) -> None:
    """A repeated send gives the same reference, or says that it cannot tell; there is no second message."""
    await platform.adapter.open()
    key = next(keys)
    first = await platform.adapter.send(platform.user, message("hello"), key=key)
    with suppress(DeliveryUnknown):
        assert await platform.adapter.send(platform.user, message("hello"), key=key, again=True) == first
    assert platform.seen(platform.user) == ["hello"]


async def test_a_message_is_found_by_its_key(platform: Platform) -> None:
    """What was sent is found in its place, what was not is not, or it is unknown; nothing is sent."""
    await platform.adapter.open()
    for to in (platform.user, platform.channel):
        key = next(keys)
        sent = await platform.adapter.send(to, message("hello"), key=key)
        with suppress(DeliveryUnknown):
            assert await platform.adapter.find(to, message("hello"), key=key) == sent
            other = await platform.adapter.find(to, message("hello"), key=next(keys), known=[sent.id])
            assert other is None
        assert platform.seen(to) == ["hello"]


async def test_messages_keep_their_order(platform: Platform) -> None:
    """What is sent in an order is there in that order."""
    await platform.adapter.open()
    for number in range(5):
        await platform.adapter.send(platform.user, message(str(number)), key=next(keys))
    assert platform.seen(platform.user) == list("01234")


async def test_a_destination_that_is_not_there_is_refused(platform: Platform) -> None:
    """A person or place that does not exist is a Refusal, which says the platform's word for it."""
    await platform.adapter.open()
    for to in platform.nowhere:
        with pytest.raises(Refusal) as refused:
            await platform.adapter.send(to, message("x"), key=next(keys))
        assert refused.value.code


async def test_an_edit_of_what_is_not_there_is_refused(platform: Platform) -> None:
    """A message that is gone cannot be changed, now or later."""
    await platform.adapter.open()
    ref = await platform.adapter.send(platform.channel, message("here"), key=next(keys))
    with pytest.raises(Refusal):
        await platform.adapter.edit(platform.forget(ref), message("x"))
    assert platform.seen(platform.channel) == ["here"]


async def test_a_command_arrives_and_is_answered_where_it_was_used(platform: Platform) -> None:
    """The event says who, where, when and what; in a channel the answer is for that person's eyes."""
    bot = Bot(platform, always(Response(message=message("Off we go."), link=platform.user)))
    async with platform.running(bot.receive):
        await platform.commands()
    [event] = bot.events
    assert isinstance(event, CommandUsed)
    assert (event.path, event.actor, event.place) == (COMMAND.path, platform.user, platform.channel)
    assert event.at.tzinfo is not None
    assert event.id
    assert event.reply
    if platform.adapter.capabilities.ephemeral:
        [said] = platform.seen(platform.channel)
        # There may be a link to where it goes on beside it.
        assert said.startswith("Off we go.")
    assert platform.seen_by_others() == []


@pytest.mark.parametrize("late", [False, True])
async def test_an_answer_is_for_the_asker_alone_wherever_others_read(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    """To a command in a channel or between people, at once or after a while: no other person sees it."""
    monkeypatch.setattr("adapters.slack.receiver._TURN_SECONDS", 0.01)
    monkeypatch.setattr("adapters.discord.gateway._DEFER_SECONDS", 0.01)
    places: list[Place] = []
    answered = asyncio.Event()

    async def receive(event: Event) -> Response:
        places.append(event.place)
        await asyncio.sleep(0.05 if late else 0)
        assert event.reply
        await platform.adapter.respond(event.reply, SECRET)
        answered.set()
        return SECRET

    async with platform.running(receive):
        for at in platform.shared:
            answered.clear()
            await platform.commands(at)
            await answered.wait()
    assert [platform.seen(place) for place in places] == [[SAID]] * len(platform.shared)
    assert [place.readers for place in places] == ["others", *["unknown"] * (len(places) - 1)]
    assert platform.seen_by_others() == []


async def test_the_bots_own_direct_message_is_known_as_that(platform: Platform) -> None:
    """A command there is in a place that the person alone reads, also for an adapter that just began."""
    bot = Bot(platform, always(SECRET))
    async with platform.running(bot.receive):
        await platform.commands("")
    [event] = bot.events
    assert (event.place.kind, event.place.readers) == ("dm", "alone")
    assert platform.seen(platform.user) == [SAID]
    assert platform.seen_by_others() == []


@pytest.mark.parametrize("replace", [False, True])
async def test_an_answer_takes_the_place_of_nothing_that_others_read(
    platform: Platform, *, replace: bool
) -> None:
    """A card in the channel stays what it is for all; the answer is for the person who pressed."""
    secret = Response(message=SECRET.message, replace=replace)
    async with platform.running(Bot(platform, always(secret)).receive):
        await platform.adapter.send(platform.channel, CARD, key=next(keys))
        await platform.presses("Open")
    assert SAID in platform.seen(platform.channel)
    [card] = platform.seen_by_others()
    assert "A card" in card


async def test_an_answer_that_the_asker_alone_sees_can_be_replaced(platform: Platform) -> None:
    """What they saw in the channel becomes the next answer, and no other person sees that either."""

    def answer(event: Event) -> Response:
        return Response(message=CARD) if isinstance(event, CommandUsed) else replaced

    replaced = Response(message=SECRET.message, replace=True)
    async with platform.running(Bot(platform, answer).receive):
        await platform.commands()
        await platform.presses("Open")
    assert platform.seen(platform.channel) == [SAID]
    assert platform.seen_by_others() == []


async def test_what_a_form_is_answered_with_is_for_its_sender_alone(platform: Platform) -> None:
    """Opened in any place that others read: what is said once it is sent is not said to them."""

    def answer(event: Event) -> Response:
        return Response(form=OpenedForm(FORM, "7")) if isinstance(event, CommandUsed) else SECRET

    bot = Bot(platform, answer)
    async with platform.running(bot.receive):
        for at in platform.shared:
            await platform.commands(at)
            with suppress(Unanswerable):
                await platform.submits({"where": "lake"})
    assert [type(event) for event in bot.events].count(FormSubmitted) == len(platform.shared)
    assert platform.seen_by_others() == []


async def test_words_arrive_with_a_reference_to_them(platform: Platform) -> None:
    """What is written in the DM arrives as it was typed; two messages have two references and two ids."""
    bot = Bot(platform)
    async with platform.running(bot.receive):
        await platform.says("about *10* hours")
        await platform.says("or so")
    first, second = bot.events
    assert isinstance(first, MessageReceived)
    assert isinstance(second, MessageReceived)
    assert (first.text, first.place.kind) == ("about *10* hours", "dm")
    assert first.message != second.message
    assert MessageRef.parse(str(first.message)) == first.message
    assert first.id != second.id
    assert first.reply is None


async def test_files_are_judged_by_what_is_in_them(platform: Platform) -> None:
    """What a person sends is looked at on every platform: a PDF is taken, what is only called one is not."""
    box = SecretBox([Fernet.generate_key().decode()])
    looked: list[tuple[str, str, int]] = []

    async def receive(event: Event) -> Response:
        seen, kept = await files.fetch(platform.adapter, box, event, FileRules())
        looked.extend((file.name, as_text(file.refused)[:40], len(kept)) for file in files.named_in(seen))
        return Response()

    sent = {"plan.pdf": b"%PDF-1.7 a plan", "cv.pdf": b"MZ\x90\0\3", "fake.pdf": b"<!doctype html><p>"}
    async with platform.running(receive):
        for name, content in sent.items():
            await platform.says("Here", files={name: content})
    assert looked == [
        ("plan.pdf", "", int(platform.adapter.capabilities.fetches_files)),
        ("cv.pdf", "“cv.pdf” is a program or a script, and I", 0),
        ("fake.pdf", "“fake.pdf” is a web page. Save it as a P", 0),
    ]


async def test_a_press_tells_its_action_and_its_message(platform: Platform) -> None:
    """The action comes back as it was given, with the reference of the message that has the button."""
    bot = Bot(platform)
    async with platform.running(bot.receive):
        ref = await platform.adapter.send(platform.user, CARD, key=next(keys))
        await platform.presses("Open")
    [event] = bot.events
    assert isinstance(event, ButtonPressed)
    assert (event.action, event.message) == ("open:1", ref)
    assert event.reply


async def test_an_answer_can_replace_what_was_pressed(platform: Platform) -> None:
    """With `replace` the card becomes the answer; without it the answer is beside the card."""
    used = Response(message=message("Used."), replace=True)
    async with platform.running(Bot(platform, always(used)).receive):
        await platform.adapter.send(platform.user, CARD, key=next(keys))
        await platform.presses("Open")
    assert platform.seen(platform.user) == ["Used."]


async def test_a_form_opens_is_sent_back_and_closes(platform: Platform) -> None:
    """The dialog shows what the form asks; a page with mistakes says so; a good one is done with."""
    if not platform.adapter.capabilities.forms:
        pytest.skip("this platform has no dialogs")

    def answer(event: Event) -> Response:
        if isinstance(event, CommandUsed):
            return Response(form=OpenedForm(FORM, "7"))
        assert isinstance(event, FormSubmitted)
        return Response() if event.values["where"] == "lake" else Response(errors={"where": "Too far."})

    bot = Bot(platform, answer)
    async with platform.running(bot.receive):
        await platform.commands()
        assert platform.form() == ("A walk", {})
        if platform.adapter.capabilities.form_errors:
            await platform.submits({"where": "moon"})
            assert platform.form() == ("A walk", {"where": "Too far."})
        await platform.submits({"where": "lake"})
        assert platform.form() is None
    sent = bot.events[-1]
    assert isinstance(sent, FormSubmitted)
    assert (sent.form, sent.context, sent.page, sent.values) == ("walk", "7", 0, {"where": "lake"})
    assert len({event.id for event in bot.events}) == len(bot.events)


async def test_a_form_says_which_button_of_which_message_opened_it(platform: Platform) -> None:
    """What is submitted names the message whose button opened the form; a command's form names none."""

    def answer(event: Event) -> Response:
        if isinstance(event, ButtonPressed) and event.message:
            return Response(form=OpenedForm(FORM, "7", origin=Origin(event.message, "a1b2c3")))
        return Response(form=OpenedForm(FORM, "7")) if isinstance(event, CommandUsed) else Response()

    bot = Bot(platform, answer)
    async with platform.running(bot.receive):
        ref = await platform.adapter.send(platform.user, CARD, key=next(keys))
        await platform.presses("Open")
        await platform.submits({"where": "lake"})
        await platform.commands()
        await platform.submits({"where": "lake"})
    origins = [event.origin for event in bot.events if isinstance(event, FormSubmitted)]
    assert origins == [Origin(ref, "a1b2c3"), None]


async def test_an_answer_that_is_too_late_is_not_said_to_be_given(platform: Platform) -> None:
    """After an interaction is over `respond` raises, so that the answer stays owed and becomes a message."""
    bot = Bot(platform)
    async with platform.running(bot.receive):
        await platform.commands()
        reply = bot.events[0].reply
        assert reply
        platform.waits(timedelta(days=1))
        with pytest.raises((Refusal, Retry, DeliveryUnknown)):
            await platform.adapter.respond(reply, Response(message=message("late")))
    assert platform.seen(platform.channel) == []


async def test_what_was_not_handled_comes_again_with_its_id(platform: Platform) -> None:
    """An event that the bot failed on is the same event, by its id, when it is handed over again."""
    failed: list[Event] = []

    async def fails(event: Event) -> Response:
        failed.append(event)
        raise OSError("disk")

    async with platform.running(fails):
        await asyncio.gather(platform.says("hello"), return_exceptions=True)
    bot = Bot(platform)
    async with platform.running(bot.receive):
        await platform.again()
        await platform.says("and more")
    first, second = bot.events
    assert first == failed[0]
    assert second.id != first.id


async def test_every_command_of_the_programme_can_be_registered(platform: Platform) -> None:
    """The platform takes our commands, and takes them again after a restart."""
    await platform.adapter.open()
    for _ in range(2):
        await platform.adapter.register(ROUTES.specs)
    await platform.adapter.close()


@pytest.mark.parametrize("kind", sorted(BLOCKS))
async def test_every_kind_of_block_is_drawn(platform: Platform, kind: str) -> None:
    """A message of one block of each kind can be sent, and changed into one of every kind."""
    await platform.adapter.open()
    ref = await platform.adapter.send(platform.user, Message((BLOCKS[kind],)), key=next(keys))
    assert len(platform.seen(platform.user)) == 1
    await platform.adapter.edit(ref, Message(tuple(BLOCKS.values())))
    [drawn] = platform.seen(platform.user)
    for words in ("as typed", "A title", "Small print", "$400", "First", "A map", "plan.pdf"):
        assert words in drawn


EMPTY = (Message(()), Message((Text(()), Note((" ",)), Fields((row(""),)), Buttons(()))), message(Plain("")))


@pytest.mark.parametrize("content", EMPTY, ids=["no blocks", "blank blocks", "blank words"])
async def test_an_empty_message_is_refused(platform: Platform, content: Message) -> None:
    """A message with nothing in it, or a sign without a meaning, is never shown: it is an error."""
    async with platform.running(Bot(platform).receive):
        with pytest.raises(Refusal, match="nothing in this message"):
            await platform.adapter.send(platform.user, content, key=next(keys))
        ref = await platform.adapter.send(platform.user, message("here"), key=next(keys))
        with pytest.raises(Refusal, match="nothing in this message"):
            await platform.adapter.edit(ref, content)
    assert platform.seen(platform.user) == ["here"]


@pytest.mark.parametrize("name", sorted(PLATFORMS))
@given(content=SENDABLE)
@example(content=Message((Image("https://a.b/", "\n\u2069"),)))
async def test_no_message_is_too_odd_to_be_drawn(name: str, content: Message) -> None:
    """Rendering never raises, whatever the words, marks, lengths and numbers of blocks."""
    async with PLATFORMS[name]() as platform:
        await platform.adapter.open()
        await platform.adapter.send(platform.user, content, key=next(keys))
        assert platform.seen(platform.user)
