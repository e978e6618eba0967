"""A placement ends early: what is written about it, who reads it, and what becomes of the place."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from bot.chat.language import as_text
from bot.chat.rendering.plain_text import plain_text
from storage.tables import Application, Placement
from tests.support.every_stage import STAGES
from tests.support.kept_stage import open_played
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

WHY = "He made remarks about my body in our call."
TITLE = "Market map of repair shops"


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with Ada at work for Marta, and Ben next on the waiting list."""
    async with STAGES[request.param](tmp_path) as opened:
        await at_work(opened)
        yield opened


async def _play(stage: Stage) -> None:
    """Play the same on the terminal alone."""
    await at_work(stage)


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def at_work(platform: AnyStage) -> None:
    """Ada has the one place, Ben waits in line for it."""
    await posted(platform, "ada", "ben")
    marta = platform.person("marta")
    for student, way in (("Ben Castillo", "Put on the waiting list"), ("Ada Okafor", "Make an offer")):
        await marta.uses("/applicants 1")
        await marta.chooses(student)
        await marta.presses(way)
    await platform.tick(minutes=3)
    await platform.person("ada").presses("Accept")


async def ends(platform: AnyStage, who: str, why: str = WHY, **chosen: str) -> None:
    """A person ends the placement."""
    person = platform.person(who)
    await person.uses("/placement 1")
    await person.presses("End it early")
    await person.fills({"Reason": why, **chosen})


async def test_what_a_student_writes_is_read_by_coordinators_only(platform: AnyStage) -> None:
    """They read it at once; the employer reads that it ended, and the place goes to no student by itself."""
    ada, ben, cora, marta = (platform.person(name) for name in ("ada", "ben", "cora", "marta"))
    await ends(platform, "ada")
    assert cora.sees(WHY)
    assert ada.sees("Cora Lindqvist")
    assert ada.sees("can read what you wrote.")
    await platform.tick(days=2)
    assert marta.sees(f"has ended the work on {TITLE}.")
    assert marta.sees("The programme knows why, and does not pass it on.")
    await marta.uses("/placement 1")
    assert marta.sees("ended early")
    assert not marta.sees(WHY)
    assert not ben.sees("offers you a place")
    assert platform.rows(select(Application.status).order_by(Application.id)) == [
        ("accepted",),
        ("submitted",),
    ]


async def test_the_place_is_offered_on_by_a_tap(platform: AnyStage) -> None:
    """The employer offers it to the next student, who has it in the morning, and reads when that is."""
    ben, marta = platform.person("ben"), platform.person("marta")
    await ends(platform, "ada")
    await platform.tick(days=1)
    assert marta.sees("Next on the waiting list: Ben Castillo.")
    assert not marta.sees(f"Every place in {TITLE} is taken.")
    await marta.presses("Offer it to the next in line")
    assert marta.sees(f"An offer for {TITLE} goes to Ben Castillo on")
    assert marta.sees("You can undo it for 1 minute.")
    assert not ben.sees("offers you a place")
    await platform.tick(minutes=3)
    assert marta.sees("after the student's quiet hours")
    assert not ben.sees("offers you a place")
    await platform.tick(hours=5)  # it was night in New York
    assert ben.sees(f"Acme Maps offers you a place in {TITLE}.")


@pytest.mark.soak
async def test_a_coordinator_may_offer_it_on_at_once(stage: Stage) -> None:
    """The button is under what they read; one in the list, pressed later, finds no free place."""
    await ends(stage, "ada")
    await stage.person("cora").presses("Offer it to the next in line")
    await stage.tick(hours=5)  # it was night in New York
    assert "offers you a place" in stage.screen("ben")
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Offer it to the next in line")
    assert "No place is free any more" in stage.screen("cora")


