import pytest

from bot.chat.answers import Option, Refused, Understood, check_value, read_answer
from tests.support.answers import WAYS, ask, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", "onsite"),
        ("#2", "onsite"),
        ("option 3", "hybrid"),
        ("2️⃣", "onsite"),
        ("two please", "onsite"),
        ("the first one", "remote"),
        ("last", "rw"),
        ("REMOTE!!", "remote"),
        ("rw", "rw"),
        ("on-site", "onsite"),
        ("remot", "remote"),
        ("hybird", "hybrid"),
        ("hybrid", "hybrid"),
        ("i'd like remote", "remote"),
    ],
)
def test_an_option_is_chosen_by_number_label_value_or_close_spelling(text: str, value: str) -> None:
    """One option is understood however it is named."""
    options = (*WAYS[:2], Option("hybrid", "Hybrid"), WAYS[3])
    answer = read_answer(text, ask("choice", options=options))
    assert isinstance(answer, Understood)
    assert answer.value == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("not remote", "? Remote"),
        ("fully remote", "? Remote"),
        ("offsite", "? On site"),
        ("1 or 2", "? Remote | On site"),
        ("remote or hybrid", "? Remote | Hybrid, two days on site"),
        ("two", "? Hybrid, two days on site | On site"),
        ("banana", "! I could not match that to the options. Pick one by number or name."),
        ("5", "! I could not match that to the options. Pick one by number or name."),
        ("👍", "! I could not match that to the options. Pick one by number or name."),
    ],
)
def test_a_doubtful_choice_is_asked_about(text: str, shown: str) -> None:
    """A near option, several options or a negation is offered, never taken."""
    assert read(text, ask("choice")) == shown


def test_a_number_that_is_also_a_label_is_asked_about() -> None:
    """If the second option is called "3", then 3 may be either."""
    options = (Option("a", "1"), Option("b", "3"), Option("c", "5"))
    assert read("3", ask("choice", options=options)) == "? 3 | 5"
    assert read("1", ask("choice", options=options)) == "= 1"


def test_the_opposite_is_no_slip_of_the_finger() -> None:
    """A word that only adds letters in front of a label is offered and not taken."""
    assert read("unpaid", ask("choice", options=(Option("p", "Paid"), Option("o", "Other")))) == "? Paid"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 and 3", ["remote", "hybrid"]),
        ("1,3", ["remote", "hybrid"]),
        ("3 1", ["hybrid", "remote"]),
        ("1-3", ["remote", "onsite", "hybrid"]),
        ("remote & hybird", ["remote", "hybrid"]),
        ("remote/hybrid", ["remote", "hybrid"]),
        ("remote hybrid", ["remote", "hybrid"]),
        ("- remote\n- on site", ["remote", "onsite"]),
        ("Research and writing, remote", ["rw", "remote"]),
        ("Hybrid, two days on site", ["hybrid"]),
        ("remote, remote", ["remote"]),
        ("all", ["remote", "onsite", "hybrid", "rw"]),
        ("none", []),
    ],
)
def test_several_options_are_chosen_in_the_order_they_are_named(text: str, values: list[str]) -> None:
    """Lists by number, label or spelling, "all" and "none" are understood."""
    answer = read_answer(text, ask("choices"))
    assert isinstance(answer, Understood)
    assert answer.value == values


def test_one_doubtful_item_is_asked_about_with_the_others_in_place() -> None:
    """The person confirms one item and does not start over."""
    assert read("2, fully remote", ask("choices")) == "? On site, Remote"
    assert read("2, banana", ask("choices")).startswith("! I could not match all of that")


def test_the_count_of_options_has_limits() -> None:
    """Too few and too many are refused, and so is "none" where one is needed."""
    asking = ask("choices", minimum=1, maximum=2)
    assert read("none", asking) == "! Please pick at least 1."
    assert read("all", asking) == "! Please pick at most 2."


@pytest.mark.parametrize("value", ["gone", None, 1, ["remote"]])
def test_a_value_that_is_not_among_the_options_is_refused(value: object) -> None:
    """A button of an earlier version of the question does not slip through."""
    assert isinstance(check_value(value, ask("choice")), Refused)  # type: ignore[arg-type]  # any value may come in


@pytest.mark.parametrize("value", ["remote", ["gone"], ["remote", 1], [["remote"]], None])
def test_a_list_with_something_else_in_it_is_refused(value: object) -> None:
    """Every item of a stored list has to be an option's value."""
    assert isinstance(check_value(value, ask("choices")), Refused)  # type: ignore[arg-type]  # any value may come in
