"""Files are read whole and never without a limit."""

import os
import threading
from pathlib import Path

import pytest

from bot import reading
from bot.reading import UnfitSource, read_bounded


def test_a_file_is_read_whole_up_to_its_limit(tmp_path: Path) -> None:
    """As many bytes as it may have are read, and one more is refused with the limit in words."""
    file = tmp_path / "words"
    file.write_bytes(b"x" * 2_000)
    assert read_bounded(file, 2_000) == b"x" * 2_000
    with pytest.raises(UnfitSource, match="it is larger than 1 kB"):
        read_bounded(file, 1_999)


def test_a_file_of_two_gigabytes_is_refused_by_its_size(tmp_path: Path) -> None:
    """Nothing of it is read."""
    file = tmp_path / "huge"
    with file.open("wb") as opened:
        opened.truncate(2 * 10**9)
    with pytest.raises(UnfitSource, match="it is larger than 64 MB"):
        read_bounded(file, 64 * 10**6)


def test_a_device_has_no_end() -> None:
    """It is read to its limit, and refused."""
    with pytest.raises(UnfitSource, match="larger than 1 MB"):
        read_bounded(Path("/dev/zero"), 10**6)
    assert read_bounded(Path(os.devnull), 10) == b""


def test_a_folder_and_a_missing_file_say_what_they_are(tmp_path: Path) -> None:
    """By the errors that every other way of reading has."""
    with pytest.raises(IsADirectoryError):
        read_bounded(tmp_path, 10)
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "none", 10)


def test_a_pipe_that_is_not_written_to_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused after a while, whether no process has it open, or one that has it open is silent."""
    monkeypatch.setattr(reading, "_SILENCE_SECONDS", 0.01)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnfitSource, match="nothing is written to this pipe"):
        read_bounded(pipe, 10)
    silent = os.open(pipe, os.O_RDWR)
    try:
        with pytest.raises(UnfitSource, match="nothing is written to this pipe"):
            read_bounded(pipe, 10)
    finally:
        os.close(silent)


def test_what_is_written_to_a_pipe_is_read() -> None:
    """A shell hands over a command's output like that: in pieces, until its end."""
    out, into = os.pipe()

    def write() -> None:
        with os.fdopen(into, "wb", buffering=0) as opened:
            for _ in range(3):
                opened.write(b"y" * 50_000)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert read_bounded(Path(f"/dev/fd/{out}"), 10**6) == b"y" * 150_000
    finally:
        os.close(out)
        writer.join()