async def test_an_employer_who_ends_it_is_not_quoted(platform: AnyStage) -> None:
    """The student reads who ended it, a reason chosen for her, what stays hers, and can tell her side."""
    ada, cora = platform.person("ada"), platform.person("cora")
    await ends(platform, "marta", "She never answers.", **{"For the other side": "plans"})
    assert cora.sees("She never answers.")
    assert ada.sees(f"Acme Maps has ended the work on {TITLE} on")
    assert ada.sees("The reason: Plans have changed.")
    assert ada.sees("Accepted deliverables: 0 of 2")
    assert not ada.sees("She never answers.")
    await ada.presses("Tell my side")
    await ada.fills({"Your message": "I answered every day."})
    assert cora.sees("I answered every day.")
    await ada.uses("/placement 1")
    assert not ada.sees("She never answers.")
    assert platform.rows(select(Placement.end_code)) == [("plans",)]


async def test_a_coordinator_who_ends_it_tells_both_sides_only_that(stage: Stage) -> None:
    """Student and employer hear that it ended; the words are for the other coordinators."""
    make_coordinator(stage, "jo")
    await ends(stage, "cora", "Both complain.")
    assert "Both complain." in stage.screen("jo")
    await stage.tick(days=1)
    assert "Cora Lindqvist (coordinator) has ended the work on" in stage.screen("ada")
    assert "has ended the work of Ada Okafor" in stage.screen("marta")
    for account in ("ada", "marta"):
        assert "Both complain." not in stage.screen(account)


@pytest.mark.soak
async def test_a_coordinator_of_the_company_does_not_read_it(stage: Stage) -> None:
    """Where the person she complains of is a coordinator, the words and the item are for the others."""
    make_coordinator(stage, "marta")
    await ends(stage, "ada")
    await stage.person("marta").uses("/stint tasks")
    await stage.person("marta").uses("/placement 1")
    await stage.tick(days=1)
    assert WHY not in stage.screen("marta")
    assert WHY in stage.screen("cora")


@pytest.mark.soak
@pytest.mark.parametrize(("ends_it", "coordinates"), [("marta", "ada"), ("cora", "marta"), ("cora", "ada")])
async def test_the_person_it_is_about_does_not_read_it_as_a_coordinator(
    stage: Stage, ends_it: str, coordinates: str
) -> None:
    """Neither in the tasks nor on the placement, whichever side, or the programme, ended it."""
    make_coordinator(stage, coordinates)
    make_coordinator(stage, "jo")
    await ends(stage, ends_it, WHY)
    await stage.person(coordinates).uses("/stint tasks")
    await stage.person(coordinates).uses("/placement 1")
    await stage.tick(days=1)
    assert WHY not in stage.screen(coordinates)
    await stage.person("jo").uses("/stint tasks")
    assert WHY in stage.screen("jo")


async def test_without_a_reader_the_form_says_so(tmp_path: Path) -> None:
    """Before a word is written she reads that no coordinator could read it in confidence."""
    async with open_stage(tmp_path) as stage:
        await at_work(stage)
        make_coordinator(stage, "marta")
        await stage.person("marta").uses("/stint coordinator @cora remove:yes")
        ada = stage.person("ada")
        await ada.uses("/placement 1")
        await ada.presses("End it early")
        assert ada.form is not None
        assert "No coordinator here could read it in confidence" in as_text(ada.form.form.notice)
        await ada.fills({"Reason": WHY})
        await stage.tick(days=1)
        assert WHY not in stage.screen("marta")
        assert "The reason is not passed on." in stage.screen("marta")


@pytest.mark.soak
async def test_the_coordinators_read_of_it_at_night(stage: Stage) -> None:
    """It is said at once, whatever the hour, with the people who can be written to."""
    await stage.tick(hours=15)
    cora = stage.person("cora")
    cora.reads()
    await ends(stage, "ada")
    assert cora.unread() == 1
    told = stage.world.seen_by("cora", stage.world.dm_of("cora").id)[-1].content
    assert not isinstance(told, str)
    assert "[Write to the student] [Write to the employer]" in plain_text(told)
