"""What Slack sends, as Events: its own samples, what people type, and what is no payload at all."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import inbound
from adapters.slack.adapter import SlackAdapter
from adapters.slack.inbound import typed_words
from adapters.slack.installations import Installation, OneWorkspace
from adapters.slack.options import SlackOptions
from bot.chat.adapter import Refusal, Response
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Button, Buttons, Plain, message
from bot.chat.events import (
    ButtonPressed,
    ChannelChanged,
    CommandUsed,
    Event,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageReceived,
    MessageRef,
    PersonChanged,
    Place,
    SpaceChanged,
    UserRef,
)
from bot.chat.language import as_text
from tests.support.patterns import beginnings_crossed
from tests.support.slack import payloads
from tests.support.slack.heard import Heard
from tests.support.slack.person import SlackPerson
from tests.support.slack.server import BOT_TOKEN, Fault, Server, serve
from tests.support.slack.stage import Mode, adapter_for, no_file, running
from tests.support.slack.workspace import BOT, TEAM, View
from tests.support.terminal import NOON

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "slack-samples"
FILLED = {
    "team_id": "T1",
    "user": "U1",
    "channel": "D1",
    "ts": "1710000000.000100",
    "event_id": "Ev1",
    "tab": "home",
}


def filled(thing: Any) -> Any:  # noqa: ANN401 - JSON
    """A sample with ids where Slack's have none."""
    if isinstance(thing, dict):
        return {
            name: FILLED[name] if name in FILLED and value == "" else filled(value)
            for name, value in thing.items()
        }
    return [filled(each) for each in thing] if isinstance(thing, list) else thing


@pytest.mark.skipif(not SAMPLES.exists(), reason="Slack's sample payloads are not beside this checkout")
async def test_each_of_slacks_events_is_understood() -> None:
    """Slack's own samples give the events that the core knows; the others are taken, and say nothing."""
    expected: dict[str, type[Event]] = {
        "AppHomeOpenedPayload": HomeOpened,
        "AppUninstalledPayload": SpaceChanged,
        "ChannelArchivePayload": ChannelChanged,
        "MemberJoinedChannelPayload": MemberJoined,
        "MessageFileSharePayload": MessageReceived,
        "MessagePayload": MessageReceived,
        "MessageThreadBroadcastPayload": MessageReceived,
        "TokensRevokedPayload": SpaceChanged,
        "UserChangePayload": PersonChanged,
    }
    understood = {}
    for path in sorted((SAMPLES / "events").glob("*.json")):
        heard = Heard()
        payload = filled(json.loads(path.read_text(encoding="utf-8")))
        payload["type"] = "event_callback"
        assert await heard.takes(payload) == (200, None), path.stem
        if heard.events:
            understood[path.stem] = type(heard.events[0])
    assert understood == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "type event user team view container channel message actions command text state".split()
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(["event_callback", "block_actions", "view_submission", "url_verification", "", "odd"])


@given(
    payload=st.dictionaries(
        st.sampled_from(
            "event user team view container channel message actions command authorizations".split()
        ),
        JSON,
    ),
    kind=KINDS,
)
async def test_whatever_comes_is_answered(payload: dict[str, Any], kind: str) -> None:
    """No payload, however malformed, ends in anything but an answer."""
    status, _ = await Heard().takes({"type": kind, **payload})
    assert status in {200, 400, 500}


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ({"type": "block_actions", "view": {"state": [5]}}, 400),
        ({"type": "view_submission", "view": {"state": {"values": 5}}}, 400),
        ({"type": "block_actions", "actions": True}, 400),
        ({"type": "block_actions", "actions": [{"selected_option": 5}]}, 400),
        ({"type": "view_submission", "view": {"state": None}}, 200),
    ],
)
async def test_what_is_no_payload_of_slacks_is_refused(payload: dict[str, Any], status: int) -> None:
    """What has the wrong shape gets 400; what only lacks something is answered."""
    assert (await Heard().takes(payload))[0] == status


async def test_what_is_typed_after_a_command_is_read_kindly() -> None:
    """People and channels by id, quotes, Slack's links and entities; by the name it has in this workspace."""
    heard = Heard()
    await heard.types("/profile", "<@U2|ben>")
    await heard.types("/uni-apply", "12")
    await heard.types("/project", "list maps &amp; &lt;shops&gt; <https://a.b|a.b>")
    await heard.types("/project", "help")
    await heard.types("/stint", "")
    used = [(e.path, e.options) for e in heard.events if isinstance(e, CommandUsed)]
    assert used == [
        (("profile",), {"person": str(UserRef("slack", "T1.U2"))}),
        (("apply",), {"project": "12"}),
        (("project", "list"), {"words": "maps & <shops> https://a.b"}),
        (("stint", "help"), {"about": "project"}),
        (("stint", "help"), {}),
    ]


