import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from adapters.cli.logs import log_as, redact

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
