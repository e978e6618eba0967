"""The adapter on our own Discord, without the core: slow and failing turns, refusals, files, findings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from unittest.mock import patch

import pytest

from adapters.discord import adapter as module
from adapters.discord import commands, rate_limits
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from bot.chat.adapter import DeliveryUnknown, OpenedForm, Refusal, Response, Retry
from bot.chat.answers import FileRef
from bot.chat.commands import Argument, CommandSpec
from bot.chat.content import Message, Text, message
from bot.chat.events import Event, MessageReceived, Place, SpaceChanged, UserRef
from bot.chat.forms import Ask, Form, Question
from bot.chat.language import ENGLISH
from bot.chat.values import replace
from tests.support.discord.client import Hands
from tests.support.discord.screen import words_of
from tests.support.discord.server import FakeDiscord, Fault, discord_running
from tests.support.discord.stage import People, an_adapter, listening, no_file
from tests.support.discord.state import EPHEMERAL, Sent
from tests.support.dutch import DUTCH

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HELLO = CommandSpec(("hello",), "Say hello")
FORM = Form("walk", "A walk", (Question("where", Ask("Where to?", "Where")),))


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    """A Discord that is only there."""
    async with discord_running(lambda: NOON) as running:
        yield running
        assert running.refused == []


@pytest.fixture
def people(fake: FakeDiscord) -> People:
    """Ada and Cora in a server."""
    return People.into(fake, ("ada", "cora"))


@pytest.fixture
async def adapter(fake: FakeDiscord) -> AsyncIterator[DiscordAdapter]:
    """The adapter, open."""
    opened = an_adapter(fake)
    await opened.open()
    yield opened
    await opened.close()


def ada_sees(fake: FakeDiscord, people: People, place: str = "") -> list[str]:
    """What the bot said before Ada's eyes, in the DM or in a channel."""
    ada = Hands(fake, people.users["ada"])
    seen: list[Sent] = fake.world.seen_by(ada.id, place or ada.dm.id)
    return [words_of(sent) for sent in seen if sent.author != ada.id]


