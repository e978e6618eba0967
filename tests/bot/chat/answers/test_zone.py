import pytest

from bot.chat.answers import Ambiguous, Refused, Understood, check_value, read_answer
from tests.support.answers import ask, read


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("NYC", "America/New_York"),
        ("UTC", "UTC"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Munich", "Europe/Berlin"),
        ("münchen", "Europe/Berlin"),
        ("Kiev", "Europe/Kyiv"),
        ("Amsterdm", "Europe/Amsterdam"),
        ("mumbay", "Asia/Kolkata"),
        ("I'm in Lagos", "Africa/Lagos"),
        ("Lagos time", "Africa/Lagos"),
        ("Berlin, Germany", "Europe/Berlin"),
        ("london uk", "Europe/London"),
        ("Berlin (CET)", "Europe/Berlin"),
        ("India", "Asia/Kolkata"),
        ("Germany", "Europe/Berlin"),
        ("Eastern time", "America/New_York"),
        ("JST", "Asia/Tokyo"),
        ("US/Eastern", "US/Eastern"),
    ],
)
def test_a_zone_is_read_by_its_city_country_or_name(text: str, zone: str) -> None:
    """Cities, countries with one clock, IANA names and small slips are understood."""
    answer = read_answer(text, ask("zone"))
    assert isinstance(answer, Understood)
    assert answer.value == zone


def test_a_zone_is_shown_with_its_local_time() -> None:
    """The present local time lets a person see whether the zone is right."""
    assert read("Kathmandu", ask("zone")) == "= Asia/Kathmandu (now Wed 15:45)"


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("EST", {"America/New_York", "Australia/Sydney"}),
        ("IST", {"Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"}),
        ("CST", {"America/Chicago", "Asia/Shanghai"}),
        ("BST", {"Europe/London", "Asia/Dhaka"}),
        ("CET", {"Europe/Berlin", "Europe/Paris"}),
        ("UTC+2", {"Europe/Berlin", "Africa/Johannesburg"}),
        ("+05:30", {"Asia/Kolkata"}),
        ("GMT", {"Europe/London", "Africa/Accra"}),
        ("USA", {"America/New_York", "America/Chicago"}),
        ("Spain", {"Europe/Madrid", "Atlantic/Canary"}),
        ("Cambridge", {"Europe/London", "America/New_York"}),
        ("London, Ontario", {"Europe/London"}),
    ],
)
def test_what_may_be_several_zones_is_asked_about(text: str, among: set[str]) -> None:
    """Abbreviations, offsets, wide countries and shared names are offered as cities."""
    answer = read_answer(text, ask("zone"))
    assert isinstance(answer, Ambiguous)
    assert among <= {reading.value for reading in answer.readings}


@pytest.mark.parametrize("text", ["banana", "+27", "UTC+99", "my place", "x" * 300])
def test_what_is_no_zone_is_refused(text: str) -> None:
    """An unknown name is never taken for the nearest one, however far."""
    assert isinstance(read_answer(text, ask("zone")), Refused)


@pytest.mark.parametrize("value", [None, 2, "europe/berlin", "Mars/Base"])
def test_only_a_name_of_the_database_is_a_value(value: object) -> None:
    """A stored zone is exactly an IANA name."""
    assert isinstance(check_value(value, ask("zone")), Refused)  # type: ignore[arg-type]  # any value may come in
