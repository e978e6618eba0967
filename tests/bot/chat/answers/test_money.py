import pytest

from bot.chat.answers import Ambiguous, Refused, Understood, check_value, read_answer
from bot.chat.language import as_text
from tests.support.answers import ask, in_short, in_words, read


@pytest.mark.parametrize(
    ("text", "amount", "currency", "shown"),
    [
        ("$400", "400", "USD", "$400"),
        ("400 usd", "400", "USD", "$400"),
        ("400", "400", "USD", "$400"),
        ("USD400", "400", "USD", "$400"),
        ("400$", "400", "USD", "$400"),
        ("€1.200,50", "1200.50", "EUR", "€1,200.50"),
        ("1.200,50 €", "1200.50", "EUR", "€1,200.50"),
        ("1.2k", "1200", "USD", "$1,200"),
        ("2 grand", "2000", "USD", "$2,000"),
        ("four hundred dollars", "400", "USD", "$400"),
        ("400 bucks", "400", "USD", "$400"),
        ("300 quid", "300", "GBP", "£300"),
        ("$400 CAD", "400", "CAD", "CA$400"),
        ("C$400", "400", "CAD", "CA$400"),
        ("CHF 400", "400", "CHF", "CHF 400"),
        ("¥50000", "50000", "JPY", "¥50,000"),
        ("1,50,000 INR", "150000", "INR", "₹150,000"),
        ("$400.5", "400.50", "USD", "$400.50"),
        ("about $400 in total", "400", "USD", "$400"),
        ("400 all in", "400", "USD", "$400"),
        ("unpaid", "0", "USD", "unpaid"),
        ("It's unpaid.", "0", "USD", "unpaid"),
        ("free", "0", "USD", "unpaid"),
        ("none", "0", "USD", "unpaid"),
        ("no fee", "0", "USD", "unpaid"),
        ("no money, sorry", "0", "USD", "unpaid"),
        ("one-off 400 for the whole thing", "400", "USD", "$400"),
        ("R500", "500", "ZAR", "ZAR 500"),
        ("$0", "0", "USD", "unpaid"),
    ],
)
def test_money_is_read_as_it_is_written(text: str, amount: str, currency: str, shown: str) -> None:
    """Signs, codes, names and both ways to write decimals give an amount in a currency."""
    answer = read_answer(text, ask("money"))
    assert in_words(answer) == Understood({"amount": amount, "currency": currency}, shown)


@pytest.mark.parametrize(
    "text",
    [
        "$20/hour",
        "20 per hour",
        "15 an hr",
        "20/hr",
        "20 ph",
        "20 p/h",
        "100 a week",
        "400/month",
        "weekly 100",
        "hourly rate of 20",
        "20 x 10 hours",
    ],
)
def test_a_rate_is_asked_for_its_total_and_never_guessed(text: str) -> None:
    """An amount per time is answered with an open question that names the total."""
    answer = read_answer(text, ask("money"))
    assert isinstance(answer, Ambiguous)
    assert answer.readings == ()
    assert "total" in as_text(answer.question)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$400 total ($20/hr)", "? $400"),
        ("$400 per page", "? $400"),
        ("$400 each", "? $400"),
        ("$400-500", "? $400 | $500"),
        ("$400 for 20 hours", "? $400"),
        ("not sure, maybe 400", "? $400"),
        ("€1.200", "? €1,200 | €1.20"),
        ("400 kr", "? SEK 400 | NOK 400 | DKK 400"),
        ("$400 (€370)", "?"),
        ("unpaid because we are small", "? unpaid"),
        ("no", "? unpaid"),
        ("negotiable", "! I could not find an amount of money in that. If there is none, write “unpaid”."),
        ("-400", "! That is no amount I can take."),
        ("5%", "! Please send one amount of money, and nothing else."),
    ],
)
def test_doubtful_amounts_are_asked_about(text: str, shown: str) -> None:
    """Ranges, amounts among other things and shared marks are offered, the rest refused."""
    assert read(text, ask("money")) == shown


def test_the_expected_currency_decides_what_a_shared_mark_means() -> None:
    """A bare amount is in the expected currency, and "$" is if that is a dollar."""
    assert read("400", ask("money", currency="EUR")) == "= €400"
    assert read("$400", ask("money", currency="CAD")) == "= CA$400"
    assert read("400 kr", ask("money", currency="NOK")) == "= NOK 400"


def test_limits_bind_amounts_of_the_expected_currency() -> None:
    """A limit is said in money, and says nothing about another currency."""
    asking = ask("money", minimum=50)
    assert in_words(read_answer("20", asking)) == Refused("It must be at least $50.", "$400")
    assert read("20 EUR", asking) == "= €20"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "400",
        {"amount": 400, "currency": "USD"},
        {"amount": "x", "currency": "USD"},
        {"amount": "NaN", "currency": "USD"},
        {"amount": "400", "currency": "XYZ"},
        {"amount": "400.123", "currency": "USD"},
        {"amount": "400", "currency": "USD", "more": 1},
    ],
)
def test_a_value_that_is_no_amount_is_refused(value: object) -> None:
    """Only an amount as text with a known currency passes as stored money."""
    refused = check_value(value, ask("money"))  # type: ignore[arg-type]  # any value may come in
    assert in_short(refused).startswith("!")
