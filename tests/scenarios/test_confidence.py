"""What a person and the coordinators write to each other is read by them and the coordinators only."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from adapters.terminal.client import NotOnScreen
from storage.tables import Person, Task
from tests.support.actor import Actor
from tests.support.every_stage import STAGES
from tests.support.kept_stage import open_played
from tests.support.platform_events import tell_button
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

ASKED = "Are you safe with Marta? Tell me in confidence."
TOLD = "She makes remarks about my body."


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with a project of Marta's to which Ada has applied, and Jo as a second coordinator."""
    async with STAGES[request.param](tmp_path) as platform:
        opened: AnyStage = platform
        await posted(opened, "ada")
        make_coordinator(opened, "jo")
        yield opened


async def _play(stage: Stage) -> None:
    """Play the same on the terminal alone."""
    await posted(stage, "ada")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def writes_to(who: Actor, student: str, words: str) -> None:
    """A coordinator or the employer writes to a student about her application."""
    await who.uses("/applicants 1")
    await who.chooses(student)
    await who.presses("Write to the student")
    await who.fills({"Your message": words})


async def test_a_coordinators_question_and_its_answer_are_not_the_employers(platform: AnyStage) -> None:
    """The employer's All messages has its own messages only; each coordinator opens what was confided."""
    ada, cora, jo, marta = (platform.person(name) for name in ("ada", "cora", "jo", "marta"))
    await writes_to(marta, "Ada Okafor", "Which day suits you?")
    await writes_to(cora, "Ada Okafor", ASKED)
    assert ada.sees("Only the coordinators read your answer.")
    await ada.presses("Reply", on=ASKED)
    await ada.fills({"Your message": TOLD})
    assert cora.sees(TOLD)
    await platform.tick(hours=5)  # it is night in New York, where Jo lives
    assert jo.sees(TOLD)
    await marta.presses("All messages", on="Which day suits you?")
    assert marta.sees("Messages about Market map of repair shops")
    for words in (ASKED, TOLD):
        assert not marta.sees(words)
    for coordinator in (cora, jo):
        await coordinator.presses("All messages", on=TOLD)
        assert coordinator.sees("Between Ada Okafor and the coordinators, who are its only readers.")
    await ada.presses("All messages", on=ASKED)
    assert ada.sees("Between Ada Okafor and the coordinators, who are its only readers.")


async def test_a_student_reaches_the_coordinators_from_her_application(platform: AnyStage) -> None:
    """Every coordinator is written to, an item waits until one answers, and the employer sees nothing."""
    ada, cora, jo, marta = (platform.person(name) for name in ("ada", "cora", "jo", "marta"))
    await ada.uses("/applications")
    await ada.presses("Talk to a coordinator")
    await ada.presses("Just a question, to all of them")
    await ada.fills({"Your message": TOLD})
    assert ada.sees("On its way to Cora Lindqvist and Jo Park")
    await jo.uses("/stint tasks")
    assert jo.sees("Ada Okafor wrote to the coordinators about Market map of repair shops")
    await jo.presses("Read it")
    await cora.presses("Reply", on=TOLD)
    await cora.fills({"Your message": "Thank you. I take care of it."})
    assert ada.sees("Cora Lindqvist (coordinator) writes to you")
    assert platform.rows(select(Task.state).where(Task.kind == "letter")) == [("done",)]
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    assert not marta.sees(TOLD)
    assert not marta.sees("I take care of it.")


async def test_an_employer_and_the_coordinators_write_without_the_student(platform: AnyStage) -> None:
    """What the employer tells the coordinators about an intern does not reach the intern."""
    await to_work(platform)
    ada, cora, marta = (platform.person(name) for name in ("ada", "cora", "marta"))
    await marta.uses("/placement")
    await marta.presses("Write to a coordinator")
    await marta.fills({"Your message": "She has not come for a week."})
    await cora.presses("Reply", on="not come for a week")
    await cora.fills({"Your message": "I ask her."})
    assert marta.sees("I ask her.")
    jo = platform.person("jo")
    await jo.uses("/placement 1")
    await jo.presses("Messages with the employer")
    assert jo.sees("Between Marta Ruiz and the coordinators, who are its only readers.")
    await ada.uses("/placement")
    await ada.presses("Write to the employer")
    await ada.fills({"Your message": "I was ill."})
    await ada.presses("All messages", on="I was ill.")
    for words in ("not come for a week", "I ask her."):
        assert not ada.sees(words)


