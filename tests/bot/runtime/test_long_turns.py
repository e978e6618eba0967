"""A turn that holds the writer for long is named in the log, without a word that a person wrote."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from bot.runtime.long_turns import watched
from tests.support.stage import Stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


def clock(*readings: float) -> Iterator[float]:
    """A monotonic clock with these readings."""
    return iter(readings)


@pytest.mark.parametrize(("taken", "logged"), [(0.05, 0), (0.2, 1)])
async def test_a_long_turn_is_logged_by_name(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, taken: float, logged: int
) -> None:
    """Its command is its name; the words that came with it are not in the log."""
    looks = iter(range(1_000_000))
    monkeypatch.setattr(stage.runtime.clock, "monotonic", lambda: next(looks) * taken)
    with capture_logs() as logs:
        await stage.person("ada").uses("/toy echo hello", "spring")
    found = [entry for entry in logs if entry["event"] == "turn.long"]
    assert [entry["turn"] for entry in found if entry["turn"] == "toy echo"] == ["toy echo"] * logged
    assert bool(found) is bool(logged)
    assert "hello" not in str(found)


async def test_whatever_holds_the_writer_long_is_logged(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer with what follows from it, what its batch writes, deliveries and sweeps have names as well."""
    await stage.person("ada").uses("/toy later 5", "spring")
    looks = iter(range(1_000_000))
    monkeypatch.setattr(stage.runtime.clock, "monotonic", lambda: next(looks) * 0.2)
    with capture_logs() as logs:
        await stage.tick(hours=2)
        await stage.tick(seconds=1)
    named = {entry["turn"] for entry in logs if entry["event"] == "turn.long"}
    assert {"timers", "delivery", "sweep", "seal"} <= named
    assert any("." in name for name in named), "the kind of the timer"


def test_a_turn_that_fails_is_watched_too() -> None:
    """What was raised goes on, and the time it took is known."""
    readings = clock(0.0, 1.0)

    def failing() -> None:
        raise LookupError("gone")

    with capture_logs() as logs, pytest.raises(LookupError):
        watched(None, lambda: next(readings), failing)  # type: ignore[arg-type] # its name does not matter
    assert [entry["milliseconds"] for entry in logs] == [1000]
