"""A day: when it ends, and what each reader reads of it, wherever the writer and the reader are."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.terminal.render import plain_lines
from bot.chat.answers.dates import in_words
from bot.chat.content import Moment, ShownDay, dump_message, load_message, message, show_day, text
from bot.chat.day_parts import day_for, day_part, with_days
from bot.chat.language import as_text
from bot.chat.local_day import (
    EVERYWHERE,
    Day,
    SkippedDateError,
    deadline_of,
    dump_day,
    ends_at,
    load_day,
    starts_at,
    zone_of_day,
)
from bot.chat.rendering.plain_text import plain_text
from bot.chat.values import json_data

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONDAY: Final = date(2026, 3, 16)
WRITERS: Final = ("Europe/Madrid", "Pacific/Auckland", "Pacific/Kiritimati", EVERYWHERE)
READERS: Final = (
    "Europe/Madrid",
    "Europe/London",
    "America/New_York",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
)
SAID: Final = {
    "Europe/Madrid": (
        "Mon 16 March",
        "Mon 16 March (Madrid; for you 22:59)",
        "Mon 16 March (Madrid; for you 18:59)",
        "Mon 16 March (Madrid; for you Tue 17 March, 11:59)",
        "Mon 16 March (Madrid; for you Tue 17 March, 12:59)",
        "Mon 16 March (Madrid; for you 12:59)",
    ),
    "Pacific/Auckland": (
        "Mon 16 March (Auckland; for you 11:59)",
        "Mon 16 March (Auckland; for you 10:59)",
        "Mon 16 March (Auckland; for you 06:59)",
        "Mon 16 March",
        "Mon 16 March (Auckland; for you Tue 17 March, 00:59)",
        "Mon 16 March (Auckland; for you 00:59)",
    ),
    "Pacific/Kiritimati": (
        "Mon 16 March (Kiritimati; for you 10:59)",
        "Mon 16 March (Kiritimati; for you 09:59)",
        "Mon 16 March (Kiritimati; for you 05:59)",
        "Mon 16 March (Kiritimati; for you 22:59)",
        "Mon 16 March",
        "Mon 16 March (Kiritimati; for you Sun 15 March, 23:59)",
    ),
    EVERYWHERE: (
        "Mon 16 March (for you Tue 17 March, 12:59)",
        "Mon 16 March (for you Tue 17 March, 11:59)",
        "Mon 16 March (for you Tue 17 March, 07:59)",
        "Mon 16 March (for you Wed 18 March, 00:59)",
        "Mon 16 March (for you Wed 18 March, 01:59)",
        "Mon 16 March (for you Tue 17 March, 01:59)",
    ),
}
CASES: Final = [
    (writer, reader, said) for writer in WRITERS for reader, said in zip(READERS, SAID[writer], strict=True)
]
ZONES: Final = (
    "UTC",
    "Europe/Madrid",
    "America/New_York",
    "America/Nuuk",
    "America/Havana",
    "America/Santiago",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    EVERYWHERE,
)
A_MINUTE: Final = timedelta(minutes=1)


def in_plain_words(day: Day, reader: ZoneInfo, now: datetime, *, clock: bool = True) -> str:
    """A day as an answer shows it."""
    return as_text(in_words(day, reader, now, clock=clock))


def seen(day: Day, reader: str) -> str:
    """Draw a day's part as a platform does that knows the reader's zone."""
    shown = day_part(day, ZoneInfo(reader), NOW)
    if shown.clock is None:
        return show_day(shown)
    local = shown.clock.at.astimezone(ZoneInfo(reader))
    other = f"{local:%a} {local.day} {local:%B}, " if shown.clock.style == "date_clock" else ""
    place = f"{shown.place}; " if shown.place else ""
    return f"{shown.day} ({place}for you {other}{local:%H:%M})"


@pytest.mark.parametrize(("writer", "reader", "said"), CASES)
def test_every_reader_knows_when_a_day_ends_for_them(writer: str, reader: str, said: str) -> None:
    """Each of six readers reads the same day, with its place and, where it is another, their own clock."""
    day = Day(MONDAY, writer)
    assert in_plain_words(day, ZoneInfo(reader), NOW) == said
    assert seen(day, reader) == said


@pytest.mark.parametrize(("writer", "reader", "said"), CASES)
@pytest.mark.parametrize("first", [None, *READERS])
def test_a_day_made_for_another_reader_is_read_again(
    writer: str, reader: str, said: str, first: str | None
) -> None:
    """What was made for a channel or for another reader is, in each reader's zone, what was made for them."""
    day = Day(MONDAY, writer)
    made = day_part(day, ZoneInfo(first) if first else None, NOW)
    assert day_for(made, ZoneInfo(reader)) == day_part(day, ZoneInfo(reader), NOW)
    start = day_part(day, ZoneInfo(first) if first else None, NOW, clock=False)
    assert day_for(start, ZoneInfo(reader)) == day_part(day, ZoneInfo(reader), NOW, clock=False)
    assert said.startswith(show_day(made)[: len("Mon 16 March")])


