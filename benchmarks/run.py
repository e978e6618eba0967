"""The benchmark command: Stint and its peers are measured, a round of each after the other, and written down.

usage: python -m benchmarks.run [--rounds N] [--only slack|discord] [--json]
       python -m benchmarks.run --smallest

Writes `benchmarks/results.json` and `docs/performance.md`, and prints the tables (or the JSON). With
`--smallest` it only checks whether every measurement still works, and writes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from adapters.cli.running_bot import make_prompt
from benchmarks import discord_first_response, reminders, resting, slack_ack, starting, turn_peers, turns
from benchmarks.report import joined, page, summary, tables
from benchmarks.stage import ALONE, AT_ONCE, Level, idle_stall

__all__ = ["Sizes", "measure"]

ROOT: Final = Path(__file__).resolve().parent.parent
T = TypeVar("T")
Measured = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of all measurements; `pause` is how long (seconds) a resting process is watched.

    `acks` and `responses` are blocks of commands to Slack's and Discord's bots: in each, `singles` one after
    the other, then `together` at once.
    """

    reminders: int = reminders.COUNT
    talkers: int = turns.PEOPLE
    at_once: int = turns.AT_ONCE
    resting: int = resting.PEOPLE
    acks: int = slack_ack.BLOCKS
    responses: int = discord_first_response.BLOCKS
    singles: int = ALONE
    together: int = AT_ONCE
    pause: float = 1.0


_SMALLEST: Final = Sizes(
    reminders=20, talkers=2, at_once=2, resting=5, acks=1, responses=1, singles=1, together=2, pause=0.05
)


def main(arguments: list[str]) -> None:
    """Measure, write the results and print them."""
    parser = argparse.ArgumentParser(prog="stint bench", description="Measure Stint beside its peers.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--only", choices=sorted(APART), help="measure this alone, and keep the other figures"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--smallest", action="store_true", help="one round of as little as can be; write nothing"
    )
    asked = parser.parse_args(arguments)
    if asked.smallest:
        _try_all()
        return
    if asked.only:
        kept = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
        taken = [APART[asked.only](Sizes()) for _ in range(asked.rounds)]
        results = joined(kept, asked.only, taken)
    else:
        results = summary(measure(asked.rounds, Sizes(), tell=_tell))
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    (ROOT / "benchmarks" / "results.json").write_text(text, encoding="utf-8")
    (ROOT / "docs" / "performance.md").write_text(page(results), encoding="utf-8")
    print(text if asked.json else tables(results))


def _try_all() -> None:
    """Run a round in the smallest size: it gives every figure, and the page can be written from them."""
    results = summary(measure(1, _SMALLEST))
    page(results)
    assert all(figure["ours"]["median"] > 0 for figure in results["figures"].values())
    print(f"All {len(results['figures'])} figures can be measured.")


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def measure(rounds: int, sizes: Sizes, tell: Callable[[str], None] = lambda _words: None) -> list[Measured]:
    """Return each round's figures: rates per second, stalls (milliseconds), memory (MB), starts (seconds)."""
    recorded = _in_folder(lambda folder: turn_peers.record(folder, sizes.talkers))
    measured: list[Measured] = []
    for number in range(rounds):
        tell(f"Round {number + 1} of {rounds}")
        ours_first = number % 2 == 0
        measured.append(
            {
                "idle": asyncio.run(idle_stall(sizes.pause)),
                **_reminders(sizes, "FULL", ours_first=ours_first),
                **_reminders(sizes, "NORMAL", ours_first=ours_first),
                **_turns(sizes, recorded, ours_first=ours_first),
                **_slack(sizes),
                **_discord(sizes),
                "help": starting.help_seconds(),
                "rest": _rest(sizes),
            }
        )
    return measured


def _in_folder(measurement: Callable[[Path], Coroutine[Any, Any, T]]) -> T:
    """Run a measurement in an empty folder, with nothing old in the garbage collector's sight.

    The running bot begins in the same way.
    """
    make_prompt()
    with tempfile.TemporaryDirectory(prefix="stint-bench-") as folder:
        return asyncio.run(measurement(Path(folder)))


def _in_order(measurements: list[tuple[str, Callable[[], T]]], *, ours_first: bool) -> dict[str, T]:
    ordered = measurements if ours_first else measurements[::-1]
    return {name: measurement() for name, measurement in ordered}


def _reminders(sizes: Sizes, level: Level, *, ours_first: bool) -> Measured:
    count = sizes.reminders
    took = _in_order(
        [
            ("ours", lambda: _in_folder(lambda folder: reminders.ours(folder, count, level))),
            ("peer", lambda: _in_folder(lambda folder: reminders.theirs(folder, count, level))),
        ],
        ours_first=ours_first,
    )
    ours, peer, key = took["ours"], took["peer"], level.lower()
    return {
        f"create.{key}.ours": count / ours["create_seconds"],
        f"create.{key}.peer": count / peer["create_seconds"],
        f"fire.{key}.ours": count / ours["fire_seconds"],
        f"fire.{key}.peer": count / peer["fire_seconds"],
        f"alone.{key}.ours": count / ours["alone_seconds"],
        f"alone.{key}.peer": count / peer["fire_seconds"],
        f"stall.{key}.ours": max(ours["create_stall"], ours["fire_stall"]),
        f"stall.{key}.peer": max(peer["create_stall"], peer["fire_stall"]),
    }


def _turns(sizes: Sizes, recorded: turn_peers.Recorded, *, ours_first: bool) -> Measured:
    people, most = sizes.talkers, sizes.at_once
    took = _in_order(
        [
            ("many.ours", lambda: _in_folder(lambda folder: turns.ours(folder, people, most))),
            ("many.raw", lambda: _in_folder(lambda folder: turn_peers.raw(folder, recorded, most))),
            ("many.aiosqlite", lambda: _in_folder(lambda f: turn_peers.aiosqlite(f, recorded, most))),
            ("one.ours", lambda: _in_folder(lambda folder: turns.ours(folder, people, 1))),
            ("one.raw", lambda: _in_folder(lambda folder: turn_peers.raw(folder, recorded, 1))),
            ("one.aiosqlite", lambda: _in_folder(lambda folder: turn_peers.aiosqlite(folder, recorded, 1))),
        ],
        ours_first=ours_first,
    )
    rate = {name: people * turns.QUESTIONS / seconds for name, seconds in took.items()}
    return {
        f"turn.{peer}.{many}.{side}": rate[f"{many}.{who}"]
        for peer in ("aiosqlite", "raw")
        for many in ("many", "one")
        for side, who in (("ours", "ours"), ("peer", peer))
    }


def _slack(sizes: Sizes) -> Measured:
    blocks, singles, together = sizes.acks, sizes.singles, sizes.together
    return _in_folder(lambda folder: slack_ack.measure(folder, blocks, singles, together))


def _discord(sizes: Sizes) -> Measured:
    blocks, singles, together = sizes.responses, sizes.singles, sizes.together
    return _in_folder(lambda folder: discord_first_response.measure(folder, blocks, singles, together))


APART: Final[dict[str, Callable[[Sizes], Measured]]] = {"slack": _slack, "discord": _discord}
"""The measurements that can be taken without the others, which take many minutes."""


def _rest(sizes: Sizes) -> float:
    with tempfile.TemporaryDirectory(prefix="stint-bench-") as folder:
        return resting.megabytes(Path(folder), sizes.resting, sizes.pause)


if __name__ == "__main__":
    main(sys.argv[1:])
