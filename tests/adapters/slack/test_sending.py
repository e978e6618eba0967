"""Sending in several steps, each once: the parts of a long message, and files beside it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from adapters.slack import adapter as module
from adapters.slack.adapter import SlackAdapter
from adapters.slack.manifest import SCOPES
from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.answers import FileRef
from bot.chat.content import File, Message, Plain, Text, message
from bot.chat.events import MessageRef, Place, UserRef
from bot.chat.language import ENGLISH
from tests.support.dutch import DUTCH
from tests.support.slack.server import BOT_TOKEN, Fault, Server, serve
from tests.support.slack.stage import adapter_for
from tests.support.slack.workspace import BOT, TEAM, Posted, Token
from tests.support.terminal import NOON

ADA = UserRef("slack", f"{TEAM}.U0ADA")
SPRING = Place("slack", TEAM, "C0SPRING")
PLAN = FileRef("F1", "plan.pdf", 4, "application/pdf")
WITH_FILE = message("Here is the plan.", File(PLAN))
LONG = message(*(Plain(f"Part {number} " + "word " * 590) for number in range(24)))
"""More parts than a channel takes at once."""


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A workspace with ada and a channel; what Slack minded fails the test."""
    async with serve(lambda: NOON) as opened:
        opened.workspace.add_account("ada", "Ada Okafor", "Europe/Berlin")
        opened.workspace.add_channel("spring", "U0ADA")
        yield opened
        assert opened.workspace.complaints == []


@pytest.fixture
async def adapter(server: Server) -> AsyncIterator[SlackAdapter]:
    """The adapter, opened; the only file that is kept is the plan."""

    async def load(file: FileRef) -> bytes:
        if file != PLAN:
            raise Refusal("file_not_kept")
        return b"plan"

    opened = adapter_for(server, "socket", lambda: NOON, load)
    await opened.open()
    yield opened
    await opened.close()


def messages_to_ada(server: Server) -> list[str]:
    """What the bot has said to ada: words, and the names of files."""
    dm = server.workspace.dm_of("U0ADA").id
    said = [each for each in server.workspace.seen_by("U0ADA", dm) if each.user == BOT]
    return ["+".join(file["name"] for file in each.files) or each.text.partition("\n")[0] for each in said]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
@pytest.mark.parametrize("fault", [{"error": "ratelimited"}, {"lost": True}])
async def test_a_file_that_meets_trouble_is_given_once(
    server: Server, adapter: SlackAdapter, method: str, fault: dict[str, object]
) -> None:
    """Tried until it was given, the message is there once and so is its file."""
    server.faults.append(Fault(method, **fault))  # type: ignore[arg-type]  # the fault's own names
    again = False
    for _ in range(3):
        try:
            await adapter.send(ADA, WITH_FILE, key="1:plan", again=again)
            break
        except Retry as retry:
            again = retry.unsure
    assert messages_to_ada(server) == ["Here is the plan.", "plan.pdf"]


async def test_after_a_crash_a_given_file_is_found(server: Server, adapter: SlackAdapter) -> None:
    """Another process, informed that it may have been sent, finds message and file in their place."""
    first = await adapter.send(ADA, WITH_FILE, key="1:plan")
    later = adapter_for(server, "socket", lambda: NOON, adapter._sender._load_file)  # noqa: SLF001 - the same files
    await later.open()
    assert await later.send(ADA, WITH_FILE, key="1:plan", again=True) == first
    await later.close()
    assert messages_to_ada(server) == ["Here is the plan.", "plan.pdf"]


async def test_a_file_that_is_kept_no_more_sends_nothing(server: Server, adapter: SlackAdapter) -> None:
    """It is found out before the message would speak of a file that does not come."""
    with pytest.raises(Refusal, match="file_not_kept"):
        await adapter.send(ADA, message("Here.", File(FileRef("F2", "old.pdf", 1, ""))), key="1:old")
    assert messages_to_ada(server) == []


async def test_a_file_is_never_put_into_a_channel(server: Server, adapter: SlackAdapter) -> None:
    """A channel has other readers than the one it is for."""
    await adapter.send(SPRING, WITH_FILE, key="1:plan")
    assert server.calls["files.completeUploadExternal"] == 0


async def test_of_a_message_that_was_half_sent_the_rest_is_sent(server: Server) -> None:
    """A channel takes a few at once: the others come with the next try, and none is sent again.

    The channel's history may not be read, so what this process knows of the parts is all there is.
    """
    instant = [NOON]
    adapter = adapter_for(server, "socket", lambda: instant[0])
    await adapter.open()
    with pytest.raises(Retry) as waits:
        await adapter.send(SPRING, LONG, key="1:long")
    assert waits.value.unsure
    stood = len(server.workspace.messages)
    instant[0] += timedelta(seconds=10)
    ref = await adapter.send(SPRING, LONG, key="1:long", again=True)
    assert 1 < stood < len(ref.parts) == len(server.workspace.messages) == server.calls["chat.postMessage"]
    await adapter.close()


