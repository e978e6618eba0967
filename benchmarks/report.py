"""The report of the rounds: medians, spread and ratios; the aims; the page that shows them."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

from bot.clock import WallClock

__all__ = ["AIMS", "COMPARED", "SINGLE", "joined", "page", "summary", "tables"]

_TEMPLATE: Final = Path(__file__).with_name("page.md")
Results = dict[str, Any]
Spread = dict[str, float]


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of Stint beside a peer's. `better`: the ratio is Stint's by the peer's, or the reverse."""

    words: str
    peer: str
    unit: str
    better: Literal["more", "less"] = "more"


_APS: Final = "APScheduler"
_BOLT: Final = "slack-bolt, no work"
_NONE: Final = "NoneBot2, keeps nothing"
_TREE: Final = "discord.py's tree, keeps nothing"
COMPARED: Final = {
    "create.full": Compared("Creating reminders", _APS, "/s"),
    "fire.full": Compared("Firing overdue ones, each sending a message, all delivered", _APS, "/s"),
    "alone.full": Compared("Firing overdue ones that say nothing", _APS, "/s"),
    "stall.full": Compared("Longest stall of the event loop meanwhile", _APS, "ms", "less"),
    "create.normal": Compared("Creating, synchronous=NORMAL", _APS, "/s"),
    "fire.normal": Compared("Firing and delivering, synchronous=NORMAL", _APS, "/s"),
    "alone.normal": Compared("Firing alone, synchronous=NORMAL", _APS, "/s"),
    "stall.normal": Compared("Longest stall, synchronous=NORMAL", _APS, "ms", "less"),
    "turn.aiosqlite.many": Compared("Turns of 20 people at once", "SQLAlchemy + aiosqlite", "/s"),
    "turn.raw.many": Compared("Turns of 20 people at once, 20 in a commit", "sqlite3, one thread", "/s"),
    "turn.aiosqlite.one": Compared("Turns, one after the other", "SQLAlchemy + aiosqlite", "/s"),
    "turn.raw.one": Compared("Turns, one after the other, each its commit", "sqlite3, one thread", "/s"),
    "ack.one": Compared("Slack's command acknowledged, one at a time", _BOLT, "ms", "less"),
    "ack.many": Compared("The slowest of a hundred, 50 at once", _BOLT, "ms", "less"),
    "first.loose": Compared("Discord's command answered, not waiting for the disk", _NONE, "ms", "less"),
    "first.one": Compared("Discord's command answered, committed", _NONE, "ms", "less"),
    "first.tree": Compared("The same", _TREE, "ms", "less"),
    "first.many": Compared("Discord's commands answered, committed, 50 at once", _NONE, "/s"),
}
SINGLE: Final = {
    "rest": ("`stint run` at rest, a programme of 1,000 people", "MB"),
    "help": ("`stint --help`", "s"),
    "idle": ("Stall of an idle event loop: what the machine itself adds", "ms"),
}


@dataclass(frozen=True, slots=True)
class Aim:
    """The aim for a median, and why it may be missed."""

    words: str
    key: str
    side: Literal["ours", "ratio"]
    least: float | None = None
    most: float | None = None
    otherwise: str = ""


_DISK: Final = (
    "The quicker the disk confirms a commit, the less a shared commit saves and the more the work itself "
    "counts; see what each side does, below."
)
_BUSY: Final = (
    "A stall is also whatever the machine takes from the process; the idle loop's stall in the same rounds "
    "shows how much that was."
)
AIMS: Final = (
    Aim("Reminders are created 20 times as fast", "create.full", "ratio", least=20, otherwise=_DISK),
    Aim("Overdue ones are fired and done 8 times as fast, like for like", "alone.full", "ratio", least=8),
    Aim(
        "and 8 times as fast when each also sends a message",
        "fire.full",
        "ratio",
        least=8,
        otherwise="Here APScheduler removes a job that does nothing, in one write; Stint makes a message, "
        "owes it, claims it, hands it over and stores what became of it, in four. On a slow disk shared "
        "commits make up for that, on a quick one they do not.",
    ),
    Aim("The event loop stalls for 20 ms at most meanwhile", "stall.full", "ours", most=20, otherwise=_BUSY),
    Aim("and for a hundredth of APScheduler's stall", "stall.full", "ratio", least=100, otherwise=_BUSY),
    Aim(
        "Turns are 10 times as fast as over aiosqlite",
        "turn.aiosqlite.many",
        "ratio",
        least=10,
        otherwise="Both sides are bound by the processor here: Stint also reads the answer and works out the "
        "question, which the peer is given.",
    ),
    Aim(
        "and a quarter as fast as sqlite3 by hand",
        "turn.raw.many",
        "ratio",
        least=0.25,
        otherwise="sqlite3 runs recorded statements and nothing else; Stint reads the answer, advances the "
        "conversation and writes two JSON documents between them.",
    ),
    Aim("A Slack command is acknowledged as fast as by bare slack-bolt", "ack.one", "ratio", least=1),
    Aim(
        "and at most 3 times as slowly with 50 at once (99th percentile)",
        "ack.many",
        "ratio",
        least=1 / 3,
        otherwise="What slack-bolt waits for alone, its poll every 10 ms, 50 requests wait for together; "
        "then the work itself counts, and Stint reads the command, looks up the person, commits, and draws "
        "the answer, on one core. The last of 50 is still far from the 3 seconds that Slack gives.",
    ),
    Aim(
        "A Discord command, not waiting for the disk, is answered faster than by NoneBot2",
        "first.loose",
        "ratio",
        least=1,
        otherwise="Both read the payload and post one answer; Stint runs a whole turn in between.",
    ),
    Aim(
        "and 50 at once, each committed, at least as many a second as by NoneBot2 that keeps nothing",
        "first.many",
        "ratio",
        least=1,
        otherwise="NoneBot2 looks nothing up and writes nothing; Stint looks up the person, commits, and "
        "draws the answer.",
    ),
    Aim("At rest it takes less than 150 MB", "rest", "ours", most=150),
    Aim("`stint --help` takes less than half a second", "help", "ours", most=0.5),
)


