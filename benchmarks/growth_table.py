"""What every command costs as the programme grows: as a table, and as a chart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from statistics import median
from typing import Final

__all__ = ["Growth", "chart", "growth_key", "growth_of", "growth_table", "over_aim"]

Growth = dict[str, dict[str, dict[str, float]]]
"""Milliseconds of the processor by database, number of applications, and case."""

_KEY: Final = "growth-of"
_COLOURS: Final = ("#0b6e99", "#c2410c", "#15803d", "#7c3aed", "#18181b", "#be185d")
_WIDTH, _PLOT, _LEFT, _TOP, _LINE = 360, 260, 52, 34, 18
"""Of the chart, in its own units: as wide as a phone, so that nothing is drawn smaller there."""
_ROOM: Final = 28
"""Characters of the legend for a command: with its figures they fill the width."""
_AIM: Final = 50
"""Milliseconds that a command may take."""
_SECOND: Final = 1_000
"""Milliseconds of a second."""
_TIMES: Final = 3
"""Times as much as in the smallest programme that it may take in the largest."""


def growth_key(database: str, applications: int, case: str) -> str:
    """Return the name of a case's milliseconds in what a round gives."""
    return f"{_KEY}/{database}/{applications}/{case}"


def growth_of(rounds: Sequence[Mapping[str, float]]) -> Growth:
    """Return what the rounds say of growth, as medians."""
    growth: Growth = {}
    for key in rounds[0]:
        if key.startswith(f"{_KEY}/"):
            _, database, applications, case = key.split("/", 3)
            of_size = growth.setdefault(database, {}).setdefault(applications, {})
            of_size[case] = median(each[key] for each in rounds if key in each)
    return growth


def growth_table(growth: Growth) -> list[tuple[str, ...]]:
    """Return a row for each command, of the person and the way in which it takes most; the dearest first."""
    sqlite, other = growth.get("sqlite", {}), growth.get("postgresql", {})
    sizes = list(sqlite)
    head = ("Command", *(f"{int(size):,}" for size in sizes), "Times", "PostgreSQL", "Times")
    rows: list[tuple[str, ...]] = [head]
    for case in _dearest(growth):
        taken = [sqlite[size][case] for size in sizes]
        theirs = [of_size[case] for of_size in other.values() if case in of_size]
        elsewhere = (f"{theirs[-1]:.1f}", f"{theirs[-1] / theirs[0]:.1f}×") if theirs else ("", "")
        rows.append((case, *(f"{each:.1f}" for each in taken), f"{taken[-1] / taken[0]:.1f}×", *elsewhere))
    return rows


def over_aim(growth: Growth) -> list[str]:
    """Return every case that takes too long at the largest size, or grows too much, by database, in words."""
    said: list[str] = []
    for database, sizes in growth.items():
        small, big = (sizes[size] for size in (next(iter(sizes)), list(sizes)[-1]))
        over = [each for each in big if big[each] > _AIM or big[each] > _TIMES * small[each]]
        said += [
            f"- {each} ({database}): {big[each]:.1f} ms, {big[each] / small[each]:.1f}×"
            for each in sorted(over, key=lambda each: -big[each])
        ]
    return said


def _dearest(growth: Growth) -> list[str]:
    """Return the dearest case of each command at the largest size, the dearest command first."""
    cases = list(growth.get("sqlite", {}).values())
    if not cases:
        return []
    dearest: dict[str, str] = {}
    for case in sorted(cases[-1], key=lambda case: -cases[-1][case]):
        dearest.setdefault(re.split(r" \(|, ", case)[0], case)
    return list(dearest.values())


def chart(growth: Growth) -> str:
    """Return an SVG in which each command is a line, both scales logarithmic; the dearest have colours."""
    sqlite = growth["sqlite"]
    cases, sizes = _dearest(growth), list(sqlite)
    named = cases[: len(_COLOURS)]
    costs = [max(0.1, sqlite[size][case]) for case in cases for size in sizes]
    low, high = log10(min(costs)) - 0.1, log10(max(*costs, 2 * _AIM)) + 0.1

    def across(at: int) -> float:
        return _LEFT + at * (_WIDTH - _LEFT - 16) / max(1, len(sizes) - 1)

    def down(cost: float) -> float:
        return _TOP + _PLOT * (high - log10(max(0.1, cost))) / (high - low)

    def line(case: str, colour: str, width: float) -> str:
        points = " ".join(f"{across(at):.1f},{down(sqlite[size][case]):.1f}" for at, size in enumerate(sizes))
        drawn = f'fill="none" stroke="{colour}" stroke-width="{width}"'
        return f'<polyline points="{points}" {drawn}/>'

    ticks = [each for each in (0.1, 1, 10, 100, 1_000, 10_000) if low <= log10(each) <= high]
    body = [
        *(_rule(down(each), _time(each), "#d4d4d8") for each in ticks),
        _rule(down(_AIM), f"{_AIM} ms", "#71717a", "4 3"),
        *(
            _text(across(at), _TOP + _PLOT + 16, f"{int(size):,}", _anchor(at, len(sizes)))
            for at, size in enumerate(sizes)
        ),
        *(line(case, "#a1a1aa", 0.7) for case in cases[len(named) :]),
        *(line(case, colour, 2) for case, colour in zip(named, _COLOURS, strict=False)),
    ]
    legend = _TOP + _PLOT + 40
    for at, (case, colour) in enumerate(zip(named, _COLOURS, strict=False)):
        down_to = legend + at * _LINE
        body.append(f'<rect x="8" y="{down_to - 9}" width="12" height="9" fill="{colour}"/>')
        taken = [sqlite[size][case] for size in (sizes[0], sizes[-1])]
        body.append(_text(26, down_to, f"{_short(case)}: {_time(taken[0])} to {_time(taken[1])}"))
    height = legend + len(named) * _LINE + _LINE
    body.append(_text(8, height - _LINE, "Dashed: the aim. Grey: each other command."))
    title = "What a command takes of the processor, by applications"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"',
            ' font-family="sans-serif" font-size="12" fill="#18181b">',
            f"<title>{title}</title>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            _text(8, 18, title),
            *body,
            "</svg>",
            "",
        ]
    )


def _rule(at: float, words: str, colour: str, dashes: str = "none") -> str:
    """Return a line across the chart, labelled at its left end."""
    ends = f'x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{at:.1f}" y2="{at:.1f}"'
    drawn = f'<line {ends} stroke="{colour}" stroke-dasharray="{dashes}"/>'
    return drawn + _text(_LEFT - 4, at + 4, words, "end")


def _time(milliseconds: float) -> str:
    """Return how long something takes, in the few characters that there is room for beside the chart."""
    return f"{milliseconds / 1000:.3g} s" if milliseconds >= _SECOND else f"{milliseconds:.3g} ms"


def _anchor(at: int, count: int) -> str:
    """Return how the words under the chart are aligned, so that the first and the last stay inside."""
    return "start" if at == 0 else "end" if at == count - 1 else "middle"


def _text(across: float, down: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _short(case: str) -> str:
    """Return a case without the way it is typed, in as many characters as a line of the legend has."""
    said = re.sub(r" \(.*\)", "", case)
    return said if len(said) <= _ROOM else f"{said[: _ROOM - 1]}…"
