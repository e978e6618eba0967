"""Archives: what is put in comes out, whole and in order, or it is said that it does not."""

import os
import stat
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from storage.archives import ArchiveError, Manifest, extract, part_of, write_archive
from storage.secrets import NoKey, SecretBox

BOX = SecretBox((Fernet.generate_key().decode(),))
NONE = SecretBox(())
WORDS = b"what people wrote"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A file of several pieces."""
    path = tmp_path / "content"
    path.write_bytes(WORDS + os.urandom(3 * 2**20))
    return path


def write(content: Path, target: Path, box: SecretBox | None, name: str = "part.bin") -> Path:
    """Write an archive with one part."""
    manifest = Manifest(
        kind="backup",
        version="0.1",
        made_at=datetime(2026, 3, 9, tzinfo=UTC),
        content="sqlite",
        revision="0001",
        counts={"people": 3},
        programmes={1: "Riverside"},
        parts=(part_of(content, name),),
    )
    write_archive(target, manifest, {name: content}, box)
    return target


def read(archive: Path, box: SecretBox = NONE) -> Manifest:
    """Extract an archive beside itself."""
    folder = archive.with_name("extracted")
    folder.mkdir()
    return extract(archive, folder, box)


@pytest.mark.parametrize("box", [None, BOX], ids=["open", "sealed"])
def test_what_is_put_in_comes_out(content: Path, box: SecretBox | None, tmp_path: Path) -> None:
    """The part and the manifest are as they were; archive and part are their owner's alone."""
    archive = write(content, tmp_path / "archive", box)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert (WORDS in archive.read_bytes()) is False  # compressed, and perhaps sealed
    manifest = read(archive, box or NONE)
    assert manifest.programmes == {1: "Riverside"}
    part = tmp_path / "extracted" / "part.bin"
    assert part.read_bytes() == content.read_bytes()
    assert stat.S_IMODE(part.stat().st_mode) == 0o600


def test_an_open_archive_is_an_ordinary_tar(content: Path, tmp_path: Path) -> None:
    """Without Stint, tar opens it: a manifest to read, and the parts."""
    archive = write(content, tmp_path / "archive.tar.gz", None)
    with tarfile.open(archive) as tar:
        assert tar.getnames() == ["manifest.json", "part.bin"]
        said = tar.extractfile("manifest.json")
        assert said is not None
        assert b'"Riverside"' in said.read()


def test_a_sealed_archive_opens_with_its_key_alone(content: Path, tmp_path: Path) -> None:
    """Another key opens nothing, and it is said what to do; an older key of several does."""
    other = Fernet.generate_key().decode()
    key = Fernet.generate_key().decode()
    archive = write(content, tmp_path / "archive", SecretBox((key,)))
    with pytest.raises(NoKey, match="another key"):
        extract(archive, tmp_path, SecretBox((other,)))
    with pytest.raises(NoKey, match="There is no key"):
        extract(archive, tmp_path, NONE)
    assert read(archive, SecretBox((other, key))).kind == "backup"


def lines_of(archive: Path) -> list[bytes]:
    """The lines of a sealed archive: the first says what it is, each other is a piece."""
    return archive.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2), (0, 1, 2, 3), (0, 2, 1, 3, 4), (0, 1, 1, 2, 3, 4), (0, 1, 3, 4)],
    ids=["half", "without-its-end", "exchanged", "repeated", "left-out"],
)
def test_no_piece_of_a_sealed_archive_is_moved_or_missing(
    content: Path, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Each piece is sealed by itself, and has its place."""
    archive = write(content, tmp_path / "archive", BOX)
    lines = lines_of(archive)
    assert len(lines) == 5
    archive.write_bytes(b"".join(lines[number] for number in order))
    with pytest.raises(ArchiveError, match="is not whole"):
        read(archive, BOX)


def test_a_piece_of_another_archive_does_not_fit(content: Path, tmp_path: Path) -> None:
    """Two archives under one key do not lend each other pieces."""
    archive, other = write(content, tmp_path / "one", BOX), write(content, tmp_path / "other", BOX)
    archive.write_bytes(b"".join((*lines_of(archive)[:3], *lines_of(other)[3:])))
    with pytest.raises(ArchiveError, match="is not whole"):
        read(archive, BOX)


def test_an_open_archive_that_is_cut_is_found(content: Path, tmp_path: Path) -> None:
    """Wherever it was cut, it is not taken for whole."""
    archive = write(content, tmp_path / "archive", None)
    whole = archive.read_bytes()
    for number, size in enumerate((0, 1, 30, len(whole) // 2, len(whole) - 5_000)):
        cut = tmp_path / str(number) / "cut"
        cut.parent.mkdir()
        cut.write_bytes(whole[:size])
        with pytest.raises(ArchiveError, match=r"is not whole|is no archive"):
            read(cut)


def test_other_files_are_no_archives(content: Path, tmp_path: Path) -> None:
    """Another tar, another file, a part under a path, and a manifest of a later version are refused."""
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as tar:
        tar.add(content, "content")
    with pytest.raises(ArchiveError, match="is no archive of Stint"):
        extract(tmp_path / "other.tar.gz", tmp_path, NONE)
    with pytest.raises(ArchiveError, match="is not whole"):
        extract(content, tmp_path, NONE)
    with pytest.raises(ArchiveError, match="is not whole"):
        read(write(content, tmp_path / "archive", None, "../part.bin"))
    (tmp_path / "manifest.json").write_text('{"kind": "backup", "format": 2}')
    with tarfile.open(tmp_path / "later.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "manifest.json", "manifest.json")
    with pytest.raises(ArchiveError, match="newer version of Stint"):
        extract(tmp_path / "later.tar.gz", tmp_path, NONE)


def test_nothing_is_overwritten_and_nothing_half_done_stays(content: Path, tmp_path: Path) -> None:
    """A file that is there stays as it is; a part that cannot be read leaves no archive."""
    (tmp_path / "archive").write_text("mine")
    with pytest.raises(FileExistsError):
        write(content, tmp_path / "archive", None)
    assert (tmp_path / "archive").read_text() == "mine"
    with pytest.raises(NoKey):
        write(content, tmp_path / "sealed", NONE)
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "content"}
