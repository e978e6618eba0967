"""The progress of long work, shown on a terminal while it lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]


@contextmanager
def progress(what: str, total: float | None) -> Iterator[Callable[[float], None]]:
    """Show how much of `total` is done, as long as the block lasts; yield what is called with each part.

    Where the total is not known, None, it shows that work goes on.
    """
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total)

        def advance(done: float) -> None:
            shown.advance(task, done)

        yield advance
