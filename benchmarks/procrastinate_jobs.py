"""Procrastinate's jobs on PostgreSQL that do nothing: the peer of firing timers there.

Its worker does not wait for more, deletes each job it has done, and runs several at a time: with this it is
quickest.
"""

from __future__ import annotations

from typing import Final

from benchmarks.costs import Cost

__all__ = ["fire"]

_CONCURRENCY: Final = 10


async def _do_nothing() -> None:
    """Do nothing."""


async def fire(url: str, count: int, cost: Cost) -> Cost:
    """Return `cost` with what it costs to run `count` jobs that wait in a new database."""
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=url, min_size=2, max_size=_CONCURRENCY + 2))
    nothing = app.task(name="nothing")(_do_nothing)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*[{} for _ in range(count)])
        with cost.counting():
            await app.run_worker_async(
                wait=False,
                concurrency=_CONCURRENCY,
                delete_jobs="always",
                listen_notify=False,
                install_signal_handlers=False,
            )
        left = await app.job_manager.list_jobs_async()
        assert not list(left)
    return cost
