"""The cost of work: seconds by the wall's clock beside seconds of the processor.

A side that waits for the disk is quick on a quick disk; what the processor does for it is the same
everywhere. Linux only where another process is asked: it reads /proc.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

__all__ = ["Cost", "Others", "cpu_of", "cpu_of_children", "no_others", "rates"]


Others = Callable[[], float]
"""Gives the processor's seconds that others than this process have had."""


def no_others() -> float:
    """Return 0: this process works alone."""
    return 0.0


@dataclass(slots=True)
class Cost:
    """Seconds that something took so far: by the wall's clock, and of the processor.

    `others`: what works beside this process for it, like a server.
    """

    others: Others = no_others
    wall: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Add what the block takes."""
        others, cpu, wall = self.others(), process_time(), perf_counter()
        try:
            yield
        finally:
            self.wall += perf_counter() - wall
            self.cpu += process_time() - cpu + self.others() - others


def rates(figure: str, side: str, cost: Cost, count: int) -> dict[str, float]:
    """Return a side of a figure: how many a second, and the processor's microseconds for each."""
    return {f"{figure}.{side}": count / cost.wall, f"{figure}.{side}.cpu": cost.cpu / count * 1e6}


def cpu_of(process: int) -> float:
    """Return the processor's seconds that the living threads of a process have had."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(each.read_text(encoding="ascii").split()[0]) for each in threads) / 1e9


def cpu_of_children(process: int, word: str) -> float:
    """Return the processor's seconds of a process's living children that have a word in their titles."""
    lists = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(child) for each in lists for child in each.read_text(encoding="ascii").split()]
    return sum(cpu_of(child) for child in children if word in _title(child))


def _title(process: int) -> str:
    """Return what a process says it is; "" once it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
