"""Typed text, made fit to read or to keep.

Phones, keyboards and copied web pages bring full-width digits, invisible marks, curly quotes and
several kinds of dash and space. Readers look at a simplified copy; what is kept stays as written.
"""

import re
import unicodedata

_LIKE_ASCII = {
    "\N{MINUS SIGN}": "-",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{MODIFIER LETTER APOSTROPHE}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
}
_KEYCAP = "\N{COMBINING ENCLOSING KEYCAP}"
_SPACES = re.compile(r"\s+")
# Control characters (Cc) but for tab and line feed, and surrogates (Cs).
_NOT_KEPT = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def simplify(text: str, *, symbols: bool = False) -> str:
    """Return the text for reading: one line, plain digits, dashes and quotes, nothing invisible.

    Letter case stays. Emoji and other symbols go, unless `symbols`; currency and maths signs stay.
    """
    if text.isascii() and text.isprintable():  # most text; no character of it needs replacing
        return _SPACES.sub(" ", text).strip()
    whole = unicodedata.normalize("NFC", text)
    return _SPACES.sub(" ", "".join(_simple(char, symbols=symbols) for char in whole)).strip()


def fold(text: str) -> str:
    """Return the text in small letters without accents, to compare names by."""
    if text.isascii():
        return text.casefold()
    return "".join(
        char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char)
    )


def keep(text: str) -> str:
    """Return the text for storing: the person's own characters, lines and all.

    Only what no database and no platform takes is left out (control characters, lone surrogates),
    line ends are made alike, and the outer blanks go. A text of invisible characters is "".
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _NOT_KEPT.sub("", lines).strip()
    return kept if any(unicodedata.category(char)[0] not in "CZ" for char in kept) else ""


def keep_line(text: str) -> str:
    """Return the text for storing on one line."""
    return _SPACES.sub(" ", keep(text)).strip()


def _simple(char: str, *, symbols: bool) -> str:
    # A letter, digit or sign of ASCII needs no replacing, and most text is that.
    if " " <= char <= "~":
        return char
    if unicodedata.decomposition(char).startswith("<fraction>"):
        return " " + unicodedata.normalize("NFKC", char).replace("\N{FRACTION SLASH}", "/")
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char in _LIKE_ASCII:
        return _LIKE_ASCII.get(char, "-")
    if category[0] == "Z" or category == "Cc":
        return " "
    if category[0] == "C" or char == _KEYCAP or "VARIATION SELECTOR" in unicodedata.name(char, ""):
        return ""
    if category in {"So", "Sk"} and unicodedata.normalize("NFKC", char) == char:
        return char if symbols else " "
    return unicodedata.normalize("NFKC", char)
