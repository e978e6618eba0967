"""What tests of the playground share."""

import pytest

from adapters.terminal.workspace import Workspace
from tests.support.garden_club import garden_world
from tests.support.screen import at_once


@pytest.fixture(autouse=True)
def _no_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playground says itself when it rests."""
    at_once(monkeypatch)


@pytest.fixture
async def world() -> Workspace:
    """The garden club, in memory."""
    return garden_world(Workspace(token="garden"))
