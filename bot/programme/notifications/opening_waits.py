"""The opening of waits of what was open before there were waits of its kind, after an upgrade.

The migration that brings a kind leaves a timer for each programme, which is due before anything else. One
turn opens the waits of a hundred things and sets the timer of the next hundred; run twice it changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import select

from bot.chat.actions import Action, CancelTimers, SetTimer
from bot.chat.events import TimerFired
from bot.chat.routes import Routes, WaitRoute
from bot.programme.core import keys
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from storage.tables import timers

__all__ = ["PAGE", "ROUTES", "AwaitedThing"]

PAGE: Final = 100
"""Things whose waits one turn opens."""


@dataclass(frozen=True, slots=True)
class AwaitedThing:
    """A thing that is waited for: its id, its subject and about, since and by when, and if it is held.

    `through`: its ladder has come to its end, and what ends it is still to come.
    """

    id: int
    subject: str
    about: str
    since: datetime
    due: datetime | None
    held: bool = False
    through: bool = False


class _Opening(Struct, frozen=True):
    """The payload of the timer that opens waits: their kind, and the id after which it goes on."""

    kind: str
    after: int = 0


def waits_open_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Open the waits of some things that were open before there were waits of their kind.

    Their timers of an earlier version are cancelled. Nothing is said again: a step that has passed comes only
    if its timer had not fired. What is open already stays as it is.
    """
    opening = event.read(_Opening)
    rule = turn.routes.waits[opening.kind]
    found: list[AwaitedThing] = list(rule.found(turn, opening.after, PAGE))
    actions: list[Action] = []
    pending = {about: _pending(turn, rule, about) for about in dict.fromkeys(each.about for each in found)}
    for each in found:
        step, at = _place(turn, rule, each, pending[each.about])
        standing = waits.Standing(each.subject, each.about, each.since, each.due, step, at)
        actions += waits.opened(turn, opening.kind, standing, "held" if each.held else "open")
    for about, replaced in pending.items():
        actions += [CancelTimers(subject=about, kind=kind) for kind in sorted(replaced)]
    if len(found) == PAGE:
        after = found[-1].id
        # Before everything that is due, so that no old timer fires meanwhile.
        due = event.due_at + timedelta(milliseconds=1)
        key = keys.WAITS_OPEN(opening.kind, after)
        actions.append(
            SetTimer(key, due, Timer.WAITS_OPEN, event.subject, _Opening(opening.kind, after), late="fold")
        )
    return actions


def _place(
    turn: Turn, rule: WaitRoute, found: AwaitedThing, pending: Collection[str]
) -> tuple[int, datetime | None]:
    """Return the step that a wait from before comes to next: the last one at once where it has passed."""
    if found.through:
        return len(rule.steps), None
    for number, step in enumerate(rule.steps):
        at = waits.instant_of(turn, rule, step, found.about, found.since, found.due)
        if at is None:
            return 0, None
        if at > turn.now or step.replaces in pending:
            return number, at
    return len(rule.steps) - 1, turn.now


def _pending(turn: Turn, rule: WaitRoute, about: str) -> set[str]:
    """Return the kinds of timers of an earlier version that have not fired for waits said together."""
    replaced = [step.replaces for step in rule.steps if step.replaces]
    found = turn.connection.execute(
        select(timers.c.kind).where(
            timers.c.programme_id == turn.programme_id,
            timers.c.subject == about,
            timers.c.state == "pending",
            timers.c.kind.in_(replaced),
        )
    )
    return set(found.scalars())


ROUTES: Final = Routes(timers={Timer.WAITS_OPEN: waits_open_due})
