import pytest

from bot.chat.answers import Refused, Understood, check_value, read_answer
from tests.support.answers import ask, in_words, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("about 10 hours", 10),
        ("10-ish", 10),
        ("10 or so", 10),
        ("~10", 10),
        ("ten", 10),
        ("twenty-five", 25),
        ("one hundred and twenty", 120),
        ("two thousand five hundred", 2500),
        ("a dozen", 12),
        ("half a dozen", 6),
        ("1,500", 1500),
        ("1 500", 1500),
        ("1'500", 1500),
        ("1,00,000", 100_000),
        ("1.5", 1.5),
        ("1,5", 1.5),
        (".5", 0.5),
        ("1½", 1.5),
        ("1 1/2", 1.5),
        ("two and a half", 2.5),
        ("2 and a half", 2.5),
        ("1.2k", 1200),
        ("20h", 20),
        ("20 hrs max", 20),
        ("10 hours 😊", 10),
        ("1٠", 10),
        ("１０", 10),
        ("10\u200b", 10),
        ("-5", -5),
        ("I think it will take 10 hours", 10),
        ("3 people", 3),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, value: float) -> None:
    """Digits, words, fractions, thousands and the words around them give one number."""
    answer = read_answer(text, ask("number"))
    assert isinstance(answer, Understood)
    assert answer.value == value
    assert type(answer.value) is type(value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10 to 20", "? 10 | 20"),
        ("10-20", "? 10 | 20"),
        ("between 10 and 20", "? 10 | 20"),
        ("ten or twelve", "? 10 | 12"),
        ("1.500", "? 1.5 | 1,500"),
        ("not 10", "? 10"),
        ("10 per week", "?"),
        ("10 hours a week", "?"),
        ("weekly 10", "?"),
        ("banana", "! I could not find a number in that."),
        ("tbd", "! I could not find a number in that."),
        ("1e6", "! I could not find a number in that."),
        ("1.2.3", "! I could not find a number in that."),
    ],
)
def test_ranges_rates_and_doubtful_numbers_are_asked_about(text: str, shown: str) -> None:
    """What has two readings is offered as both, a rate is asked about openly, nonsense refused."""
    assert read(text, ask("number")) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10", "= 10 hours"),
        ("1", "= 1 hour"),
        ("an hour and a half", "= 1.5 hours"),
        ("half an hour", "= 0.5 hours"),
        ("90 minutes", "= 1.5 hours"),
        ("1h30", "= 1.5 hours"),
        ("1:30", "= 1.5 hours"),
        ("60 hours (10 per week)", "? 60 hours"),
        ("15 hours in total (3 weeks)", "? 15 hours"),
        ("10hrs/wk for 4 weeks", "?"),
        ("100%", "? 100 hours"),
        ("1 hour 30 minutes", "= 1.5 hours"),
        ("3 days", "?"),
        ("a week", "?"),
        ("10 apples", "? 10 hours"),
    ],
)
def test_a_number_in_another_unit_is_turned_only_where_that_is_exact(text: str, shown: str) -> None:
    """Minutes make hours for everybody; days of work do not, so the bot asks."""
    assert read(text, ask("number", unit="hours")) == shown


def test_a_question_that_counts_by_the_week_takes_such_a_rate() -> None:
    """A rate is refused as an amount, but it is the answer where a rate is asked for."""
    weekly = ask("number", unit="hours a week")
    assert read("10 hours a week", weekly) == "= 10 hours a week"
    assert read("10 hours a month", weekly) == "?"


def test_limits_are_said_and_the_example_fits_them() -> None:
    """A number outside the limits gets the limit and an example inside it."""
    asking = ask("number", minimum=200, maximum=300, unit="hours")
    assert in_words(read_answer("400", asking)) == Refused("It can be at most: 300 hours.", "200")
    assert in_words(read_answer("4", asking)) == Refused("It must be at least: 200 hours.", "200")


@pytest.mark.parametrize("value", [True, "10", None, float("nan"), float("inf"), 10**13, [1]])
def test_a_value_that_is_no_usable_number_is_refused(value: object) -> None:
    """Booleans, texts, infinities and absurd sizes do not pass as stored numbers."""
    assert isinstance(check_value(value, ask("number")), Refused)  # type: ignore[arg-type]  # any value may come in
