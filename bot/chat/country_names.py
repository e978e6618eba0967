"""The names of countries, as a language calls them."""

from __future__ import annotations

from typing import Final

from babel import Locale

__all__ = ["country_name"]

_WITH_ARTICLE: Final = frozenset("AE BS CD CF DO EU FO GB GM KM KY MH MV NL PH SB US VA".split())
"""Countries that English names with "the", which CLDR leaves out."""


def country_name(code: str, locale: str) -> str:
    """Return the name of a country (ISO 3166) within a sentence: "Spain", "the United States", "España"."""
    name = Locale.parse(locale).territories.get(code, code)
    return f"the {name}" if locale == "en" and code in _WITH_ARTICLE else str(name)
