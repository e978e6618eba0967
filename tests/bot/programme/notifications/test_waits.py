"""Waits and their ladders: what comes when, once, for all that are said together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import select

from bot.chat.actions import Action, CancelTimers, SetTimer
from bot.chat.events import TimerFired
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.chat.values import replace
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from storage.tables import Wait
from tests.support.in_memory import begun
from tests.support.stage import MONDAY

DUE: Final = MONDAY + timedelta(days=10)
SOON: Final = DUE - timedelta(days=2)
END: Final = DUE + timedelta(days=3)
ABOUT: Final = "project:3"


def _came(_turn: Turn, reached: waits.Reached) -> list[Action]:
    """An action that records which step came for which person."""
    return [CancelTimers(subject=reached.step, kind=" ".join(reached.subjects), key=reached.at.isoformat())]


RULE: Final = WaitRoute(
    waits="student",
    owes="employer",
    steps=(WaitStep("soon", _came, days=-2), WaitStep("end", _came, setting="release_days")),
    zone=lambda _turn, _about: "Europe/London",
    found=lambda _turn, _after, _most: (),
)


@contextmanager
def _opened() -> Iterator[Turn]:
    """A turn in a programme with one rule: a reminder two days before, an end by a setting of three days."""
    with begun() as made:
        yield replace(made, routes=Routes(waits={"answer": RULE}))


pytestmark = pytest.mark.turn(opened=_opened)


def begin(turn: Turn, number: int, due: datetime | None = DUE) -> list[datetime]:
    """Open the wait of an application; when the timer is set for by that."""
    return instants(waits.begin(turn, "answer", f"application:{number}", ABOUT, due))


def instants(actions: list[Action]) -> list[datetime]:
    """When timers are set for."""
    return [each.due_at for each in actions if isinstance(each, SetTimer)]


def fire(turn: Turn, now: datetime) -> tuple[list[tuple[str, str]], list[datetime]]:
    """Let the timer come: the steps with their subjects, and the next timers."""
    event = TimerFired(
        key="", kind=Timer.WAIT_ANSWER, subject=ABOUT, due_at=now, payload={}, programme_id=turn.programme_id
    )
    actions = waits.wait_due(replace(turn, now=now), event)
    came = [(a.subject, a.kind) for a in actions if isinstance(a, CancelTimers) and a.subject != ABOUT]
    return came, instants(actions)


def states(turn: Turn) -> list[str]:
    """The state of every wait, the oldest first."""
    return list(turn.connection.scalars(select(Wait.state).order_by(Wait.id)))


def test_waits_that_are_sent_together_have_one_timer_and_one_message(turn: Turn) -> None:
    """The first sets the timer and the second none; a step comes once for both, and sets the next."""
    assert begin(turn, 1) == [SOON]
    assert begin(turn, 2) == []
    assert fire(turn, SOON) == ([("soon", "application:1 application:2")], [END])
    assert fire(turn, END) == ([("end", "application:1 application:2")], [])
    assert fire(turn, END + timedelta(days=1)) == ([], [])


def test_keys_name_the_step_and_its_instant(turn: Turn) -> None:
    """A timer that has fired stays done under its key, so the next one has another."""
    (_, timer) = waits.begin(turn, "answer", "application:1", ABOUT, DUE)
    assert isinstance(timer, SetTimer)
    assert timer.key == f"wait:answer:3:soon:{SOON.isoformat()}"


def test_a_wait_is_opened_once(turn: Turn) -> None:
    """A second of the same kind for the same subject is not there; after its end there may be one."""
    begin(turn, 1)
    begin(turn, 1)
    assert states(turn) == ["open"]
    assert waits.end(turn, "answer", "application:1", "kept") == [
        CancelTimers(subject=ABOUT, kind=Timer.WAIT_ANSWER)
    ]
    assert begin(turn, 1) == [SOON]
    assert states(turn) == ["kept", "open"]


def test_steps_that_had_passed_before_are_skipped(turn: Turn) -> None:
    """Who begins to wait after a reminder does not get it; the last step comes as long after as ever."""
    late = replace(turn, now=SOON + timedelta(hours=1))
    assert begin(late, 1) == [END]
    after = replace(turn, now=END + timedelta(hours=1))
    assert begin(after, 2) == []
    assert fire(after, END + timedelta(hours=1)) == (
        [("end", "application:1")],
        [END + timedelta(days=3, hours=1)],
    )


def test_no_step_comes_while_a_wait_is_held(turn: Turn) -> None:
    """Opened again it goes on with what is to come; a last step that has passed comes in a minute."""
    begin(turn, 1)
    waits.hold(turn, "answer", "application:1")
    assert fire(turn, SOON) == ([], [])
    later = replace(turn, now=SOON + timedelta(minutes=1))
    assert instants(waits.resume(later, "answer", "application:1")) == [END]
    waits.hold(turn, "answer", "application:1")
    after = replace(turn, now=END + timedelta(minutes=1))
    assert instants(waits.resume(after, "answer", "application:1")) == [END + timedelta(minutes=2)]


def test_another_date_begins_the_ladder_again(turn: Turn) -> None:
    """What came for the former date comes for the new one; for the same date nothing comes twice."""
    begin(turn, 1)
    fire(turn, SOON)
    now = replace(turn, now=SOON)
    assert instants(waits.move_due(now, "answer", ABOUT, DUE)) == [END]
    later = DUE + timedelta(days=7)
    assert instants(waits.move_due(now, "answer", ABOUT, later)) == [later - timedelta(days=2)]


def test_a_setting_moves_what_counts_by_it(turn: Turn) -> None:
    """Waits that are open already follow it, and no other setting."""
    begin(turn, 1)
    fire(turn, SOON)
    turn.programme.release_days = 5
    turn.session.flush()
    now = replace(turn, now=SOON)
    assert instants(waits.follow_settings(now, {"release_days"})) == [DUE + timedelta(days=5)]
    assert waits.follow_settings(now, {"offer_hours"}) == []


def test_what_is_over_is_woken_by_what_it_waited_for(turn: Turn) -> None:
    """A wait whose ladder has ended and that is still open is settled in a minute when it is woken."""
    begin(turn, 1)
    fire(turn, SOON)
    fire(turn, END)
    assert waits.through(turn, "answer", ABOUT, "end") == {"application:1"}
    later = replace(turn, now=END + timedelta(hours=2))
    assert instants(waits.wake(later, "answer", ABOUT)) == [END + timedelta(hours=2, minutes=1)]
    assert fire(turn, END + timedelta(hours=3)) == ([("end", "application:1")], [])


def test_no_clock_runs_without_a_date(turn: Turn) -> None:
    """A wait without an instant by which it is owed has no timer, until it gets one."""
    assert begin(turn, 1, None) == []
    assert instants(waits.move_due(turn, "answer", ABOUT, DUE)) == [SOON]


@pytest.mark.parametrize(
    ("days", "lands"),
    [(1, "2026-03-13T08:00"), (2, "2026-03-16T08:00"), (4, "2026-03-18T08:00")],
)
def test_working_days_leave_out_the_weekend(turn: Turn, days: int, lands: str) -> None:
    """Counted from a Thursday, at the same time of day."""
    thursday = MONDAY + timedelta(days=3)
    step = WaitStep("work", _came, working_days=days, of_since=True)
    found = waits.instant_of(turn, RULE, step, ABOUT, thursday, DUE)
    assert found is not None
    assert found.isoformat().startswith(lands)