@pytest.mark.parametrize("code", ["ratelimited", "is_archived"])
async def test_of_a_message_that_was_half_sent_the_next_process_sends_the_rest(
    server: Server, adapter: SlackAdapter, code: str
) -> None:
    """A later part is refused, and the process dies: the first part is looked for, and not sent again."""
    some = Message(LONG.blocks[:8])
    server.faults.append(Fault("chat.postMessage", error=code, after=1))
    with pytest.raises((Retry, Refusal)) as refused:
        await adapter.send(ADA, some, key="1:long")
    assert isinstance(refused.value, Retry | Refusal)
    assert refused.value.unsure
    instant = [NOON + timedelta(minutes=1)]
    later = adapter_for(server, "socket", lambda: instant[0])
    await later.open()
    with pytest.raises(Retry) as waits:
        await later.send(ADA, some, key="1:long", again=True)
    assert waits.value.unsure
    instant[0] += timedelta(seconds=waits.value.seconds)
    ref = await later.send(ADA, some, key="1:long", again=True)
    assert len(ref.parts) == len(messages_to_ada(server)) > 1
    await later.close()


async def test_what_a_killed_process_sent_may_be_on_its_way(server: Server, adapter: SlackAdapter) -> None:
    """Slack shows a message a moment after it was sent: the next process waits for it, sending no second."""
    before = await adapter.send(ADA, message("Before."), key="1:before")
    server.latency = 0.2
    dying = asyncio.create_task(adapter.send(ADA, message("Your draft is closed."), key="1:draft"))
    async with asyncio.timeout(5):
        while server.calls["chat.postMessage"] < 2:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
    dying.cancel()
    instant = [NOON]
    later = adapter_for(server, "socket", lambda: instant[0])
    await later.open()
    again = partial(later.send, ADA, message("Your draft is closed."), key="1:draft", again=True)
    with pytest.raises(Retry) as waits:
        await again(since=before.id)
    assert waits.value.unsure
    async with asyncio.timeout(5):
        while len(messages_to_ada(server)) < 2:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
    instant[0] += timedelta(seconds=waits.value.seconds)
    await again(since=before.id)
    await later.close()
    assert messages_to_ada(server) == ["Before.", "Your draft is closed."]


@pytest.mark.parametrize("others", [250, 1200], ids=["busy", "too busy"])
async def test_a_message_in_doubt_is_looked_for_however_much_was_said_since(
    server: Server, adapter: SlackAdapter, others: int
) -> None:
    """All that came after our last known message is read, up to a bound; beyond it nothing is said twice."""
    server.workspace.tokens[BOT_TOKEN] = Token(TEAM, (*SCOPES, "channels:history"))
    before = await adapter.send(SPRING, message("Yesterday's digest."), key="1:before")
    sent = await adapter.send(SPRING, message("Today's digest."), key="1:digest")
    for number in range(others):
        server.workspace.post(Posted("C0SPRING", server.workspace.next_ts(), "U0ADA", f"{number}"))
    later = adapter_for(server, "socket", lambda: NOON)
    await later.open()
    again = later.send(SPRING, message("Today's digest."), key="1:digest", again=True, since=before.id)
    if others > 1000:
        with pytest.raises(DeliveryUnknown):
            await again
    else:
        assert await again == sent
    await later.close()
    assert server.calls["chat.postMessage"] == 2


async def test_a_history_that_is_shown_once_a_minute_ends_in_doubt(
    server: Server, adapter: SlackAdapter
) -> None:
    """An app that many install would never read to the end: after one page its message is in doubt."""
    server.workspace.tokens[BOT_TOKEN] = Token(TEAM, (*SCOPES, "channels:history"))
    before = await adapter.send(SPRING, message("Yesterday's digest."), key="1:before")
    for number in range(150):
        server.workspace.post(Posted("C0SPRING", server.workspace.next_ts(), "U0ADA", f"{number}"))
    server.faults.append(Fault("conversations.history", error="ratelimited", retry_after=60, after=1))
    with pytest.raises(DeliveryUnknown):
        await adapter.send(SPRING, message("Today's digest."), key="1:digest", again=True, since=before.id)


