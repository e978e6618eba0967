"""The guides for Slack and Discord quote what the program prints and what the bot says, step by step."""

import asyncio
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from adapters.cli.commands import app
from adapters.config import Settings
from adapters.slack.manifest import EVENTS
from tests.support.guides import PAGE, Witness
from tests.support.unclaimed_space import open_fresh

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = ("slack.md", "discord.md")
OWN = {"slack.md": "workspace", "discord.md": "server"}

QUOTE = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^\*\*(\d+)\. ", re.MULTILINE)
BOLD = re.compile(r"\*\*([^*]+)\*\*")
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def on_one_line(text: str) -> str:
    """The text without its line breaks, which the guides set again."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the shell and the chat show on the way that both guides tell of."""
    folder = tmp_path_factory.mktemp("ways")
    said = [printed(folder, *line) for line in LINES]
    return on_one_line("\n".join([*said, asyncio.run(set_up(folder))]))


LINES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("", "slack manifest", {}),
    ("", "discord invite", {}),
    ("", "discord invite --id 1", {}),
    ('[slack]\nbot_token = "x"\n', "slack manifest", {}),
    ("", "run", {"STINT_SLACK__BOT_TOKEN": "xoxb-x"}),
)
"""A configuration, a command, and what is in the environment."""


def printed(folder: Path, config: str, line: str, environment: dict[str, str]) -> str:
    """What a command prints with this configuration, and no other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "config.toml").write_text(config, encoding="utf-8")
        done = CliRunner().invoke(app, shlex.split(line), env=environment, catch_exceptions=False)
    structlog.reset_defaults()  # it logged to its own standard error, which is closed by now
    return done.stdout + done.stderr


async def set_up(folder: Path) -> str:
    """From a space without a programme to the first announcement."""
    async with open_fresh(folder) as stage:
        witness = Witness(stage)
        stage.world.watch(witness.look)
        cora = stage.person("cora")
        await cora.uses("/project list", "spring")
        await cora.uses("/stint setup", "spring")
        await cora.presses("A new programme")
        first = {"Programme": "Riverside", "Time zone": "Berlin", "First cohort": "Spring 26"}
        await cora.fills(first | {"Its channel": "#spring-26", "Currency of fees": "USD"})
        await cora.uses("/project post", "spring")
        await cora.fills(PAGE)
        await cora.fills({"Company": "Acme Maps", "Field": "Research"})
        await cora.says("edit fee")
        await cora.says("$400")
        await cora.presses("Publish")
        await stage.tick(minutes=2)
        witness.words.append("[Check again]")  # only where a channel is not right: tests/scenarios
        return "\n".join([*witness.words, stage.screen("ada", "spring")])


@pytest.mark.parametrize("guide", GUIDES)
def test_what_is_quoted_is_printed_word_for_word(guide: str, seen: str) -> None:
    """Every grey box of a guide is in what the program prints or the bot says."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    pieces = [piece for quote in QUOTE.findall(text) for piece in re.split(r"^…$", quote, flags=re.MULTILINE)]
    assert len(pieces) > 3
    # What the terminal calls a space, each platform calls by its own word.
    word = OWN[guide]
    seen = seen.replace("this space", f"this {word}").replace("another space", f"another {word}")
    assert [piece for piece in pieces if on_one_line(piece) not in seen] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_buttons_that_are_named_are_there(guide: str, seen: str) -> None:
    """What is bold in a guide, the numbers of its steps aside, is on a screen."""
    text = QUOTE.sub("", (DOCS / guide).read_text(encoding="utf-8"))
    named = {on_one_line(bold) for bold in BOLD.findall(text) if not bold.endswith(".")}
    assert sorted(name for name in named if name not in seen) == []


def test_it_takes_no_more_than_ten_steps() -> None:
    """The steps are numbered from one, and the guide for Slack has ten of them."""
    steps = {guide: STEP.findall((DOCS / guide).read_text(encoding="utf-8")) for guide in GUIDES}
    assert steps["slack.md"] == [str(number) for number in range(1, 11)]
    assert steps["discord.md"] == [str(number) for number in range(1, len(steps["discord.md"]) + 1)]
    assert len(steps["discord.md"]) <= 10


@pytest.mark.parametrize("guide", GUIDES)
def test_configurations_can_be_read(guide: str, tmp_path: Path) -> None:
    """Each example of a config.toml is one that Stint takes, once the files it names are there."""
    for block in TOML.findall((DOCS / guide).read_text(encoding="utf-8")):
        for name in re.findall(r'_file = "([^"]+)"', block):
            (tmp_path / name).write_text("secret", encoding="utf-8")
        (tmp_path / "config.toml").write_text(block, encoding="utf-8")
        assert "slash_commands" in printed(tmp_path, block, "slack manifest", {})


def test_the_manifest_listens_to_nothing_in_channels() -> None:
    """The guide says that the bot reads no channel: the one event with messages is of its own DM."""
    assert "It reads no channel" in (DOCS / "slack.md").read_text(encoding="utf-8")
    assert [event for event in EVENTS if event.startswith(("message", "app_mention"))] == ["message.im"]


def test_the_unit_names_settings_that_exist() -> None:
    """What the example for systemd sets is set by Stint, and each credential it loads is used."""
    unit = (DOCS / "stint.service").read_text(encoding="utf-8")
    known = {"STINT_" + "__".join(path).upper() for path in setting_paths(Settings().model_dump())}
    assert set(re.findall(r"STINT_\w+", unit)) <= known
    loaded = re.findall(r"^LoadCredential=([\w-]+):", unit, re.MULTILINE)
    assert sorted(loaded) == sorted(re.findall(r"=%d/([\w-]+)$", unit, re.MULTILINE))


def setting_paths(table: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every setting by its tables and its name."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from setting_paths(value, (*above, name))
        else:
            yield (*above, name)
