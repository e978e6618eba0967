"""Harm inside a document: programs and macros in the parts of its archive, judged by what is in each part.

A document of Office or OpenDocument is an archive, and a part of it can be any file: a program that a double
click starts, or another document with macros. What cannot be looked into is not taken either.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

__all__ = ["MACRO_FOLDERS", "PROGRAMS", "Harm", "find_harm"]

Harm = Literal["", "program_inside", "macros", "packed", "swollen"]
"""The harm found: none, a program, macros, a part that cannot be judged, more than may be unpacked."""

PROGRAMS: Final = (
    b"MZ",  # Windows
    b"\x7fELF",  # Linux
    b"\xfe\xed\xfa\xce",  # macOS, four ways
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # macOS for several processors, and Java
    b"#!",  # a script
)
"""The beginnings of programs and scripts."""

_SHORTCUT: Final = b"L\0\0\0\x01\x14\x02\0"
_ENDINGS: Final = tuple(
    f".{ending}"
    for ending in (
        *("exe", "dll", "com", "scr", "pif", "cpl", "msi", "msp", "bat", "cmd", "ps1", "vbs", "vbe", "js"),
        *("jse", "wsf", "wsh", "hta", "lnk", "url", "reg", "jar", "app", "sh", "py"),
    )
)
"""Endings of the names of programs and scripts; no document has a part of such a name."""

_ARCHIVE: Final = b"PK\x03\x04"
_CLOSED: Final = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF")
"""The beginnings of archives that are not looked into."""

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The beginning of an OLE object: an equation, an old document, or any file that was packed."""

MACRO_FOLDERS: Final = ("basic/", "scripts/")
"""Folders of an OpenDocument file that hold macros (OpenDocument 1.3, part 2)."""

_PACKED: Final = "Ole10Native".encode("utf-16-le")
_VBA: Final = "_VBA_PROJECT".encode("utf-16-le")
_DOS_WORDS: Final = (b"This program cannot be run in DOS mode", b"This program must be run under Win32")

_HEAD: Final = 64  # bytes of a part that say what it is
_MOST_PARTS: Final = 10_000
_MOST_UNPACKED: Final = 500_000_000  # bytes; a workbook of 10 MB unpacks to less
_MOST_READ: Final = 200_000_000  # bytes of all objects and documents inside that are looked through


@dataclass(slots=True)
class _Room:
    """The bytes that may still be unpacked: small archives within an archive unpack to anything."""

    left: int = _MOST_READ

    def takes(self, size: int) -> bool:
        """Take so many bytes; return whether there was room for them."""
        self.left -= size
        return self.left >= 0


def find_harm(archive: zipfile.ZipFile) -> Harm:
    """Look at every part of a document, and at the parts of the documents inside it.

    Raises:
        zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error: a part cannot be read.
    """
    return _harm_of_all(archive, _Room(), nested=False)


def _harm_of_all(archive: zipfile.ZipFile, room: _Room, *, nested: bool) -> Harm:
    parts = [part for part in archive.infolist() if not part.is_dir()]
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        return "swollen"
    found = (_harm_of(archive, part, room, nested=nested) for part in parts)
    return next((harm for harm in found if harm), "")


def _harm_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: _Room, *, nested: bool) -> Harm:
    name = part.filename.lower()
    if name.endswith("vbaproject.bin") or name.startswith(MACRO_FOLDERS):
        return "macros"
    if name.endswith(_ENDINGS):
        return "program_inside"
    if part.flag_bits & 1:  # it has a password
        return "packed"
    with archive.open(part) as opened:
        head = opened.read(_HEAD)
        if head.startswith((*PROGRAMS, _SHORTCUT)):
            return "program_inside"
        if head.startswith(_CLOSED) or (nested and head.startswith(_ARCHIVE)):
            return "packed"
        if not head.startswith((_COMPOUND, _ARCHIVE)):
            return ""
        if not room.takes(part.file_size):
            return "swollen"
        content = head + opened.read()
    if content.startswith(_COMPOUND):
        return _harm_of_object(content)
    with zipfile.ZipFile(BytesIO(content)) as inner:
        return _harm_of_all(inner, room, nested=True)


def _harm_of_object(content: bytes) -> Harm:
    """Find what an OLE object holds: by the names in its directory, and by the words in every program."""
    if any(words in content for words in _DOS_WORDS):
        return "program_inside"
    if _VBA in content:
        return "macros"
    return "packed" if _PACKED in content else ""
