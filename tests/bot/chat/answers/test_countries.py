"""Countries: their names are read, near ones are asked about, and lists are kept as codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answers import JSONValue, Refused, Understood, check_value, read_answer, value_as_typed
from bot.chat.answers.countries import codes_by_name, is_within
from bot.chat.language import ENGLISH, Language
from bot.chat.sentences import CountryName, layout
from tests.support.answers import ask, in_short, read

CODES = sorted(set(codes_by_name().values()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Spain", "= Spain"),
        ("i live in the UK", "= the United Kingdom"),
        ("USA", "= the United States"),
        ("The States", "= the United States"),
        ("Côte d’Ivoire", "= Côte d’Ivoire"),
        ("Madrid, Spain", "= Spain"),
        ("España", "= Spain"),
        ("Köln, Deutschland", "= Germany"),
        ("ドイツ", "= Germany"),
        ("Portugl", "? Portugal"),
        ("Leipzig", "? Germany"),
        ("Madrid", "? Spain | Colombia"),
        ("EU", "! I do not know a country by that name. Please write its English name."),
        ("where the sun is", "! I do not know a country by that name. Please write its English name."),
    ],
)
def test_a_country_is_read_by_its_name(text: str, shown: str) -> None:
    """A city, and a name that is nearly one, are asked about; a group of countries is none."""
    assert read(text, ask("country")) == shown


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Spain, Portugal", ["ES", "PT"]),
        ("Deutschland, Österreich und Schweiz", ["DE", "AT", "CH"]),
        ("Bosnien und Herzegowina und España y Trinidad y Tobago", ["BA", "ES", "TT"]),
        ("Spain and Portugal", ["ES", "PT"]),
        ("only in the UK or Ireland", ["GB", "IE"]),
        ("Bosnia and Herzegovina, Trinidad and Tobago", ["BA", "TT"]),
        ("EU\nNorway; Switzerland", ["EU", "NO", "CH"]),
        ("Spain, spain", ["ES"]),
        ("any", []),
        ("Anywhere.", []),
        ("worldwide", []),
    ],
)
def test_a_list_of_countries_is_read(text: str, codes: list[str]) -> None:
    """Between commas, lines or an "and"; a country that has an "and" in its name stays whole."""
    answer = read_answer(text, ask("countries"))
    assert isinstance(answer, Understood)
    assert answer.value == codes


def test_a_name_in_a_list_that_is_none_is_named() -> None:
    """The reason has the name that was not understood, and the country that is nearest to it."""
    assert read("Spian, France", ask("countries")) == (
        "! I do not know a country by the name “spian”. Did you mean Spain? Please write the list again."
    )
    assert read("Atlantis", ask("countries")) == "! I do not know a country by the name “atlantis”."
    assert read("x" * 1001, ask("countries")).startswith("! That is a lot of text for a list of countries.")


def test_a_list_has_an_end() -> None:
    """More countries than a person reads are refused, and so is what is no list of codes."""
    many = ", ".join(name for name in list(codes_by_name())[:80] if "," not in name and " and " not in name)
    assert read(many, ask("countries")) == "! Please name at most 40 countries."
    odd: list[JSONValue] = ["ES", ["Spain"], [None], [["ES"]], [{"ES": 1}]]
    for value in odd:
        said = in_short(check_value(value, ask("countries")))
        assert said == "! I need a list of countries here."
    none: list[JSONValue] = ["EU", "Spain", ["ES"], {"ES": 1}]
    for value in none:
        assert isinstance(check_value(value, ask("country")), Refused)


@given(st.lists(st.sampled_from(CODES), min_size=1, max_size=9, unique=True))
def test_countries_are_read_as_they_are_shown(codes: list[str]) -> None:
    """What a field is filled with means the same countries again."""
    shown = value_as_typed(list[JSONValue](codes), ask("countries"), ENGLISH)
    answer = read_answer(shown, ask("countries"))
    assert isinstance(answer, Understood)
    assert answer.value == codes


def test_a_country_is_called_as_the_reader_calls_it() -> None:
    """By the words of the language, which need no catalogue."""
    answer = read_answer("Germany, Spain", ask("countries"))
    assert isinstance(answer, Understood)
    assert Language("es", ENGLISH.catalogue).text(answer.shown) == "Alemania and España"


def test_the_union_holds_its_members() -> None:
    """A member is within it, a neighbour is not; without it only what is named counts."""
    assert is_within("DE", ["EU"])
    assert not is_within("NO", ["EU"])
    assert is_within("NO", ["EU", "NO"])
    assert not is_within("DE", ["ES"])


def test_english_says_the_where_it_does() -> None:
    """A sentence reads as people say it, and no other language gets an article."""
    assert read("Netherlands and the EU", ask("countries")) == "= the Netherlands and the European Union"
    assert (
        Language("de", ENGLISH.catalogue).text(layout("{country}", country=CountryName("NL")))
        == "Niederlande"
    )
