import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import get_ident

import pytest
from sqlalchemy import func, select

from adapters.simulation.clock import SettableClock
from adapters.simulation.coverage import coverage
from adapters.simulation.population import populate
from adapters.simulation.run import AtOnce, Report, Wanted, simulate
from storage.database import open_database
from storage.tables import Programme

SHORT = range(20)
"""Seeds of `make test`, beside those that once failed: the acts of an hour, and some hours of calm."""


PAPER = (Path(__file__).resolve().parents[3] / "docs" / "reliability.md").read_text(encoding="utf-8")
NIGHTLY = [int(seed) for seed in PAPER.partition("Nightly seeds: ")[2].partition(".")[0].split(", ")]


def played(seed: int, folder: Path, days: float = 0.05) -> Report:
    """Play some acts and faults, and what comes after them."""
    folder.mkdir()
    return simulate(Wanted(seed, days, calm=0.5, opening=False), folder)


@pytest.mark.timeout(300)  # for a machine with much else to do
@pytest.mark.parametrize("seed", SHORT)
def test_a_short_run_loses_and_repeats_nothing(tmp_path: Path, seed: int) -> None:
    """Made-up people act, processes die, replies are lost; the ledger and every promise hold."""
    assert played(seed, tmp_path / "run").problems == ()


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", NIGHTLY)
def test_a_seed_that_once_had_a_finding_has_none(tmp_path: Path, seed: int) -> None:
    """Days of acts and faults, and weeks of calm: what was mended stays mended."""
    assert simulate(Wanted(seed, 5), tmp_path).problems == ()


@pytest.mark.timeout(300)
def test_a_run_can_be_played_again(tmp_path: Path) -> None:
    """A second run of the same seed does and writes the same, act by act, to the last row."""
    report, again = (played(1, tmp_path / name, days=0.3) for name in ("first", "again"))
    assert report.faults
    assert report.lines
    assert again == report


def test_runs_differ_in_what_they_begin_with(tmp_path: Path) -> None:
    """Some runs have a second platform, some a second programme, and some neither."""
    kinds = set()
    for seed in range(8):
        database = open_database(f"sqlite:///{tmp_path / f'{seed}.db'}", inline=True, durable=False)
        begun = populate(seed, database)
        (programmes,) = database.read_inline(
            lambda work: work.connection.execute(select(func.count(Programme.id))).scalars().all()
        )
        database.close_inline()
        kinds.add((len(begun.platforms), programmes))
    assert kinds == {(1, 1), (2, 1), (1, 2), (2, 2)}


async def test_a_clock_that_is_set_wrong_keeps_its_seconds() -> None:
    """What is due by a clock that jumps is served by what it shows; how long things take stays true."""
    clock = SettableClock(datetime(2026, 3, 2, tzinfo=UTC))
    begun = clock.monotonic()
    clock.jump(timedelta(hours=-2))
    await clock.advance_by(timedelta(seconds=5))
    assert clock.now() == datetime(2026, 3, 1, 22, 0, 5, tzinfo=UTC)
    assert clock.monotonic() - begun == 5


def test_coverage_counts_what_was_met() -> None:
    """What the bot can do is counted by kind; what is no part of it counts for nothing."""
    met = {"command stint tasks", "wait offer", "fault commit: lost after", "button no-such-verb"}
    counts = {kind: count for kind, (count, _, _) in coverage(met).items()}
    assert counts == {"commands": 1, "buttons": 0, "forms": 0, "timers": 0, "waits": 1, "faults": 1}
    assert "question" in coverage(met)["waits"][2]


async def test_what_life_gives_to_a_thread_is_done_at_once() -> None:
    """A run waits for no thread, whose end comes at another time in each run; errors are its caller's."""
    asyncio.get_running_loop().set_default_executor(AtOnce())
    assert await asyncio.to_thread(get_ident) == get_ident()
    with pytest.raises(ValueError, match="invalid literal"):
        await asyncio.to_thread(int, "twenty")
