"""Which files are taken: judged by what is in them, and held to what their names say.

A name proves nothing: a program can be called cv.pdf. So a file is taken only if its content is of a kind
that the rules allow, and its ending is one of that kind's.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from bot.chat.embedded import MACRO_FOLDERS, PROGRAMS, find_harm
from bot.chat.language import as_text
from bot.chat.sentences import FileSize, Names, Sentence, Term, layout, say

__all__ = [
    "DEFAULT_KINDS",
    "KINDS",
    "FileKind",
    "FileRules",
    "UnfitFile",
    "kind_of",
    "too_large",
    "what_is_taken",
]


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its name in settings, what people call it, its media type and its endings."""

    name: str
    called: Term
    media_type: str
    endings: tuple[str, ...]


_TEXT: Final = Term("plain text", "file")
"""What the bytes of a text are, whatever it is for."""
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."

KINDS: Final = {
    kind.name: kind
    for kind in (
        FileKind("pdf", Term("PDF", "file"), "application/pdf", ("pdf",)),
        FileKind("png", Term("PNG picture", "file"), "image/png", ("png",)),
        FileKind("jpeg", Term("JPEG picture", "file"), "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
        FileKind("gif", Term("GIF picture", "file"), "image/gif", ("gif",)),
        FileKind("webp", Term("WebP picture", "file"), "image/webp", ("webp",)),
        FileKind("txt", _TEXT, "text/plain", ("txt", "text", "log")),
        FileKind("md", _TEXT, "text/markdown", ("md", "markdown")),
        FileKind("csv", _TEXT, "text/csv", ("csv", "tsv")),
        FileKind("docx", Term("Word document", "file"), f"{_OFFICE}wordprocessingml.document", ("docx",)),
        FileKind("xlsx", Term("Excel workbook", "file"), f"{_OFFICE}spreadsheetml.sheet", ("xlsx",)),
        FileKind(
            "pptx",
            Term("PowerPoint presentation", "file"),
            f"{_OFFICE}presentationml.presentation",
            ("pptx",),
        ),
        FileKind("odt", Term("OpenDocument text", "file"), f"{_OPEN}text", ("odt",)),
        FileKind("ods", Term("OpenDocument spreadsheet", "file"), f"{_OPEN}spreadsheet", ("ods",)),
        FileKind("odp", Term("OpenDocument presentation", "file"), f"{_OPEN}presentation", ("odp",)),
        FileKind("zip", Term("ZIP archive", "file"), "application/zip", ("zip",)),
    )
}
"""Every kind that can be taken, by its name."""

DEFAULT_KINDS: Final = tuple(name for name in KINDS if name != "zip")
"""Kinds taken unless a setting says otherwise: what is in an archive cannot be seen before it is opened."""

_BY_ENDING: Final = {ending: kind for kind in KINDS.values() for ending in kind.endings}
_LONGEST_ENDING: Final = 10
_TEXTS: Final = ("txt", "md", "csv")

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGES: Final = ("<!doctype html", "<html", "<head", "<body", "<script", "<svg")
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_NOT_IN_TEXTS: Final = bytes(frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b"))
_HEAD: Final = 1_000  # bytes at the beginning, where a page says what it is
_TENTH: Final = 100_000  # bytes of a tenth of a megabyte
_MOST_READ: Final = 1_000_000  # bytes of one part of an archive, unpacked
_MACRO_TYPES: Final = ("macroenabled", "vbaproject", "macrosheet")
"""Parts of the content types of Office parts with macros, whatever the parts are called."""

_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, NotImplementedError),
    *(KeyError, EOFError, ValueError),
)
"""Errors that reading a broken archive raises."""


def _no_kind(name: str) -> Sentence:
    return say("“{name}” is not a kind of file that I take.", name=name)


_REFUSALS: Final = {
    "nothing": lambda name: say("“{name}” is empty.", name=name),
    "program": lambda name: say("“{name}” is a program or a script, and I take none of those.", name=name),
    "program_inside": lambda name: say(
        "“{name}” has a program or a script inside it. Save it as a PDF, or take that out of it, and send it "
        "again.",
        name=name,
    ),
    "packed": lambda name: say(
        "“{name}” has a file packed into it that I cannot look into. Save it as a PDF, or take that out of "
        "it, and send it again.",
        name=name,
    ),
    "swollen": lambda name: say(
        "“{name}” unpacks to more than any document needs. Save it as a PDF and send that.", name=name
    ),
    "page": lambda name: say("“{name}” is a web page. Save it as a PDF, or send a picture of it.", name=name),
    "macros": lambda name: say(
        "“{name}” has macros in it, which are small programs. Save it without them and send it again.",
        name=name,
    ),
    "old": lambda name: say(
        "“{name}” is an old Office document, or one locked with a password. Save it as a PDF, or in the new "
        "format without a password, and send it again.",
        name=name,
    ),
}


@dataclass(frozen=True, slots=True)
class FileRules:
    """The files that are taken: the kinds, by their names in `KINDS`, and the most bytes of one file."""

    kinds: tuple[str, ...] = DEFAULT_KINDS
    most: int = 5_000_000