async def to_work(platform: AnyStage) -> None:
    """Ada's application becomes a placement."""
    marta = platform.person("marta")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await platform.person("ada").presses("Accept")


@pytest.mark.soak
async def test_a_coordinator_of_the_company_reads_nothing_of_it(stage: Stage) -> None:
    """A person who is on the other side is not written to, sees no item, and no button of theirs opens it."""
    make_coordinator(stage, "marta")
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses("/applications")
    await ada.presses("Talk to a coordinator")
    await ada.presses("Just a question, to all of them")
    await ada.fills({"Your message": TOLD})
    assert "On its way to Cora Lindqvist, about" in stage.screen("ada")
    await marta.uses("/stint tasks")
    assert "wrote to the coordinators" not in stage.screen("marta")
    (ada_id,) = stage.rows(select(Person.id).where(Person.name == "Ada Okafor"))[0]
    for forged in (
        f"letters-all:1:{ada_id}",
        "letters-all:1:coordinators",
        "letters-all:1",
        "letter-reply:1",
    ):
        await tell_button(stage, "marta", forged)
    assert TOLD not in stage.screen("marta")


async def test_without_a_confidant_no_form_opens(tmp_path: Path) -> None:
    """The one coordinator looks after the project: what to do is said before a word is written."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada", owner="")
        await stage.person("cora").uses("/project show market")
        await stage.person("cora").presses("I look after it")
        ada = stage.person("ada")
        await ada.uses("/applications")
        await ada.presses("Talk to a coordinator")
        assert "There is no coordinator here who could read this in confidence" in stage.screen("ada")
        assert ada.form is None


@pytest.mark.soak
async def test_what_is_confided_stays_out_of_the_staff_channel(tmp_path: Path) -> None:
    """The day's summary there has the common items; who may read them gets the others directly."""
    staff = {"staff_place": "terminal/channel/riverside/staff"}
    async with open_stage(tmp_path, programme=staff) as stage:
        stage.world.add_channel("staff", "staff", frozenset({"cora", "marta"}))
        await posted(stage, "ada")
        make_coordinator(stage, "marta")
        ada = stage.person("ada")
        await ada.uses("/applications")
        await ada.presses("Talk to a coordinator")
        await ada.presses("Just a question, to all of them")
        await ada.fills({"Your message": TOLD})
        await stage.tick(days=1, hours=4)
        assert "wrote to the coordinators" not in stage.screen("cora", "staff")
        assert "One task waits for a coordinator." in stage.screen("cora")
        assert "task" not in stage.screen("marta")


@pytest.mark.soak
async def test_a_message_to_a_project_without_an_employer_is_confided(tmp_path: Path) -> None:
    """The coordinators take over; the next owner of the project does not read what was confided to them."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada", owner="")
        ada, cora = stage.person("ada"), stage.person("cora")
        await ada.uses("/applications")
        await ada.presses("Write to the employer")
        await ada.fills({"Your message": TOLD})
        assert TOLD in stage.screen("cora")
        await cora.presses("Reply")
        await cora.fills({"Your message": "I see to it."})
        assert "I see to it." in stage.screen("ada")
        await tell_button(stage, "marta", "letters-all:1")
        assert "Messages about Market map of repair shops" in stage.screen("marta")
        assert TOLD not in stage.screen("marta")


@pytest.mark.soak
async def test_a_message_button_of_others_opens_nothing(stage: Stage) -> None:
    """Another student has no way in, whatever id a button names."""
    await writes_to(stage.person("cora"), "Ada Okafor", ASKED)
    with pytest.raises(NotOnScreen):
        await stage.person("ben").presses("All messages")
    for forged in (
        "letters-all:1",
        "letters-all:1:coordinators",
        "letters-all:1:3",
        "letter-write:1:student",
    ):
        await tell_button(stage, "ben", forged)
    await tell_button(stage, "ben", "letter-write:1:student")
    assert ASKED not in stage.screen("ben")
    assert stage.person("ben").form is None


async def test_what_a_student_adds_to_a_check_in_is_not_for_a_coordinator_of_the_company(
    tmp_path: Path,
) -> None:
    """Those who are on neither side read it at once; staff channel and the employer's list do not have it."""
    staff = {"staff_place": "terminal/channel/riverside/staff"}
    async with open_stage(tmp_path, programme=staff) as stage:
        stage.world.add_channel("staff", "staff", frozenset({"cora", "marta"}))
        await posted(stage, "ada", weeks=3)
        make_coordinator(stage, "marta")
        await to_work(stage)
        await stage.tick(days=29)
        await stage.person("ada").presses("Stuck")
        await stage.person("ada").presses("Add a line")
        await stage.person("ada").fills({"Your line": TOLD})
        await stage.person("marta").uses("/stint tasks")
        await stage.tick(days=1)
        assert TOLD in stage.screen("cora")
        for place in ("", "staff"):
            assert TOLD not in stage.screen("marta", place)


