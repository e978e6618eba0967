"""What `stint doctor` says of Slack: each fault is made on purpose, named, and comes with its fix."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select
from typer.testing import CliRunner

from adapters.cli.commands import app
from adapters.cli.installations import StoredInstallations
from adapters.cli.platforms import adapters_of
from adapters.config import Settings, Slack
from adapters.slack.adapter import SlackAdapter
from adapters.slack.installations import Installation
from adapters.slack.manifest import SCOPES
from adapters.slack.options import SlackOptions
from bot.chat.adapter import Response
from bot.chat.content import Text
from bot.chat.events import Event, Place
from bot.chat.findings import Finding, finding_lines
from bot.chat.language import ENGLISH, as_text
from bot.chat.values import replace
from bot.clock import WallClock
from storage.database import open_database
from storage.migrate import upgrade
from storage.secrets import SecretBox
from storage.tables import Person, Role
from storage.unit_of_work import UnitOfWork
from tests.support.bot import MONDAY, Town, seed_programme
from tests.support.projects import make_coordinator
from tests.support.slack.server import APP_TOKEN, BOT_TOKEN, Fault, Server, serve
from tests.support.slack.stage import SPRING, no_file, open_slack_stage, people_into, running, user
from tests.support.slack.workspace import BOT, Token


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """A workspace, a programme of two coordinators, and a configuration by environment that is right."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'stint.db'}"
    upgrade(url)
    database = open_database(url, inline=True)
    database.transact_inline(_seed)
    database.close_inline()
    async with serve(WallClock().now) as opened:
        people_into(opened.workspace)
        for name, value in {
            "DATABASE_URL": url,
            "SLACK__API_BASE_URL": f"{opened.url}/api/",
            "SLACK__BOT_TOKEN": BOT_TOKEN,
            "SLACK__APP_TOKEN": APP_TOKEN,
            "WEB__PORT": "0",
        }.items():
            monkeypatch.setenv(f"STINT_{name}", value)
        yield opened


def _seed(work: UnitOfWork) -> None:
    seed_programme(work, MONDAY, Town(SPRING, user), {})
    marta = work.session.scalars(select(Person).where(Person.name == "Marta Ruiz")).one()
    second = {"programme_id": marta.programme_id, "person_id": marta.id, "role": "coordinator"}
    work.session.add(Role(**second, created_at=MONDAY))


async def found() -> dict[str, Finding]:
    """What the doctor finds that is not well, by code; it says all of it without a token."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "--json"])
    assert "xoxb-" not in result.stdout.replace("xoxb-…", "")
    findings = [Finding(**each) for each in json.loads(result.stdout)]
    for line in finding_lines(findings):  # as `/stint doctor` says it
        assert as_text(ENGLISH.parts(line.parts if isinstance(line, Text) else ())).endswith((".", ")"))
    assert (result.exit_code != 0) == any(each.level == "problem" for each in findings)
    return {each.code: each for each in findings if each.level != "ok" and each.code != "key.missing"}


@pytest.mark.soak
async def test_a_bot_that_is_set_up_rightly_is_well(server: Server) -> None:
    """Nothing is found where nothing is wrong."""
    assert await found() == {}


async def test_faults_of_the_connection_are_named(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong token, one of another app, a scope too few, a clock that is off, a Slack out of reach."""
    tokens = server.workspace.tokens
    tokens["xapp-1-A0OTHER-1-x"] = Token("", ("connections:write",), app="A0OTHER")
    monkeypatch.setenv("STINT_SLACK__APP_TOKEN", "xapp-1-A0OTHER-1-x")
    tokens[BOT_TOKEN].scopes = tuple(scope for scope in SCOPES if scope != "im:history")
    server.clock_off = timedelta(minutes=8)
    seen = await found()
    assert set(seen) == {"slack.other_app", "slack.scope_missing", "clock.off"}
    assert "A0OTHER" in as_text(seen["slack.other_app"].what)
    assert "im:history" in as_text(seen["slack.scope_missing"].what)
    assert "stint slack manifest" in as_text(seen["slack.scope_missing"].fix)
    assert "8 minutes behind" in as_text(seen["clock.off"].what)
    monkeypatch.setenv("STINT_SLACK__BOT_TOKEN", "xoxb-wrong")
    assert "OAuth & Permissions" in as_text((await found())["slack.token_wrong"].fix)
    server.faults.append(Fault("auth.test", error="fatal_error"))
    assert "network" in as_text((await found())["slack.unreachable"].fix)


