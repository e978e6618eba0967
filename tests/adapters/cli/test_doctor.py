"""`stint doctor`: each fault made on purpose is named, with what to do; no secret is printed."""

import asyncio
import json
import socket
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.cli.commands import app
from adapters.web.server import Health, serve
from bot.chat.findings import Finding
from bot.chat.language import as_text
from bot.programme.administration.doctor import stale_zones
from storage.database import UnitOfWork, open_database
from storage.lock import ProcessLock
from storage.migrate import upgrade
from storage.tables import Channel, Cohort, Programme, Space, outbox, timers

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in its own folder."""
    monkeypatch.chdir(tmp_path)


def look(*arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code and the findings by code; every one that is not well says what to do."""
    result = CliRunner().invoke(app, ["doctor", "--json", *arguments])
    found = {each["code"]: each for each in json.loads(result.stdout)}
    return result.exit_code, found


@pytest.mark.soak
def test_nothing_set_up_is_no_problem() -> None:
    """The terminal works without anything; what would be next is said."""
    code, found = look()
    assert code == 0
    assert set(found) == {"config.missing", "database.missing"}
    assert "docs/slack.md" in found["config.missing"]["fix"]


def test_a_malformed_config_is_named_with_its_line(tmp_path: Path) -> None:
    """The doctor goes no further than that."""
    (tmp_path / "config.toml").write_text('log_level = "loud"\n')
    code, found = look()
    assert code == 1
    assert "config.toml, line 1" in found["config.malformed"]["what"]


def test_what_a_platform_lacks_and_a_missing_key_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are never printed."""
    monkeypatch.setenv("STINT_SLACK__BOT_TOKEN", "xoxb-1-secret")
    code, found = look()
    assert code == 1
    assert "app-level token" in found["config.incomplete"]["what"]
    assert "stint key" in found["key.missing"]["fix"]
    assert "secret" not in json.dumps(found).replace("SECRET_KEY", "").replace("secret_key_file", "")


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it is the bot's own; the program that has the port answers no check."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("STINT_WEB__HOST", "127.0.0.1")
        monkeypatch.setenv("STINT_WEB__PORT", str(taken.getsockname()[1]))
        code, found = look()
    assert code == 1
    assert "STINT_WEB__PORT" in found["port.taken"]["fix"]


async def test_what_the_running_bot_says_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the bot itself sees its connections: what it warns of and what keeps it from working is named."""
    found = [Finding("slack.too_many_sockets", "warning", "Slack counts 3 connections.", "Stop others.")]

    async def findings() -> Sequence[Finding]:
        return found

    async def metrics() -> bytes:
        return b""

    async with serve("127.0.0.1", 0, [], Health(findings, metrics)) as address:
        monkeypatch.setenv("STINT_WEB__HOST", "0.0.0.0")  # noqa: S104 - asked at the loopback address
        monkeypatch.setenv("STINT_WEB__PORT", address.rpartition(":")[2])
        code, told = await asyncio.to_thread(look)
        assert (code, told["bot.ready"]["level"]) == (0, "ok")
        assert told["bot.warning"]["what"] == "The running bot says: Slack counts 3 connections. Stop others."
        found.append(Finding("slack.no_socket", "problem", "No connection is open.", "Look at the token."))
        code, told = await asyncio.to_thread(look)
    assert code == 1
    assert told["bot.unready"]["what"] == "The running bot says: No connection is open. Look at the token."
    assert "port.taken" not in told


def test_a_bot_that_shows_nothing_of_itself_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds the database and has no page to ask, so its connections are for `/stint doctor` to see."""
    upgrade(f"sqlite:///{tmp_path / 'stint.db'}")
    lock = ProcessLock(tmp_path / "stint.db")
    monkeypatch.setenv("STINT_DISCORD__TOKEN", "MTIz.x.y")
    monkeypatch.setenv("STINT_DISCORD__API_BASE_URL", "http://127.0.0.1:9/api/v10")
    monkeypatch.setenv("STINT_WEB__PORT", "0")
    lock.acquire()
    try:
        _, told = look()
    finally:
        lock.release()
    assert "/stint doctor" in told["bot.unseen"]["fix"]
    assert told["discord.unreachable"]["what"] == "Discord cannot be reached."


@pytest.mark.soak
def test_what_the_rows_say_is_named(tmp_path: Path) -> None:
    """Overdue and failed timers, doubtful and lost messages, paused channels and spaces."""
    url = f"sqlite:///{tmp_path / 'stint.db'}"
    upgrade(url)
    database = open_database(url, inline=True)
    database.transact_inline(_in_trouble)
    database.close_inline()
    code, found = look()
    assert code == 1
    assert set(found) - {"config.missing"} == {
        "coordinators.none",
        "timers.overdue",
        "timers.failed",
        "messages.unknown",
        "messages.failed",
        "channel.paused",
        "space.paused",
    }
    assert all(each["fix"] for each in found.values())


def _in_trouble(work: UnitOfWork) -> None:
    now = datetime.fromtimestamp(Path("stint.db").stat().st_mtime, UTC)
    programme = Programme(name="Riverside", zone="UTC", created_at=now)
    work.session.add(programme)
    work.session.flush()
    mine = {"programme_id": programme.id}
    cohort = Cohort(
        **mine, name="Spring", zone="UTC", digest_at="09:00", days_off=[], open=True, created_at=now
    )
    work.session.add(cohort)
    work.session.add(Space(**mine, platform="slack", external_id="T1", state="paused", created_at=now))
    work.session.flush()
    work.session.add(Channel(**mine, cohort_id=cohort.id, place="slack/channel/T1/C1", state="paused"))
    work.session.flush()
    timer = {**mine, "kind": "x", "subject": "x", "due_at": LONG_AGO, "payload": {}, "late": "send"}
    work.connection.execute(
        timers.insert(),
        [
            {**timer, "key": "late", "state": "pending", "attempts": 0},
            {**timer, "key": "broken", "state": "failed", "attempts": 5},
        ],
    )
    sent = {**mine, "destination": "slack/@T1.U1", "operation": "send", "message": {"blocks": []}}
    sent |= {"created_at": now, "due_at": now, "attempts": 1}
    work.connection.execute(
        outbox.insert(),
        [{**sent, "key": "doubt", "state": "unknown"}, {**sent, "key": "lost", "state": "failed"}],
    )


def test_old_time_zone_data_is_named() -> None:
    """Data of this or the last year is taken to be good."""
    assert stale_zones(datetime(2026, 6, 1, tzinfo=UTC)) == []
    (finding,) = stale_zones(datetime(2036, 6, 1, tzinfo=UTC))
    assert finding.code == "zones.stale"
    assert "tzdata" in as_text(finding.fix)