@pytest.mark.soak
async def test_with_only_the_employer_to_read_it_the_words_are_left_out(tmp_path: Path) -> None:
    """They hear that she is stuck, as a coordinator has to, and not what she added."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada", weeks=3)
        make_coordinator(stage, "marta")
        await stage.person("marta").uses("/stint coordinator @cora remove:yes")
        await to_work(stage)
        await stage.tick(days=29)
        await stage.person("ada").presses("Stuck")
        await stage.person("ada").presses("Add a line")
        await stage.person("ada").fills({"Your line": TOLD})
        await stage.person("marta").uses("/stint tasks")
        assert "with Ada Okafor is stuck" in stage.screen("marta")
        assert TOLD not in stage.screen("marta")


@pytest.mark.soak
async def test_a_reported_coordinator_is_not_confided_in(stage: Stage) -> None:
    """What she writes after that goes to the others, and its item and her early end are theirs alone."""
    make_coordinator(stage, "jo")
    ada, cora = stage.person("ada"), stage.person("cora")
    await to_work(stage)
    await writes_to(cora, "Ada Okafor", "You are the problem.")
    await ada.presses("Report", on="You are the problem.")
    await ada.presses("Write to a coordinator")
    await ada.fills({"Your message": TOLD})
    assert "On its way to Jo Park, about" in stage.screen("ada")
    await ada.uses("/placement 1")
    await ada.presses("End it early")
    await ada.fills({"Reason": "Because of Cora."})
    await cora.uses("/stint tasks")
    await cora.uses("/placement 1")
    for forged in ("letters-all:1", "letter-reply:2"):
        await tell_button(stage, "cora", forged)
    await stage.tick(days=1, hours=8)
    for words in (TOLD, "Because of Cora.", "wrote to the coordinators", "reported a message"):
        assert words not in stage.screen("cora")
        assert words in stage.screen("jo")


async def test_several_reported_coordinators_read_none_of_it(tmp_path: Path) -> None:
    """The tasks that they see say nothing of her check-in or her reason; the third reads both."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada", weeks=3)
        for account in ("jo", "ben"):
            make_coordinator(stage, account)
        ada, ben = stage.person("ada"), stage.person("ben")
        await to_work(stage)
        for account in ("cora", "jo"):
            await writes_to(stage.person(account), "Ada Okafor", f"You are the problem, says {account}.")
            await ada.presses("Report", on=f"says {account}")
        await stage.tick(days=29)
        await ada.presses("Stuck")
        await ada.presses("Add a line")
        await ada.fills({"Your line": "They both shout."})
        await ada.uses("/placement 1")
        await ada.presses("End it early")
        await ada.fills({"Reason": "Because of both."})
        for account in ("cora", "jo"):
            await stage.person(account).uses("/stint tasks")
            await stage.person(account).uses("/placement 1")
        await stage.tick(days=1, hours=8)
        for words in ("They both shout.", "Because of both."):
            assert words in stage.screen("ben")
            for account in ("cora", "jo"):
                assert words not in stage.screen(account)
        await ben.uses("/placement 1")
        assert "Written for the coordinators: Because of both." in stage.screen("ben")
