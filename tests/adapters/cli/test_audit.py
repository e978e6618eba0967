"""`stint audit verify`: what an operator reads of a history that is as it was sealed, or is not."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import chdir, closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.cli.commands import app
from bot.programme.core import seals
from storage.database import open_database

INIT = ("init", "--name", "Riverside", "--coordinator", "Cora Lindqvist", "--zone", "Europe/London")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a programme whose history is sealed."""
    folder = tmp_path_factory.mktemp("made")
    with chdir(folder):
        done = CliRunner().invoke(app, [*INIT, "--cohort", "Spring 26"], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
    database = open_database(f"sqlite:///{folder / 'stint.db'}", inline=True)
    sealed = database.transact_inline(lambda work: seals.seal(work.connection, 1))
    assert sealed == 2  # the space and the channel
    database.close_inline()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with that programme, the test's own, which the commands run in."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with chdir(tmp_path):
        yield tmp_path


def audit(*options: str) -> Result:
    """Run `stint audit verify`."""
    return CliRunner().invoke(app, ["audit", "verify", *options])


def tamper(folder: Path, statement: str) -> None:
    """Change the database behind the bot's back."""
    with closing(sqlite3.connect(folder / "stint.db")) as database, database:
        database.execute(statement)


@pytest.mark.soak
def test_a_history_as_it_was_sealed_is_said_to_be_so(folder: Path) -> None:
    """Each programme is named, with the seal to keep; the command succeeds."""
    assert folder.exists()
    done = audit()
    assert done.exit_code == 0
    assert done.output.startswith("Riverside (programme 1): as it was sealed, newest seal 2:")
    head = done.output.rsplit(maxsplit=1)[-1]
    assert audit("--programme", "1", "--head", head).exit_code == 0


def test_a_changed_entry_is_named_and_fails(folder: Path) -> None:
    """The command fails, so that a job that runs it raises an alarm."""
    tamper(folder, "UPDATE history SET after = 'paused' WHERE position = 1")
    done = audit()
    assert done.exit_code == 1
    assert "1 fault" in done.output
    assert "entry 1 is not what was sealed" in done.output


@pytest.mark.soak
def test_a_cut_end_is_found_by_a_seal_kept_outside(folder: Path) -> None:
    """Without the seal a chain that ends earlier looks whole; with it the missing end is named."""
    head = audit().output.rsplit(maxsplit=1)[-1]
    tamper(folder, "DELETE FROM history WHERE position = 2")
    assert audit().exit_code == 0
    done = audit("--programme", "1", "--head", head)
    assert done.exit_code == 1
    assert "it ends before entry 2, whose seal is known" in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--programme", "1", "--head", "1204"), "is no seal"),
        (("--head", f"1:{'0' * 64}"), "--programme"),
    ],
)
def test_a_seal_that_cannot_be_used_is_explained(folder: Path, options: tuple[str, ...], said: str) -> None:
    """It says how a seal is written, or that the programme has to be named."""
    assert folder.exists()
    done = audit(*options)
    assert done.exit_code == 2
    assert said in done.output


def test_a_programme_that_is_not_there_fails(folder: Path) -> None:
    """A wrong number is no good history."""
    assert folder.exists()
    done = audit("--programme", "7")
    assert (done.exit_code, done.output) == (1, "There is no such programme.\n")


def test_without_a_database_it_says_what_to_do(tmp_path: Path) -> None:
    """Nothing is made, and the command fails."""
    with chdir(tmp_path):
        done = audit()
    assert done.exit_code == 1
    assert "stint" in done.output
    assert not (tmp_path / "stint.db").exists()
