"""Talk to a coordinator: it is in help, and under an offer, a placement and every message of a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.support.every_stage import STAGES
from tests.support.projects import posted

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

LABEL = "Talk to a coordinator"


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, on which Ada has applied to Marta's project."""
    async with STAGES[request.param](tmp_path) as stage:
        opened: AnyStage = stage
        await posted(opened, "ada")
        yield opened


async def writes(platform: AnyStage, who: str, words: str) -> None:
    """A person of the company, a coordinator or a mentor writes to Ada."""
    person = platform.person(who)
    if who == "jo":
        await person.uses("/placement")
    else:
        await person.uses("/applicants 1")
        await person.chooses("Ada Okafor")
    await person.presses("Write to the student")
    await person.fills({"Your message": words})


async def test_it_is_wherever_a_student_may_want_it(platform: AnyStage) -> None:
    """From each of them one press asks what it is about, or who is to read it."""
    ada, marta, cora = (platform.person(each) for each in ("ada", "marta", "cora"))
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await ada.presses(LABEL, on="offers you a place")
    await ada.presses("Accept")
    await cora.uses("/mentor @jo 1")
    await cora.presses("Does not")
    await platform.tick(hours=8)
    from_people = {"marta": "Which day?", "cora": "Is all well?", "jo": "Hello from your mentor."}
    for who, words in from_people.items():
        await writes(platform, who, words)
    for typed, on in (("/stint help", "What you can do here"), ("/placement", "Placement #1")):
        await ada.uses(typed)
        await ada.presses(LABEL, on=on)
    for words in from_people.values():
        await ada.presses(LABEL, on=words)
    asked = ada.view().count("At night no one reads this") + ada.view().count("at night no one reads this")
    assert asked >= len(from_people)
