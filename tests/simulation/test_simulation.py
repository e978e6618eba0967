from pathlib import Path

from tests.simulation.run import Report, simulate


def played(seed: int, folder: Path) -> Report:
    """Two days of bad weather and what comes after them, with a look at whether all is well."""
    folder.mkdir()
    report = simulate(seed, 2, folder)
    assert report.problems == ()
    assert report.faults
    return report


def test_days_of_bad_weather_lose_and_repeat_nothing(tmp_path: Path) -> None:
    """Made-up people act, processes die, replies are lost; the ledger and every promise hold."""
    played(1, tmp_path / "one")


def test_a_seed_plays_the_same_again(tmp_path: Path) -> None:
    """Two runs of another seed do and write the same, act by act, to the last row."""
    first, again = (played(2, tmp_path / name) for name in ("first", "again"))
    assert first.lines
    assert again == first
