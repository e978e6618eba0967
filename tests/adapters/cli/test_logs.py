import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from adapters.cli.logs import log_as, redact
from adapters.config import ConfigError

# Put together from pieces: nothing that looks like a real token is in this file.
SECRETS = [
    "xoxb-" + "1234567890-1234567890-AbCdEf",
    "xoxe.xoxp-" + "1-Mi0yLTEyMzQ",
    "xapp-" + "1-A0B-123-abcdef",
    "https://hooks.slack.com/" + "commands/T1/123/abc",
    "https://discord.com/api/v10/webhooks/123/" + "aW50ZXJhY3Rpb24tdG9rZW4",
    "https://discord.com/api/v10/interactions/123/" + "aW50ZXJhY3Rpb24/callback",
    "MTA1" + "Nzk4NzE2MTM4NTQ0MTI4." + "GcK1aB." + "abcdefghijklmnopqrstuvwxyz0123456789AB",
]


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Logging of other tests is left as it was."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in kept:
            handler.close()
    root.handlers = kept
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("secret", SECRETS)
def test_no_token_is_readable_in_a_log(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Ours and a library's lines alike have the kind of secret at most, wherever it stood."""
    logging.getLogger().handlers = []  # pytest's own
    log_as("info", "json")
    structlog.get_logger("ours").warning("send.failed", url=secret, nested={"token": [secret]})
    logging.getLogger("theirs").error("request to %s failed", secret)
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 2
    assert secret[-12:] not in said
    assert said.count("[secret]") == 3
    assert json.loads(said.splitlines()[0])["event"] == "send.failed"


def test_a_log_file_may_be_moved_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next line begins a new file; ours and a library's lines are in it, and none on standard error."""
    logging.getLogger().handlers = []
    file = tmp_path / "stint.log"
    log_as("info", "json", str(file))
    structlog.get_logger("ours").info("first.line")
    file.rename(tmp_path / "stint.log.1")
    structlog.get_logger("ours").info("second.line", token=SECRETS[0])
    logging.getLogger("theirs").error("a third line")
    assert "first.line" in (tmp_path / "stint.log.1").read_text(encoding="utf-8")
    second, third = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(second)["event"] == "second.line"
    assert "[secret]" in second
    assert third.endswith("a third line")
    assert not capsys.readouterr().err


def test_a_log_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """The setting is named, with what is wrong."""
    with pytest.raises(ConfigError, match=r"log_file: .* cannot be written: Is a directory"):
        log_as("info", "text", str(tmp_path))


@pytest.mark.parametrize(
    "plain",
    [
        "adapter.stopped platform=slack again_in=5.0",
        "https://stint.example.org/slack/events",
        "terminal/channel/terminal/spring-26",
        "adapters.discord.adapter.DiscordAdapter",
        "2026-11-26T13:41:01.123456+00:00",
    ],
)
def test_ordinary_lines_are_left_alone(plain: str) -> None:
    """What is no secret stays as it was written."""
    assert redact(plain) == plain
