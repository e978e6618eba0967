"""Programs and macros inside documents are found by what is in the parts."""

import struct
import zipfile
from io import BytesIO

import pytest

from bot.chat import embedded
from bot.chat.file_kinds import FileRules, UnfitFile, kind_of

RULES = FileRules()
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
MAIN = {
    "docx": f"{OFFICE}.wordprocessingml.document.main+xml",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet.main+xml",
    "pptx": f"{OFFICE}.presentationml.presentation.main+xml",
}
MZ = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def archive_of(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def document(kind: str, parts: dict[str, bytes]) -> bytes:
    """A document of this kind with these parts besides its own."""
    if kind in MAIN:
        types = f'<Types><Override ContentType="{MAIN[kind]}"/></Types>'.encode()
        return archive_of({"[Content_Types].xml": types, "word/document.xml": b"<w/>", **parts})
    said = f"{OPEN}.{ {'odt': 'text', 'ods': 'spreadsheet', 'odp': 'presentation'}[kind] }".encode()
    return archive_of({"mimetype": said, "content.xml": b"<office/>", **parts})


def directory(*names: str) -> bytes:
    """An OLE object whose directory has these names, as Office writes them."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))
    return COMPOUND + entries


def package(name: bytes, content: bytes) -> bytes:
    """An OLE object with a file packed into it, as "Insert, Object, from a file" makes it."""
    native = struct.pack("<H", 2) + name + b"\0" + name + b"\0" + struct.pack("<I", len(content)) + content
    return directory("\x01Ole10Native", "\x03ObjInfo") + struct.pack("<I", len(native)) + native


PROGRAM = "has a program or a script inside it"
MACROS = "has macros in it"
PACKED = "has a file packed into it that I cannot look into"

HARM: dict[str, tuple[dict[str, bytes], str]] = {
    "a program as an object": ({"word/embeddings/oleObject1.bin": MZ}, PROGRAM),
    "a program as a picture": ({"word/media/image1.png": MZ}, PROGRAM),
    "a program for Linux": ({"word/media/image1.emf": b"\x7fELF\2\1\1\0"}, PROGRAM),
    "a program by its name": ({"word/embeddings/setup.EXE": b"anything"}, PROGRAM),
    "a script by its name": ({"customUI/start.vbs": b"MsgBox 1"}, PROGRAM),
    "a script by its first line": ({"word/notes.xml": b"#!/bin/sh\nrm -rf ~\n"}, PROGRAM),
    "a shortcut": ({"word/embeddings/cv.bin": b"L\0\0\0\x01\x14\x02\0" + bytes(68)}, PROGRAM),
    "a packed program": ({"word/embeddings/oleObject1.bin": package(b"cv.exe", MZ)}, PACKED),
    "a program that says so in an object": (
        {"word/embeddings/o.bin": directory("CONTENTS") + MZ + b"This program cannot be run in DOS mode"},
        PROGRAM,
    ),
    "macros in a part of another name": ({"word/data.bin": directory("VBA", "_VBA_PROJECT")}, MACROS),
    "macros by their part": ({"ppt/vbaProject.bin": COMPOUND}, MACROS),
    "an archive that cannot be looked into": ({"word/embeddings/a.bin": b"Rar!\x1a\x07\0"}, PACKED),
    "a program in a document inside": (
        {"ppt/embeddings/Workbook1.xlsx": document("xlsx", {"xl/embeddings/oleObject1.bin": MZ})},
        PROGRAM,
    ),
    "macros in a document inside": (
        {"ppt/embeddings/Workbook1.xlsx": document("xlsx", {"xl/vbaProject.bin": COMPOUND})},
        MACROS,
    ),
    "macros in an OpenDocument file inside": (
        {"Object 1": document("ods", {"Basic/Standard/Module1.xml": b"<x/>"})},
        MACROS,
    ),
    "an archive two levels down": (
        {"word/embeddings/a.docx": document("docx", {"word/embeddings/b.docx": document("docx", {})})},
        PACKED,
    ),
}


@pytest.mark.parametrize("kind", [*MAIN, "odt", "ods", "odp"])
@pytest.mark.parametrize("what", HARM)
def test_harm_inside_a_document_is_refused(kind: str, what: str) -> None:
    """In a document of every kind, by a sentence that says what is inside and what to do."""
    parts, said = HARM[what]
    with pytest.raises(UnfitFile, match=rf"^“cv\.{kind}” {said}.*end it again\.\nI take ") as refused:
        kind_of(f"cv.{kind}", document(kind, parts), RULES)
    assert "Save it" in str(refused.value)


HARMLESS: dict[str, dict[str, bytes]] = {
    "the workbook of a chart": {"ppt/embeddings/Workbook1.xlsx": document("xlsx", {})},
    "an equation": {"word/embeddings/oleObject1.bin": directory("\x01CompObj", "Equation Native")},
    "pictures and fonts": {"word/media/a.png": b"\x89PNG\r\n\x1a\n", "word/fonts/font1.odttf": b"\3\7fM"},
    "a letter M at a part's beginning": {"docProps/custom.txt": b"My own words"},
    "an empty part": {"word/media/none.bin": b""},
}


@pytest.mark.parametrize("kind", [*MAIN, "odt"])
@pytest.mark.parametrize("what", HARMLESS)
def test_what_documents_usually_hold_is_taken(kind: str, what: str) -> None:
    """Charts, equations, pictures and fonts are no reason to refuse a document."""
    assert kind_of(f"cv.{kind}", document(kind, HARMLESS[what]), RULES).name == kind


def test_a_locked_part_is_refused() -> None:
    """The content of a part with a password cannot be seen."""
    content = bytearray(document("docx", {"word/embeddings/a.bin": b"words"}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # the last part's flags, in the archive's directory
    with pytest.raises(UnfitFile, match=PACKED):
        kind_of("cv.docx", bytes(content), RULES)


def test_a_broken_part_makes_no_document() -> None:
    """A part whose bytes do not unpack is said to be no such document, and raises nothing else."""
    whole = document("docx", {"word/document2.xml": bytes(range(256)) * 9})
    at = whole.index(b"word/document2.xml") + len(b"word/document2.xml")
    broken = whole[:at] + b"\xff" * 20 + whole[at + 20 :]
    with pytest.raises(UnfitFile, match="inside it is something else"):
        kind_of("cv.docx", broken, RULES)


@pytest.mark.parametrize(
    ("limit", "most", "parts"),
    [
        ("_MOST_PARTS", 10, {f"word/{number}.xml": b"x" for number in range(11)}),
        ("_MOST_UNPACKED", 1_000, {"word/big.xml": bytes(2_000)}),
    ],
)
def test_a_document_that_swells_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, parts: dict[str, bytes]
) -> None:
    """Too many parts, or too many bytes once unpacked, are said and not unpacked."""
    monkeypatch.setattr(embedded, limit, most)
    with pytest.raises(UnfitFile, match="unpacks to more than any document needs"):
        kind_of("cv.docx", document("docx", parts), RULES)


@pytest.mark.soak
def test_documents_inside_share_what_may_be_unpacked() -> None:
    """Small archives that unpack to much are counted together, so that many of them take no longer."""
    heavy = document("xlsx", {"xl/oleObject1.bin": COMPOUND + bytes(60_000_000)})
    parts = {f"ppt/embeddings/Workbook{number}.xlsx": heavy for number in range(9)}
    with pytest.raises(UnfitFile, match="unpacks to more"):
        kind_of("talk.pptx", document("pptx", parts), RULES)
