"""`stint doctor` looks at the terminal's world, and changes nothing in it."""

import os
import shutil
from contextlib import chdir, closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.cli.commands import app
from adapters.terminal.workspace import Workspace

INIT = ("init", "--name", "Riverside", "--coordinator", "Cora")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `stint init` has made a programme."""
    folder = tmp_path_factory.mktemp("made")
    with chdir(folder):
        assert CliRunner().invoke(app, INIT, catch_exceptions=False).exit_code == 0
    return folder


@pytest.fixture
def world(made: Path, tmp_path: Path) -> Path:
    """The world that `stint init` makes, the test's own."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "terminal" / "world.jsonl"


def stint(world: Path, *command: str) -> Result:
    """Run a command where that world is."""
    with chdir(world.parent.parent):
        return CliRunner().invoke(app, command)


@pytest.mark.soak
def test_a_sound_world_has_no_finding(world: Path) -> None:
    """Nor has a world that a bot has open, or one whose last line a crash cut short, which stays."""
    with world.open("ab") as file:
        file.write(b'[["Account",{"id"')
    written = world.read_bytes()
    looked = stint(world, "doctor")
    assert looked.exit_code == 0
    assert "[world." not in looked.output
    assert world.read_bytes() == written
    with closing(Workspace(world)):
        assert stint(world, "doctor").exit_code == 0


@pytest.mark.parametrize(
    "damage",
    [
        b"no JSON",
        b"[[1,2]]",
        b'[["Account",{"name":3}]]',
        b'[["Dialog",{}]]',
        b"\xff\xfe",
        b"3",
        b"[" * 90_000,
    ],
)
def test_a_damaged_world_is_named_with_its_line(world: Path, damage: bytes) -> None:
    """By the doctor, and by the commands that open it: with what to do, and no words of a library."""
    written = world.read_bytes().splitlines(keepends=True)
    world.write_bytes(b"".join([written[0], damage + b"\n", *written[1:]]))
    looked = stint(world, "doctor")
    assert looked.exit_code == 1
    assert "world.jsonl, line 2, is damaged." in looked.output
    assert "[world.damaged]" in looked.output
    assert "Put a copy of this file back" in looked.output
    refused = stint(world, "person", "Ada")
    assert (refused.exit_code, refused.output.count("\n")) == (2, 1)
    assert "line 2, is damaged. Put a copy" in refused.output


def test_what_is_no_file_is_no_world(world: Path) -> None:
    """A folder, a pipe and a file beyond every size are refused in a sentence, and not waited for."""
    world.unlink()
    os.mkfifo(world)
    assert "world.jsonl is no file" in stint(world, "person", "Ada").output
    world.unlink()
    with world.open("wb") as file:
        file.truncate(2 * 10**9)
    for command in (("doctor",), ("person", "Ada")):
        assert "it is larger than 1000 MB" in stint(world, *command).output
    world.unlink()
    world.mkdir()
    looked = stint(world, "doctor")
    assert (looked.exit_code, "[world.unreadable]" in looked.output) == (1, True)
