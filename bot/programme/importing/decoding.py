"""Text out of the bytes of a file: by its byte order mark, as UTF-8, else by a guess that is shown."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from bot.chat.language import as_text
from bot.chat.sentences import Sentence, Wording, say
from bot.programme.importing.alphabets import fitting

__all__ = ["Decoded", "UnreadableFile", "decode"]


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; `said` says why and what to do, `str()` in English."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(as_text(said))
        self.said = said


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text; `guess` says how it was read where only the reader can tell if rightly."""

    text: str
    guess: Wording = ""


_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON: Final = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "mac_roman"),
    *("cp932", "gb18030", "big5", "euc_kr"),
)
"""What spreadsheets of all countries still write besides Unicode."""

_SHOWN: Final = {"mac_roman": "macintosh", "cp932": "shift_jis"}
"""What an encoding is called by people, where Python's name is not that."""

_STRAY: Final = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8, as Python keeps it."""

_MOST_ZEROS: Final = 0.05
"""The share of zero bytes up to which a file in UTF-8 is a text, with a row that says where they are."""

_SAMPLE: Final = 40  # characters of a line that shows how a guess reads


def decode(name: str, content: bytes, encoding: str = "") -> Decoded:
    """Decode a file's bytes; `encoding` is what the importing person says it is.

    Raises:
        UnreadableFile: it is no text, or not in that encoding.
    """
    if encoding:
        return Decoded(_as_said(name, content, encoding))
    found = next((known for mark, known in _MARKS if content.startswith(mark)), None) or _unmarked(content)
    no_text = say(
        "{file} is no text that I can read. Save the table as CSV (UTF-8) or as an Excel workbook.", file=name
    )
    zeros = 0 if found else content.count(0)
    if zeros > len(content) * _MOST_ZEROS:
        raise UnreadableFile(no_text)
    try:
        return Decoded(content.decode(found or "utf-8"))
    except UnicodeDecodeError:
        if found or zeros:
            raise UnreadableFile(no_text) from None
    return _guessed(name, content)


def _as_said(name: str, content: bytes, encoding: str) -> str:
    try:
        text = content.decode("utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding)
    except LookupError:
        raise UnreadableFile(
            say(
                "There is no encoding {encoding}. Common ones are utf-8, windows-1252, windows-1250, "
                "shift_jis.",
                encoding=encoding,
            )
        ) from None
    except (UnicodeError, ValueError):
        raise UnreadableFile(
            say(
                "{file} is not written in {encoding}. Leave --encoding out, or try another.",
                file=name,
                encoding=encoding,
            )
        ) from None
    return text.removeprefix("\ufeff")


def _unmarked(content: bytes) -> str | None:
    """Read UTF-16 without a byte order mark: every second byte of a table's letters and digits is zero."""
    head = content[:2000]
    half = len(head) // 2
    if half < 2:  # noqa: PLR2004 - two letters
        return None
    if head[1::2].count(0) > half * 0.6 and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) > half * 0.6 and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _guessed(name: str, content: bytes) -> Decoded:
    """Return the likeliest reading of bytes that are not UTF-8, with a line that shows how it reads."""
    if mixed := _mixed(content):
        return Decoded(
            mixed,
            say(
                "{file} is UTF-8 except for a few letters, which I guess are windows-1252: it reads "
                "“{sample}”. If that looks wrong, save it again as CSV (UTF-8), or name its --encoding.",
                file=name,
                sample=_sample(mixed),
            ),
        )
    encoding, text = _likeliest(name, content)
    called = re.sub(r"^cp(?=125\d$)", "windows-", _SHOWN.get(encoding, encoding))
    return Decoded(
        text,
        say(
            "{file} is not UTF-8, so I guess that it is {encoding}: it reads “{sample}”. If that looks "
            "wrong, name the right encoding, such as --encoding windows-1250.",
            file=name,
            encoding=called,
            sample=_sample(text),
        ),
    )


def _mixed(content: bytes) -> str:
    """Return the text of UTF-8 with pasted letters of another file; "" where it is mostly no UTF-8."""
    text = content.decode("utf-8", "surrogateescape")
    strays = len(_STRAY.findall(text))
    whole = sum(letter > "\x7f" for letter in text) - strays
    if strays * 2 > whole:
        return ""
    return _STRAY.sub(lambda stray: bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def _likeliest(name: str, content: bytes) -> tuple[str, str]:
    # Few bytes tell statistics little, so alphabets are asked first.
    if found := fitting(content):
        return found
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only an import of such a file pays for it

    best = from_bytes(content, cp_isolation=list(_COMMON)).best()
    if best is None:
        raise UnreadableFile(
            say(
                "{file} is no text that I can read. Save the table as CSV (UTF-8), or name its --encoding.",
                file=name,
            )
        )
    return str(best.encoding), str(best)


def _sample(text: str) -> str:
    """Return a piece of the text around the first letter that is not ASCII."""
    at = next((at for at, letter in enumerate(text) if letter > "\x7f"), 0)
    start = max(text.rfind("\n", 0, at) + 1, at - _SAMPLE // 2)
    line = text[start:].splitlines()[0] if text[start:] else ""
    return line[:_SAMPLE].strip()
