"""What tests of the playground share."""

import pytest

from tests.support.screen import at_once


@pytest.fixture(autouse=True)
def _no_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playground says itself when it rests."""
    at_once(monkeypatch)
