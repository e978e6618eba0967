"""Waits: what one side owes another, with a ladder of reminders whose last step settles it by a rule.

A wait is a row (`storage/tables/waits.py`). It opens and ends where the status of its noun changes: the room
of the noun follows that and calls `begin`, `hold`, `resume` and `end`. Its rule is in `Routes.waits`. All
waits of a kind that are said together (`about`) have one timer, at the next step of any of them, and one
message.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.actions import Action, CancelTimers, SetTimer
from bot.chat.events import TimerFired
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.clock import at_local
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications.out_of_reach import LOOK_AGAIN, subjects_out
from bot.programme.notifications.working_days import EARLY, working_day
from storage.prepared import Row
from storage.queries import waits as stored

__all__ = [
    "ROUTES",
    "Reached",
    "Standing",
    "are_open",
    "begin",
    "drop",
    "end",
    "follow_settings",
    "hold",
    "instant_of",
    "move_due",
    "move_due_of",
    "next_owed",
    "opened",
    "put_off",
    "reckon",
    "replaced_due",
    "resume",
    "schedule",
    "standing",
    "standing_of",
    "through",
    "timer_kind",
    "wait_due",
    "wake",
]

_SOON: Final = timedelta(minutes=1)
"""The time after which a wait is settled that was held, or waited for an offer, when its time came."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A step that waits have come to which are said together: when it was due (UTC), and their subjects."""

    about: str
    step: str
    at: datetime
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A wait as it is opened: the columns of `Wait`, with the step that comes next."""

    subject: str
    about: str
    since: datetime
    due_at: datetime | None
    step: int
    next_at: datetime | None


def begin(turn: Turn, kind: str, subject: str, about: str, due: datetime | None) -> list[Action]:
    """Open a wait, unless it is open: owed by `due` (UTC), None while no clock runs."""
    rule = turn.routes.waits[kind]
    step, at = _place(turn, rule, about, turn.now, due)
    return opened(turn, kind, Standing(subject, about, turn.now, due, step, at))


def opened(turn: Turn, kind: str, at: Standing, state: str = "open") -> list[Action]:
    """Store a wait at a step of its ladder, open or held; nothing where it is there already."""
    before = stored.next_step(turn.connection, turn.programme_id, kind, at.about)
    row = {
        "programme_id": turn.programme_id,
        "kind": kind,
        "waits": turn.routes.waits[kind].waits,
        "state": state,
        **{name: getattr(at, name) for name in Standing.__slots__},
    }
    if not stored.open_wait(turn.connection, row) or at.next_at is None or state != "open":
        return []
    return [] if before is not None and before[1] <= at.next_at else schedule(turn, kind, at.about)


def end(turn: Turn, kind: str, subject: str, state: str) -> list[Action]:
    """End a wait, if it is open: it was kept, settled by its rule, or dropped."""
    about = stored.end(turn.connection, turn.programme_id, kind, subject, state, turn.now)
    return _without(turn, kind, about)


def drop(turn: Turn, kind: str, about: str) -> list[Action]:
    """End the waits said together, as they are waited for no longer."""
    stored.drop(turn.connection, turn.programme_id, kind, about, turn.now)
    return [CancelTimers(subject=about, kind=timer_kind(kind))]


def hold(turn: Turn, kind: str, subject: str) -> list[Action]:
    """Hold a wait while what ends it can still be undone: no step comes meanwhile."""
    return _without(turn, kind, stored.hold(turn.connection, turn.programme_id, kind, subject))


def _without(turn: Turn, kind: str, about: str | None) -> list[Action]:
    """Return what follows when one of the waits said together is none any more.

    A timer of the others may come too early then, and sets the next one.
    """
    if about is None or stored.next_step(turn.connection, turn.programme_id, kind, about) is not None:
        return []
    return [CancelTimers(subject=about, kind=timer_kind(kind))]


def resume(turn: Turn, kind: str, subject: str) -> list[Action]:
    """Open a wait again that was held; reminders that came meanwhile are skipped, the last step is not."""
    row = stored.of_subject(turn.connection, turn.programme_id, kind, subject)
    if row is None or row.state != "held":
        return []
    rule = turn.routes.waits[kind]
    step, at = row.step, row.next_at
    while at is not None and at <= turn.now:
        if step == len(rule.steps) - 1:
            at = turn.now + _SOON
            break
        step += 1
        at = _at(turn, rule, step, row)
    _put(turn, [(row, step, at, row.due_at)])
    return schedule(turn, kind, row.about)


def move_due(turn: Turn, kind: str, about: str, due: datetime | None) -> list[Action]:
    """Let the waits said together be owed by another instant, or reckon their steps again for the same.

    A ladder begins again with another date; steps that came for the same date do not come twice.
    """
    rows = stored.of_those(turn.connection, turn.programme_id, kind, about)
    return _move(turn, kind, about, [(row, due) for row in rows])


def move_due_of(turn: Turn, kind: str, subject: str, due: datetime) -> list[Action]:
    """Let one wait be owed by another instant, as `move_due` does; nothing where it is over."""
    row = standing(turn, kind, subject)
    return [] if row is None else _move(turn, kind, row.about, [(row, due)])


def reckon(turn: Turn, kind: str, about: str) -> list[Action]:
    """Reckon the steps of the waits said together again, each for the date by which it is owed."""
    rows = stored.of_those(turn.connection, turn.programme_id, kind, about)
    return _move(turn, kind, about, [(row, row.due_at) for row in rows])


def _move(turn: Turn, kind: str, about: str, owed: Collection[tuple[Row, datetime | None]]) -> list[Action]:
    rule = turn.routes.waits[kind]
    moved = []
    for row, due in owed:
        if row.due_at == due and row.step >= len(rule.steps):
            continue
        step, at = _place(turn, rule, about, row.since, due)
        if row.due_at == due and step < row.step:
            step = row.step
            at = instant_of(turn, rule, rule.steps[step], about, row.since, due)
        moved.append((row, step, at, due))
    _put(turn, moved, keep=True)
    return schedule(turn, kind, about) if moved else []


def follow_settings(turn: Turn, names: Collection[str]) -> list[Action]:
    """Reckon the steps of open waits again whose ladder counts by one of these settings of the programme."""
    return [
        act
        for kind, rule in turn.routes.waits.items()
        if any(step.setting in names for step in rule.steps)
        for about, due in stored.abouts(turn.connection, turn.programme_id, kind)
        for act in move_due(turn, kind, about, due)
    ]


def wake(turn: Turn, kind: str, about: str) -> list[Action]:
    """Settle in a moment the waits said together that have come to their end and still wait."""
    rule = turn.routes.waits[kind]
    rows = stored.of_those(turn.connection, turn.programme_id, kind, about)
    over = [row for row in rows if row.state == "open" and row.step >= len(rule.steps)]
    if not over:
        return []
    _put(turn, [(row, len(rule.steps) - 1, turn.now + _SOON, row.due_at) for row in over])
    return schedule(turn, kind, about)


def put_off(turn: Turn, kind: str, subject: str, until: datetime) -> list[Action]:
    """Let the last step of a wait come at `until` (UTC), as it cannot be settled now."""
    row = standing(turn, kind, subject)
    if row is None:
        return []
    _put(turn, [(row, len(turn.routes.waits[kind].steps) - 1, until, until)])
    return schedule(turn, kind, row.about)


def through(turn: Turn, kind: str, about: str, step: str) -> frozenset[str]:
    """Return the subjects of the open waits said together that have taken this step of their ladder."""
    names = [each.name for each in turn.routes.waits[kind].steps]
    rows = stored.of_those(turn.connection, turn.programme_id, kind, about)
    return frozenset(row.subject for row in rows if row.state == "open" and row.step > names.index(step))


def are_open(turn: Turn, kind: str, about: str) -> bool:
    """Tell whether any of the waits that are said together is open or held."""
    return bool(stored.of_those(turn.connection, turn.programme_id, kind, about))


def standing(turn: Turn, kind: str, subject: str) -> Row | None:
    """Return the wait of a kind for a subject that is not over, with the columns of `Wait`."""
    return stored.of_subject(turn.connection, turn.programme_id, kind, subject)


def standing_of(turn: Turn, kind: str, of: Collection[str]) -> dict[str, Row]:
    """Return the waits of a kind that are not over for the subjects of a list, by subject."""
    if not of:
        return {}
    return {
        row.subject: row for row in stored.of_subjects(turn.connection, turn.programme_id, kind, list(of))
    }


def next_owed(turn: Turn, kinds: Collection[str], abouts: Collection[str]) -> dict[str, Row]:
    """Return for each thing of a list, by its `about`, the wait of these kinds that is owed first."""
    if not abouts:
        return {}
    found = stored.said_with(turn.connection, turn.programme_id, list(kinds), list(abouts))
    return {row.about: row for row in reversed(found)}


def wait_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Take the step that waits have come to, in one message for all of them, and set the next timer."""
    return _serve(turn, event.kind.removeprefix(_PREFIX), event.subject)


