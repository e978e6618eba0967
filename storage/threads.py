"""Threads that run turns for an event loop: one hop there, one back, no await inside."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import Connection, Engine

from storage.batch import Outcome, Turn
from storage.errors import describe
from storage.unit_of_work import TurnConnection, UnitOfWork

_log = logging.getLogger(__name__)

Run = Callable[[Connection, Sequence[Turn]], list[Outcome]]


@dataclass(frozen=True, slots=True)
class _Job:
    turn: Turn
    context: Context
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]

    def __call__(self, work: UnitOfWork) -> Any:  # noqa: ANN401  # whatever the turn returns
        return self.context.run(self.turn, work)


class Threads:
    """Threads, each with its own connection, that share a queue of turns.

    A thread takes up to `most` waiting turns at a time and hands them to `run`, which answers when
    they are durable. The first connection is opened by the first turn.
    """

    def __init__(self, engine: Engine, run: Run, *, name: str, count: int, most: int) -> None:
        self._engine = engine
        self._run = run
        self._most = most
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        # Daemons: a program that forgot to close must still be able to exit.
        self._threads = [Thread(target=self._serve, name=f"{name}-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, turn: Turn) -> asyncio.Future[Any]:
        """Queue a turn; return the future of its value, or of its error, which ends once the result is final.

        Cancelling the future does not cancel the turn.

        Raises:
            RuntimeError: the threads are closed, or the caller is outside a running event loop.
        """
        if self._closed:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._jobs.put(_Job(turn, copy_context(), loop, future))
        return future

    async def close(self) -> None:
        """Finish every turn submitted so far, then end the threads and their connections."""
        if not self._closed:
            self._closed = True
            for _ in self._threads:
                self._jobs.put(None)
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        connection: TurnConnection | None = None
        while jobs := self._take():
            try:
                connection = connection or TurnConnection(self._engine)
                outcomes = self._run(connection, jobs)
            except Exception as error:  # noqa: BLE001  # no connection; the waiters get the error
                outcomes = [Outcome(error=error)] * len(jobs)
            except BaseException as error:  # noqa: BLE001  # a thread has no caller to report to
                wrapped = RuntimeError(f"a turn was stopped by {type(error).__name__}")
                wrapped.__cause__ = error
                outcomes = [Outcome(error=wrapped)] * len(jobs)
            _answer(jobs, outcomes)
        if connection is not None:
            connection.hang_up()

    def _take(self) -> list[_Job]:
        """Wait for a turn; take the others that wait with it. Return an empty list once it is time to end."""
        first = self._jobs.get()
        if first is None:
            return []
        jobs = [first]
        while len(jobs) < self._most:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs


def _answer(jobs: Sequence[_Job], outcomes: Sequence[Outcome]) -> None:
    """Wake the waiters: one call into each loop, however many wait there."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        by_loop.setdefault(job.loop, []).append((job.future, outcome))
    for loop, answers in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, answers)
        except RuntimeError:
            _log.warning("%d turns ended after their event loop had closed", len(answers))


def _settle(answers: Sequence[tuple[asyncio.Future[Any], Outcome]]) -> None:
    for future, outcome in answers:
        error = outcome.error
        if future.done():
            if error is not None:
                _log.error("a turn failed after its waiter had left: %s", describe(error))
        elif error is None:
            future.set_result(outcome.value)
        elif isinstance(error, StopIteration):  # which a future cannot carry
            future.set_exception(RuntimeError("a turn raised StopIteration"))
        else:
            future.set_exception(error)