def summary(measured: Sequence[dict[str, float]]) -> Results:
    """Return the rounds as medians, minima and maxima; ratios are taken within each round."""
    single = {key: {"ours": _spread([one[key] for one in measured])} for key in SINGLE}
    figures = {**_beside(measured), **single}
    return {
        "taken": WallClock().now().isoformat(timespec="seconds"),
        "machine": _machine(),
        "rounds": len(measured),
        "figures": figures,
        "aims": _judge(figures),
        "apart": {},
    }


def joined(results: Results, name: str, measured: Sequence[dict[str, float]]) -> Results:
    """Return earlier results with figures that were taken later, separately, under their own name."""
    figures = results["figures"] | _beside(measured)
    taken = {
        "taken": WallClock().now().isoformat(timespec="seconds"),
        "rounds": len(measured),
        "load": _load(),
    }
    apart = results.get("apart", {}) | {name: taken}
    machine = _machine() | {"load": results["machine"]["load"]}
    return results | {"machine": machine, "figures": figures, "aims": _judge(figures), "apart": apart}


def _beside(measured: Sequence[dict[str, float]]) -> dict[str, dict[str, Spread]]:
    """Return what was measured beside a peer, of all comparisons there are."""
    compared = {}
    for key, each in COMPARED.items():
        if f"{key}.ours" not in measured[0]:
            continue
        ours = [one[f"{key}.ours"] for one in measured]
        peer = [one[f"{key}.peer"] for one in measured]
        pairs = zip(ours, peer, strict=True)
        ratio = [a / b if each.better == "more" else b / a for a, b in pairs]
        compared[key] = {"ours": _spread(ours), "peer": _spread(peer), "ratio": _spread(ratio)}
    return compared


def _judge(figures: dict[str, Any]) -> list[dict[str, Any]]:
    return [_judged(aim, figures[aim.key][aim.side]["median"]) for aim in AIMS]


def _spread(values: Iterable[float]) -> Spread:
    known = list(values)
    return {"median": median(known), "least": min(known), "most": max(known)}


def _judged(aim: Aim, figure: float) -> dict[str, Any]:
    met = (aim.least is None or figure >= aim.least) and (aim.most is None or figure <= aim.most)
    return {"aim": aim.words, "figure": figure, "met": met}


def _machine() -> dict[str, str]:
    packages = ("sqlalchemy", "apscheduler", "aiosqlite", "slack-bolt", "nonebot2")
    return {
        "cores": str(os.cpu_count()),
        "load": _load(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name.replace("-", "_"): version(name) for name in packages},
    }


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def tables(results: Results) -> str:
    """Return the aims and the figures, as Markdown tables that are readable on a screen, too."""
    figures = results["figures"]
    aims = [("Aim", "Median", "")]
    for aim, judged in zip(AIMS, results["aims"], strict=True):
        unit = "×" if aim.side == "ratio" else f" {SINGLE[aim.key][1] if aim.key in SINGLE else 'ms'}"
        aims.append((aim.words, f"{_number(judged['figure'])}{unit}", "met" if judged["met"] else "missed"))
    beside = [("Measured", "Stint", "Peer", "Times")]
    for key, each in COMPARED.items():
        ours, peer, ratio = (figures[key][side] for side in ("ours", "peer", "ratio"))
        theirs = f"{_shown(peer, each.unit)} ({each.peer})"
        beside.append((each.words, _shown(ours, each.unit), theirs, _shown(ratio, "×")))
    alone = [("Measured", "Stint")]
    alone += [(words, _shown(figures[key]["ours"], unit)) for key, (words, unit) in SINGLE.items()]
    return "\n\n".join(_table(rows) for rows in (aims, beside, alone)) + "\n"


def _shown(spread: Spread, unit: str) -> str:
    least, most = _number(spread["least"]), _number(spread["most"])
    space = "" if unit in {"/s", "×"} else " "
    return f"**{_number(spread['median'])}**{space}{unit} ({least} to {most})"


def _told_apart(name: str, taken: Results) -> str:
    return (
        f" The figures of {name.capitalize()} were taken apart from the others, in {taken['rounds']} rounds "
        f"on {taken['taken'][:10]}, with a load average of {taken['load']}."
    )


def _number(value: float) -> str:
    if value >= 100:  # noqa: PLR2004 - three digits are enough
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - as above


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def page(results: Results) -> str:
    """Return the text of docs/performance.md."""
    machine = results["machine"]
    missed = [
        f"- {aim.words}: **missed**, with {_number(judged['figure'])}. {aim.otherwise}"
        for aim, judged in zip(AIMS, results["aims"], strict=True)
        if not judged["met"]
    ]
    return _TEMPLATE.read_text(encoding="utf-8").format(
        tables=tables(results),
        missed="\n".join(missed) or "Every aim was met in this run.",
        rounds=results["rounds"],
        taken=results["taken"][:10],
        apart="".join(_told_apart(*each) for each in results["apart"].items()),
        **machine,
    )
