"""The README's commands for a programme of one's own do what it says, exactly as they are there."""

import re
import shlex
import subprocess
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from adapters.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def stint(line: str) -> str:
    """What a `stint …` line prints; run within this process, which is quicker than one of its own."""
    done = CliRunner().invoke(app, shlex.split(line)[1:], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_programme_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`stint init` makes a programme, `import` and `person` fill it; the same file again adds nothing.

    Nothing is prepared but what a checkout has.
    """
    init, imports, *people, run = re.findall(r"^    (stint .*)$", README, re.MULTILINE)
    copytree(ROOT / "docs", tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    assert "Created “Riverside” with the cohort “Spring 26”" in stint(init)
    first = stint(imports)
    assert "3 imported" in first
    assert "0 refused" in first
    assert "3 published" in first
    assert "0 imported" in stint(imports)
    assert ["is in “Riverside”: " in stint(person) for person in people] == [True, True]
    assert run == "stint run"


def test_the_command_is_found_before_it_is_used() -> None:
    """The line that lets a shell find `stint` comes before the first line that types it."""
    activates = README.index("\n    . .venv/bin/activate\n")
    assert activates < README.index("\n    stint ")
    assert activates > README.index("\n    make demo")


@pytest.mark.parametrize(
    "made",
    [
        *("config.toml", "stint.db", "stint.db-wal", "terminal/world.jsonl", ".stint-demo/stint.db"),
        *("stint.db.backup-0003-1", "key", "slack-bot-token", "slack-app-token", "slack-signing-secret"),
        *("discord-token", ".env", "projects.csv", "projects.xlsx"),
    ],
)
def test_git_passes_over_what_the_guides_make(made: str) -> None:
    """The folder of a programme can be a checkout: `git add .` keeps no secret and no person's words."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    ignored = subprocess.run(["git", "check-ignore", "--quiet", "--no-index", made], cwd=ROOT, check=False)
    assert ignored.returncode == 0
