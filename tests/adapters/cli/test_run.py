"""`stint run` with platforms: what it refuses before it connects, and the server beside it."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from aiohttp import ClientSession
from typer.testing import CliRunner

from adapters.cli.commands import app
from adapters.cli.web import Site
from adapters.config import Settings, Web
from bot.clock import WallClock
from storage.database import open_database
from tests.support.commands import Done
from tests.support.databases import sqlite_url

Shell = Callable[..., Done]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs `stint` in the test's own folder, with these variables."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **environment: str) -> Done:
        result = CliRunner().invoke(app, arguments, env=environment, catch_exceptions=False)
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.mark.parametrize(
    ("given", "fixes"),
    [
        ({"BOT_TOKEN": "x"}, ["STINT_SLACK__APP_TOKEN"]),
        ({"BOT_TOKEN": "x", "MODE": "http"}, ["STINT_SLACK__SIGNING_SECRET"]),
        (
            {"CLIENT_ID": "1.2", "APP_TOKEN": "x"},
            ["STINT_SLACK__CLIENT_SECRET", "STINT_SECRET_KEY", "STINT_WEB__PUBLIC_URL"],
        ),
    ],
)
def test_what_is_missing_is_said_before_anything_is_made(
    shell: Shell, tmp_path: Path, given: dict[str, str], fixes: list[str]
) -> None:
    """Each missing token or setting has a line with the variable to set; no database is left behind."""
    done = shell("run", **{f"STINT_SLACK__{name}": value for name, value in given.items()})
    assert (done.code, done.out, list(tmp_path.iterdir())) == (2, "", [])
    lines = done.err.splitlines()
    assert len(lines) == len(fixes)
    assert all(fix in line for fix, line in zip(fixes, lines, strict=True))


async def test_a_port_that_is_taken_ends_the_command_with_the_fix(
    migrated_sqlite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message has the port and the setting; with another port the pages answer."""
    database = open_database(sqlite_url(migrated_sqlite))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site = Site(Settings(web=Web(port=port)), {}, database, WallClock())
        with pytest.raises(typer.Exit):
            async with site.listening():
                pass
    said = capsys.readouterr().err
    assert f"cannot have port {port} on 127.0.0.1: another program has it." in said
    assert "STINT_WEB__PORT" in said
    async with site.listening() as line:
        assert line == (
            f"Health and metrics: http://127.0.0.1:{port}/readyz and http://127.0.0.1:{port}/metrics."
        )
        async with ClientSession() as session, session.get(line.split()[3]) as response:
            assert (response.status, await response.text()) == (200, "ready\n")
    await database.close()


async def test_port_0_opens_no_server(migrated_sqlite: Path) -> None:
    """A person who wants no web server has none."""
    database = open_database(sqlite_url(migrated_sqlite))
    async with Site(Settings(web=Web(port=0)), {}, database, WallClock()).listening() as line:
        assert line == ""
    await database.close()