@pytest.mark.parametrize(("writer", "reader", "said"), CASES)
def test_where_no_platform_draws_marks_brackets_are_not_within_brackets(
    writer: str, reader: str, said: str
) -> None:
    """A day made for any reader is drawn for the one whose zone is known, and alone where none is."""
    words = message(text("{day}", day=day_part(Day(MONDAY, writer), None, NOW)))
    place = "" if writer == EVERYWHERE else f" ({writer.rpartition('/')[2]})"
    assert plain_lines(words, zone=reader) == [said if writer != EVERYWHERE else "Mon 16 March"]
    assert plain_lines(words) == [plain_text(words, clocks=True)] == [f"Mon 16 March{place}"]


@pytest.mark.parametrize(("writer", "reader", "said"), CASES)
def test_a_day_that_moved_is_said_where_it_is_now(writer: str, reader: str, said: str) -> None:
    """The same date in another zone has that zone's place and end, with the words that it was said with."""
    before = day_part(Day(MONDAY, "Asia/Tokyo"), ZoneInfo("Asia/Tokyo"), NOW)
    moved = day_for(before, ZoneInfo(reader), Day(MONDAY, writer))
    assert moved == day_part(Day(MONDAY, writer), ZoneInfo(reader), NOW)
    stored = {"values": [{"when": json_data(before)}]}
    assert with_days(stored, lambda _: moved) == {"values": [{"when": json_data(moved)}]}
    assert said


@pytest.mark.parametrize(("writer", "reader"), [(writer, reader) for writer, reader, _ in CASES])
def test_what_is_said_is_when_it_ends(writer: str, reader: str) -> None:
    """The clock in the words is the stored instant on the reader's clock, and is left out at 23:59 only."""
    day = Day(MONDAY, writer)
    local = ends_at(day).astimezone(ZoneInfo(reader))
    alone = local.date() == MONDAY and local.time() == time(23, 59)
    said = in_plain_words(day, ZoneInfo(reader), NOW)
    assert ("for you" in said) is not alone
    assert alone or f"{local:%H:%M}" in said


@pytest.mark.parametrize("reader", READERS)
def test_a_day_for_many_people_is_true_for_each_of_them(reader: str) -> None:
    """No reader loses a minute of the date that a day for many people names."""
    own = ends_at(Day(MONDAY, reader))
    assert ends_at(Day(MONDAY, EVERYWHERE)) >= own


@pytest.mark.parametrize("writer", WRITERS[:3])
def test_a_day_of_one_place_carries_the_mark_in_a_channel(writer: str) -> None:
    """Where the reader is unknown, the place is beside the day, and the platform draws the end."""
    shown = day_part(Day(MONDAY, writer), None, NOW)
    assert (shown.day, shown.place) == ("Mon 16 March", writer.rpartition("/")[2])
    assert shown.clock == Moment(ends_at(Day(MONDAY, writer)), writer, "full")


def test_a_day_for_many_people_is_alone_in_a_channel() -> None:
    """It is true for every reader, so it needs neither a place nor a mark."""
    assert day_part(Day(MONDAY, EVERYWHERE), None, NOW) == ShownDay(
        "Mon 16 March", on=MONDAY, zone=EVERYWHERE
    )


def test_a_neighbour_on_the_same_clock_reads_the_place_alone() -> None:
    """Berlin's clock is Madrid's: only the place says whose day it is."""
    assert (
        in_plain_words(Day(MONDAY, "Europe/Madrid"), ZoneInfo("Europe/Berlin"), NOW)
        == "Mon 16 March (Madrid)"
    )


def test_another_year_is_named() -> None:
    """A day of the present year needs no year; one of another says it."""
    madrid = ZoneInfo("Europe/Madrid")
    assert in_plain_words(Day(date(2027, 1, 4), madrid.key), madrid, NOW) == "Mon 4 January 2027"