class Stumbling:
    """A bot whose first turns fail."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.heard: list[Event] = []
        self.done = asyncio.Event()

    async def receive(self, event: Event) -> Response:
        """Handle one event, or not."""
        self.heard.append(event)
        if len(self.heard) > self.failures:
            self.done.set()
            return Response()
        raise OSError


async def test_words_whose_turn_failed_are_not_lost(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """Discord tells of a message once; a turn that fails is tried again with the same event."""
    bot, ada = Stumbling(2), Hands(fake, people.users["ada"])
    with patch("adapters.discord.gateway.AGAIN_AFTER", (0.0, 0.0)):
        async with listening(fake, adapter, bot.receive):
            await ada.write("hello", ada.dm)
            await asyncio.wait_for(bot.done.wait(), 5)
    assert len({event.id for event in bot.heard}) == 1
    assert all(isinstance(event, MessageReceived) for event in bot.heard)
    assert ada_sees(fake, people) == []


async def test_a_person_hears_when_their_turn_never_works(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """A person who wrote hears that it did not work; the next message is heard all the same."""
    bot, ada = Stumbling(3), Hands(fake, people.users["ada"])
    with patch("adapters.discord.gateway.AGAIN_AFTER", (0.0, 0.0)):
        async with listening(fake, adapter, bot.receive):
            await ada.write("hello", ada.dm)
            async with asyncio.timeout(5):
                while not ada_sees(fake, people):  # noqa: ASYNC110 - what is posted there sets no event
                    await asyncio.sleep(0.005)
            await ada.write("again", ada.dm)
            await asyncio.wait_for(bot.done.wait(), 5)
    [said] = ada_sees(fake, people)
    assert "went wrong" in said


async def test_the_way_in_closes_after_what_came_through_it(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """Stopped in the middle of a turn, it ends with that turn done: the database is closed next."""
    begun, done = asyncio.Event(), asyncio.Event()

    async def receive(event: Event) -> Response:
        if isinstance(event, MessageReceived):
            begun.set()
            await asyncio.sleep(0.02)
            done.set()
        return Response()

    ada = Hands(fake, people.users["ada"])
    async with listening(fake, adapter, receive):
        await ada.write("hello", ada.dm)
        await asyncio.wait_for(begun.wait(), 5)
        assert not done.is_set()
    assert done.is_set()


@pytest.mark.parametrize("form", [False, True])
async def test_a_slow_turn_is_deferred_and_then_answered(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter, *, form: bool
) -> None:
    """What says "thinking" becomes the answer, for the same eyes; a form can open no more, and is refused."""
    refused: list[str] = []

    async def receive(event: Event) -> Response:
        [interaction] = fake.world.interactions.values()
        await interaction.answered.wait()
        assert event.reply
        answer = Response(form=OpenedForm(FORM, "5")) if form else Response(message=message("Here you are."))
        try:
            await adapter.respond(event.reply, answer)
        except Refusal as refusal:
            refused.append(refusal.code)
        return answer

    await adapter.register([HELLO])
    ada = Hands(fake, people.users["ada"])
    with patch("adapters.discord.gateway._DEFER_SECONDS", 0.01):
        async with listening(fake, adapter, receive) as watch:
            before = watch.done
            await ada.use(HELLO, {}, fake.world.channels[people.spring])
            await watch.more_than(before)
    seen = ada_sees(fake, people, people.spring)
    assert seen == ([] if form else ["Here you are.\n(Only you can see this)"])
    assert refused == (["no_form_now"] if form else [])
    assert not fake.world.seen_by(people.users["cora"], people.spring)


async def test_what_another_process_has_answered_is_answered(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """Each connection of the bot is given every interaction; a second answer shows and breaks nothing."""

    async def receive(event: Event) -> Response:
        [interaction] = fake.world.interactions.values()
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        part = {"type": 10, "content": "From the other."}
        said = {"flags": 1 << 15 | EPHEMERAL, "components": [part], "allowed_mentions": {"parse": []}}
        await adapter._calls.answer("POST", path, {"type": 4, "data": said})  # type: ignore[union-attr] # noqa: SLF001 - as another process
        assert event.reply
        answer = Response(message=message("Here you are."))
        await adapter.respond(event.reply, answer)
        return answer

    await adapter.register([HELLO])
    ada = Hands(fake, people.users["ada"])
    async with listening(fake, adapter, receive) as watch:
        before = watch.done
        await ada.use(HELLO, {}, fake.world.channels[people.spring])
        await watch.more_than(before)
    assert ada_sees(fake, people, people.spring) == ["From the other.\n(Only you can see this)"]


async def test_servers_are_reported_at_every_start(people: People, adapter: DiscordAdapter) -> None:
    """A person who invited the bot again while it was away is heard of once it connects."""
    heard: asyncio.Queue[Event] = asyncio.Queue()

    async def receive(event: Event) -> Response:
        heard.put_nowait(event)
        return Response()

    with patch("adapters.discord.gateway._SERVERS_ARRIVE", 0.01):
        run = asyncio.create_task(adapter.run(receive))
        event = await asyncio.wait_for(heard.get(), 5)
        run.cancel()
        await asyncio.wait({run})
    assert isinstance(event, SpaceChanged)
    assert (event.place.space, event.state, event.name) == (people.guild, "joined", "Riverside")


async def test_a_token_that_is_no_good_says_where_another_comes_from(fake: FakeDiscord) -> None:
    """Opening is refused with the fix, before anything else is tried; the findings name it too."""
    options = DiscordOptions("wrong.token.here", api_base_url=fake.api, gateway_url=fake.gateway.url)
    wrong = DiscordAdapter(options, now=lambda: NOON, monotonic=lambda: 0.0, load_file=no_file)
    with pytest.raises(Refusal, match="Reset Token") as refused:
        await wrong.open()
    assert "wrong.token" not in str(refused.value)
    [finding] = await wrong.inspect()
    assert finding.code == "discord.token_wrong"


async def test_what_was_to_be_sent_waits_for_a_good_token(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """A token that is reset while the bot runs loses no message: they wait, and the findings say why."""
    fake.faults.append(Fault("", status=401, body={"message": "401: Unauthorized", "code": 0}, times=2))
    with pytest.raises(Retry):
        await adapter.send(people.channel, message("hello"), key="1:a")
    [finding] = await adapter.inspect()
    assert finding.code == "discord.token_wrong"
    await adapter.send(people.channel, message("hello"), key="1:a")
    assert ada_sees(fake, people, people.spring) == ["hello"]


async def test_being_shut_out_for_a_while_loses_nothing(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """A 429 of a proxy before Discord is no refusal: it says how long to wait, or a minute is meant."""
    for headers, seconds in (({"Retry-After": "7"}, 7), ({}, 60)):
        fake.faults.append(Fault("POST .*messages", 429, {"message": "no"}, headers))
        with pytest.raises(Retry) as waits:
            await adapter.send(people.channel, message("hello"), key="1:a")
        assert waits.value.seconds == seconds


@pytest.mark.parametrize(
    ("status", "code", "lost"),
    [
        (403, 50007, "destination"),
        (403, 50013, "destination"),
        (403, 50001, "destination"),
        (403, 50278, "destination"),
        (404, 10003, "destination"),
        (404, 10008, "target"),
        (400, 50035, "message"),
    ],
)
async def test_what_can_never_work_is_tried_once(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter, status: int, code: int, lost: str
) -> None:
    """The refusal carries Discord's own code, and how much it ends: all of the place, or this one message."""
    fake.faults.append(Fault("POST .*messages", status, {"message": "no", "code": code}))
    with pytest.raises(Refusal) as refused:
        await adapter.send(people.channel, message("hello"), key="1:a")
    assert (refused.value.code, refused.value.lost) == (str(code), lost)
    assert len([each for each in fake.requests if each.path.endswith("/messages")]) == 1


