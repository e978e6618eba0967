"""Archives: a gzipped tar of a manifest and the parts it names, sealed with a key where that is asked for.

An archive is written and read from its beginning to its end, and is never whole in memory. One that is not
sealed is what `tar xzf` opens. A sealed one is a line for each piece of that tar, with the archive's number,
the piece's own and whether it is the last: no piece can be left out, moved or added.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec

from storage.secrets import SecretBox

__all__ = ["Advance", "ArchiveError", "Manifest", "Part", "extract", "part_of", "write_archive"]

Advance = Callable[[int], None]
"""A listener: how many more bytes of parts are done."""

_MANIFEST: Final = "manifest.json"
_MOST_MANIFEST: Final = 10**7
"""Bytes of a manifest."""

_PIECE: Final = 2**20
"""Bytes that are read, and sealed, together."""

_LONGEST_LINE: Final = 2 * _PIECE
"""Bytes of a sealed piece, in Base64."""

_SEALED: Final = b"stint sealed archive 1\n"
_NAMED, _NUMBERED = 16, 8
"""Bytes at the beginning of a sealed piece: the archive's identifier, and the piece's number."""

_NOT_WHOLE: Final = "{} is not whole, or was changed. Take another copy of it, or an earlier archive."


class ArchiveError(RuntimeError):
    """The file is no archive of Stint, or is not whole; `str()` says what to do."""


class Part(msgspec.Struct, frozen=True):
    """A part of an archive: its name, its bytes and their SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The description of an archive, its first part.

    Attributes:
        kind: `backup`: a whole database. `programme`: one programme of it.
        made_at: the instant (UTC) of which it is; what was written later is not in it.
        content: `sqlite`: a SQLite file. `pg_dump`: a dump in PostgreSQL's custom format. `rows`: a file of
            JSON lines for each table.
        revision: the schema that it is of.
        counts: how many rows are in each table. `programmes`: their names by their numbers.
    """

    kind: str
    version: str
    made_at: datetime
    content: str
    revision: str
    counts: dict[str, int]
    programmes: dict[int, str]
    parts: tuple[Part, ...]
    format: int = 1


def part_of(path: Path, name: str) -> Part:
    """Describe a file as a part of this name."""
    digest, size = hashlib.sha256(), 0
    with _opened(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return Part(name, size, digest.hexdigest())


def write_archive(
    target: Path,
    manifest: Manifest,
    files: Mapping[str, Path],
    box: SecretBox | None = None,
    advance: Advance = lambda _bytes: None,
) -> None:
    """Write an archive of these files, by the names of the manifest's parts; sealed where a box is given.

    It is readable by its owner alone, and whole or absent.

    Raises:
        FileExistsError: there is such a file already.
        NoKey: the box has no key.
        OSError: it cannot be written.
    """
    if target.exists():
        raise FileExistsError(target)
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            sink = _Sealing(file, box) if box is not None else file
            with tarfile.open(mode="w|gz", fileobj=cast("BinaryIO", sink)) as tar:
                said = msgspec.json.format(msgspec.json.encode(manifest))
                tar.addfile(_entry(_MANIFEST, len(said), manifest.made_at), io.BytesIO(said))
                for part in manifest.parts:
                    with _opened(files[part.name]) as content:
                        entry = _entry(part.name, part.size, manifest.made_at)
                        tar.addfile(entry, cast("BinaryIO", _Counted(content, advance)))
            if isinstance(sink, _Sealing):
                sink.finish()
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def extract(archive: Path, folder: Path, box: SecretBox, advance: Advance = lambda _bytes: None) -> Manifest:
    """Write the parts of an archive into a folder, and check each; return the manifest.

    Raises:
        ArchiveError: it is no archive of Stint, of a later version, or not whole.
        NoKey: it is sealed, and none of the box's keys opens it.
        OSError: it cannot be read, or there is no room for its parts.
    """
    try:
        with _opened(archive) as file, tarfile.open(mode="r|gz", fileobj=_source(archive, file, box)) as tar:
            entries = iter(tar)
            manifest = _read_manifest(archive, tar, next(entries, None))
            wanted = {part.name: part for part in manifest.parts}
            for entry in entries:
                part = wanted.pop(entry.name, None)
                if part is None or not entry.isreg():
                    raise ArchiveError(_NOT_WHOLE.format(archive))
                _write_part(archive, part, cast("BinaryIO", tar.extractfile(entry)), folder, advance)
    except (tarfile.TarError, zlib.error, EOFError):
        raise ArchiveError(_NOT_WHOLE.format(archive)) from None
    if wanted:
        raise ArchiveError(_NOT_WHOLE.format(archive))
    return manifest


def _read_manifest(archive: Path, tar: tarfile.TarFile, entry: tarfile.TarInfo | None) -> Manifest:
    if entry is None or entry.name != _MANIFEST or not entry.isreg() or entry.size > _MOST_MANIFEST:
        raise ArchiveError(f"{archive} is no archive of Stint. Name one that `stint backup` made.")
    content = cast("BinaryIO", tar.extractfile(entry)).read()
    try:
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError:
        raise ArchiveError(
            f"{archive} was written by a newer version of Stint, or was changed. Install that version, or "
            "name another archive."
        ) from None


def _write_part(archive: Path, part: Part, content: BinaryIO, folder: Path, advance: Advance) -> None:
    """Write a part into the folder, for its owner alone, and compare it with what the manifest says of it."""
    if Path(part.name).name != part.name:
        raise ArchiveError(_NOT_WHOLE.format(archive))
    digest, size = hashlib.sha256(), 0
    target = os.open(folder / part.name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(target, "wb") as file:
        while piece := content.read(_PIECE):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            advance(len(piece))
    if (size, digest.hexdigest()) != (part.size, part.sha256):
        raise ArchiveError(_NOT_WHOLE.format(archive))


def _entry(name: str, size: int, made_at: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(made_at.timestamp())
    return entry


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC), "rb") as file:
        yield file


def _source(archive: Path, file: BinaryIO, box: SecretBox) -> Any:  # noqa: ANN401 - what tarfile reads
    """Return the tar of an archive, opened with the box where it is sealed."""
    if file.read(len(_SEALED)) == _SEALED:
        return _Unsealing(archive, file, box)
    file.seek(0)
    return file


class _Counted:
    """A file that says how much of it was read."""

    def __init__(self, file: BinaryIO, advance: Advance) -> None:
        self._file, self._advance = file, advance

    def read(self, most: int = -1) -> bytes:
        piece = self._file.read(most)
        self._advance(len(piece))
        return piece


class _Sealing:
    """A sink that seals what is written, piece after piece."""

    def __init__(self, file: BinaryIO, box: SecretBox) -> None:
        self._file, self._box = file, box
        self._name, self._number, self._waiting = os.urandom(_NAMED), 0, bytearray()
        file.write(_SEALED)

    def write(self, content: bytes) -> int:
        self._waiting += content
        while len(self._waiting) > _PIECE:
            self._seal(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(content)

    def finish(self) -> None:
        """Seal what is left, as the last piece."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        head = self._name + self._number.to_bytes(_NUMBERED, "big") + bytes([last])
        self._file.write(self._box.seal(head + piece) + b"\n")
        self._number += 1


class _Unsealing:
    """A source that opens sealed pieces, each in its place.

    Raises:
        ArchiveError: (on reading) a piece is missing or in another place.
        NoKey: (on reading) no key opens a piece, or it was changed.
    """

    def __init__(self, archive: Path, file: BinaryIO, box: SecretBox) -> None:
        self._archive, self._file, self._box = archive, file, box
        self._name, self._number, self._waiting, self._ended = b"", 0, b"", False

    def read(self, most: int) -> bytes:
        while len(self._waiting) < most and not self._ended:
            self._waiting += self._next()
        found, self._waiting = self._waiting[:most], self._waiting[most:]
        return found

    def _next(self) -> bytes:
        line = self._file.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise ArchiveError(_NOT_WHOLE.format(self._archive))
        piece = self._box.open(line[:-1])
        name, place = piece[:_NAMED], piece[_NAMED : _NAMED + _NUMBERED]
        self._name = self._name or name
        if name != self._name or int.from_bytes(place, "big") != self._number:
            raise ArchiveError(_NOT_WHOLE.format(self._archive))
        self._number += 1
        self._ended = bool(piece[_NAMED + _NUMBERED])
        return piece[_NAMED + _NUMBERED + 1 :]
