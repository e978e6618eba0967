"""What `make test` leaves to `make soak` of the scenarios that every platform plays."""

import pytest

from tests.support.every_stage import STAGES
from tests.support.sampling import stage_played

ALONE = set(STAGES) - {"slack and discord"}
PLATFORMS = {"terminal", "discord", "slack"}


def platform_of(stage: str) -> str:
    """Slack by whichever way is Slack."""
    return stage.partition(" by ")[0]


@pytest.mark.parametrize("stages", [set(STAGES), ALONE], ids=["with both", "each alone"])
def test_as_many_scenarios_as_platforms_are_played_on_each(stages: set[str]) -> None:
    """Wherever a file begins; twice as many have Slack by both ways."""
    platforms = {platform_of(stage) for stage in stages}
    assert platforms >= PLATFORMS
    for begun in range(50):
        turns = range(begun, begun + len(platforms))
        assert {platform_of(stage_played(stages, turn)) for turn in turns} == platforms
        both_ways = range(begun, begun + 2 * len(platforms))
        assert {stage_played(stages, turn) for turn in both_ways} == stages


def test_a_scenario_of_one_stage_is_played_on_it() -> None:
    """Whichever turn it is."""
    assert {stage_played(["slack by socket"], turn) for turn in range(10)} == {"slack by socket"}
