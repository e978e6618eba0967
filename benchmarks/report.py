"""The report of the rounds: medians, spread and ratios; the aims; the page that shows them."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.aims import AIMS, Aim
from benchmarks.figures import COMPARED, SINGLE, Compared
from benchmarks.growth_table import Growth, growth_of, growth_table, over_aim
from bot.clock import WallClock

__all__ = ["joined", "page", "tables"]

_TEMPLATE: Final = Path(__file__).with_name("page.md")
_PACKAGES: Final = (
    *("sqlalchemy", "apscheduler", "aiosqlite", "procrastinate"),
    *("slack-bolt", "discord.py", "nonebot2"),
)
Results = dict[str, Any]
Spread = dict[str, float]
Measured = Mapping[str, float]


def joined(results: Results, name: str, rounds: Sequence[Measured]) -> Results:
    """Return results with what a measurement's rounds gave, in place of what it gave before.

    Ratios are taken within each round.
    """
    single = {
        key: {"ours": _spread([each[key] for each in rounds if key in each])}
        for key in SINGLE
        if any(key in each for each in rounds)
    }
    figures = results.get("figures", {}) | _beside(rounds) | single
    taken = {
        "on": WallClock().now().isoformat(timespec="seconds"),
        "rounds": len(rounds),
        "load": f"{os.getloadavg()[0]:.1f}",
    }
    growth = growth_of(rounds) or results.get("growth", {})
    return {
        "machine": _machine(),
        "taken": results.get("taken", {}) | {name: taken},
        "figures": figures,
        "aims": [_judged(aim, figures) for aim in AIMS],
        "growth": growth,
    }


def _beside(rounds: Sequence[Measured]) -> dict[str, dict[str, Any]]:
    """Return what was measured beside a peer, of all comparisons there are."""
    compared: dict[str, dict[str, Any]] = {}
    for key, each in COMPARED.items():
        if f"{key}.ours" in rounds[0]:
            compared[key] = _compared(each, rounds, key)
            if f"{key}.ours.cpu" in rounds[0]:
                less = Compared("", "", "ms", "less")
                compared[key]["cpu"] = _compared(less, rounds, key, ".cpu")
    return compared


def _compared(each: Compared, rounds: Sequence[Measured], key: str, suffix: str = "") -> dict[str, Any]:
    ours = [one[f"{key}.ours{suffix}"] for one in rounds]
    peer = [one[f"{key}.peer{suffix}"] for one in rounds]
    pairs = zip(ours, peer, strict=True)
    ratio = [a / b if each.better == "more" else b / a for a, b in pairs]
    return {"ours": _spread(ours), "peer": _spread(peer), "ratio": _spread(ratio)}


def _spread(values: Iterable[float]) -> Spread:
    known = list(values)
    return {"median": median(known), "least": min(known), "most": max(known)}


def _judged(aim: Aim, figures: dict[str, Any]) -> dict[str, Any]:
    figure = aim.of(figures)
    met = None if figure is None else aim.met(figure)
    return {"number": aim.number, "aim": aim.words, "figure": figure, "met": met}


def _machine() -> dict[str, str]:
    return {
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name.replace("-", "_").replace(".", "_"): version(name) for name in _PACKAGES},
    }


def tables(results: Results) -> str:
    """Return the aims and the figures, as Markdown tables that are readable on a screen, too."""
    figures = results["figures"]
    aims = [("", "Aim", "Median", "")]
    for aim, judged in zip(AIMS, results["aims"], strict=True):
        said = {True: "met", False: "missed", None: "not measured"}[judged["met"]]
        median_of = "" if judged["figure"] is None else f"{_number(judged['figure'])}{_spaced(aim.unit)}"
        aims.append((aim.number, aim.words, median_of, said))
    beside: list[tuple[str, ...]] = [
        ("Measured", "Stint", "Peer", "Times", "Processor: Stint", "Peer", "Times")
    ]
    beside += [_row(each, figures[key]) for key, each in COMPARED.items() if key in figures]
    alone = [("Measured", "Stint")]
    alone += [
        (words, _shown(figures[key]["ours"], unit)) for key, (words, unit) in SINGLE.items() if key in figures
    ]
    return "\n\n".join(_table(rows) for rows in (aims, beside, alone)) + "\n"


def _row(each: Compared, figure: dict[str, Any]) -> tuple[str, ...]:
    peer = f"{_shown(figure['peer'], each.unit)} ({each.peer})"
    row = (each.words, _shown(figure["ours"], each.unit), peer, _shown(figure["ratio"], "×"))
    if "cpu" not in figure:
        return (*row, "", "", "")
    cpu = figure["cpu"]
    return (*row, *(_micro(cpu[side]) for side in ("ours", "peer")), _shown(cpu["ratio"], "×"))


def _micro(spread: Spread) -> str:
    """Return the processor's time for one, of microseconds."""
    if spread["median"] >= 1000:  # noqa: PLR2004 - from here on it is milliseconds
        return _shown({name: value / 1000 for name, value in spread.items()}, "ms")
    return _shown(spread, "µs")


def _shown(spread: Spread, unit: str) -> str:
    if not unit:
        return f"**{spread['median']:g}**"
    least, most = _number(spread["least"]), _number(spread["most"])
    return f"**{_number(spread['median'])}**{_spaced(unit)} ({least} to {most})"


def _spaced(unit: str) -> str:
    return unit if unit in {"/s", "×", ""} else f" {unit}"


def _number(value: float) -> str:
    if value >= 100:  # noqa: PLR2004 - three digits are enough
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - three digits are enough


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def _grown(growth: Growth) -> str:
    """Return the table and the chart of growth, and what is over its aims; "" where it was not measured."""
    if not growth:
        return ""
    seen = "What every command takes of the processor as the programme grows"
    over = "\n".join(over_aim(growth)) or "None: every command keeps to both aims."
    said = f"Over 50 ms at the largest size, or over 3 times the smallest:\n\n{over}"
    return f"{_table(growth_table(growth))}\n\n![{seen}](growth.svg)\n\n{said}\n\n"


def page(results: Results) -> str:
    """Return the text of docs/performance.md."""
    missed = [
        f"- {aim.number}, {aim.words}: **missed**, with {_number(judged['figure'])}{_spaced(aim.unit)}. "
        f"{aim.otherwise}".rstrip()
        for aim, judged in zip(AIMS, results["aims"], strict=True)
        if judged["met"] is False
    ]
    taken = [("Measurement", "Rounds", "Taken on", "Load average at the end")]
    taken += [
        (name, str(each["rounds"]), each["on"][:10], each["load"]) for name, each in results["taken"].items()
    ]
    return _TEMPLATE.read_text(encoding="utf-8").format(
        tables=tables(results),
        missed="\n".join(missed) or "Every aim was met.",
        taken=_table(taken),
        growth=_grown(results["growth"]),
        **results["machine"],
    )
