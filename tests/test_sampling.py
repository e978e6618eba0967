"""What `make test` leaves to `make soak` of the scenarios that every platform plays."""

from collections import Counter

import pytest

from tests.support.every_stage import STAGES
from tests.support.sampling import stages_played

ALONE = set(STAGES) - {"slack and discord"}


@pytest.mark.parametrize("stages", [set(STAGES), ALONE], ids=["with both", "each alone"])
def test_each_stage_is_played_by_many_scenarios(stages: set[str]) -> None:
    """Two stages for each scenario, the same in every run; each is on every second to sixth."""
    scenarios = [f"tests/scenarios/test_{number}.py::test_it[*]" for number in range(120)]
    played = [stages_played(each, stages) for each in scenarios]
    assert {len(each) for each in played} == {2}
    assert played == [stages_played(each, stages) for each in scenarios]
    often = Counter(stage for each in played for stage in each)
    assert often.keys() == stages
    assert min(often.values()) > 20


def test_slack_is_played_over_one_way_in() -> None:
    """A scenario is not played twice over the same platform."""
    for number in range(20):
        played = stages_played(str(number), STAGES)
        assert not {"slack by HTTP", "slack by socket"} <= played


def test_few_stages_are_all_played() -> None:
    """A scenario that knows two platforms is played on both, one of one stage on this."""
    assert stages_played("it", {"discord", "slack by HTTP"}) == {"discord", "slack by HTTP"}
    assert stages_played("it", {"slack by socket"}) == {"slack by socket"}
