"""What can go wrong, at which named points, and how often; one seed draws its own.

A point is a place in the way of one turn or one message. Each visit of a point may bring one of its
faults. A visit without draws a random number as well, so a fault never shifts what follows by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from random import Random
from typing import Final

__all__ = ["KINDS", "RATES", "Crash", "Faults", "Lost"]

RATES: Final = {
    # A turn: the process dies, or the caller never learns what became of it.
    "commit": {
        "crash before": 0.0006,
        "crash after": 0.0006,
        "lost before": 0.0006,
        "lost after": 0.0006,
    },
    # A message or an edit on its way out.
    "send": {
        "crash before": 0.008,
        "crash after": 0.008,
        "retry": 0.02,
        "refusal": 0.006,
        "unsure, sent": 0.006,
        "unsure, not sent": 0.006,
        "error": 0.01,
    },
    # The immediate answer to an interaction.
    "respond": {
        "crash before": 0.006,
        "crash after": 0.006,
        "retry": 0.01,
        "refusal": 0.01,
        "unsure, sent": 0.006,
        "unsure, not sent": 0.006,
    },
    # An event on its way in: late, and so out of order; again at once; again later.
    "event": {"late": 0.04, "twice": 0.04, "again later": 0.03},
    # Between the turn's end and its acknowledgement.
    "acknowledge": {"crash": 0.01},
}
"""How likely each fault is at one visit of its point, by middling chance."""

KINDS: Final = (*RATES, "closed", "restart", "clock")
"""What can be asked for: the points, destinations that refuse everything, a bot that is stopped, and a clock
that jumps."""

_STRENGTHS: Final = (0.0, 0.5, 1.0, 1.0, 3.0)
_SPELL: Final = 0.3
"""How likely any fault is at the visit of a point that follows a fault there: trouble comes in spells."""


class Crash(BaseException):
    """The process dies here. No handler of ours may catch it."""


class Lost(Exception):
    """A person below did or did not do what was asked; the answer never came."""


class Faults:
    """One seed's faults, of these `kinds`. `seen` counts what has struck; `paused`, nothing strikes."""

    def __init__(self, seed: int, kinds: Collection[str] = KINDS) -> None:
        draw = Random(f"{seed}:rates")
        self.paused = False
        self.seen: Counter[str] = Counter()
        self._kinds = frozenset(kinds)
        self._rates = {
            point: {fault: rate * draw.choice(_STRENGTHS) for fault, rate in faults.items()}
            for point, faults in RATES.items()
        }
        self._luck = Random(f"{seed}:luck")
        self._bad_spell = ""

    def at(self, point: str) -> str:
        """Which fault strikes at this visit of a point; "" is none."""
        luck = self._luck.random()
        if self.paused or point not in self._kinds:
            return ""
        rates = self._rates[point]
        worse = _SPELL / sum(rates.values()) if self._bad_spell == point else 1.0
        for fault, rate in rates.items():
            luck -= rate * worse
            if luck < 0:
                self.seen[f"{point}: {fault}"] += 1
                self._bad_spell = point
                return fault
        self._bad_spell = "" if self._bad_spell == point else self._bad_spell
        return ""

    def strikes(self, kind: str) -> bool:
        """Tell whether a fault that has no point of its own is wanted, and count it."""
        wanted = not self.paused and kind in self._kinds
        if wanted:
            self.seen[kind] += 1
        return wanted

    def seconds(self) -> float:
        """Draw a Retry-After: from 1 to 3600 seconds, short ones more often, sometimes not whole."""
        luck = self._luck.random()
        return float(round(3600.0**luck, self._luck.choice((0, 0, 2))))
