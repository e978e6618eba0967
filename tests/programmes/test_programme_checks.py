"""The checks of a programme can fail: each finds the fault of a small history that is made wrong by hand."""

from datetime import UTC, datetime, timedelta

from bot.chat.values import replace
from tests.support.programme_checks import (
    Change,
    Claim,
    Piece,
    Reader,
    Received,
    WaitRow,
    alike,
    contradictions,
    endless_waits,
    leaks,
    nightly,
    repeated,
    stuck_waits,
)

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLAIM = Claim(NOON, "slack/@ada", "card:1", "project:1", "deadline", "2026-03-20")
OTHER = replace(CLAIM, at=NOON + 2 * HOUR, to="slack/@ben", key="digest:1", value="2026-03-21")
REMINDER = Received(NOON, "slack/@ada", "notices:1", "Due on 20 March")
WAIT = WaitRow("review", "milestone:1", "kept", NOON, None)


def test_two_values_of_a_field_need_a_change_between() -> None:
    """Another date to another person is found, unless the date of that very thing changed between."""
    change = Change(NOON + HOUR, "project:1", "deadline")
    assert len(list(contradictions([OTHER, CLAIM], []))) == 1
    assert list(contradictions([OTHER, CLAIM], [change])) == []
    for wrong in (
        replace(change, subject="project:2"),
        replace(change, field="decide"),
        replace(change, at=NOON + 3 * HOUR),
        replace(change, at=NOON - HOUR),
    ):
        assert len(list(contradictions([CLAIM, OTHER], [wrong]))) == 1, wrong


def test_a_date_of_before_a_change_is_found_after_it() -> None:
    """A message that comes late with the old date contradicts the one that had the new date."""
    change, stale = Change(NOON + HOUR, "project:1", "deadline"), replace(CLAIM, at=NOON + 3 * HOUR)
    assert len(list(contradictions([CLAIM, OTHER, stale], [change]))) == 1


def test_what_is_said_of_another_thing_or_field_contradicts_nothing() -> None:
    """Only the values of one field of one subject are compared."""
    for other in (replace(OTHER, subject="project:2"), replace(OTHER, field="decide")):
        assert list(contradictions([CLAIM, other], [])) == []


def test_the_same_message_twice_running_is_found() -> None:
    """Something else between, another value or another person is no repetition."""
    again, other = replace(REMINDER, at=NOON + HOUR), replace(REMINDER, at=NOON + HOUR / 2, shows="Hello")
    assert len(list(repeated([again, REMINDER]))) == 1
    assert list(repeated([REMINDER, other, again])) == []
    assert list(repeated([REMINDER, replace(again, to="slack/@ben")])) == []


def test_two_things_that_read_the_same_are_found() -> None:
    """The same thing again, other words or another reader are no doubt which is meant."""
    piece = Piece("slack/@ada", "placement:1", "review:1", "Work was handed in.")
    other = replace(piece, about="placement:2", key="review:2")
    assert len(list(alike([piece, other]))) == 1
    assert list(alike([piece, replace(piece, key="review:1:again")])) == []
    assert list(alike([piece, replace(other, shows="Other work was handed in.")])) == []
    assert list(alike([piece, replace(other, to="slack/@ben")])) == []


def test_a_reminder_in_the_night_is_found() -> None:
    """Noon in London is the night of Honolulu; what would be too late in the morning may come."""
    night = {"slack/@ada": Reader("Pacific/Honolulu", "21:00", "08:00")}
    assert len(list(nightly([REMINDER], night))) == 1
    assert list(nightly([REMINDER], {"slack/@ada": Reader("Europe/London", "21:00", "08:00")})) == []
    assert list(nightly([replace(REMINDER, useful_until=NOON + 2 * HOUR)], night)) == []
    assert len(list(nightly([replace(REMINDER, useful_until=NOON + 20 * HOUR)], night))) == 1


def test_a_wait_without_an_end_is_found() -> None:
    """Open and held waits are none that ended; a kept, settled or dropped one is."""
    for state in ("open", "held"):
        assert len(list(endless_waits([replace(WAIT, state=state)]))) == 1
    assert list(endless_waits([replace(WAIT, state=state) for state in ("kept", "settled", "dropped")])) == []


def test_an_open_wait_without_a_next_step_is_found() -> None:
    """So is one whose step has not come in its time; what a case holds has none."""
    wait = replace(WAIT, state="open", next_at=NOON + HOUR)
    assert list(stuck_waits([wait], NOON)) == []
    assert len(list(stuck_waits([wait], NOON + 2 * HOUR))) == 1
    assert len(list(stuck_waits([replace(wait, next_at=None)], NOON))) == 1
    assert list(stuck_waits([replace(wait, next_at=None, stands_still=True)], NOON)) == []


def test_a_marker_before_a_person_below_its_level_is_found() -> None:
    """In a message, an answer, or a text that has no reader of its own, such as a log."""
    markers = {"qdoorq": {"slack/@ada"}}
    assert (
        list(leaks([("slack/@ada", "The code is qdoorq."), ("slack/@ben", "There is a code.")], markers))
        == []
    )
    assert len(list(leaks([("slack/@ben", "The code is qdoorq."), ("", "log: qdoorq")], markers))) == 2
