"""`pytest --growth`: a scenario fails if a statement that the bot runs in it grows with the programme.

What grows and may is in `tests/support/growing_statements.py`, with the reason.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.growing_statements import may_grow
from tests.support.growth import Listener, Scales, grows, make

_LISTENER: Final = Listener()
_FOLDER: Final = pytest.StashKey[Path]()
_SCALES: Final = pytest.StashKey[Scales]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run hold the statements of the scenarios to what they may cost."""
    parser.addoption("--growth", action="store_true", help="fail scenarios whose statements grow")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the programmes once for all workers, and begin to listen in the process that runs scenarios."""
    config = session.config
    if not config.getoption("--growth"):
        return
    given = getattr(config, "workerinput", {}).get("growth")
    if given is None:
        config.stash[_FOLDER] = folder = Path(tempfile.mkdtemp(prefix="stint-growth-"))
        make(folder)
    if given or not config.getoption("numprocesses", default=None):
        config.stash[_SCALES] = Scales(Path(given) if given else folder)
        _LISTENER.listen()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController
    """Tell a worker where the programmes are."""
    if _FOLDER in node.config.stash:
        node.workerinput["growth"] = str(node.config.stash[_FOLDER])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let go of the programmes, and delete them where they were made."""
    stash = session.config.stash
    if _SCALES in stash:
        stash[_SCALES].close()
    if _FOLDER in stash:
        shutil.rmtree(stash[_FOLDER])


_BY_CHANCE: Final = frozenset({"test_forged_payloads.py", "test_odd_ids.py", "test_old_data.py"})
"""Files whose tests press whatever there is, so that each run finds something else."""

_ELSEWHERE: Final = ("slack", "discord", "postgresql")
"""What is in the name of a scenario that is played at the terminal on SQLite as well."""


def _is_held(request: pytest.FixtureRequest) -> bool:
    """Whether this is a scenario whose statements are held to their steps."""
    if "scenarios" not in request.path.parts or request.path.name in _BY_CHANCE:
        return False
    return not any(part in request.node.name for part in _ELSEWHERE)


@pytest.fixture(autouse=True)
def _no_statement_grows(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run what the bot ran for the first time in this scenario in a small and in a large programme."""
    scales = request.config.stash.get(_SCALES, None)
    if scales is None or not _is_held(request):
        yield
        return
    _LISTENER.wanted = True
    yield
    _LISTENER.wanted = False
    costs = {
        (each.asked_by, each.sql): scales.costs(each) for each in _LISTENER.new if not may_grow(each.asked_by)
    }
    _LISTENER.new.clear()
    assert {asked: both for asked, both in costs.items() if grows(*both)} == {}
