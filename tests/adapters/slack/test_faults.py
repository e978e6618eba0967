"""What goes wrong between Slack and the bot, and what the ledger and the channel say afterwards."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from adapters.slack import socket_mode
from bot.clock import WallClock
from storage.tables import Application, inbox, outbox
from tests.support.main_job import TITLE, WHY, fills_project, is_posted, play
from tests.support.repairs import owe_repairs_and_news
from tests.support.slack import payloads
from tests.support.slack.server import BOT_TOKEN, Fault
from tests.support.slack.stage import SPRING, SlackStage, open_slack_stage
from tests.support.slack.workspace import BOT

DEEP = "[" * 100_000
"""JSON that no parser likes."""


pytestmark = pytest.mark.stage(opened=open_slack_stage)


@pytest.fixture
async def by_http(tmp_path: Path) -> AsyncIterator[SlackStage]:
    """The bot in Slack by HTTP."""
    async with open_slack_stage(tmp_path, "http") as opened:
        yield opened


def cards(stage: SlackStage) -> list[str]:
    """The words of the messages in the cohort's channel for everybody."""
    seen = stage.workspace.seen_by("U0BEN", "C0SPRING26")
    return [stage.workspace.words_of(message, "U0BEN") for message in seen if not message.private_to]


def answers(stage: SlackStage) -> list[str]:
    """The first answer of every application, oldest first."""
    rows = stage.rows(select(Application.answers).order_by(Application.id))
    return [answers[0].value for (answers,) in rows]


async def connected_again(stage: SlackStage, number: int) -> None:
    """Return once the bot has asked for this many connections in all, and none but good ones are there."""

    def good() -> bool:
        staying = [each for each in stage.server.sockets if not each.going]
        return len(staying) >= 2 and len(staying) == len(stage.server.sockets)

    async with asyncio.timeout(10):
        while stage.server.calls["apps.connections.open"] < number or not good():  # noqa: ASYNC110 - as below
            await asyncio.sleep(0.01)


@pytest.mark.soak
async def test_every_payload_twice_has_one_effect(stage: SlackStage) -> None:
    """The whole main job, each event, command, press and dialog delivered twice: nothing is done twice."""
    stage.server.every_event_twice = True
    await play(stage)
    assert set(stage.ledger()) == {"sent"}
    assert len(stage.rows(select(Application.id))) == 2
    assert len(cards(stage)) == 1


@pytest.mark.soak
async def test_connections_that_end_in_the_middle_of_an_application_lose_nothing(stage: SlackStage) -> None:
    """Asked to go, or cut off without a word, the bot comes back and the conversation goes on."""
    await is_posted(stage)
    ada = stage.person("ada")
    await connected_again(stage, 2)
    await ada.presses("Apply", on=TITLE)
    await stage.server.disconnects("refresh_requested", close=False)
    await ada.says(WHY)
    await connected_again(stage, 3)
    await ada.presses("Skip")
    await stage.server.disconnects("warning")
    await ada.says("yes")
    await connected_again(stage, 4)
    await asyncio.sleep(1)  # the library greets a connection before it listens to it
    await ada.presses("Send application")
    assert ada.sees("is sent.")
    assert answers(stage) == [WHY]


