"""Amounts of money as they are shown."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision, get_currency_symbol

__all__ = ["in_money", "smallest_unit"]


@lru_cache(1024)
def in_money(number: Decimal, currency: str, locale: str = "en") -> str:
    """Return an amount as it is written in a language: "$400", "€1,200.50", "CHF 400"."""
    symbol = get_currency_symbol(currency, locale=locale)
    pattern = "¤ #,##0" if symbol[-1].isalpha() else "¤#,##0"
    decimals = get_currency_precision(currency) if number % 1 else 0
    pattern += "." + decimals * "0" if decimals else ""
    shown = format_currency(number, currency, pattern, locale=locale, currency_digits=False)
    return " ".join(shown.split())


def smallest_unit(currency: str) -> int:
    """Return the smallest amount of a currency, in its hundredths: 1, or 100 where it has no decimals."""
    return 1 if get_currency_precision(currency) else 100
