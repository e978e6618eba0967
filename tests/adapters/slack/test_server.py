"""Our own Slack server: it speaks in Slack's shapes, and refuses what Slack refuses."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.slack import payloads
from tests.support.slack.screen import shown_blocks, shown_markup
from tests.support.slack.server import APP_TOKEN, BOT_TOKEN, Fault, Server, serve
from tests.support.slack.validation import message_errors, view_errors
from tests.support.slack.workspace import Posted, Token

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "slack-samples"
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A workspace with ada, and the channel that she and the bot are in."""
    async with serve(lambda: NOON) as opened:
        opened.workspace.add_account("ada", "Ada Okafor", "Europe/Berlin")
        opened.workspace.add_channel("spring", "U0ADA")
        opened.workspace.tokens[BOT_TOKEN].scopes += ("channels:history", "team:read")
        yield opened


def client(server: Server, token: str = BOT_TOKEN) -> AsyncWebClient:
    """Slack's own client, pointed at our server."""
    return AsyncWebClient(token, base_url=f"{server.url}/api/", retry_handlers=[])


def text(words: str) -> list[dict[str, Any]]:
    """A section."""
    return [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]


def unknown(ours: object, sample: object, at: str = "") -> list[str]:
    """Where ours has a name that the sample has not, or another kind of thing under it."""
    if ours is None or sample in ({}, []):
        return []
    if isinstance(ours, Mapping) and isinstance(sample, Mapping):
        strange = [f"{at}/{name}" for name in ours if name not in sample]
        shared = [name for name in ours if name in sample]
        return strange + [one for name in shared for one in unknown(ours[name], sample[name], f"{at}/{name}")]
    if isinstance(ours, list) and isinstance(sample, list):
        return [one for each in ours for one in unknown(each, sample[0], f"{at}[]")]
    return [] if type(ours) is type(sample) else [f"{at}: {type(ours).__name__} for {type(sample).__name__}"]


def sample(name: str) -> dict[str, Any]:
    """One of Slack's samples."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("Slack's sample payloads are not here")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


VIEW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A walk"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": text("Where to?"),
}


async def test_its_answers_have_the_shapes_of_slacks_samples(server: Server) -> None:
    """No answer of a method has a name, or a kind of value, that Slack's own answer has not."""
    slack, workspace = client(server), server.workspace
    posted = await slack.chat_postMessage(channel="C0SPRING", text="hello", blocks=text("hello"))
    for name, answer in {
        "auth.test": await slack.auth_test(),
        "team.info": await slack.team_info(),
        "chat.postMessage": posted,
        "chat.update": await slack.chat_update(
            channel="C0SPRING", ts=posted["ts"], text="b", blocks=text("b")
        ),
        "chat.postEphemeral": await slack.chat_postEphemeral(channel="C0SPRING", user="U0ADA", text="psst"),
        "conversations.history": await slack.conversations_history(channel="C0SPRING"),
        "conversations.open": await slack.conversations_open(users="U0ADA", return_im=True),
        "conversations.info": await slack.conversations_info(channel="C0SPRING"),
        "conversations.list": await slack.conversations_list(),
        "conversations.members": await slack.conversations_members(channel="C0SPRING"),
        "users.info": await slack.users_info(user="U0ADA"),
        "users.list": await slack.users_list(),
        "views.open": await slack.views_open(trigger_id=workspace.trigger("U0ADA"), view=VIEW),
        "views.publish": await slack.views_publish(
            user_id="U0ADA", view={"type": "home", "blocks": text("x")}
        ),
        "apps.connections.open": await client(server, APP_TOKEN).apps_connections_open(app_token=APP_TOKEN),
        "chat.delete": await slack.chat_delete(channel="C0SPRING", ts=posted["ts"]),
    }.items():
        assert isinstance(answer.data, dict)
        strange = [s for s in unknown(answer.data, sample(f"api/{name}.json")) if "/blocks" not in s]
        assert strange == [], name


async def test_what_it_tells_the_bot_has_the_shapes_of_slacks_samples(server: Server) -> None:
    """No event, command or interaction has a name, or a kind of value, that Slack's has not."""
    workspace = server.workspace
    ada, dm = workspace.accounts["U0ADA"], workspace.dm_of("U0ADA")
    message = workspace.post(Posted(dm.id, workspace.next_ts(), ada.id, "hello"))
    spoken = payloads.message_event(dm, message)
    changed = payloads.message_changed(dm, message.wire(), message.wire(), workspace.next_ts())
    view = workspace.show("U0ADA", VIEW)
    happened = {
        "MessagePayload": spoken,
        "MessageChangedPayload": changed,
        "AppMentionPayload": payloads.message_event(dm, message, "app_mention"),
        "UserChangePayload": {"type": "user_change", "user": ada.wire(), "cache_ts": 1},
    }
    press = {
        "type": "button",
        "action_id": "a",
        "block_id": "b",
        "text": {"type": "plain_text", "text": "Go"},
    }
    told = {
        f"events/{name}": payloads.event(workspace, ada.team, inner) for name, inner in happened.items()
    } | {
        "app-backend/views/ViewSubmissionPayload": payloads.view(workspace, ada, view, {}),
        "app-backend/views/ViewClosedPayload": payloads.view(workspace, ada, view, None),
        "app-backend/interactive-components/BlockActionPayload": payloads.action_in_message(
            workspace, ada, message, press
        ),
    }
    for name, payload in told.items():
        # The samples are of Slack's Java library, which leaves out what it does not read.
        known = {"/event/channel_type", "/view/state/values", "/response_urls", "/event/event_ts"}
        strange = {s for s in unknown(payload, sample(f"{name}.json")) if "/blocks" not in s}
        assert strange - known == set(), name


