"""The opening of waits of what was open before there were waits of its kind, after an upgrade.

The migration that brings a kind leaves a timer for each programme, which is due before anything else. One
turn opens the waits of a hundred things and sets the timer of the next hundred; run twice it changes nothing.
The timers that the waits replace are cancelled when all are open, as things of several turns can share one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_, select

from bot.chat.actions import Action, CancelTimers, SetTimer
from bot.chat.events import TimerFired
from bot.chat.routes import Routes, WaitRoute
from bot.programme.core import keys
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from storage.tables import Wait, timers

__all__ = ["PAGE", "ROUTES", "AwaitedThing", "not_fired"]

PAGE: Final = 100
"""Things whose waits one turn opens, and things of which it cancels the timers."""


@dataclass(frozen=True, slots=True)
class AwaitedThing:
    """A thing that is waited for: its id, its subject and about, since and by when, and if it is held.

    `step`: the first step that is still to come, as those before it came; after the last one only the end is.
    """

    id: int
    subject: str
    about: str
    since: datetime
    due: datetime | None
    held: bool = False
    step: int = 0


class _Opening(Struct, frozen=True):
    """The payload of the timer that opens waits: their kind, and the id after which it goes on.

    `cancels`: all are open, and this is the number of the turn that cancels timers.
    """

    kind: str
    after: int = 0
    cancels: int = 0


def not_fired(turn: Turn) -> ColumnElement[bool]:
    """Return the condition that a timer had not fired before this turn.

    Timers that are due together are marked together, so that one which is done at this instant comes after
    the turn: it was due while the bot did not run.
    """
    together = and_(timers.c.state == "done", timers.c.done_at == turn.now)
    return and_(timers.c.programme_id == turn.programme_id, or_(timers.c.state == "pending", together))


def waits_open_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Open the waits of some things that were open before there were waits of their kind.

    Nothing is said again: a step that has passed comes only if its timer had not fired. What is open already
    or was settled at the first run stays as it is. When all are open, the timers of an earlier version are
    cancelled.
    """
    opening = event.read(_Opening)
    if opening.cancels:
        return _cancel_replaced(turn, event, opening)
    rule = turn.routes.waits[opening.kind]
    found: list[AwaitedThing] = list(rule.found(turn, opening.after, PAGE))
    actions: list[Action] = []
    pending = {about: _pending(turn, rule, about) for about in dict.fromkeys(each.about for each in found)}
    had = _had(turn, opening.kind, [each.subject for each in found])
    for each in found:
        if each.subject in had:
            continue
        step, at = _place(turn, rule, each, pending[each.about])
        standing = waits.Standing(each.subject, each.about, each.since, each.due, step, at)
        actions += waits.opened(turn, opening.kind, standing, "held" if each.held else "open")
    if len(found) == PAGE:
        return [*actions, _go_on(event, _Opening(opening.kind, found[-1].id))]
    return [*actions, _go_on(event, _Opening(opening.kind, cancels=1))] if _replaced(rule) else actions


def _had(turn: Turn, kind: str, found: Sequence[str]) -> set[str]:
    """Return those of the subjects that had a wait of a kind already, open or over."""
    query = select(Wait.subject).where(
        Wait.programme_id == turn.programme_id, Wait.subject.in_(found), Wait.kind == kind
    )
    return set(turn.connection.scalars(query))


def _go_on(event: TimerFired, opening: _Opening) -> Action:
    """Return the timer of the next turn, before everything else that is due."""
    due = event.due_at + timedelta(milliseconds=1)
    kind = f"{opening.kind}.replaced" if opening.cancels else opening.kind
    key = keys.WAITS_OPEN(kind, opening.cancels or opening.after)
    return SetTimer(key, due, Timer.WAITS_OPEN, event.subject, opening, late="fold")


def _cancel_replaced(turn: Turn, event: TimerFired, opening: _Opening) -> list[Action]:
    """Cancel the timers that the waits of a kind have replaced, of some things."""
    replaced = _replaced(turn.routes.waits[opening.kind])
    waited_for = select(Wait.id).where(
        Wait.programme_id == turn.programme_id, Wait.kind == opening.kind, Wait.about == timers.c.subject
    )
    abouts = turn.connection.scalars(
        select(timers.c.subject)
        .where(
            timers.c.programme_id == turn.programme_id,
            timers.c.state == "pending",
            timers.c.kind.in_(replaced),
            waited_for.exists(),
        )
        .distinct()
        .order_by(timers.c.subject)
        .limit(PAGE)
    ).all()
    actions: list[Action] = [CancelTimers(subject=about, kind=kind) for about in abouts for kind in replaced]
    if len(abouts) == PAGE:
        actions.append(_go_on(event, _Opening(opening.kind, cancels=opening.cancels + 1)))
    return actions


def _place(
    turn: Turn, rule: WaitRoute, found: AwaitedThing, pending: Collection[str]
) -> tuple[int, datetime | None]:
    """Return the step that a wait from before comes to next: the last one at once where it has passed."""
    if found.step == len(rule.steps):
        return found.step, None
    for number, step in enumerate(rule.steps):
        if number < found.step:
            continue
        at = waits.instant_of(turn, rule, step, found.about, found.since, found.due)
        if at is None:
            return 0, None
        if at > turn.now or step.replaces in pending:
            return number, at
    return len(rule.steps) - 1, turn.now


def _replaced(rule: WaitRoute) -> list[str]:
    """Return the kinds of timers of an earlier version that the steps of a ladder have replaced."""
    return sorted(str(step.replaces) for step in rule.steps if step.replaces)


def _pending(turn: Turn, rule: WaitRoute, about: str) -> set[str]:
    """Return the kinds of timers of an earlier version that have not fired for waits said together."""
    found = turn.connection.execute(
        select(timers.c.kind).where(
            not_fired(turn), timers.c.subject == about, timers.c.kind.in_(_replaced(rule))
        )
    )
    return set(found.scalars())


ROUTES: Final = Routes(timers={Timer.WAITS_OPEN: waits_open_due})
