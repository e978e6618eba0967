"""`stint slack manifest`, `stint discord invite` and `stint key`."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from typer.testing import CliRunner

from adapters.cli.commands import app
from adapters.slack.manifest import HISTORY, SCOPES, manifest, manifest_link
from bot.chat.language import as_text
from bot.programme import ROUTES
from tests.support.commands import Done

Shell = Callable[..., Done]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs `stint` in the test's own folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Done:
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


def test_the_manifest_is_all_that_is_printed(shell: Shell) -> None:
    """What goes to a file is JSON; the output says why each scope is asked for."""
    done = shell("slack", "manifest")
    assert (done.code, json.loads(done.out)) == (0, manifest(ROUTES.specs))
    assert all(scope in done.err and as_text(why) in done.err for scope, why in SCOPES.items())


def test_the_link_alone(shell: Shell) -> None:
    """With --url the one line is the link."""
    assert shell("slack", "manifest", "--url").out == manifest_link(manifest(ROUTES.specs)) + "\n"


def test_the_configuration_shapes_the_manifest(shell: Shell, tmp_path: Path) -> None:
    """Names, prefix, addresses and OAuth come from the settings."""
    (tmp_path / "config.toml").write_text(
        '[slack]\nmode = "http"\nclient_id = "1.2"\nprefix = "uni-"\nnames = { apply = "go" }\n'
        '[web]\npublic_url = "https://stint.example.org/"\n',
        encoding="utf-8",
    )
    made = json.loads(shell("slack", "manifest").out)
    assert {"/uni-stint", "/go"} == {each["command"] for each in made["features"]["slash_commands"]}
    assert made["oauth_config"]["redirect_urls"] == ["https://stint.example.org/slack/oauth_redirect"]
    events = made["settings"]["event_subscriptions"]
    assert events["request_url"] == "https://stint.example.org/slack/events"


def test_short_commands_are_a_choice(shell: Shell, tmp_path: Path) -> None:
    """Set so, each first word is a command, beside the one that does for all."""
    (tmp_path / "config.toml").write_text("[slack]\nshort_commands = true\n", encoding="utf-8")
    made = json.loads(shell("slack", "manifest").out)
    commands = {each["command"] for each in made["features"]["slash_commands"]}
    assert {"/stint", "/project", "/apply"} <= commands


def test_reading_channels_is_a_choice_that_is_explained(shell: Shell, tmp_path: Path) -> None:
    """It is not asked for unless the operator sets it; what it is for is said in either case."""
    without = shell("slack", "manifest")
    assert "channels:history" not in without.out
    assert "With `channel_history = true` under [slack] the bot looks" in without.err
    assert all(as_text(why) in without.err for why in HISTORY.values())
    (tmp_path / "config.toml").write_text("[slack]\nchannel_history = true\n", encoding="utf-8")
    granted = shell("slack", "manifest")
    assert json.loads(granted.out)["oauth_config"]["scopes"]["bot"] == sorted({*SCOPES, *HISTORY})
    assert all(scope in granted.err for scope in HISTORY)
    assert "It reads no channel." not in granted.err


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ('[slack]\nmode = "http"\n', "public_url under [web]"),
        ('[slack]\nnames = { aply = "go" }\n', "there is no command aply"),
    ],
)
def test_a_manifest_that_cannot_be_made_is_refused(shell: Shell, tmp_path: Path, text: str, fix: str) -> None:
    """What is missing or mistaken is said with the fix, and nothing is printed for a file."""
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    done = shell("slack", "manifest")
    assert (done.code, done.out) == (2, "")
    assert fix in done.err


def test_a_key_is_one_that_opens_what_it_sealed(shell: Shell) -> None:
    """`stint key` prints 32 random bytes as the encryption takes them, never the same ones."""
    first, second = shell("key").out.strip(), shell("key").out.strip()
    assert len(base64.urlsafe_b64decode(first)) == 32
    assert first != second


def test_an_invitation_needs_a_token_or_an_id(shell: Shell) -> None:
    """Without either it says where to find one."""
    done = shell("discord", "invite")
    assert done.code == 2
    assert "STINT_DISCORD__TOKEN" in done.err
    assert "--id" in done.err
    assert "client_id=77" in shell("discord", "invite", "--id", "77").out


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A Discord that knows one token."""

    async def whose(request: web.Request) -> web.Response:
        known = request.headers["Authorization"] == "Bot good"
        return web.json_response({"id": "4711"} if known else {}, status=200 if known else 401)

    server = web.Application()
    server.router.add_get("/applications/@me", whose)
    async with TestServer(server) as running:
        monkeypatch.setenv("STINT_DISCORD__API_BASE_URL", str(running.make_url("/")))
        yield


async def test_discord_says_whose_token_it_is(
    discord: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link is for the token's application; a token that is not known is said without showing it."""
    from adapters.cli.app_links import application_of
    from adapters.cli.configuration import load_settings

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STINT_DISCORD__TOKEN", "good")
    assert await application_of(load_settings()) == "4711"
    monkeypatch.setenv("STINT_DISCORD__TOKEN", "wrong")
    with pytest.raises(Exception, match="2"):
        await application_of(load_settings())
    assert "Discord does not know this token" in capsys.readouterr().err