async def test_a_command_that_is_misread_says_what_to_type() -> None:
    """With what was typed, unchanged; the core answers it like any other."""
    heard = Heard()
    await heard.types("/uni-apply", "")
    await heard.types("/profile", "*no* <!channel>")
    less, wrong = [event for event in heard.events if isinstance(event, CommandUsed)]
    assert (less.path, wrong.path) == ((), ())
    assert less.misread is not None
    assert as_text(less.misread).startswith("`/apply` also needs: project.")
    assert wrong.misread is not None
    assert "<!channel>" in as_text(wrong.misread)


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("see <https://a.b/c?d=1&amp;e=2>", "see https://a.b/c?d=1&e=2"),
        ("<https://a.b|a.b> <mailto:a@b.c|a@b.c>", "https://a.b a@b.c"),
        ("<@U1|ada> in <#C1|spring> <!here>", "ada in spring here"),
        (" <#C1|spring> ", str(Place("slack", "T1", "C1"))),
    ],
)
def test_words_are_read_as_they_were_typed(sent: str, typed: str) -> None:
    """Without what Slack makes of them; nothing but a channel's name is that channel."""
    assert typed_words(sent, "T1") == typed


@pytest.mark.parametrize("pattern", [inbound._LINK, inbound._MENTION, inbound._NAMED])  # noqa: SLF001
def test_markup_is_read_in_one_pass(pattern: re.Pattern[str]) -> None:
    """However many links begin and do not end: nothing that is repeated runs over the next beginning."""
    assert beginnings_crossed(pattern, "<") == 0
    assert beginnings_crossed(re.compile(r"<(https?:[^|>]+)>"), "<") == 1


@given(st.text(alphabet="<>|@#!aB:/ &", max_size=40))
def test_what_is_no_markup_stays_as_it_was_typed(text: str) -> None:
    """Half a link or mention is words like any others."""
    assert typed_words(text.replace(">", ""), "T1") == unescape(text.replace(">", ""))


async def test_bots_make_no_event() -> None:
    """What another app writes, how it changes and where it comes in makes no event."""
    heard = Heard(is_bot=True)
    inner: list[dict[str, Any]] = [
        {"type": "message", "channel": "D1", "user": "U1", "text": "hello", "ts": "1.2"},
        {"type": "user_change", "user": {"id": "U1", "is_bot": True}},
        {"type": "member_joined_channel", "channel": "C1", "user": "U1"},
    ]
    for number, event in enumerate(inner):
        sent = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": event}
        assert await heard.takes(sent) == (200, None)
    assert heard.events == []


async def test_who_is_deactivated_has_left() -> None:
    """Slack tells it as a change of the person."""
    heard = Heard()
    user = {"id": "U1", "team_id": "T1", "deleted": True}
    event = {"type": "user_change", "user": user}
    await heard.takes({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event})
    assert [type(each) for each in heard.events] == [MemberLeft]