QUIET = {"unfurl_links": False, "unfurl_media": False}


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({"channel": "C0GONE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0SPRING", "text": ""}, "no_text"),
        ({"channel": "C0SPRING", "text": "x", "blocks": text("x" * 3001)}, "invalid_blocks"),
        ({"channel": "C0SPRING", "text": "x", "blocks": text("")}, "invalid_blocks"),
        ({"channel": "C0SPRING", "text": "x", "blocks": text("x") * 51}, "invalid_blocks"),
        ({"channel": "C0SPRING", "text": "x", "blocks": [{"type": "party"}]}, "invalid_blocks"),
        ({"channel": "C0SPRING", "text": "x", "blocks": text("<!channel>")}, "invalid_blocks"),
        ({"channel": "C0SPRING", "text": "x" * 40_001}, "msg_too_long"),
    ],
)
async def test_it_refuses_messages_as_slack_does(server: Server, broken: dict[str, Any], error: str) -> None:
    """A message that Slack would not take is not kept; one that is malformed is remembered."""
    with pytest.raises(SlackApiError) as refused:
        await client(server).api_call("chat.postMessage", json=broken | QUIET)
    assert refused.value.response["error"] == error
    assert server.workspace.messages == []
    assert bool(server.workspace.complaints) == (error in {"invalid_blocks", "msg_too_long"})


async def test_a_trigger_opens_one_view_and_not_for_long(server: Server) -> None:
    """Used twice, too late or made up, it is refused with Slack's word for each."""
    workspace = server.workspace
    used, late = workspace.trigger("U0ADA"), workspace.trigger("U0ADA")
    workspace.triggers[late].until = NOON - timedelta(seconds=1)
    await client(server).views_open(trigger_id=used, view=VIEW)
    refused = {}
    for trigger in (used, late, "1.2.made-up"):
        with pytest.raises(SlackApiError) as no:
            await client(server).views_open(trigger_id=trigger, view=VIEW)
        refused[trigger] = no.value.response["error"]
    assert refused == {
        used: "exchanged_trigger_id",
        late: "expired_trigger_id",
        "1.2.made-up": "invalid_trigger_id",
    }


async def test_tokens_are_known_and_may_not_do_everything(server: Server) -> None:
    """Without a token, with a wrong, a revoked or a narrow one, Slack says which it is."""
    server.workspace.tokens["xoxb-old"] = Token("T0RIVER", revoked="token_revoked")
    server.workspace.tokens["xoxb-narrow"] = Token("T0RIVER", ("commands",))
    errors = {}
    for token in ("", "xoxb-wrong", "xoxb-old", "xoxb-narrow", APP_TOKEN):
        with pytest.raises(SlackApiError) as no:
            await client(server, token).users_info(user="U0ADA")
        errors[token] = no.value.response["error"]
    assert errors == {
        "": "not_authed",
        "xoxb-wrong": "invalid_auth",
        "xoxb-old": "token_revoked",
        "xoxb-narrow": "missing_scope",
        APP_TOKEN: "not_allowed_token_type",
    }


async def test_faults_are_made_on_demand(server: Server) -> None:
    """A lost answer leaves the message there; a storm names the seconds; both end after their times."""
    server.faults += [
        Fault("chat.postMessage", lost=True),
        Fault("chat.postMessage", error="ratelimited", retry_after=7),
    ]
    with pytest.raises(Exception, match=r"(?i)disconnected"):
        await client(server).chat_postMessage(channel="C0SPRING", text="one")
    with pytest.raises(SlackApiError) as no:
        await client(server).chat_postMessage(channel="C0SPRING", text="two")
    assert no.value.response.headers["Retry-After"] == "7"
    await client(server).chat_postMessage(channel="C0SPRING", text="three")
    assert [message.text for message in server.workspace.messages] == ["one", "three"]


async def test_an_answer_is_taken_five_times_in_half_an_hour(server: Server) -> None:
    """The sixth use of a response_url and any use after its time are refused."""
    url = server.workspace.response_url("C0SPRING", "U0ADA")
    late = server.workspace.response_url("C0SPRING", "U0ADA")
    server.workspace.answers[late.rpartition("/")[2]].until = NOON - timedelta(seconds=1)
    assert server.http
    statuses = []
    for address in (url,) * 6 + (late,):
        async with server.http.post(address, json={"text": "hello"}) as said:
            statuses.append(said.status)
    assert statuses == [200] * 5 + [404] * 2


def test_a_message_is_read_as_slack_shows_it() -> None:
    """Marks are applied, entities resolved, dates shown in the reader's own zone."""
    assert (
        shown_markup("*bold* and 2*3*4 &lt;b&gt; <https://a.b|here>", "UTC", {}) == "bold and 2*3*4 <b> here"
    )
    date = "<!date^1773057600^{date_long} {time}|soon>"
    assert shown_markup(date, "Europe/Berlin", {}) == "Monday, March 9, 2026 13:00"
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": "*as typed*"}]}
    assert shown_blocks([{"type": "rich_text", "elements": [rich]}], "UTC", {}) == "*as typed*"


def test_a_form_that_slack_would_not_show_is_found() -> None:
    """Titles, missing submit buttons, and names used twice are among what the models miss."""
    asked = {"type": "input", "block_id": "x", "label": {"type": "plain_text", "text": "Where"}}
    asked["element"] = {"type": "plain_text_input", "action_id": "text"}
    assert view_errors({**VIEW, "blocks": [asked]}) == []
    assert view_errors({**VIEW, "title": {"type": "plain_text", "text": "x" * 25}})
    assert view_errors({**VIEW, "submit": None, "blocks": [asked]})
    assert view_errors({**VIEW, "blocks": [asked, asked]})
    assert message_errors("x", [asked])
