"""Marks of currencies in a text: signs, codes and names."""

import re
from collections.abc import Sequence
from functools import cache

from babel.numbers import list_currencies

# The first one is usually meant; another of the row is if the question expects it.
_MARKS = {
    "us$": "USD",
    "ca$ c$ can$": "CAD",
    "a$ au$": "AUD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "mx$": "MXN",
    "r$ reais": "BRL",
    "$ dollar buck": "USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD",
    "€ euro": "EUR",
    "£ pound quid sterling": "GBP EGP",
    "¥": "JPY CNY",
    "yen": "JPY",
    "yuan rmb": "CNY",
    "₹": "INR",
    "₩": "KRW",
    "₦ naira": "NGN",
    "₱": "PHP",
    "₺ lira": "TRY",
    "₽": "RUB",
    "₴ hryvnia": "UAH",
    "₫": "VND",
    "₪ shekel": "ILS",
    "₵ cedi": "GHS",
    "฿ baht": "THB",
    "zł zloty": "PLN",
    "kč": "CZK",
    "r rand": "ZAR",
    "taka": "BDT",
    "ringgit": "MYR",
    "forint": "HUF",
}
# Several currencies have these, and none of them is the usual one.
_SHARED_MARKS = {
    "kr krona kronor krone kroner": "SEK NOK DKK",
    "rs rs. rupee": "INR PKR LKR",
    "franc": "CHF XOF XAF",
    "peso": "MXN PHP ARS CLP COP",
    "dinar": "KWD RSD JOD",
    "dirham": "AED MAD",
    "shilling": "KES TZS UGX",
}
_MEANT = {
    mark: tuple(codes.split()) for marks, codes in (_MARKS | _SHARED_MARKS).items() for mark in marks.split()
}
_SHARED = frozenset(tuple(codes.split()) for codes in _SHARED_MARKS.values())
# Every code counts in capitals; many are English words, so in small letters only these do.
_SMALL_LETTERS_TOO = frozenset(
    """
    aed aud bdt brl cad chf clp cny czk dkk egp eur gbp ghs hkd huf idr ils inr jpy kes krw mxn
    myr ngn nok nzd php pkr pln rub sek sgd thb tzs uah ugx usd vnd zar
    """.split()
)
_WORD_MARKS = "|".join(
    re.escape(mark) + ("s?" if mark[-1].isalpha() else "") for mark in sorted(_MEANT, key=len, reverse=True)
)
_MARK = re.compile(rf"(?<![^\W\d_])(?:{_WORD_MARKS}|(?P<code>[a-z]{{3}}))(?![^\W\d_])", re.IGNORECASE)


def take_currencies(text: str, expected: str) -> tuple[tuple[str, ...], str]:
    """Return the currencies a text may be in, and the text in small letters without their marks.

    Marks that agree are one currency ("$400 CAD"); marks that contradict each other give (). A text
    without a mark is in the expected currency.
    """
    rows: list[tuple[str, ...]] = []
    rest: list[str] = []
    at = 0
    usual = False
    for match in _MARK.finditer(text):
        row = _meant_by(match[0])
        if row:
            rows.append(row)
            usual = usual or row not in _SHARED
            rest += [text[at : match.start()], " "]
            at = match.end()
    return _agree(rows, expected, usual=usual), "".join([*rest, text[at:]]).lower()


@cache
def _codes() -> frozenset[str]:
    """Return every ISO 4217 code; of words that people type nothing is remembered."""
    return frozenset(list_currencies())


def is_currency(code: str) -> bool:
    """Tell whether it is an ISO 4217 code."""
    return code in _codes()


def _meant_by(mark: str) -> tuple[str, ...]:
    small = mark.lower()
    row = _MEANT.get(small) or _MEANT.get(small.removesuffix("s"))
    if row:
        return row
    counts = small in _SMALL_LETTERS_TOO or (mark.isupper() and is_currency(mark))
    return (mark.upper(),) if counts else ()


def _agree(rows: Sequence[tuple[str, ...]], expected: str, *, usual: bool) -> tuple[str, ...]:
    if not rows:
        return (expected,)
    common = [code for code in rows[0] if all(code in row for row in rows)]
    if expected in common:
        return (expected,)
    return tuple(common[:1] if usual else common)
