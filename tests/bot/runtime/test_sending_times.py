"""When a message goes out: none to a person who does not act, and can wait, is sent in their night."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.chat.actions import Post
from bot.chat.content import message
from bot.chat.events import Place, UserRef
from bot.chat.values import replace
from bot.clock import quiet_until
from bot.programme.core.turn import Turn
from bot.programme.people import readers
from bot.runtime.sending_times import sent_at
from storage.prepared import Row
from tests.support.in_memory import begun, person

HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 9, 21, 30, tzinfo=UTC)
CORA, ADA = UserRef("terminal", "cora"), UserRef("terminal", "ada")
CHANNEL = Place("terminal", "riverside", "spring")
POST = Post(ADA, message("Hello."), "welcome:1")


@pytest.fixture(scope="module")
def acting() -> Iterator[Turn]:
    """Cora acts at 23:00 in London, where Ada lives too; both are quiet from 21:30 to 08:00."""
    with begun(now=NIGHT) as turn:
        person(turn, "ada")
        turn.session.flush()
        yield turn


def reader(turn: Turn, to: UserRef | Place) -> Row | None:
    """The reader of what goes there, where that is a person who is known."""
    return readers(turn, [to]).get(to) if isinstance(to, UserRef) else None


@pytest.mark.parametrize(
    ("post", "to", "at"),
    [
        (POST, ADA, MORNING),
        (POST, CORA, NIGHT),
        (POST, CHANNEL, NIGHT),
        (POST, UserRef("terminal", "nora"), NIGHT),
        (replace(POST, at_night=True), ADA, NIGHT),
        (replace(POST, due_at=NIGHT + HOUR), ADA, MORNING),
        (replace(POST, due_at=NIGHT + HOUR), CORA, MORNING),
        (replace(POST, due_at=MORNING + HOUR), CORA, MORNING + HOUR),
        (replace(POST, deadline=NIGHT + HOUR), ADA, NIGHT),
        (replace(POST, deadline=MORNING), ADA, NIGHT),
        (replace(POST, deadline=MORNING + HOUR), ADA, MORNING),
    ],
)
def test_who_acts_is_answered_and_all_others_sleep(
    acting: Turn, post: Post, to: UserRef | Place, at: datetime
) -> None:
    """Also who acts gets in the morning what comes later; what would be too late by then comes now."""
    assert sent_at(acting, post, reader(acting, to)) == at


def test_what_is_set_beforehand_and_cannot_wait_comes_before_the_night(acting: Turn) -> None:
    """A message for three at night that is of no use at eight is read in the evening before."""
    noon = replace(acting, now=NIGHT - 11 * HOUR)
    post = replace(POST, due_at=NIGHT + 4 * HOUR, deadline=NIGHT + 5 * HOUR)
    assert sent_at(noon, post, reader(noon, ADA)) == EVENING


@given(
    zone=some.sampled_from(["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Europe/London"]),
    hours=some.tuples(some.times(), some.times()),
    later=some.timedeltas(timedelta(0), timedelta(days=400)),
    deadline=some.none() | some.timedeltas(timedelta(minutes=1), timedelta(days=3)),
)
def test_only_what_would_be_too_late_comes_in_a_night(
    zone: str, hours: tuple[time, time], later: timedelta, deadline: timedelta | None
) -> None:
    """Whatever the zone, the quiet hours and the day, and nothing comes after the time it is of use."""
    start, end = (each.replace(second=0, microsecond=0) for each in hours)
    due = NIGHT + later
    post = replace(POST, due_at=due, deadline=due + deadline if deadline else None)
    with begun(now=NIGHT) as turn:
        ada = person(turn, "ada", zone=zone).person
        ada.quiet_from, ada.quiet_to = f"{start:%H:%M}", f"{end:%H:%M}"
        turn.session.flush()
        at = sent_at(turn, post, reader(turn, ADA))
    until = quiet_until(at, ZoneInfo(zone), start, end)
    if until is not None:
        assert post.deadline is not None
        assert post.deadline <= until
    assert post.deadline is None or at < post.deadline
