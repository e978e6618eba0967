"""What tests of the playground share."""

import asyncio

import pytest


@pytest.fixture(autouse=True)
def _no_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot guesses by the processor's load when the app is done; these tests know it."""

    async def at_once(min_sleep: float = 0, max_sleep: float = 0) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("textual.app.wait_for_idle", at_once)
    monkeypatch.setattr("textual.pilot.wait_for_idle", at_once)
