"""Which tests of a large matrix `make test` leaves to `make soak`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final
from zlib import crc32

import pytest

__all__ = ["left_to_soak", "stages_played"]

_WAYS_INTO_SLACK: Final = ("slack by HTTP", "slack by socket")
"""A scenario's two stages that differ in nothing but how Slack's events come in."""

_PAIRS: Final = (
    frozenset({"terminal", "slack and discord"}),
    frozenset({"discord", *_WAYS_INTO_SLACK}),
)
"""Each has every platform's people in it, or stands for the platform that has everything."""

_PLATFORMS: Final = (
    frozenset({"terminal"}),
    frozenset({"discord"}),
    frozenset(_WAYS_INTO_SLACK),
)

_STAGES: Final = frozenset().union(*_PAIRS)


def stages_played(scenario: str, stages: Collection[str]) -> frozenset[str]:
    """Choose the two stages that a scenario is played on; one that knows two platforms or fewer keeps them.

    Which they are differs from scenario to scenario, never from run to run: what stands on one stage only is
    seen by every second or third scenario of a file.
    """
    number = crc32(scenario.encode())
    kept = frozenset(stages)
    if kept.issuperset(_WAYS_INTO_SLACK):
        kept -= {_WAYS_INTO_SLACK[number % 2]}
    if "slack and discord" in kept and len(kept) > 2:
        return kept & _PAIRS[number // 2 % 2]
    if len(kept) > 2:
        return kept - _PLATFORMS[number // 2 % 3]
    return kept


def left_to_soak(tests: Iterable[pytest.Function], *, but: str) -> Iterator[pytest.Function]:
    """Choose the scenarios that are played on other stages; files of the name `but` are played on all."""
    scenarios: dict[str, dict[str, pytest.Function]] = {}
    for test in tests:
        params = test.callspec.params.values() if hasattr(test, "callspec") else ()
        for stage in params:
            if isinstance(stage, str) and stage in _STAGES and _is_sampled(test, but):
                scenarios.setdefault(test.nodeid.replace(stage, "*"), {})[stage] = test
    for scenario, on in scenarios.items():
        for stage in on.keys() - stages_played(scenario, on):
            yield on[stage]


def _is_sampled(test: pytest.Function, but: str) -> bool:
    return "scenarios" in test.path.parts and test.path.name != but