@pytest.mark.soak
async def test_a_connection_that_falls_silent_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ghost hears nothing and is not closed: after a while another takes its place, and nothing is lost."""
    monkeypatch.setattr(socket_mode, "_SILENT", 0.3)
    async with open_slack_stage(tmp_path) as stage:
        await connected_again(stage, 2)
        ghosts = list(stage.server.sockets)
        await connected_again(stage, 3)
        async with asyncio.timeout(10):
            while all(any(each is ghost for each in stage.server.sockets) for ghost in ghosts):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        monkeypatch.setattr(socket_mode, "_SILENT", 1800.0)
        await asyncio.sleep(0.5)  # the patience of before has run out by now
        await connected_again(stage, 3)
        await is_posted(stage)
        assert set(stage.ledger()) == {"sent"}
        assert len(cards(stage)) == 1


@pytest.mark.soak
async def test_what_goes_to_a_dead_connection_comes_again(stage: SlackStage) -> None:
    """A connection whose end was not noticed swallows an event; Slack tries it again and it counts once."""
    await is_posted(stage)
    await connected_again(stage, 2)
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    stage.server.patience = 0.2
    for socket in stage.server.sockets:
        socket.deaf = True
    with pytest.raises(TimeoutError):
        await ada.says(WHY)
    stage.server.sockets[0].deaf = False
    stage.server.patience = 3.0
    stage.server.turn = 1
    await stage.server.again()
    await stage.settle()
    assert ada.sees("[Skip]")


@pytest.mark.soak
async def test_a_storm_of_refusals_is_waited_out(stage: SlackStage) -> None:
    """Everything is refused for a while: the seconds asked for are kept, and everything arrives once."""
    await is_posted(stage)
    ada, server = stage.person("ada"), stage.server
    await ada.presses("Apply", on=TITLE)
    server.faults.append(Fault("chat.postMessage", times=4, error="ratelimited", retry_after=40))
    await ada.says(WHY)
    asked = server.calls["chat.postMessage"]
    await stage.tick(seconds=39)
    assert server.calls["chat.postMessage"] == asked
    await stage.tick(minutes=5)
    assert ada.view().count("· 2 of 3") == 1
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert set(stage.ledger()) == {"sent"}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("method", "code"),
    [
        *(("conversations.open", "cannot_dm_bot"), ("conversations.open", "user_not_found")),
        *(("chat.postMessage", "channel_not_found"), ("chat.postMessage", "is_archived")),
    ],
)
async def test_whatever_slack_refuses_a_direct_message_with_the_question_comes(
    stage: SlackStage, method: str, code: str
) -> None:
    """The first question is there in the same answer, with its button, whyever it was refused."""
    await is_posted(stage)
    stage.server.faults.append(Fault(method, error=code))
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    assert ada.sees("they are closed to me. So we go on here")
    await ada.presses("Answer")
    assert ada.sees("Why this project")
    assert not ada.sees("I sent you a direct message")


@pytest.mark.soak
async def test_a_first_question_that_would_wait_comes_at_once(stage: SlackStage) -> None:
    """While Slack asks for patience, questions are shown where Apply was pressed, and come once."""
    await is_posted(stage)
    ada, server = stage.person("ada"), stage.server
    server.faults.append(Fault("chat.postMessage", error="ratelimited", retry_after=400))
    await ada.presses("Apply", on=TITLE)
    assert ada.sees("would have to wait a little, so we go on here")
    await ada.presses("Answer")
    await ada.fills({"Why this project": WHY})
    assert ada.sees("· 2 of 3")
    await stage.tick(minutes=10)
    await ada.presses("Skip")
    assert ada.sees("I sent you a direct message")
    assert [ada.view().count(f"· {number} of 3") for number in (1, 2, 3)] == [1, 1, 1]
    assert set(stage.ledger()) == {"answered", "sent"}


async def test_a_lost_answer_in_a_direct_message_is_looked_for(stage: SlackStage) -> None:
    """The message is there: it is found by its metadata, noted as sent, and not sent again."""
    await is_posted(stage)
    ada = stage.person("ada")
    stage.server.faults.append(Fault("chat.postMessage", lost=True))
    await ada.presses("Apply", on=TITLE)
    dm = stage.workspace.seen_by("U0ADA", ada.dm.id)
    first = [stage.workspace.words_of(message, "U0ADA") for message in dm if message.user == BOT]
    assert len(first) == len(set(first))
    await ada.says(WHY)
    assert set(stage.ledger()) == {"sent"}


async def test_an_answer_that_takes_a_minute_makes_no_second_message(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot waits no longer for word of its message, and Slack shows it after that: it is there once."""
    await is_posted(stage)
    ada = stage.person("ada")
    monkeypatch.setattr("adapters.slack.web_api._CALL_SECONDS", 0.2)
    stage.server.latency = 0.3
    await ada.presses("Apply", on=TITLE)
    while stage.server.unanswered:  # noqa: ASYNC110 - it takes its time
        await asyncio.sleep(0.02)
    stage.server.latency = 0
    await stage.tick(minutes=2)
    assert stage.server.calls["conversations.history"] > 0
    assert ada.view().count("Why this project?") == 1
    assert set(stage.ledger()) == {"sent"}


