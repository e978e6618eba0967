"""Which tests of a large matrix `make test` leaves to `make soak`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final
from zlib import crc32

import pytest

__all__ = ["left_to_soak", "stage_played", "unsampled"]

_WAYS_INTO_SLACK: Final = ("slack by HTTP", "slack by socket")
"""A scenario's two stages that differ in nothing but how Slack's events come in."""

_STAGES: Final = frozenset({"terminal", "discord", "slack and discord", *_WAYS_INTO_SLACK})


def stage_played(stages: Collection[str], turn: int) -> str:
    """Choose the stage that a scenario is played on: with the next `turn` it is the next one.

    The ways into Slack share one place among the stages, and take it in turns.
    """
    places: dict[str, list[str]] = {}
    for stage in sorted(stages):
        places.setdefault("slack" if stage in _WAYS_INTO_SLACK else stage, []).append(stage)
    round_, place = divmod(turn, len(places))
    ways = list(places.values())[place]
    return ways[round_ % len(ways)]


def left_to_soak(tests: Iterable[pytest.Function], *, but: str) -> Iterator[pytest.Function]:
    """Choose the scenarios that are played on another stage; files of the name `but` are played on all.

    A file's scenarios go round the stages, so that a file of some scenarios is played on each. Where a file
    begins differs from file to file, never from run to run.
    """
    scenarios: dict[str, dict[str, pytest.Function]] = {}
    for test in tests:
        params = test.callspec.params.values() if hasattr(test, "callspec") else ()
        for stage in params:
            if isinstance(stage, str) and stage in _STAGES and _is_sampled(test, but):
                scenarios.setdefault(test.nodeid.replace(stage, "*"), {})[stage] = test
    seen = Counter[str]()
    for scenario, on in scenarios.items():
        file = scenario.partition("::")[0]
        played = stage_played(on, crc32(file.encode()) + seen[file])
        seen[file] += 1
        yield from (test for stage, test in on.items() if stage != played)


def unsampled(tests: Iterable[pytest.Function]) -> Iterator[pytest.Function]:
    """Choose the variants of tests that have the mark `sampled` and are not named by it.

    It names a part of a variant's id: `sampled("sqlite")` leaves PostgreSQL to `make soak`.
    """
    for test in tests:
        mark = test.get_closest_marker("sampled")
        if mark and not any(name in test.callspec.id for name in mark.args):
            yield test


def _is_sampled(test: pytest.Function, but: str) -> bool:
    return "scenarios" in test.path.parts and test.path.name != but
