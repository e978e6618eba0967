"""At the end of a run of all tests: which statements of the scenarios grow with the programme.

`pytest --growth` asks so after a part of them, too. What grows and may is in
`tests/support/growing_statements.py`, with the reason.
"""

import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.postgresql import serving
from tests.support import growth, growth_postgresql, heard_statements
from tests.support.growing_statements import GROWING, ON_POSTGRESQL, may_grow, needlessly_listed
from tests.support.heard_statements import Statement
from tests.support.said_texts import is_whole

_FOLDER: Final = pytest.StashKey[Path]()
_MAKING: Final = pytest.StashKey["subprocess.Popen[bytes]"]()
_LISTENING: Final = pytest.StashKey[bool]()

_BY_CHANCE: Final = frozenset({"test_forged_payloads.py", "test_odd_ids.py", "test_old_data.py"})
"""Files whose tests press whatever there is, as no person would, in whatever database they find."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run of some scenarios hold their statements to what they may cost."""
    parser.addoption("--growth", action="store_true", help="fail for statements of the scenarios that grow")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to make the two programmes, and to listen in the process that runs scenarios."""
    config = session.config
    worker = getattr(config, "workerinput", None)
    wanted = worker["growth"] if worker else config.getoption("--growth") or is_whole(config)
    if wanted and worker is None:
        config.stash[_FOLDER] = folder = Path(tempfile.mkdtemp(prefix="stint-growth-"))
        config.stash[_MAKING] = subprocess.Popen([sys.executable, "-m", growth.__name__, str(folder)])
    config.stash[_LISTENING] = wanted and (worker or not config.getoption("numprocesses", default=None))
    if config.stash[_LISTENING]:
        heard_statements.listen(on_postgresql=config.getoption("--growth"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController
    """Tell a worker whether to listen."""
    node.workerinput["growth"] = _FOLDER in node.config.stash


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Keep what the bot runs in a scenario."""
    listening = item.config.stash.get(_LISTENING, False)
    if not listening or "scenarios" not in item.path.parts or item.path.name in _BY_CHANCE:
        yield
        return
    with heard_statements.wanted(item.nodeid):
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController
    """Take over what was run in a worker's tests."""
    sent = getattr(node, "workeroutput", {}).get("growth")
    for statement in pickle.loads(sent) if sent else ():  # noqa: S301 - by our own worker
        heard_statements.keep(statement)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand on what was run in this worker; in the end, run it in both programmes and fail for what grows."""
    config = session.config
    if hasattr(config, "workeroutput"):
        # The worker's channel takes no subclass of str, which ids and names of parameters are.
        config.workeroutput["growth"] = pickle.dumps([*heard_statements.FOUND.values()])
    if _FOLDER not in config.stash:
        return
    making = config.stash[_MAKING]
    try:
        if exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            assert making.wait() == 0, "the two programmes could not be made"
            _hold(session, config.stash[_FOLDER])
    finally:
        making.kill()
        making.wait()
        shutil.rmtree(config.stash[_FOLDER])


def _hold(session: pytest.Session, folder: Path) -> None:
    """Fail the run for statements that grow without a reason, and name the reasons that none needs."""
    statements = sorted(heard_statements.FOUND.values(), key=lambda each: each.built)
    scales = growth.Scales(folder)
    costs = [scales.costs(each) for each in statements]
    scales.close()
    growing = [found for found in zip(statements, costs, strict=True) if growth.grows(*found[1])]
    _say(session, f"{len(statements)} statements of the scenarios, of which {len(growing)} grow")
    _judge(session, growing, GROWING, "steps")
    if session.config.getoption("--growth"):
        with serving() as server, growth_postgresql.opened(server) as others:
            costs = [others.costs(each) for each in statements]
        pairs = zip(statements, costs, strict=True)
        growing = [found for found in pairs if growth.grows(*found[1], growth_postgresql.FLOOR)]
        _say(session, f"{len(growing)} of them grow on PostgreSQL")
        _judge(session, growing, GROWING | ON_POSTGRESQL, "rows and pages")


def _judge(
    session: pytest.Session,
    growing: Sequence[tuple[Statement, tuple[int, int]]],
    reasons: Mapping[str, str],
    unit: str,
) -> None:
    bad = [(each, costs) for each, costs in growing if not may_grow(each.asked_by, reasons)]
    lines = [
        f"{small} {unit} become {large} or more: {each.asked_by} in {each.test}\n    {each.sql}"
        for each, (small, large) in bad
    ]
    if is_whole(session.config):
        lines += needlessly_listed((each.asked_by for each, _ in growing), reasons)
    if lines:
        _say(session, "\n".join(lines), red=bool(bad))
    if bad:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _say(session: pytest.Session, words: str, *, red: bool = False) -> None:
    session.config.get_terminal_writer().line(f"\n{words}", red=red)
