"""The single-byte encoding in which a few letters make sense, by the alphabets of its languages.

Statistics need more text than a table of one row has. An alphabet needs one word: no language has ø and ì.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["fitting"]

_WESTERN: Final = (
    "äöüß",  # German
    "àâæçéèêëîïôœùûüÿ",  # French
    "áéíñóúü",  # Spanish
    "àáâãçéêíóôõú",  # Portuguese
    "àèéìíîòóùú",  # Italian
    "àçèéíïòóúü",  # Catalan
    "áèéëïöóüú",  # Dutch
    "åäöé",  # Swedish, Finnish
    "æøåéèêòóôäöü",  # Danish, Norwegian
    "áðéíóúýþæö",  # Icelandic
    "äõöüšž",  # Estonian
    "ëç",  # Albanian
)
_CENTRAL: Final = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "čćđšž",  # Croatian, Slovenian
    "ăâîşţ",  # Romanian
)
_BALTIC: Final = ("ąčęėįšųūž", "āčēģīķļņšūž")
_TURKISH: Final = ("çğ\N{LATIN SMALL LETTER DOTLESS I}öşüiâî",)
_CYRILLIC: Final = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "абвгдежзийклмнопрстуфхцчшщьюяєіїґ",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
)
_GREEK: Final = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",)

_HEBREW: Final = ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",)
_ARABIC: Final = ("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأإؤئپچژگ",)
_HANGUL: Final = ("".join(map(chr, range(0xAC00, 0xD7A4))),)

_HOMES: Final = (
    ("cp1252", _WESTERN, True),
    ("cp1250", _CENTRAL, True),
    ("cp1254", _TURKISH, True),
    ("mac_roman", _WESTERN, True),
    ("cp1257", _BALTIC, True),
    ("cp1251", _CYRILLIC, False),
    ("cp1253", _GREEK, False),
    ("cp1255", _HEBREW, False),
    ("cp1256", _ARABIC, False),
    ("euc_kr", _HANGUL, False),
    ("cp1252", ("".join(_WESTERN),), True),
)
"""Encodings in the order of how much they are met: with the alphabets written in each, and whether Latin."""

_SIGNS: Final = re.compile("[“”„‘’\u201a–—…€°·•«»§©®™½¼¾×¿¡\u00a0²³¹º±]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SIGN_IN_WORD: Final = re.compile(r"[^\W\d_][^\w\s’‘–—'./&+|,;:@()-][^\W\d_]|[£¥¤¢ª][^\W\d_]")
_BARE: Final = 3  # letters of a word of Latin letters that may all be beyond ASCII: ÅÄÖ


def fitting(content: bytes) -> tuple[str, str] | None:
    """Find the first encoding in which all letters beyond ASCII are of one alphabet, and give the text."""
    return next(_fitting(content), None)


def _fitting(content: bytes) -> Iterator[tuple[str, str]]:
    for encoding, alphabets, latin in _HOMES:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _reads_well(text, alphabets, latin=latin):
            yield encoding, text


def _reads_well(text: str, alphabets: tuple[str, ...], *, latin: bool) -> bool:
    """Tell whether letters are of one alphabet, signs are between words, and no word changes its case."""
    if _SIGN_IN_WORD.search(text):
        return False
    words = [word for word in _WORD.findall(_SIGNS.sub(" ", text)) if not word.isascii()]
    beyond = {letter for letter in "".join(words) if letter > "\x7f"}
    if not any({letter.lower()[:1] for letter in beyond} <= frozenset(alphabet) for alphabet in alphabets):
        return False
    if alphabets in (_CYRILLIC, _GREEK) and not any(letter.isupper() for letter in beyond):
        return False  # Hebrew, read as one of these, is all small
    return all(_is_word(word, latin=latin) for word in words)


def _is_word(word: str, *, latin: bool) -> bool:
    if word[1:] not in {word[1:].lower(), word[1:].upper()}:
        return False
    own = [letter for letter in word if letter > "\x7f"]
    return len(own) < len(word) or len(word) <= _BARE if latin else len(own) == len(word)