@pytest.mark.soak
async def test_a_message_that_was_surely_not_taken_is_sent_again(stage: SlackStage) -> None:
    """After an error in which anything may have happened the history says that it did not."""
    await is_posted(stage)
    ada = stage.person("ada")
    stage.server.faults.append(Fault("chat.postMessage", error="fatal_error"))
    await ada.presses("Apply", on=TITLE)
    assert "pending" in stage.ledger()
    await stage.tick(seconds=15)
    assert ada.sees("Why this project?")
    assert set(stage.ledger()) == {"sent"}


@pytest.mark.soak
async def test_a_lost_answer_in_a_channel_is_not_repeated(stage: SlackStage) -> None:
    """The channel's history may not be read, so its fate is unknown: one card, and a row that says so."""
    stage.server.faults.append(Fault("chat.postMessage", lost=True, channel="C0SPRING26"))
    await is_posted(stage)
    await stage.tick(hours=1)
    assert len(cards(stage)) == 1
    assert stage.ledger()["unknown"] == 1


@pytest.mark.parametrize("readable", [False, True], ids=["unreadable", "readable"])
async def test_a_card_in_doubt_is_settled_by_a_coordinator(stage: SlackStage, *, readable: bool) -> None:
    """It is there: where the history may be read it is found by what we noted on it, and kept up to date."""
    stage.server.faults.append(Fault("chat.postMessage", lost=True, channel="C0SPRING26"))
    await is_posted(stage)
    marta, cora = stage.person("marta"), stage.person("cora")
    await marta.uses("/project close E-bike market map")
    await marta.presses("Close it")
    assert "[Apply]" in cards(stage)[0]
    await cora.uses("/stint tasks")
    assert cora.sees("The card of a project, in the channel of Spring 26")
    if readable:
        stage.workspace.tokens[BOT_TOKEN].scopes = (
            *stage.workspace.tokens[BOT_TOKEN].scopes,
            "channels:history",
        )
    await cora.presses("It is there")
    await stage.tick(minutes=1)
    assert len(cards(stage)) == 1
    assert ("[Apply]" in cards(stage)[0]) is not readable
    await cora.uses("/stint tasks")
    assert cora.sees("Nothing waits for you")


@pytest.mark.soak
async def test_a_card_that_never_arrived_is_posted_again(stage: SlackStage) -> None:
    """Its change waits for the answer, and is in what is posted; pressed once, it comes once."""
    stage.server.faults.append(Fault("chat.postMessage", error="fatal_error", channel="C0SPRING26"))
    cora, marta = stage.person("cora"), stage.person("marta")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta)
    await marta.presses("Publish")
    assert cards(stage) == []
    await cora.uses("/stint tasks")
    await cora.presses("Post it again")
    assert len(cards(stage)) == 1
    await stage.person("ada").presses("Apply", on=TITLE)
    assert set(stage.ledger()) == {"sent"}


async def test_a_new_card_waits_for_no_mass_edit(stage: SlackStage) -> None:
    """Fifty changes take Slack a minute; the card that was due after them is there at once."""
    await is_posted(stage)
    [(reference,)] = stage.rows(select(outbox.c.reference).where(outbox.c.key.startswith("card:")))
    await owe_repairs_and_news(stage, SPRING, reference, 50)
    await stage.settle()
    assert cards(stage)[-1] == "Brand new"
    assert stage.ledger()["pending"] > 30
    await stage.tick(minutes=2)
    assert set(stage.ledger()) == {"sent"}