@pytest.mark.parametrize(
    ("status", "code", "unsure"),
    [(400, 40003, False), (403, 20026, False), (400, 30046, False), (503, 0, True)],
)
async def test_what_works_later_is_tried_later(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter, status: int, code: int, *, unsure: bool
) -> None:
    """It waits in the outbox; after a server's error its fate is unknown: it is searched before a resend."""
    fake.faults.append(Fault("POST .*messages", status, {"message": "later", "code": code}))
    with pytest.raises(Retry) as waits:
        await adapter.send(people.channel, message("hello"), key="1:a")
    assert waits.value.seconds >= 15
    assert waits.value.unsure == unsure


@pytest.mark.parametrize(("status", "code"), [(400, 30046), (403, 50013)], ids=["for now", "for good"])
async def test_of_a_message_that_was_half_sent_the_next_process_sends_the_rest(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter, status: int, code: int
) -> None:
    """A later part is refused, and the process dies: the first part is looked for, and not sent again."""
    ada, long = people.user("ada"), Message((Text(tuple("A long line. " * 200 + "\n" for _ in range(3))),))
    fake.faults.append(Fault("POST .*/messages", status, {"message": "no", "code": code}, after=1))
    with pytest.raises((Retry, Refusal)) as refused:
        await adapter.send(ada, long, key="1:long")
    assert isinstance(refused.value, Retry | Refusal)
    assert refused.value.unsure
    fake.world._nonces.clear()  # noqa: SLF001 - as after a few minutes
    another = an_adapter(fake)
    await another.open()
    ref = await another.send(ada, long, key="1:long", again=True)
    await another.close()
    assert len(ref.parts) == len(ada_sees(fake, people)) > 1


@pytest.mark.parametrize("others", [250, 1200], ids=["busy", "too busy"])
async def test_a_message_in_doubt_is_looked_for_however_much_was_said_since(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter, others: int
) -> None:
    """All that came after our last known message is read, up to a bound; beyond it nothing is said twice."""
    spring, said = people.channel, message("Today's digest.")
    before = await adapter.send(spring, message("Yesterday's digest."), key="1:before")
    sent = await adapter.send(spring, said, key="1:digest")
    for number in range(others):
        fake.world.post(spring.id, people.users["ada"], {"content": f"{number}"})
    fake.world._nonces.clear()  # noqa: SLF001 - as after a few minutes
    later = an_adapter(fake)
    await later.open()
    again = partial(later.send, again=True, known=[before.id], since=before.id)
    assert await again(spring, said, key="1:digest") == sent
    if others > 1000:  # what is not in what was read may be beyond it
        with pytest.raises(DeliveryUnknown):
            await again(spring, message("Tomorrow's digest."), key="1:next")
    await later.close()
    posted = [each for each in fake.requests if each.method == "POST" and each.path.endswith("/messages")]
    assert len(posted) == 2


