"""What a file is is found in its bytes, and held to its name."""

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.file_kinds import DEFAULT_KINDS, FileRules, UnfitFile, kind_of, too_large, what_is_taken
from bot.chat.language import as_text

RULES = FileRules()
MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def zipped(**parts: str) -> bytes:
    """An archive of these parts."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def office(main: str, **more: str) -> bytes:
    """A document of Office's, by the type of its main part."""
    return zipped(
        **{"[Content_Types].xml": f'<Override ContentType="{main}"/>', "word__document.xml": "x"}, **more
    )


TAKEN = {
    "cv.pdf": b"%PDF-1.7\nmade up",
    "map.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "me.JPG": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "dance.gif": b"GIF89a\1\0\1\0",
    "tree.webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "note.txt": "Grüße aus Köln".encode(),
    "old.txt": "Grüße aus Köln".encode("cp1252"),
    "wide.csv": "name;town\nJosé;Köln".encode("utf-16"),
    "read.me.md": b"# Hello\n<b>there</b>",
    "list.csv": b"\xef\xbb\xbfname,town\r\nAda,Lagos",
    "cv.docx": office(MAIN["docx"]),
    "plan.xlsx": office(MAIN["xlsx"]),
    "talk.pptx": office(MAIN["pptx"]),
    "cv.odt": zipped(mimetype="application/vnd.oasis.opendocument.text"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_people_send_is_taken(name: str) -> None:
    """Each kind by its own bytes; texts in the encodings that people's programs write."""
    kind = kind_of(name, TAKEN[name], RULES)
    assert name.rpartition(".")[2].lower() in kind.endings


@pytest.mark.parametrize("name", TAKEN)
def test_nothing_is_taken_under_another_name(name: str) -> None:
    """The same bytes under the ending of another kind are refused, and the sentence says what they are."""
    others = {"pdf": "png", "png": "pdf"}
    wrong = others.get(name.rpartition(".")[2], "pdf")
    with pytest.raises(UnfitFile, match=rf"ends in \.{wrong}, but inside it is"):
        kind_of(f"file.{wrong}", TAKEN[name], RULES)


REFUSED = {
    "a Windows program": ("cv.exe", b"MZ\x90\0\3"),
    "one called a PDF": ("cv.pdf", b"MZ"),
    "one called a text": ("cv.txt", b"MZ"),
    "a Linux program": ("cv", b"\x7fELF\2\1\1"),
    "a macOS program": ("cv.png", b"\xcf\xfa\xed\xfe\7\0\0\1"),
    "a script": ("notes.txt", b"#!/bin/sh\nrm -rf ~"),
    "a script after a mark": ("notes.txt", b"\xef\xbb\xbf\n#!/bin/sh\n"),
    "a script by its name": ("run.bat", b"@echo off"),
    "a web page called a PDF": ("fake.pdf", b"\n <!DOCTYPE HTML><title>Sign in"),
    "a web page": ("page.html", b"<html><body>"),
    "a drawing that can hold a script": ("map.svg", b"<svg onload='x()'>"),
    "macros by their part": ("cv.docx", office(MAIN["docx"], **{"word__vbaProject.bin": "x"})),
    "macros by their type": ("cv.docm", office(MACROS)),
    "macros called a document": ("cv.docx", office(MACROS)),
    "macros in a part of another name": (
        "cv.docx",
        office(f"{MAIN['docx']}'/><Override ContentType='application/vnd.ms-office.vbaProject", word__x="x"),
    ),
    "macros of OpenDocument": (
        "cv.odt",
        zipped(mimetype="application/vnd.oasis.opendocument.text", **{"Basic__Standard__Module1.xml": "x"}),
    ),
    "an old document": ("cv.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "an archive": ("all.zip", zipped(x="y")),
    "an archive called a document": ("cv.docx", zipped(word__document="y")),
    "a broken archive": ("cv.docx", b"PK\3\4 and no more"),
    "nothing at all": ("cv.pdf", b""),
    "blanks": ("cv.txt", b" \n"),
    "bytes that are nothing": ("cv.txt", bytes(range(256))),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_could_do_harm_is_refused(what: str) -> None:
    """By a whole sentence that names the file and says what to do or what is taken."""
    name, content = REFUSED[what]
    with pytest.raises(UnfitFile) as refused:
        kind_of(name, content, RULES)
    said = str(refused.value)
    assert said.startswith(f"“{name}” ")
    assert said.endswith(".")
    assert "I take PDF" in said or "Save it again in" in said or "name it" in said


def test_an_archive_is_taken_where_a_setting_says_so() -> None:
    """Only an archive that is called one: a document's name does not let it in."""
    rules = FileRules((*DEFAULT_KINDS, "zip"))
    assert kind_of("all.zip", zipped(x="y"), rules).name == "zip"
    with pytest.raises(UnfitFile, match="inside it is something else: ZIP archive"):
        kind_of("cv.docx", zipped(x="y"), rules)


OPEN = "application/vnd.oasis.opendocument."


@pytest.mark.parametrize(
    ("content", "called"),
    [
        (TAKEN["cv.pdf"], "PDF"),
        (TAKEN["map.png"], "PNG picture"),
        (TAKEN["me.JPG"], "JPEG picture"),
        (TAKEN["dance.gif"], "GIF picture"),
        (TAKEN["tree.webp"], "WebP picture"),
        (TAKEN["plan.xlsx"], "Excel workbook"),
        (TAKEN["talk.pptx"], "PowerPoint presentation"),
        (TAKEN["cv.odt"], "OpenDocument text"),
        (zipped(mimetype=f"{OPEN}spreadsheet"), "OpenDocument spreadsheet"),
        (zipped(mimetype=f"{OPEN}presentation"), "OpenDocument presentation"),
    ],
)
def test_what_is_inside_a_misnamed_file_is_named(content: bytes, called: str) -> None:
    """By the name that people have for it, with the name that the file should have."""
    with pytest.raises(UnfitFile) as refused:
        kind_of("cv.docx", content, RULES)
    assert f"inside it is something else: {called}. If that is what you mean, name it “cv." in str(
        refused.value
    )


def test_without_an_ending_the_bytes_say_what_it_is() -> None:
    """Nothing is said by such a name that could be wrong."""
    assert kind_of("cv", TAKEN["cv.pdf"], RULES).name == "pdf"
    assert kind_of("README", b"Hello", RULES).name == "txt"
    assert kind_of("Ada O. Okafor", TAKEN["cv.pdf"], RULES).name == "pdf"


@pytest.mark.parametrize(
    ("size", "called"),
    [(5_000_001, "5.1 MB"), (5_200_000, "5.2 MB"), (12_345_678, "12.4 MB"), (123_000_000, "123 MB")],
)
def test_a_size_that_is_too_much_reads_as_more(size: int, called: str) -> None:
    """A file of a byte too many is not said to have the very size that is taken, nor 1.2e+02 MB."""
    assert (
        as_text(too_large("cv.pdf", size, FileRules()))
        == f"“cv.pdf” is {called}, and the most I can keep is 5 MB."
    )


def test_what_is_taken_is_one_sentence() -> None:
    """It reads well for many kinds and for one."""
    assert as_text(what_is_taken(FileRules(("pdf",), 10_000_000))) == "I take PDF files of at most 10 MB."
    assert (
        as_text(what_is_taken(FileRules(("pdf", "jpeg", "odt"))))
        == "I take PDF, JPEG (jpg) and ODT files of at most 5 MB."
    )


@given(
    name=st.text(max_size=20),
    content=st.binary(max_size=200),
    start=st.sampled_from([b"", b"PK\3\4", b"%PDF"]),
)
def test_no_bytes_are_too_odd_to_be_judged(name: str, content: bytes, start: bytes) -> None:
    """Whatever comes, it is a kind that is allowed, or refused; nothing else is raised."""
    with suppress(UnfitFile):
        assert kind_of(name, start + content, RULES).name in DEFAULT_KINDS
