"""What every test shares: how Hypothesis looks for examples, what the collector looks at, where logs go."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot.runtime import saying
from tests.support import said_texts
from tests.support.pseudo_language import Listener
from tests.support.sampling import left_to_soak, unsampled

# No test asserts how long something takes, so neither does Hypothesis. Who has time looks more thoroughly:
# `pytest --hypothesis-profile=thorough`.
for name, examples in (("house", 20), ("thorough", 500)):
    settings.register_profile(
        name, deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile("house")

# The commands that tests start should not have to compile everything again each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# Nothing of what is loaded now will be garbage.
gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what is loaded out of the garbage collector's sight, and have it look less often.

    Each full look at hundreds of thousands of objects that stay takes a tenth of a second.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _only_warnings(
    _logger: object, method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Drop lines that say that all is well: a failing test shows what went wrong, and the rest costs time."""
    if method in {"debug", "info"}:
        raise structlog.DropEvent
    return line


def _log_warnings() -> None:
    structlog.configure(processors=[_only_warnings, *structlog.get_config()["processors"]])


_log_warnings()


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that ran within this process logs to its own standard error, which is closed by now."""
    yield
    structlog.reset_defaults()
    _log_warnings()


pytest_plugins = ["tests.support.databases", "tests.support.growth_check", "tests.support.opened"]

# Files whose tests take longest, some of it waiting for processes: begun last, they would run alone.
_FIRST = (
    "process",
    "test_wheel.py",
    "cli",
    "playground",
    "test_playground.py",
    "test_two_platforms.py",
    "simulation",
    "test_apart.py",
    "test_applications.py",
    "test_both.py",
    "test_closed_dms.py",
    "test_confidence.py",
    "test_decisions.py",
    "test_house.py",
    "test_in_place.py",
    "test_main_job.py",
    "test_old_data.py",
    "test_old_waits.py",
    "test_personal_data.py",
    "test_reads.py",
    "test_terms.py",
    "test_upgrades.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what is left to `make soak`, and begin with the files that take longest, in random order.

    The marks are there before pytest chooses by them, the order is made after pytest-randomly's.
    """
    functions = [item for item in items if isinstance(item, pytest.Function)]
    for test in (*left_to_soak(functions, but="test_main_job.py"), *unsampled(functions)):
        test.add_marker("soak")
    yield
    items.sort(key=lambda item: not any(part in _FIRST for part in item.path.parts))


_LISTENER = Listener()
_LISTENER.listen()
said_texts.listen()


@pytest.fixture(autouse=True)
def _nothing_is_said_past_the_catalogue(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Put what is said in a scenario into the pseudo-language as well: a word that stays bare fails it.

    Other tests say texts of their own.
    """
    if "scenarios" not in request.path.parts or request.node.get_closest_marker("own_texts"):
        yield
        return
    _LISTENER.bare.clear()
    monkeypatch.setattr(saying, "translated", _LISTENER.translated)
    yield
    assert _LISTENER.bare == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Count the texts that each test says."""
    with said_texts.counted(getattr(item, "obj", None)):
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController
    """Take over what was said in a worker's tests."""
    said_texts.SAID.update(map(tuple, getattr(node, "workeroutput", {}).get("said", ())))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand on what was said in this worker; then fail a run of all tests for texts that none of them said."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["said"] = sorted(said_texts.SAID)
    elif exitstatus == pytest.ExitCode.OK and said_texts.is_whole(session.config):
        found = said_texts.unsaid(said_texts.SAID)
        lines = [*found, *said_texts.needlessly_listed(said_texts.SAID)]
        if lines:
            session.config.get_terminal_writer().line("\n" + "\n".join(lines), red=bool(found))
        if found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
