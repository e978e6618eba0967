"""The demonstration's folder: what `stint demo` plays in, and what `--fresh` may delete."""

from contextlib import closing
from pathlib import Path

import pytest
import typer

from adapters.cli.demo_folder import MARK, claim, clear
from adapters.cli.demo_programme import people_into
from adapters.terminal.journal import Journal
from adapters.terminal.workspace import Workspace
from tests.support.commands import Shell

MADE = ("stint.db", "stint.db-wal", "stint.db-shm", "stint.db.lock", "stint.db.backup-1", "world.jsonl")


def names(folder: Path) -> set[str]:
    """What is in a folder."""
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("fresh", [("--fresh",), ()])
def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, shell: Shell, fresh: tuple[str, ...]
) -> None:
    """`stint demo` neither empties nor plays in a folder of a person's own, and says what to do."""
    (tmp_path / "thesis.txt").write_text("three years of work", encoding="utf-8")
    (tmp_path / "stint.db").write_text("a real programme", encoding="utf-8")
    done = shell("demo", "--script", *fresh, "--folder", str(tmp_path))
    assert done.code == 2
    assert f"{tmp_path}" in done.err
    assert "Delete it yourself" in done.err if fresh else "a folder that is new or empty" in done.err
    assert names(tmp_path) == {"thesis.txt", "stint.db"}


def test_only_what_the_demonstration_made_is_deleted(tmp_path: Path) -> None:
    """In a marked folder the demonstration's own files go, and what was put beside them stays."""
    folder = tmp_path / "demo"
    claim(folder)
    for name in (*MADE, "notes.txt"):
        (folder / name).write_text("", encoding="utf-8")
    (folder / "stint.db.backup-2").symlink_to(tmp_path)
    clear(folder)
    assert names(folder) == {MARK, "notes.txt"}
    claim(folder)


def test_a_demonstration_that_is_open_is_not_deleted(tmp_path: Path) -> None:
    """Another process plays in the folder, so `--fresh` is refused and nothing is gone."""
    claim(tmp_path)
    with closing(Journal(tmp_path / "world.jsonl")), pytest.raises(typer.Exit):
        clear(tmp_path)
    assert names(tmp_path) == {MARK, "world.jsonl"}


def test_a_new_folder_is_made_and_an_empty_one_is_taken(tmp_path: Path) -> None:
    """Both are marked, and `--fresh` on either needs nothing to be there."""
    for folder in (tmp_path / "a" / "new", tmp_path / "empty"):
        clear(folder)
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "a" / "new", tmp_path / "empty"):
        claim(folder)
        assert names(folder) == {MARK}


def test_an_earlier_demonstration_is_played_on_and_not_deleted(tmp_path: Path) -> None:
    """A folder from before there was a mark opens as it did; its owner deletes it by hand."""
    with closing(Workspace(tmp_path / "world.jsonl")) as world:
        people_into(world)
    claim(tmp_path)
    with pytest.raises(typer.Exit):
        clear(tmp_path)
    assert names(tmp_path) == {"world.jsonl"}
