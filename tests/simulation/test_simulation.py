from pathlib import Path

import pytest

from tests.simulation.run import simulate


@pytest.mark.parametrize("seed", [1, 2])
def test_days_of_bad_weather_lose_and_repeat_nothing(seed: int, tmp_path: Path) -> None:
    """Made-up people act, processes die, replies are lost; the ledger and every promise hold."""
    report = simulate(seed, 2, tmp_path)
    assert report.problems == ()
    assert report.faults


def test_a_seed_plays_the_same_again(tmp_path: Path) -> None:
    """Two runs of one seed do and write the same, act by act, to the last row."""
    runs = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        runs.append(simulate(3, 0.1, folder))
    first, again = runs
    assert first.lines
    assert again == first