async def test_requests_that_are_not_slacks_are_refused(by_http: SlackStage) -> None:
    """Unsigned, wrongly signed or five minutes old: 401. Signed and unreadable: 400. Nothing is kept."""
    server, account = by_http.server, by_http.workspace.accounts["U0ADA"]
    sent = payloads.command(by_http.workspace, account, by_http.workspace.dm_of(account.id), "/stint", "help")
    form, body = {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(sent)
    before = by_http.rows(select(inbox.c.id))
    old = WallClock().now() - timedelta(seconds=301)
    with capture_logs() as lines:
        assert (await server.request(body, form))[0] == 401
        assert (await server.request(body, form | server.signed(body, secret="another")))[0] == 401
        assert (await server.request(body, form | server.signed(body, at=old)))[0] == 401
        assert (await server.request(body, form | server.signed(body + "&x=1")))[0] == 401
    assert lines == [{"event": "slack.not_signed", "log_level": "warning"}] * 4
    for broken, kind in (
        ("{", "application/json"),
        ("[]", "application/json"),
        (DEEP, "application/json"),
        ('{"type": "event_callback", "event": ' + "[" * 200 + "]" * 200 + "}", "application/json"),
        ("payload={", form["Content-Type"]),
    ):
        headers = {"Content-Type": kind} | server.signed(broken)
        with capture_logs() as lines:
            assert (await server.request(broken, headers))[0] == 400, broken[:20]
        assert lines == [{"event": "slack.unreadable", "log_level": "warning"}]
    assert by_http.rows(select(inbox.c.id)) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=1"},
        {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=1"},
        {"X-Slack-Request-Timestamp": "9" * 5000, "X-Slack-Signature": "v0=1"},
        {"Content-Type": "application/json; charset=no-such"},
    ],
)
async def test_what_is_unsigned_is_not_read(by_http: SlackStage, headers: dict[str, str]) -> None:
    """However deep it is and whatever is beside it: 401, one line in the log, and no error of ours."""
    for body in (DEEP, f"payload={DEEP}"):
        with capture_logs() as lines:
            sent = {"Content-Type": "application/json"} | headers
            assert (await by_http.server.request(body, sent))[0] == 401
        assert lines == [{"event": "slack.not_signed", "log_level": "warning"}]
    now = {"X-Slack-Request-Timestamp": str(int(WallClock().now().timestamp()))}
    assert (await by_http.server.request("{}", now | {"X-Slack-Signature": "v0=\u00e9"}))[0] == 401


async def test_slack_may_look_at_the_certificate(by_http: SlackStage) -> None:
    """It does so now and then, unsigned, and wants no more than that the request is taken."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await by_http.server.request("token=abc&ssl_check=1", form))[0] == 200
    assert (await by_http.server.request("token=abc&xssl_check=1", form))[0] == 401


async def test_slack_finds_the_address_to_be_ours(by_http: SlackStage) -> None:
    """The challenge with which Slack tries an address comes back."""
    asked = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a", "token": "verification"})
    headers = {"Content-Type": "application/json"} | by_http.server.signed(asked)
    status, said = await by_http.server.request(asked, headers)
    assert status == 200
    assert "3eZbrw1a" in said


@pytest.mark.soak
async def test_an_application_goes_on_after_a_restart(stage: SlackStage) -> None:
    """Another adapter, which remembers nothing, takes the old buttons and the next words."""
    await is_posted(stage)
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.says(WHY)
    stage.adapter.state.pending.clear()
    stage.adapter.state.spaces.forget("T0RIVER")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert answers(stage) == [WHY]


@pytest.mark.soak
async def test_a_preview_under_an_answer_is_no_edit(stage: SlackStage) -> None:
    """Slack tells of a link's preview as of an edit; the answer stays, and the bot says nothing about it."""
    await is_posted(stage)
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.says("See https://example.org/ada")
    said = len(stage.workspace.messages)
    await ada.previews("example.org/ada")
    assert len(stage.workspace.messages) == said


@pytest.mark.soak
async def test_what_another_account_changed_is_no_edit(stage: SlackStage) -> None:
    """A message of the person's that another account has changed leaves the answer as they wrote it."""
    await is_posted(stage)
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.says(WHY)
    said = len(stage.workspace.messages)
    await ada.edits(WHY, "Not what Ada wrote.", by="U0BEN")
    assert len(stage.workspace.messages) == said
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert answers(stage) == [WHY]


@pytest.mark.soak
async def test_a_mention_in_a_channel_is_not_an_answer(stage: SlackStage) -> None:
    """What is said in a channel is not taken for an answer, though it comes as two events."""
    await is_posted(stage)
    ada = stage.person("ada")
    await ada.presses("Apply", on=TITLE)
    said = len(stage.workspace.messages)
    await ada.says_in("spring-26", f"<@{BOT}> what is this?")
    assert len(stage.workspace.messages) == said + 1


@pytest.mark.soak
async def test_a_trigger_that_ran_out_becomes_a_button(stage: SlackStage) -> None:
    """Slack no longer opens the form: the person gets a button that does."""
    stage.server.faults.append(Fault("views.open", error="expired_trigger_id"))
    marta = stage.person("marta")
    await marta.uses("/project post", "spring-26")
    await stage.tick(minutes=1)
    assert marta.form is None
    await marta.presses("Open the form")
    assert marta.form is not None