async def test_a_scope_that_was_chosen_is_missed_where_it_was_not_granted(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator wants channels to be read and has not installed the app again: the finding says why."""
    monkeypatch.setenv("STINT_SLACK__CHANNEL_HISTORY", "true")
    server.workspace.tokens[BOT_TOKEN].scopes = (*SCOPES, "groups:history")
    seen = await found()
    assert set(seen) == {"slack.scope_missing"}
    assert "channels:history: to look whether the bot's message has arrived" in as_text(
        seen["slack.scope_missing"].what
    )


async def test_the_platform_is_looked_at_before_there_is_a_database(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first start the token is tried all the same, and the database is not made by looking."""
    missing = tmp_path / "later.db"
    monkeypatch.setenv("STINT_DATABASE_URL", f"sqlite:///{missing}")
    assert set(await found()) == {"database.missing"}
    monkeypatch.setenv("STINT_SLACK__BOT_TOKEN", "xoxb-wrong")
    assert set(await found()) == {"database.missing", "slack.token_wrong"}
    assert not missing.exists()


async def test_of_many_workspaces_each_that_lost_its_token_is_named(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is well, one's token is refused, one's was sealed with another key."""
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    database = open_database(f"sqlite:///{tmp_path / 'stint.db'}")
    for key, team, token in (
        (keys[0], "T0RIVER", BOT_TOKEN),
        (keys[0], "T0HARBOUR", "xoxb-gone"),
        (keys[1], "T0VALLEY", "xoxb-sealed"),
    ):
        kept = StoredInstallations(database, SecretBox([key]), WallClock().now)
        await kept.save(Installation("", team, token, name=team.removeprefix("T0").title()))
    await database.close()
    monkeypatch.delenv("STINT_SLACK__BOT_TOKEN")
    monkeypatch.setenv("STINT_SECRET_KEY", keys[0])
    monkeypatch.setenv("STINT_SLACK__CLIENT_ID", "1.2")
    monkeypatch.setenv("STINT_SLACK__CLIENT_SECRET", "client-secret")
    monkeypatch.setenv("STINT_WEB__PUBLIC_URL", "https://stint.example.org")
    seen = await found()
    assert set(seen) == {"slack.token_wrong", "slack.token_sealed"}
    assert "the token of Harbour (invalid_auth)" in as_text(seen["slack.token_wrong"].what)
    assert "Valley" in as_text(seen["slack.token_sealed"].what)


async def test_faults_of_channels_are_named(server: Server) -> None:
    """The bot was never invited, the channel is archived, or gone: what to type is said beside it."""
    channel = server.workspace.channels["C0SPRING26"]
    channel.members.discard(BOT)
    assert "/invite @stint in #spring-26" in as_text((await found())["slack.not_in_channel"].fix)
    channel.members.add(BOT)
    channel.archived = True
    assert "Unarchive #spring-26" in as_text((await found())["slack.channel_archived"].fix)
    del server.workspace.channels["C0SPRING26"]
    assert "choose another channel" in as_text((await found())["slack.channel_not_found"].fix)


@pytest.mark.parametrize(
    ("breaks", "code"),
    [
        (lambda server: setattr(server, "claimed_sockets", 10), "slack.too_many_sockets"),
        (
            lambda server: server.faults.append(Fault("apps.connections.open", 999, error="fatal_error")),
            "slack.no_socket",
        ),
    ],
)
async def test_faults_of_sockets_are_named_in_chat(
    tmp_path: Path, breaks: Callable[[Server], None], code: str
) -> None:
    """Ghosts that Slack counts, or no connection left: the running bot finds it."""
    async with open_slack_stage(tmp_path) as stage:
        breaks(stage.server)
        for socket in tuple(stage.server.sockets):
            await socket.wire.close()
        async with asyncio.timeout(10):
            while code not in {each.code for each in await stage.adapter.inspect()}:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        [named] = [each for each in await stage.adapter.inspect() if each.code == code]
        assert as_text(named.fix)


@pytest.mark.parametrize(("counted", "codes"), [(4, set()), (9, set()), (10, {"slack.too_many_sockets"})])
async def test_processes_that_share_a_database_are_not_asked_to_stop_each_other(
    tmp_path: Path, counted: int, codes: set[str]
) -> None:
    """Each has connections of its own; only where Slack allows no more is there something to do."""
    async with open_slack_stage(tmp_path) as stage:
        state = stage.adapter.state
        stage.adapter.state = replace(state, options=replace(state.options, alone=False))
        stage.server.claimed_sockets = counted
        for socket in tuple(stage.server.sockets):
            await socket.wire.close()
        async with asyncio.timeout(10):
            while stage.adapter.sockets.counted != counted or not stage.adapter.sockets.connected:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        found = {each.code: each for each in await stage.adapter.inspect() if each.level != "ok"}
        assert set(found) == codes
        assert not any("Stop other" in as_text(each.fix) for each in found.values())


@pytest.mark.parametrize(("url", "alone"), [("sqlite:///stint.db", True), ("postgresql://db/stint", False)])
def test_only_a_sqlite_file_has_one_process(tmp_path: Path, url: str, alone: bool) -> None:
    """Which database it is decides whether other connections of the app are strangers."""
    settings = Settings(slack=Slack(bot_token=SecretStr(BOT_TOKEN)))
    database = open_database(url.replace("stint.db", str(tmp_path / "stint.db")), inline=True)
    adapter = adapters_of(settings, WallClock(), database, SecretBox(()))["slack"]
    assert isinstance(adapter, SlackAdapter)
    assert adapter.state.options.alone is alone


async def test_a_coordinator_asks_in_chat(tmp_path: Path) -> None:
    """`/stint doctor` names the channel that was archived; a student reads that it is not for them."""
    async with open_slack_stage(tmp_path) as stage:
        cora, ada = stage.person("cora"), stage.person("ada")
        stage.workspace.channels["C0SPRING26"].archived = True
        await cora.uses("/stint doctor")
        assert cora.sees("#spring-26 is archived")
        assert cora.sees("Unarchive #spring-26 in its settings")
        await cora.archives("spring-26")
        await cora.uses("/stint doctor")
        assert cora.sees("The channel of Spring 26 is paused")
        await ada.uses("/stint doctor")
        assert ada.sees("is for coordinators")
        assert not ada.sees("is paused")


async def test_the_token_of_another_app_is_found_over_http(tmp_path: Path) -> None:
    """What comes in names its app; a bot token that is of another one is found, with what to do."""
    async with open_slack_stage(tmp_path, "http") as stage:
        cora = stage.person("cora")
        make_coordinator(stage, "jo")
        await cora.uses("/stint doctor")
        assert cora.sees("All is well")
        stage.workspace.tokens[BOT_TOKEN].app = "A0OTHER"
        await cora.uses("/stint doctor")
        assert cora.sees(
            "The bot's token is of the app A0OTHER, and what people do comes from the app A0STINT."
        )
        assert cora.sees("the signing secret")


async def never(event: Event) -> Response:
    """Nothing happens here."""
    raise AssertionError(event)


@pytest.mark.soak
async def test_a_workspace_that_asks_has_its_own_token_looked_at(tmp_path: Path) -> None:
    """Of several installations the running bot tries that of the workspace alone, and no other."""
    url = f"sqlite:///{tmp_path / 'stint.db'}"
    upgrade(url)
    async with serve(WallClock().now) as server, AsyncExitStack() as ends:
        ends.push_async_callback((database := open_database(url)).close)
        kept = StoredInstallations(database, SecretBox([Fernet.generate_key().decode()]), WallClock().now)
        await kept.save(Installation("", "T0RIVER", BOT_TOKEN, name="Riverside"))
        await kept.save(Installation("", "T0HARBOUR", "xoxb-gone", name="Harbour"))
        options = SlackOptions(mode="http", api_base_url=f"{server.url}/api/", signing_secret="s")
        adapter = SlackAdapter(
            options, kept, now=WallClock().now, monotonic=WallClock().monotonic, load_file=no_file
        )
        async with running(server, adapter, "http", never):
            assert [each.code for each in await adapter.inspect(Place("slack", "T0RIVER", ""))] == [
                "slack.here"
            ]
            [gone] = await adapter.inspect(Place("slack", "T0HARBOUR", ""))
            assert (gone.code, gone.space) == ("slack.token_wrong", "T0HARBOUR")
