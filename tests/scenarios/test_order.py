"""A receipt is read before what follows from it, on every platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.actor import Actor, Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import is_applied_for, is_decided, is_posted


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme, and ada at work."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        await is_applied_for(opened)
        await is_decided(opened)
        yield opened


def in_order(person: Actor, first: str, second: str) -> bool:
    """Return whether the newest message with the first words is above the newest with the second."""
    view = person.view()
    return -1 < view.rfind(first) < view.rfind(second)


async def test_a_receipt_comes_before_what_follows_from_it(platform: Platform) -> None:
    """The place is yours, then the pack; accepted, then complete; thank you, then the closing message."""
    ada, marta = platform.person("ada"), platform.person("marta")
    assert in_order(ada, "is yours. Everything you need comes next.", "You start: ")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"Link": "example.org/summary"})
    await platform.tick(days=1)
    await marta.uses("/placement")
    await marta.presses("Accept")
    assert in_order(marta, "Accepted: A two-page summary.", "is complete: every deliverable is accepted.")
    await ada.presses("Write a line")
    await ada.fills({"Your line": "I learned to ask early."})
    await platform.tick(days=1)
    await marta.presses("Write a line")
    await marta.fills({"Your line": "Ada asked early."})
    assert in_order(marta, "Thank you. It goes into the closing message.", "Complete: ")
