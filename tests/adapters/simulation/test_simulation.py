import asyncio
from pathlib import Path
from threading import get_ident

import pytest

from adapters.simulation.run import AtOnce, Report, Wanted, simulate


def played(seed: int, folder: Path) -> Report:
    """Play a day of acts and faults, and what comes after it."""
    folder.mkdir()
    return simulate(Wanted(seed, 1), folder)


def test_a_day_of_faults_loses_and_repeats_nothing_and_can_be_played_again(tmp_path: Path) -> None:
    """Made-up people act, processes die, replies are lost; the ledger and every promise hold.

    A second run of the same seed does and writes the same, act by act, to the last row.
    """
    report, again = (played(1, tmp_path / name) for name in ("first", "again"))
    assert report.problems == ()
    assert report.faults
    assert report.lines
    assert again == report


async def test_what_life_gives_to_a_thread_is_done_at_once() -> None:
    """A run waits for no thread, whose end comes at another time in each run; errors are its caller's."""
    asyncio.get_running_loop().set_default_executor(AtOnce())
    assert await asyncio.to_thread(get_ident) == get_ident()
    with pytest.raises(ValueError, match="invalid literal"):
        await asyncio.to_thread(int, "twenty")