class Organisation:
    """Installations of one organisation, of which no workspace is known yet."""

    def __init__(self) -> None:
        self.kept = {("E1", ""): Installation("E1", "", "xoxb-river")}

    async def find(self, enterprise_id: str, team_id: str) -> Installation | None:
        """That of the workspace, else of the organisation."""
        by_team = {team: made for (_, team), made in self.kept.items() if team}
        return by_team.get(team_id) or self.kept.get((enterprise_id, ""))

    async def every(self) -> list[Installation]:
        """All of them."""
        return list(self.kept.values())

    async def save(self, installation: Installation) -> None:
        """Keep it."""
        self.kept[installation.enterprise_id, installation.team_id] = installation

    async def drop(self, enterprise_id: str, team_id: str) -> None:
        """Forget it; all of an organisation where no workspace is named."""
        self.kept = {
            at: made
            for at, made in self.kept.items()
            if (at[1] != team_id if team_id else at[0] != enterprise_id)
        }


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A workspace with ada; what Slack minded fails the test."""
    async with serve(lambda: NOON) as opened:
        opened.workspace.add_account("ada", "Ada Okafor", "Europe/Berlin")
        opened.workspace.add_channel("spring", "U0ADA")
        yield opened
        assert opened.workspace.complaints == []


async def test_an_organisations_workspace_is_known_once_it_was_heard_of(server: Server) -> None:
    """After a payload that names both, messages find the workspace's token; uninstalled, they do not."""

    async def nothing(_: FileRef) -> bytes:
        return b""

    kept = Organisation()
    options = SlackOptions(api_base_url=f"{server.url}/api/")
    adapter = SlackAdapter(options, kept, now=lambda: NOON, monotonic=lambda: 0.0, load_file=nothing)
    await adapter.open()
    heard: list[Event] = []

    async def receive(event: Event) -> Response:
        heard.append(event)
        return Response()

    adapter.doorway.receive = receive
    server.workspace.dm_of("U0ADA")
    here = {"type": "event_callback", "enterprise_id": "E1", "team_id": TEAM}
    to = UserRef("slack", f"{TEAM}.U0ADA")
    with pytest.raises(Refusal, match="not_installed"):
        await adapter.send(to, message("too early"), key="1:early")
    said = {"type": "message", "channel": "D0ADA", "user": "U0ADA", "text": "hello", "ts": "1.2"}
    assert await adapter.doorway.take({**here, "event": said}) == (200, None)
    await adapter.send(to, message("hello"), key="1:hello")
    server.workspace.tokens[BOT_TOKEN].revoked = "account_inactive"
    gone = {"event": {"type": "app_uninstalled"}, "authorizations": [{"is_enterprise_install": True}]}
    assert await adapter.doorway.take({**here, **gone}) == (200, None)
    assert isinstance(heard[-1], SpaceChanged)
    assert kept.kept == {}
    with pytest.raises(Refusal, match="not_installed"):
        await adapter.send(to, message("too late"), key="1:late")
    await adapter.close()


