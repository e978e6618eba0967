import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack.manifest import (
    EVENTS,
    HISTORY,
    SCOPES,
    command_names,
    manifest,
    manifest_link,
    names_heard,
    scopes_of,
)
from bot.chat.commands import CommandSpec
from bot.chat.language import ENGLISH
from bot.chat.languages import PSEUDO, language_for
from bot.programme import ROUTES

HTTP = "https://stint.example.org"

# What each event needs to be delivered: docs.slack.dev/reference/events
NEEDED = {
    "channel": "channels:read",
    "group": "groups:read",
    "member": "channels:read",
    "message.im": "im:history",
    "user_change": "users:read",
}

ADAPTER = Path(__file__).resolve().parents[3] / "adapters" / "slack"

# What each method asks for, as its page at docs.slack.dev/reference/methods says. In channels the history is
# read only where a person has granted more than we ask for.
METHODS: dict[str, set[str]] = {
    "apps.connections.open": set(),  # an app-level token's
    "auth.test": set(),
    "bots.info": {"users:read"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"im:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "files.info": {"files:read"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "oauth.v2.access": set(),
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
METHOD = re.compile(
    r'"((?:api|apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views)\.[a-zA-Z.]+)"'
)


@pytest.fixture(params=["socket", "http"])
def made(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The manifest by socket, and by HTTP with OAuth."""
    reached = HTTP if request.param == "http" else ""
    return manifest(ROUTES.specs, events_at=reached, install_at=reached)


def test_the_manifest_is_within_slacks_limits(made: dict[str, Any]) -> None:
    """Every length and number that docs.slack.dev/reference/app-manifest gives holds."""
    shown = made["display_information"]
    assert 1 <= len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])
    features = made["features"]
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", features["bot_user"]["display_name"])
    commands = features["slash_commands"]
    assert 0 < len(commands) <= 50
    for command in commands:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2000
        assert 1 <= len(command.get("usage_hint", "x")) <= 1000
        assert command["should_escape"] is True
    assert len(made["oauth_config"]["scopes"]["bot"]) <= 255
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_people_can_write_to_the_bot(made: dict[str, Any]) -> None:
    """The messages tab is there and can be written in, or no conversation could be held."""
    home = made["features"]["app_home"]
    assert home["messages_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False
    assert home["home_tab_enabled"] is True


def test_one_command_does_for_all() -> None:
    """By default the app takes one name; what may follow it is in its hint, and is typed after it."""
    [only] = manifest(ROUTES.specs)["features"]["slash_commands"]
    assert only["command"] == "/stint"
    words = only["usage_hint"].split(" | ")
    for spec in ROUTES.specs:
        assert (spec.path[1] if spec.path[0] == "stint" else spec.path[0]) in words
    called = command_names(ROUTES.specs)
    assert (called["stint"], called["apply"], called["project"]) == ("stint", "stint apply", "stint project")


def test_what_follows_the_one_command_means_one_thing() -> None:
    """No subcommand of its own is called as another command's first word."""
    own = {spec.path[1] for spec in ROUTES.specs if spec.path[0] == "stint"}
    assert own & {spec.path[0] for spec in ROUTES.specs} == set()


def test_short_commands_are_in_the_manifest_where_they_are_wanted() -> None:
    """Then there is one Slack command for each first word; every subcommand is named in its hint."""
    made = manifest(ROUTES.specs, short=True)["features"]["slash_commands"]
    commands = {each["command"]: each for each in made}
    assert set(commands) == {f"/{spec.path[0]}" for spec in ROUTES.specs}
    for spec in ROUTES.specs:
        if len(spec.path) > 1:
            words = commands[f"/{spec.path[0]}"]["usage_hint"].split(" | ")
            assert " ".join(spec.path[1:]) in words


def test_every_scope_and_event_is_explained() -> None:
    """The scopes are exactly those with a reason, and every event is covered by one of them."""
    made = manifest(ROUTES.specs)
    assert made["oauth_config"] == {"scopes": {"bot": sorted(SCOPES)}}
    assert all(SCOPES.values())
    for event in EVENTS:
        needed = NEEDED.get(event) or NEEDED.get(event.split("_")[0])
        assert needed is None or needed in SCOPES, event


@pytest.mark.parametrize("scope", [*SCOPES, *HISTORY])
def test_why_a_scope_is_asked_for_is_said_in_the_language_of_who_installs(scope: str) -> None:
    """A phrase after a colon, which the page of the installation shows."""
    why = scopes_of(channel_history=True)[scope]
    english, other = (language.text(why) for language in (ENGLISH, language_for(PSEUDO)))
    assert not english.endswith(".")
    assert english != other


def test_the_scopes_are_those_that_the_adapter_needs() -> None:
    """Every method that the adapter's sources call is listed, and together they ask for just these scopes."""
    sources = [path.read_text(encoding="utf-8") for path in ADAPTER.glob("*.py")]
    called = {found[1] for text in sources for found in METHOD.finditer(text)}
    assert called - METHODS.keys() == set()
    asked = set().union(*(METHODS[method] for method in called)) | {"commands"}
    assert asked == set(SCOPES)


def test_socket_and_http_differ_only_in_how_slack_reaches_us() -> None:
    """By socket there is no address of ours; by HTTP all of them are /slack/events."""
    plain, reached = json.dumps(manifest(ROUTES.specs)), manifest(ROUTES.specs, events_at=HTTP)
    assert "http" not in plain
    events = f"{HTTP}/slack/events"
    assert reached["settings"]["socket_mode_enabled"] is False
    assert reached["settings"]["event_subscriptions"]["request_url"] == events
    assert reached["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": events,
        "message_menu_options_url": events,
    }
    assert {each["url"] for each in reached["features"]["slash_commands"]} == {events}


def test_many_workspaces_come_back_to_the_redirect() -> None:
    """With an address to install at, OAuth's redirect is allowed and organisations may install it."""
    made = manifest(ROUTES.specs, install_at=HTTP)
    assert made["oauth_config"]["redirect_urls"] == [f"{HTTP}/slack/oauth_redirect"]
    assert made["settings"]["org_deploy_enabled"] is True
    assert made["settings"]["socket_mode_enabled"] is True


def test_commands_can_be_renamed() -> None:
    """A prefix comes before every name, and a name of one's own makes its own command."""
    called = command_names(ROUTES.specs, "uni-", {"apply": "apply-here"})
    assert (called["stint"], called["project"]) == ("uni-stint", "uni-stint project")
    assert called["apply"] == "apply-here"
    named = manifest(ROUTES.specs, prefix="uni-", names={"apply": "apply-here"})
    commands = [each["command"] for each in named["features"]["slash_commands"]]
    assert sorted(commands) == ["/apply-here", "/uni-stint"]
    assert command_names(ROUTES.specs, "uni-", short=True)["project"] == "uni-project"


def test_every_name_of_an_earlier_manifest_is_still_heard() -> None:
    """Whichever was put into the app: short, with the prefix, or renamed."""
    heard = names_heard(ROUTES.specs, "uni-", {"apply": "apply-here"})
    assert {heard[name] for name in ("project", "uni-project")} == {"project"}
    assert {heard[name] for name in ("apply", "uni-apply", "apply-here")} == {"apply"}
    assert heard["uni-stint"] == "stint"


@pytest.mark.parametrize(
    ("prefix", "names", "why"),
    [
        ("", {"aply": "x"}, "there is no command aply"),
        ("", {"apply": "stint"}, "two commands would be /stint"),
        ("twenty-characters-lo", {"apply": "x" * 40}, "is too long"),
    ],
)
def test_names_that_slack_would_refuse_are_refused_here(prefix: str, names: dict[str, str], why: str) -> None:
    """An unknown command, a name twice and one that is too long are said before Slack says it."""
    with pytest.raises(ValueError, match=why):
        command_names(ROUTES.specs, prefix, names)


def test_the_link_carries_the_whole_manifest() -> None:
    """A person who opens the link has the very manifest before them."""
    made = manifest([CommandSpec(("ask",), "Ask “us” & them")])
    link = urlsplit(manifest_link(made))
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    asked = parse_qs(link.query)
    assert asked["new_app"] == ["1"]
    assert json.loads(asked["manifest_json"][0]) == made