class UnfitFile(Exception):
    """The file is not taken; `reason` says why, and what to do."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(as_text(reason))
        self.reason = reason


def kind_of(name: str, content: bytes, rules: FileRules) -> FileKind:
    """Return what a file is, found in its bytes.

    Raises:
        UnfitFile: it is a program or something else that is never taken, of a kind that the rules do not
            allow, too large, or not what its name says.
    """
    if len(content) > rules.most:
        raise UnfitFile(too_large(name, len(content), rules))
    found = _found(content)
    if found in _REFUSALS:
        raise UnfitFile(_with_taken(_REFUSALS[found](name), rules))
    ending = _ending(name)
    said = _BY_ENDING.get(ending)
    if ending and said is None:
        raise UnfitFile(_with_taken(_no_kind(name), rules))
    kind = said if said and found == "text" and said.name in _TEXTS else KINDS.get(_as_kind(found))
    if said is not None and (kind is None or kind is not said):
        raise UnfitFile(_misnamed(name, kind))
    if kind is None or kind.name not in rules.kinds:
        raise UnfitFile(_with_taken(_no_kind(name), rules))
    return kind


def _ending(name: str) -> str:
    """Return the ending of a name, in small letters; "" where what follows the last dot is no ending."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return ending if ending.isalnum() and len(ending) <= _LONGEST_ENDING else ""


def too_large(name: str, size: int, rules: FileRules) -> Sentence:
    """Say that a file has too many bytes."""
    return say(
        "“{name}” is {size}, and the most I can keep is {most}.",
        name=name,
        size=FileSize(
            -(-size // _TENTH) * _TENTH
        ),  # rounded up, so that it never reads as the most there can be
        most=FileSize(rules.most // _TENTH * _TENTH),
    )


def what_is_taken(rules: FileRules) -> Sentence:
    """Say in a sentence which files are taken."""
    kinds = Names(tuple("JPEG (jpg)" if name == "jpeg" else name.upper() for name in rules.kinds))
    return say(
        "I take {kinds} files of at most {most}.", kinds=kinds, most=FileSize(rules.most // _TENTH * _TENTH)
    )


def _with_taken(reason: Sentence, rules: FileRules) -> Sentence:
    return layout("{reason}\n{taken}", reason=reason, taken=what_is_taken(rules))


def _misnamed(name: str, found: FileKind | None) -> Sentence:
    stem, _, ending = name.rpartition(".")
    if found is None:
        return say(
            "“{name}” ends in .{ending}, but inside it is something else. Save it again in that format, and "
            "send it.",
            name=name,
            ending=ending,
        )
    return say(
        "“{name}” ends in .{ending}, but inside it is something else: {kind}. If that is what you mean, name "
        "it “{better}” and send it again.",
        name=name,
        ending=ending,
        kind=found.called,
        better=f"{stem}.{found.endings[0]}",
    )


def _as_kind(found: str) -> str:
    return "txt" if found == "text" else found


def _found(content: bytes) -> str:
    """Return what is in the bytes: a kind's name, "text", a word of `_REFUSALS`, "" where it is not known."""
    bare = content.removeprefix(_UTF8_MARK).lstrip()
    if not bare:
        return "nothing"
    if bare.startswith(PROGRAMS):
        return "program"
    if content.startswith(_OLD_OFFICE):
        return "old"
    if content.startswith(b"PK\x03\x04"):
        return _archived(content)
    if pictured := _by_magic(content):
        return pictured
    return _worded(content)


def _by_magic(content: bytes) -> str:
    """Return the kind whose mark the bytes begin with; "" for none."""
    import puremagic  # noqa: PLC0415 - only processes that look at files need its tables

    try:
        matches = puremagic.magic_string(content)
    except puremagic.PureError:  # it knows no such beginning
        return ""
    endings = {
        match.extension.lstrip(".").lower() for match in matches if content.startswith(match.byte_match)
    }
    marked = (kind for kind in KINDS.values() if kind.name not in (*_TEXTS, "zip"))
    return next((kind.name for kind in marked if endings & set(kind.endings)), "")


def _worded(content: bytes) -> str:
    """Tell whether the bytes are a text, or a web page; "" for neither."""
    if content.startswith(_UTF16_MARKS):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeError:
            return ""
    head = content[:_HEAD].removeprefix(_UTF8_MARK).decode("utf-8", "replace")
    if head.lstrip().lower().startswith(_PAGES):
        return "page"
    return "text" if content.translate(None, _NOT_IN_TEXTS) == content else ""


def _archived(content: bytes) -> str:
    """Return which document a zip archive is; "zip" for an archive of other things."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            kind = _document(archive)
            # An archive that is no document may be let in by a setting, with whatever its maker put into it.
            return kind if kind == "zip" else find_harm(archive) or kind
    except _UNREADABLE:
        return ""


def _document(archive: zipfile.ZipFile) -> str:
    """Return which kind of document an archive says it is, "macros" where it names them; "zip" for none."""
    names = {name.lower() for name in archive.namelist()}
    if any(name.endswith("vbaproject.bin") for name in names):
        return "macros"
    if "mimetype" in names:
        said = _read(archive, "mimetype").strip()
        kind = next((kind.name for kind in KINDS.values() if kind.media_type == said), "zip")
        return "macros" if any(name.startswith(MACRO_FOLDERS) for name in names) else kind
    types = _read(archive, "[Content_Types].xml") if "[content_types].xml" in names else ""
    if any(word in types.casefold() for word in _MACRO_TYPES):
        return "macros"
    office = ("docx", "xlsx", "pptx")
    return next((name for name in office if f"{KINDS[name].media_type}.main+xml" in types), "zip")


def _read(archive: zipfile.ZipFile, name: str) -> str:
    """Return the beginning of one part of an archive, as text."""
    with archive.open(name) as part:
        return part.read(_MOST_READ).decode("utf-8", "replace")