async def test_a_press_that_cannot_be_handled_is_answered(server: Server) -> None:
    """It does not come again, so its person alone reads a line about it; the message stays."""
    adapter = adapter_for(server, "socket", lambda: NOON)
    heard: list[Event] = []

    async def receive(event: Event) -> Response:
        heard.append(event)
        return Response()

    async with running(server, adapter, "socket", receive):
        ada = SlackPerson(server, "U0ADA")
        card = message("A card", Buttons((Button("Open", "open:1"),)))
        await adapter.send(UserRef("slack", f"{TEAM}.U0ADA"), card, key="1:card")
        server.faults.append(Fault("users.info", error="fatal_error"))
        await ada.presses("Open")
        assert heard == []
        assert ada.sees("A card")
        assert ada.sees("I cannot tell whether that was done")
        await ada.presses("Open")
        assert [type(each) for each in heard] == [ButtonPressed]


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_slow_turn_is_acknowledged_first_and_answered_then(
    server: Server, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    """Slack waits three seconds for word that something arrived, and has it while the turn still runs."""
    monkeypatch.setattr("adapters.slack.receiver._TURN_SECONDS", 0.01)
    adapter = adapter_for(server, mode, lambda: NOON)
    goes_on, done = asyncio.Event(), asyncio.Event()

    async def receive(event: Event) -> Response:
        await goes_on.wait()
        assert event.reply
        answer = Response(message=message("Here you are."))
        await adapter.respond(event.reply, answer)
        done.set()
        return answer

    await adapter.register([CommandSpec(("walk",), "Walk")])
    async with running(server, adapter, mode, receive):
        ada = SlackPerson(server, "U0ADA")
        await ada.uses("/walk")
        assert not ada.sees("Here you are.")
        goes_on.set()
        await done.wait()
        assert ada.sees("Here you are.")
        assert server.unhandled == []


async def test_the_way_in_closes_after_what_came_through_it(server: Server) -> None:
    """Stopped in the middle of a turn, it ends with that turn done: the database is closed next."""
    adapter = adapter_for(server, "socket", lambda: NOON)
    begun, done = asyncio.Event(), asyncio.Event()

    async def receive(_: Event) -> Response:
        begun.set()
        await asyncio.sleep(0.02)
        done.set()
        return Response()

    async with running(server, adapter, "socket", receive):
        ada = SlackPerson(server, "U0ADA")
        await adapter.send(
            UserRef("slack", f"{TEAM}.U0ADA"), message(Buttons((Button("Open", "open:1"),))), key="1:card"
        )
        pressing = asyncio.create_task(ada.presses("Open"))
        await begun.wait()
        assert not done.is_set()
    assert done.is_set()
    pressing.cancel()
    await asyncio.gather(pressing, return_exceptions=True)


async def test_a_failure_without_a_way_to_answer_is_said(server: Server) -> None:
    """A button of a person's own page and a dialog that was closed meanwhile: both get the friendly line."""
    adapter = adapter_for(server, "socket", lambda: NOON)
    page = message("Your page", Buttons((Button("Open", "open:1"),)))

    async def receive(event: Event) -> Response:
        if isinstance(event, HomeOpened):
            await adapter.edit(MessageRef(event.place, "home"), page)
            return Response()
        raise RuntimeError

    async with running(server, adapter, "socket", receive):
        ada = SlackPerson(server, "U0ADA")
        await ada.opens_home()
        await ada.presses("Open")
        assert ada.sees("I cannot tell whether that was done")
        for opened_in in ("C0SPRING", "D0ADA"):
            server.workspace.messages.clear()
            meta = json.dumps(["", 0, opened_in])
            body = {"type": "modal", "callback_id": "form:walk", "private_metadata": meta, "blocks": []}
            dialog = View("V1", "U0ADA", body, "1.hash")
            await adapter.doorway.take(payloads.view(server.workspace, ada.account, dialog, {}))
            [told] = server.workspace.messages
            assert told.channel == opened_in
            assert told.private_to == ("U0ADA" if opened_in == "C0SPRING" else "")
            assert "I cannot tell whether that was done" in told.text


async def test_where_slack_does_not_say_whose_a_direct_message_is_the_answer_is_for_one(
    server: Server,
) -> None:
    """Once it says so, by an answer or by what is written there, the bot's own DM is answered as that."""
    adapter = adapter_for(server, "socket", lambda: NOON)
    places: list[Place] = []

    async def receive(event: Event) -> Response:
        places.append(event.place)
        if event.reply:
            await adapter.respond(event.reply, Response(message("Here.")))
        return Response()

    await adapter.register([CommandSpec(("walk",), "Walk")])
    async with running(server, adapter, "socket", receive):
        ada = SlackPerson(server, "U0ADA")
        server.faults.append(Fault("conversations.open", error="fatal_error"))
        await ada.uses("/walk")
        await ada.says("hello")
        await ada.uses("/walk")
    assert [place.readers for place in places] == ["unknown", "alone", "alone"]
    assert [m.private_to for m in server.workspace.messages if m.user == BOT] == ["U0ADA", ""]
    assert server.calls["conversations.open"] == 1


async def test_an_answer_of_several_messages_comes_in_order(server: Server) -> None:
    """To one command, longer than one message takes: its parts are read from the first to the last."""
    adapter = adapter_for(server, "socket", lambda: NOON)
    long = message(*(Plain(f"Part {number} " + "word " * 590) for number in range(8)))

    async def receive(event: Event) -> Response:
        assert event.reply
        await adapter.respond(event.reply, Response(long))
        return Response()

    await adapter.register([CommandSpec(("walk",), "Walk")])
    async with running(server, adapter, "socket", receive):
        ada = SlackPerson(server, "U0ADA")
        await ada.uses("/walk", "spring")
        at = [ada.view().index(f"Part {number} ") for number in range(8)]
    assert at == sorted(at)


@pytest.mark.parametrize("token", ["xapp-wrong", BOT_TOKEN])
async def test_a_wrong_app_token_ends_the_run_with_the_fix(server: Server, token: str) -> None:
    """However often it is tried, Slack will not take it."""
    adapter = adapter_for(server, "socket", lambda: NOON)
    options = SlackOptions(api_base_url=adapter.state.options.api_base_url, app_token=token)
    adapter = SlackAdapter(
        options, OneWorkspace(BOT_TOKEN), now=lambda: NOON, monotonic=lambda: 0.0, load_file=no_file
    )
    with pytest.raises(Refusal, match="connections:write"):
        await asyncio.wait_for(adapter.run(lambda _: pytest.fail("nothing comes")), 5)
    await adapter.close()


async def test_without_a_secret_no_request_is_slacks(server: Server) -> None:
    """An adapter that was given none takes nothing that anybody could have signed."""
    options = SlackOptions(mode="http", api_base_url=f"{server.url}/api/")
    adapter = SlackAdapter(
        options, OneWorkspace(BOT_TOKEN), now=lambda: NOON, monotonic=lambda: 0.0, load_file=no_file
    )
    async with running(server, adapter, "http", lambda _: pytest.fail("it was taken")):
        status, _ = await server.request("{}", server.signed("{}"))
    assert status == 401
