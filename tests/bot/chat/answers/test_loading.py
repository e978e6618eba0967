"""What takes long to load is loaded by no turn that others wait for."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import current_thread

import pytest

from bot.chat.answers.loading import NotLoaded, loaded
from bot.runtime.long_turns import once_loaded
from storage.database import open_database


@cache
def _cities() -> str:
    return current_thread().name


@pytest.fixture(autouse=True)
def _unloaded() -> None:
    _cities.cache_clear()


def test_the_writer_takes_only_what_is_loaded() -> None:
    """Its thread is refused until another has loaded it; every other thread loads it where it is needed."""
    with ThreadPoolExecutor(1, thread_name_prefix="stint-writer") as writer:
        with pytest.raises(NotLoaded) as refused:
            writer.submit(loaded, _cities).result()
        assert refused.value.load() == current_thread().name
        assert writer.submit(loaded, _cities).result() == current_thread().name
    _cities.cache_clear()
    assert loaded(_cities) == current_thread().name


async def test_a_turn_runs_again_when_what_it_needs_is_loaded(tmp_path: Path) -> None:
    """The database's own writer comes back for it, and has not loaded it itself."""
    tries: list[str] = []

    def turn(_work: object) -> str:
        tries.append(current_thread().name)
        return loaded(_cities)

    database = open_database(f"sqlite:///{tmp_path / 'stint.db'}")
    loader = await once_loaded(database, turn)
    await database.close()
    assert len(tries) == 2
    assert loader not in tries
