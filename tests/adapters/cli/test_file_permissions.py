"""Files with secrets in them that others can read are named by the doctor."""

import shutil
import subprocess
from pathlib import Path

import pytest

from adapters.cli.configuration import load_settings
from adapters.cli.file_permissions import guarded
from bot.chat.language import as_text
from tests.support.commands import Shell

TOKEN = "MTIz." + "abcdef." + "x" * 30

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and a token file, in which git finds no person's own settings."""
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    (tmp_path / "token").chmod(0o600)
    (tmp_path / "config.toml").write_text('[discord]\ntoken_file = "token"\n', encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(*arguments: str) -> None:
    """Run git in this folder."""
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def found() -> dict[str, str]:
    """What is found, with what to do, by code."""
    return {each.code: as_text(each.fix) for each in guarded(load_settings())}


def test_a_file_for_its_owner_alone_is_right(folder: Path) -> None:
    """And so is one that is in no repository."""
    assert found() == {}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_may_read_is_named(folder: Path, mode: int) -> None:
    """With the command that mends it."""
    (folder / "token").chmod(mode)
    assert found() == {"secret.readable": "Type: chmod 600 token"}


def test_a_file_that_git_keeps_or_would_keep_is_named(folder: Path) -> None:
    """First it is only not ignored; once it is kept the secret is given away; ignored it is right."""
    git("init", "--quiet")
    assert found() == {"secret.not_ignored": "Write token into .gitignore."}
    git("add", "token")
    assert "Make a new secret" in found()["secret.in_git"]
    git("rm", "--quiet", "--cached", "token")
    (folder / ".gitignore").write_text("token\n", encoding="utf-8")
    assert found() == {}


@pytest.mark.soak
def test_the_doctor_tells_of_it(folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without showing what is in the file."""
    (folder / "token").chmod(0o644)
    monkeypatch.setenv("STINT_DISCORD__API_BASE_URL", "http://127.0.0.1:9/api/v10")
    monkeypatch.setenv("STINT_WEB__PORT", "0")
    done = shell("doctor")
    assert "Other users of this machine can use token (discord.token_file): its mode is 0644." in done.out
    assert TOKEN not in done.out