def test_a_start_has_no_clock_beside_it() -> None:
    """A start is a morning, not a last minute: the day and its place are all that is said."""
    day = Day(MONDAY, "Europe/Madrid")
    assert day_part(day, ZoneInfo("America/New_York"), NOW, clock=False) == ShownDay(
        "Mon 16 March", "Madrid", on=MONDAY, zone="Europe/Madrid", ends=False
    )
    assert in_plain_words(day, ZoneInfo("America/New_York"), NOW, clock=False) == "Mon 16 March (Madrid)"
    assert starts_at(day) == datetime(2026, 3, 16, 8, tzinfo=UTC)


@given(
    st.dates(date(1985, 1, 1), date(2035, 12, 31)),
    st.sampled_from(ZONES),
)
def test_a_day_ends_with_the_last_minute_of_its_date(day: date, zone: str) -> None:
    """On every date, with gaps and doubled hours, the end lies on that date and the next minute after it."""
    where = zone_of_day(zone)
    try:
        end = ends_at(Day(day, zone))
    except SkippedDateError:
        assert (day, zone) == (date(2011, 12, 30), "Pacific/Apia") or zone == "Pacific/Kiritimati"
        return
    assert end.astimezone(where).date() == day
    later = (end + A_MINUTE).astimezone(where)
    assert later.date() > day
    assert all((end + n * timedelta(minutes=30)).astimezone(where).date() > day for n in range(1, 6))


@given(st.dates(date(1985, 1, 1), date(2035, 12, 31)), st.sampled_from(ZONES))
def test_a_day_is_read_back_as_it_was_stored(day: date, zone: str) -> None:
    """A draft gives back the very day it keeps."""
    if (day, zone) not in {(date(2011, 12, 30), "Pacific/Apia"), (date(1994, 12, 31), "Pacific/Kiritimati")}:
        assert load_day(dump_day(Day(day, zone))) == Day(day, zone)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        # Clocks go from 23:00 to 00:00, so there is no 23:59 on this date.
        (date(2026, 3, 28), "America/Nuuk", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        # Midnight itself is left out, or comes twice.
        (date(2026, 4, 23), "Africa/Cairo", datetime(2026, 4, 23, 21, 59, tzinfo=UTC)),
        (date(2026, 3, 28), "Asia/Beirut", datetime(2026, 3, 28, 21, 59, tzinfo=UTC)),
        (date(2026, 10, 31), "America/Havana", datetime(2026, 11, 1, 3, 59, tzinfo=UTC)),
        (date(2026, 4, 4), "America/Santiago", datetime(2026, 4, 5, 3, 59, tzinfo=UTC)),
        # A minute past midnight the clocks went back into the old date, which ended once more.
        (date(2010, 11, 6), "America/St_Johns", datetime(2010, 11, 7, 3, 29, tzinfo=UTC)),
        # The next date is the one that the place skipped.
        (date(2011, 12, 29), "Pacific/Apia", datetime(2011, 12, 30, 9, 59, tzinfo=UTC)),
    ],
)
def test_a_day_ends_where_clocks_change(day: date, zone: str, end: datetime) -> None:
    """Gaps, doubled hours and a skipped next date move the end to the minute before the next midnight."""
    assert deadline_of(day, ZoneInfo(zone)) == end


def test_a_date_that_a_place_skipped_is_refused() -> None:
    """Apia went from 29 to 31 December 2011, so nothing can be due there on the 30th."""
    with pytest.raises(SkippedDateError):
        Day(date(2011, 12, 30), "Pacific/Apia")
    assert load_day({"day": "2011-12-30", "zone": "Pacific/Apia"}) is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        "2026-03-16",
        {"day": "2026-03-16"},
        {"day": "soon", "zone": "Europe/Madrid"},
        {"day": "2026-03-16", "zone": "Europe/Atlantis"},
        {"day": "2026-03-16", "zone": "Europe"},
        {"day": "2026-03-16", "zone": "../etc"},
        {"day": "2026-03-16", "zone": "Europe/Madrid", "at": "noon"},
    ],
)
def test_what_is_no_day_is_not_read_as_one(data: object) -> None:
    """Only a date and a zone that exist are a day; anything else may be an older answer."""
    assert load_day(data) is None


def test_a_notification_says_the_day_without_a_clock() -> None:
    """Where no mark is drawn the day is shown with its place, and a stored message keeps the clock."""
    said = message(
        text("Due ", day_part(Day(MONDAY, "Europe/Madrid"), ZoneInfo("Pacific/Auckland"), NOW), ".")
    )
    assert plain_text(said) == "Due Mon 16 March (Madrid)."
    assert load_message(dump_message(said)) == said
