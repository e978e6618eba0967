"""Files people name at the terminal: found however the path is written, and by nothing else."""

from pathlib import Path

import pytest

from adapters.terminal.files import address_of, file_at, paths_like
from bot.chat.answers import FileRef


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files, one hidden, and a folder."""
    (tmp_path / "my report.pdf").write_bytes(b"%PDF")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "more").mkdir()
    return tmp_path


@pytest.mark.parametrize("shape", ["{}", " {} ", '"{}"', "'{}'", "file://{}"])
def test_a_path_however_it_is_written(folder: Path, shape: str) -> None:
    """Quotes, spaces around it and a file address all name the same file."""
    path = folder / "my report.pdf"
    assert file_at(shape.format(path)) == FileRef(str(path), "my report.pdf", 4, "application/pdf")


def test_a_dropped_path_has_its_spaces_marked(folder: Path) -> None:
    """A terminal marks spaces with a backslash when a file is dropped into it."""
    assert file_at(str(folder / "my report.pdf").replace(" ", "\\ "))


def test_a_path_from_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde is the home folder."""
    monkeypatch.setenv("HOME", str(folder))
    assert file_at("~/my report.pdf")


@pytest.mark.parametrize("typed", ["", "  ", "nothing.pdf", "~nobody-here/x", "a\0b", "x" * 5_000, "."])
def test_what_is_no_file(typed: str) -> None:
    """Whatever else is typed names no file, and nothing is raised."""
    assert file_at(typed) is None


def test_a_file_s_address(folder: Path) -> None:
    """A file that is there has an address; one that is gone, or was never here, has none."""
    found = file_at(str(folder / "my report.pdf"))
    assert found
    assert address_of(found) == (folder / "my report.pdf").as_uri()
    Path(found.id).unlink()
    assert address_of(found) == ""


def test_paths_while_typing(folder: Path) -> None:
    """Paths that begin so are offered, folders marked, hidden ones only when asked for by a dot."""
    assert paths_like(f"{folder}/") == [str(folder / "more") + "/", str(folder / "my report.pdf")]
    assert paths_like(f"{folder}/my") == [str(folder / "my report.pdf")]
    assert paths_like(f"{folder}/.") == [str(folder / ".hidden")]
    assert paths_like(f"{folder}/nowhere/x") == []