async def test_a_token_that_was_replaced_is_used_at_once(server: Server, adapter: SlackAdapter) -> None:
    """The app was installed again: the old token is no longer good, and nothing has to be started again."""
    await adapter.send(SPRING, message("one"), key="1:one")
    server.workspace.tokens[BOT_TOKEN].revoked = "token_revoked"
    with pytest.raises(Refusal) as refused:
        await adapter.send(SPRING, message("two"), key="1:two")
    assert refused.value.lost == "space"
    server.workspace.tokens["xoxb-new"] = Token(TEAM)
    found = await adapter.state.spaces.installations.find("", TEAM)
    assert found is not None
    await adapter.state.spaces.installations.save(type(found)("", TEAM, "xoxb-new"))
    await adapter.send(SPRING, message("three"), key="1:three")
    await adapter.state.spaces.installations.drop("", TEAM)
    await adapter.send(SPRING, message("four"), key="1:four")
    server.workspace.tokens["xoxb-new"].revoked = "account_inactive"
    with pytest.raises(Refusal, match="account_inactive"):
        await adapter.send(SPRING, message("five"), key="1:five")
    assert [each.text for each in server.workspace.messages] == ["one", "three", "four"]


async def test_changes_keep_the_pace_of_their_method(server: Server) -> None:
    """A workspace takes about fifty changes a minute: more at once wait, and are not refused by Slack."""
    instant = [NOON]
    adapter = adapter_for(server, "socket", lambda: instant[0])
    await adapter.open()
    ref = await adapter.send(SPRING, message("0"), key="1:card")
    changes = [adapter.edit(ref, message(f"{number}")) for number in range(1, 60)]
    waits = [no for no in await asyncio.gather(*changes, return_exceptions=True) if isinstance(no, Retry)]
    assert 1 < server.calls["chat.update"] == 59 - len(waits) < 50
    instant[0] += timedelta(seconds=waits[0].seconds)
    await adapter.edit(ref, message("last"))
    assert [each.text for each in server.workspace.messages] == ["last"]
    await adapter.close()


async def test_a_message_that_grew_is_cut_in_its_own_language(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an adapter adds to a changed message, or to a page, is said in the language of the message."""
    monkeypatch.setattr(module, "language_for", lambda tag: DUTCH if tag == "nl" else ENGLISH)
    adapter = adapter_for(server, "socket", lambda: NOON)
    await adapter.open()
    ref = await adapter.send(SPRING, message("Short."), key="1:card")
    long = Message(tuple(Text((f"A paragraph {number}.",)) for number in range(120)), language="nl")
    await adapter.edit(ref, long)
    [card] = server.workspace.messages
    assert "Druk op Details voor de rest." in str(card.blocks[-1])
    page = MessageRef(Place("slack", TEAM, f"{TEAM}.U0ADA", kind="home"), "home")
    await adapter.edit(page, long)
    assert "Er is meer dan hier past." in str(server.workspace.homes["U0ADA"])
    await adapter.close()


async def test_a_clock_that_is_set_back_silences_no_channel(server: Server) -> None:
    """The pace counts seconds that never go back, whatever the time of day says."""
    instant, seconds = [NOON], [100.0]
    adapter = adapter_for(server, "socket", lambda: instant[0], monotonic=lambda: seconds[0])
    await adapter.open()
    for number in range(5):
        await adapter.send(SPRING, message(f"{number}"), key=f"1:{number}")
    instant[0] -= timedelta(minutes=10)
    seconds[0] += 1
    await adapter.send(SPRING, message("5"), key="1:5")
    instant[0] += timedelta(days=1)
    with pytest.raises(Retry) as waits:
        await adapter.send(SPRING, message("6"), key="1:6")
    assert 0 < waits.value.seconds <= 1
    await adapter.close()


async def test_a_channel_takes_one_message_a_second_and_waits_for_no_other(server: Server) -> None:
    """After a short burst messages come a second apart; another channel's go as if it were alone."""
    server.workspace.add_channel("autumn", "U0ADA")
    autumn, instant, sent = Place("slack", TEAM, "C0AUTUMN"), [NOON], list[float]()
    adapter = adapter_for(server, "socket", lambda: instant[0])
    await adapter.open()
    while len(sent) < 20:
        try:
            await adapter.send(SPRING, message("spring"), key=f"1:{len(sent)}")
            sent.append((instant[0] - NOON).total_seconds())
        except Retry as wait:
            await adapter.send(autumn, message("autumn"), key=f"1:autumn:{len(sent)}")
            instant[0] += timedelta(seconds=wait.seconds)
    assert sent == [0.0] * 5 + [float(second) for second in range(1, 16)]
    assert server.calls["chat.postMessage"] == 20 + 15
    await adapter.close()
