"""The coverage of simulations: how much of what the bot can do, and of what can go wrong, was met."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from adapters.simulation.faults import KINDS, RATES
from bot.programme import ROUTES

__all__ = ["coverage", "in_words"]

_EVERYTHING: Final = {
    "commands": frozenset(f"command {spec.name.removeprefix('/')}" for spec in ROUTES.specs),
    "buttons": frozenset(f"button {verb}" for verb in ROUTES.buttons),
    "forms": frozenset(f"form {name}" for name in ROUTES.forms),
    "timers": frozenset(f"timer {kind}" for kind in ROUTES.timers),
    "waits": frozenset(f"wait {kind}" for kind in ROUTES.waits),
    "faults": frozenset(
        [f"fault {point}: {fault}" for point, faults in RATES.items() for fault in faults]
        + [f"fault {kind}" for kind in KINDS if kind not in RATES]
    ),
}


def coverage(met: Iterable[str]) -> dict[str, tuple[int, int, Collection[str]]]:
    """Return for each kind of thing how many were met, of how many, and which were not."""
    seen = frozenset(met)
    return {
        kind: (len(every & seen), len(every), sorted(each.partition(" ")[2] for each in every - seen))
        for kind, every in _EVERYTHING.items()
    }


def in_words(met: Iterable[str]) -> str:
    """Return the coverage as a line: "30 of 43 commands, …"."""
    return ", ".join(f"{count} of {total} {kind}" for kind, (count, total, _) in coverage(met).items())
