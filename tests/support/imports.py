"""Importing a file of projects as the command line does, turn by turn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import repeat
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import pytest

from adapters.terminal.limits import LIMITS
from bot.chat.adapter import Capabilities
from bot.programme import ROUTES, importing
from bot.programme.core.turn import Turn
from bot.programme.importing import Checked, Written
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from tests.support.bot import Life

__all__ = [
    "DEFAULTS",
    "EVERY",
    "NUMBER",
    "REAL",
    "publish",
    "publish_as_list",
    "read",
    "real_posts",
    "turn",
    "write",
]

Value = TypeVar("Value")

DEFAULTS = {"hours": "20", "deadline": "+21d", "fee": "unpaid", "unpaid_reason": "open source"}
NUMBER = re.compile(r"\(?\d{1,2}[.)]")
"""What begins a line of a numbered list: a deliverable is kept without it."""
REAL = Path(__file__).parents[3] / "shared" / "data" / "real_projects.json"
"""479 posts of real programmes."""

EVERY = pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.soak)])
"""How many of the real posts a test takes: each eighth (60 of them), by `make soak` all."""


def real_posts(every: int, folder: Path) -> tuple[Path, list[dict[str, str]]]:
    """Each so many-th of the real posts: a file of them, and what is in it."""
    posts: list[dict[str, str]] = json.loads(REAL.read_text(encoding="utf-8"))[::every]
    path = folder / "posts.json"
    path.write_text(json.dumps(posts), encoding="utf-8")
    return path, posts


def turn(life: Life, work: Callable[[Turn], Value]) -> Value:
    """One transaction of the import, as the command line runs it."""
    now = life.clock.now()
    return life.database.transact_inline(lambda w: work(Turn(work=w, now=now, programme_id=1, routes=ROUTES)))


def read(life: Life, path: Path) -> Checked:
    """The file, checked."""
    return importing.read_rows(path, DEFAULTS, turn(life, importing.ground_of))


def write(life: Life, checked: Checked, most: int | None = None) -> int:
    """Write a file's rows (the first `most` batches, as when it breaks off); how many are new."""
    import_id = turn(life, lambda t: importing.begin_import(t, checked, "posts.json"))
    parts = list(importing.batches(checked.rows))[:most]
    new = 0
    for part in parts:
        new += turn(life, partial(importing.import_turn, import_id=import_id, rows=part))
    if most is None:
        turn(life, lambda t: importing.finish_import(t, import_id))
    return new


def publish(
    life: Life,
    checked: Checked,
    plan: Mapping[int, datetime] = MappingProxyType({}),
    most: int | None = None,
) -> int:
    """Publish a file's projects, turn by turn, their cards as `plan` says; how many.

    `most`: of turns, as when it breaks off.
    """
    published = 0
    turns = repeat(None) if most is None else repeat(None, most)
    for _ in turns:
        count = _carried(life, lambda turn: importing.publish_turn(turn, checked.rows, plan))
        if not count:
            break
        published += count
    return published


def publish_as_list(life: Life, checked: Checked) -> int:
    """Publish a file's projects as one list in each channel, the cards day by day; how many lists."""
    publish(life, checked, turn(life, lambda acting: importing.plan_cards(acting, checked.rows)))
    return _carried(life, lambda acting: importing.list_turn(acting, checked.rows, 1))


def _carried(life: Life, work: Callable[[Turn], Written]) -> int:
    def one(acting: Turn) -> int:
        written = work(acting)
        context = Context(acting, life.runtime.routes, None, Capabilities(), LIMITS)
        carry_out(context, written.actions)
        return written.count

    return turn(life, one)