def replaced_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Serve the waits that took the place of a timer of an earlier version."""
    kinds = [
        kind
        for kind, rule in turn.routes.waits.items()
        if any(step.replaces == event.kind for step in rule.steps)
    ]
    return [act for kind in kinds for act in _serve(turn, kind, event.subject)]


def _serve(turn: Turn, kind: str, about: str) -> list[Action]:
    """Take the steps that have come, each for all waits that are at it; one wait takes one step.

    No step is taken while the people who owe it cannot reach the bot: an outage moves it.
    """
    rule = turn.routes.waits[kind]
    actions: list[Action] = []
    rows = stored.due(turn.connection, turn.programme_id, kind, about, turn.now)
    out = subjects_out(turn, rule, about, [row.subject for row in rows])
    reached = (row for row in rows if row.subject not in out)
    for number, of_step in groupby(reached, key=lambda row: int(row.step)):
        group = list(of_step)
        following = number + 1
        # Before its handler: what that ends or moves comes later.
        _put(turn, [(row, following, _at(turn, rule, following, row), row.due_at) for row in group])
        step = rule.steps[number]
        at = min(row.next_at for row in group)
        actions += step.act(turn, Reached(about, step.name, at, tuple(row.subject for row in group)))
    actions += schedule(turn, kind, about)
    if out:
        again = turn.now + LOOK_AGAIN
        key = keys.WAIT(kind, subjects.number_of(about), "outage", again)
        actions.append(SetTimer(key, again, timer_kind(kind), about))
    return actions


def _at(turn: Turn, rule: WaitRoute, step: int, row: Row) -> datetime | None:
    """Return when a wait comes to a step of its ladder, None after the last."""
    if step >= len(rule.steps):
        return None
    return instant_of(turn, rule, rule.steps[step], row.about, row.since, row.due_at)


_PREFIX: Final = "wait."


def timer_kind(kind: str) -> Timer:
    """Return the kind of the timer of a kind of waits."""
    return Timer(_PREFIX + kind)


def schedule(turn: Turn, kind: str, about: str) -> list[Action]:
    """Set the one timer of waits said together at the next step of any of them; without one it goes."""
    cancel = CancelTimers(subject=about, kind=timer_kind(kind))
    found = stored.next_step(turn.connection, turn.programme_id, kind, about)
    if found is None:
        return [cancel]
    step, at = found
    name = turn.routes.waits[kind].steps[step].name
    # The key names the step and its instant: a timer that fired stays done under its key and instant.
    key = keys.WAIT(kind, subjects.number_of(about), name, at)
    return [cancel, SetTimer(key, at, timer_kind(kind), about)]


def _place(
    turn: Turn, rule: WaitRoute, about: str, since: datetime, due: datetime | None
) -> tuple[int, datetime | None]:
    """Return the first step of a ladder that is still to come, and when.

    Where even the last one has passed, it comes as many days after now as it would have after the due date.
    """
    if due is None:
        return 0, None
    for number, step in enumerate(rule.steps):
        at = instant_of(turn, rule, step, about, since, due)
        if at is not None and at > turn.now:
            return number, at
    last = len(rule.steps) - 1
    return last, instant_of(turn, rule, rule.steps[last], about, turn.now, turn.now)


def instant_of(
    turn: Turn, rule: WaitRoute, step: WaitStep, about: str, since: datetime, due: datetime | None
) -> datetime | None:
    """Return when a step comes (UTC); None while no clock runs."""
    if due is None:
        return None
    if step.when is not None:
        return step.when(turn, about, due)
    base = since if step.of_since else due
    days = step.days + (int(getattr(turn.programme, step.setting)) if step.setting else 0)
    if not step.in_the_morning and not step.working_days:
        return base + timedelta(days=days, hours=step.hours)
    zone = ZoneInfo(rule.zone(turn, about))
    local = base.astimezone(zone)
    day = working_day(local.date() + timedelta(days=days), step.working_days)
    if not step.in_the_morning:
        return at_local(day, local.time(), zone) + timedelta(hours=step.hours)
    # What is due before the daily message counts to the previous day: a message at night would not help.
    too_early = local.time() <= time.fromisoformat(turn.programme.daily_at)
    return at_local(day - timedelta(days=int(too_early)), EARLY, zone)


_Place = tuple[Row, int, datetime | None, datetime | None]
"""A wait with its next step, when that comes, and by when it is owed."""


def _put(turn: Turn, places: Collection[_Place], *, keep: bool = False) -> None:
    """Write where waits are in their ladders; they are open, or with `keep` as they were."""
    stored.advance(
        turn.connection,
        [
            {
                "row_id": row.id,
                "to_step": step,
                "at": at,
                "by": due,
                "to_state": row.state if keep else "open",
            }
            for row, step, at, due in places
        ],
    )


ROUTES: Final = Routes(timers={kind: wait_due for kind in Timer if kind.startswith(_PREFIX)})
