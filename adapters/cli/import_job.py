"""The input of an import, and the objects it works on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import uuid4

from bot.clock import WallClock
from bot.programme import ROUTES
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.importing import Order
from storage.database import Database, UnitOfWork

__all__ = ["Import", "Unusable", "Wanted"]

T = TypeVar("T")


class Unusable(Exception):
    """The command cannot go on; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of an import, as the command line gives them.

    Attributes:
        defaults: `field=value` for what rows leave out. `cohorts`: which to announce to; none: every cohort.
        publish: announce what is in. `announce`: how; None asks where there are many. `yes`: ask nothing.
        encoding: what the text is in, "" where the file says so itself. `dates`: which number is the day.
    """

    defaults: Sequence[str] = ()
    cohorts: Sequence[str] = ()
    publish: bool = False
    announce: Literal["cards", "list"] | None = None
    yes: bool = False
    encoding: str = ""
    dates: Order | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """The objects an import works on: an open database and the programme's id."""

    database: Database
    programme_id: int

    def turn(self, fn: Callable[[Turn], T]) -> T:
        """Run `fn` in a separate transaction."""
        now, source = WallClock().now(), keys.COMMAND(uuid4().hex)

        def begin(work: UnitOfWork) -> T:
            return fn(Turn(work=work, now=now, programme_id=self.programme_id, routes=ROUTES, source=source))

        return self.database.transact_inline(begin)
