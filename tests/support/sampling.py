"""Which tests of a large matrix `make test` leaves to `make soak`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zlib import crc32

import pytest

__all__ = ["left_to_soak"]

_WAYS_INTO_SLACK = ("slack by HTTP", "slack by socket")
"""A scenario's two stages that differ in nothing but how Slack's events come in."""


def left_to_soak(tests: Iterable[pytest.Function], *, but: str) -> Iterator[pytest.Function]:
    """Choose the scenarios that are played over one of the ways into Slack, as they are over the other.

    Which of the two is left out differs from scenario to scenario, never from run to run. A scenario that
    knows only one of them keeps it, and files of the name `but` keep both.
    """
    pairs: dict[str, dict[str, pytest.Function]] = {}
    for test in tests:
        for way in _WAYS_INTO_SLACK:
            if "scenarios" in test.path.parts and test.path.name != but and way in test.name:
                pairs.setdefault(test.nodeid.replace(way, "slack"), {})[way] = test
    for scenario, pair in pairs.items():
        if len(pair) == len(_WAYS_INTO_SLACK):
            yield pair[_WAYS_INTO_SLACK[crc32(scenario.encode()) % 2]]