async def test_first_direct_messages_are_opened_a_few_at_a_time(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """Ten new ones in a minute; the eleventh waits, and a person who has one is written to at once."""
    others = [fake.world.add_user(f"p{number}", f"P{number}").id for number in range(11)]
    for user in others:
        fake.world.guilds[people.guild].members[user] = set()
    for user in others[:10]:
        await adapter.send(UserRef("discord", user), message("hello"), key=f"1:{user}")
    with pytest.raises(Retry) as waits:
        await adapter.send(UserRef("discord", others[10]), message("hello"), key="1:last")
    assert 0 < waits.value.seconds <= 61
    await adapter.send(UserRef("discord", others[0]), message("and again"), key="1:again")


async def test_only_attachments_on_discord_s_own_hosts_are_fetched(
    fake: FakeDiscord, adapter: DiscordAdapter
) -> None:
    """The bytes that were sent; never more than were said, nor from elsewhere, nor what is gone."""
    fake.world.files["1"] = b"%PDF-1.4 plan"
    file = FileRef(f"{fake.url}/files/1/plan.pdf", "plan.pdf", 13, "application/pdf")
    assert await adapter.fetch(file) == b"%PDF-1.4 plan"
    wrong = {
        "file_larger_than_said": replace(file, size=12),
        "file_not_found": replace(file, id=f"{fake.url}/files/2/plan.pdf"),
        "file_elsewhere": replace(file, id="http://169.254.169.254/latest/meta-data"),
    }
    for code, each in wrong.items():
        with pytest.raises(Refusal) as refused:
            await adapter.fetch(each)
        assert refused.value.code == code


async def test_commands_are_registered_once_in_all_languages(
    fake: FakeDiscord, adapter: DiscordAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the next start nothing differs, and nothing is registered: other languages are compared, too."""
    monkeypatch.setattr(commands, "language_for", lambda locale: DUTCH if locale == "nl" else ENGLISH)
    walk = CommandSpec(("walk",), "Walk", (Argument("where", "Where to"),))
    await adapter.register([walk])
    registered = fake.world.commands[""]
    assert registered[0]["description_localizations"] == {"nl": "Wandelen"}
    await adapter.register([walk])
    assert fake.world.commands[""] is registered
    monkeypatch.setattr(commands, "language_for", lambda _: DUTCH)
    await adapter.register([walk])
    assert fake.world.commands[""] is not registered


async def test_a_message_that_grew_is_cut_in_its_own_language(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows under a changed message that is too long now is said in the language of the message."""
    monkeypatch.setattr(module, "language_for", lambda tag: DUTCH if tag == "nl" else ENGLISH)
    ref = await adapter.send(people.channel, message("Short."), key="1:card")
    long = Message((Text(tuple("A long paragraph. " * 200 + "\n" for _ in range(3))),), language="nl")
    await adapter.edit(ref, long)
    [seen] = fake.world.seen_by(people.users["ada"], people.spring)
    assert "Druk op Details voor de rest." in words_of(seen)


async def test_it_looks_at_itself_and_at_channels(
    fake: FakeDiscord, people: People, adapter: DiscordAdapter
) -> None:
    """Through the real way: other commands than ours are found, and a channel it may not write in."""
    await adapter.register([HELLO])
    assert [each.level for each in await adapter.inspect() if each.code != "clock.off"] == ["ok"]
    fake.world.commands[""] = []
    assert "discord.commands_differ" in [each.code for each in await adapter.inspect()]
    fake.world.channels[people.spring].forbidden = True
    [finding] = await adapter.inspect(people.channel)
    assert finding.code == "discord.no_permission"
    [gone] = await adapter.inspect(Place("discord", people.guild, "123456789012345678"))
    assert gone.code == "discord.channel_not_found"


async def test_after_many_refusals_nothing_is_sent_for_a_while(
    fake: FakeDiscord, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every refusal counts towards what Discord allows; near it a send waits, without a request."""
    monkeypatch.setattr(rate_limits, "_MOST_REFUSED", 2)
    adapter = an_adapter(fake)
    await adapter.open()
    place = Place("discord", people.guild, people.spring)
    fake.faults.append(Fault("POST .*messages", 403, {"message": "no", "code": 50013}, times=2))
    for number in range(2):
        with pytest.raises(Refusal):
            await adapter.send(place, message("Hello"), key=f"refused:{number}")
    asked = len(fake.requests)
    with pytest.raises(Retry):
        await adapter.send(place, message("Hello"), key="waits")
    assert len(fake.requests) == asked
    await adapter.close()
