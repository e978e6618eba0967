"""A person who receives a message can want no more of them; after an end each side may write for 14 days."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from storage.tables import Letter, Mute
from tests.support.every_stage import STAGES
from tests.support.kept_stage import open_played
from tests.support.platform_events import tell_button
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

CLOSED = "Messages about this are closed"
MUTE = "No more of these messages"


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with Ada's application to Marta's project."""
    async with STAGES[request.param](tmp_path) as opened:
        life: AnyStage = opened
        await posted(life, "ada")
        yield life


async def _play(stage: Stage) -> None:
    """Play the same on the terminal alone."""
    await posted(stage, "ada")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def writes(platform: AnyStage, who: str, words: str) -> None:
    """Marta (or a coordinator) writes to Ada."""
    person = platform.person(who)
    await person.uses("/applicants 1")
    await person.chooses("Ada Okafor")
    await person.presses("Write to the student")
    await person.fills({"Your message": words})


async def test_no_more_messages_come(platform: AnyStage) -> None:
    """Their writer reads that messages are closed and which people to ask, however they try."""
    ada, cora, marta = (platform.person(name) for name in ("ada", "cora", "marta"))
    await writes(platform, "marta", "I know where you study.")
    await ada.presses(MUTE)
    assert ada.sees("I keep this to myself.")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Write to the student")
    assert marta.sees(CLOSED)
    await marta.presses("Write to a coordinator")
    await marta.fills({"Your message": "Is anything wrong?"})
    assert cora.sees("Is anything wrong?")
    assert platform.rows(select(Letter.text).where(Letter.person_id.is_(None))) == [
        ("I know where you study.",)
    ]


async def test_each_side_can_want_no_more(platform: AnyStage) -> None:
    """An employer, too; a student's reply in a thread is refused in the same words."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await writes(platform, "marta", "Which day suits you?")
    await ada.says("Any day. Any day at all.", reply_to="Which day suits you?")
    await marta.presses(MUTE)
    await ada.says("Hello?", reply_to="Which day suits you?")
    assert ada.sees(CLOSED)
    assert not marta.sees("Hello?")


@pytest.mark.soak
async def test_a_form_that_was_open_is_not_sent(stage: Stage) -> None:
    """What was being written when the other side closed it is not brought over, and is not lost."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await writes(stage, "marta", "Which day suits you?")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Write to the student")
    await ada.presses(MUTE)
    await marta.fills({"Your message": "Answer me."})
    assert CLOSED in stage.screen("marta")
    assert "Answer me." not in stage.screen("ada")


@pytest.mark.soak
async def test_a_colleague_cannot_write_instead(stage: Stage) -> None:
    """It closes the whole exchange about this, and every other of the same person."""
    await posted(stage, "ada", title="Another project")
    stage.world.add_account("mia", "Mia Colleague", "Europe/Madrid")
    await stage.person("cora").uses('/employer invite person:@mia company:"Acme Maps"')
    await writes(stage, "marta", "I know where you study.")
    await stage.person("ada").presses(MUTE)
    for who, number in (("mia", "1"), ("marta", "2")):
        person = stage.person(who)
        await person.uses(f"/applicants {number}")
        await person.chooses("Ada Okafor")
        await person.presses("Write to the student")
        assert CLOSED in stage.screen(who)
    await stage.person("mia").uses("/applicants 2")
    await stage.person("mia").chooses("Ada Okafor")
    await stage.person("mia").presses("Write to the student")
    await stage.person("mia").fills({"Your message": "I look after this one."})
    assert "I look after this one." in stage.screen("ada")


async def test_coordinators_are_not_affected(platform: AnyStage) -> None:
    """A coordinator writes on, and nothing that a coordinator wrote offers to close it."""
    ada = platform.person("ada")
    await writes(platform, "marta", "I know where you study.")
    await ada.presses(MUTE)
    await writes(platform, "cora", "Are you all right?")
    assert ada.sees("Are you all right?")
    await ada.presses("Reply", on="Are you all right?")
    await ada.fills({"Your message": "Now I am."})
    assert platform.person("cora").sees("Now I am.")


async def test_who_closed_it_reads_why_they_cannot_write_and_can_open_it(platform: AnyStage) -> None:
    """Writing to a person who may not answer is not offered; one press takes it back."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await writes(platform, "marta", "Which day suits you?")
    await ada.presses(MUTE)
    await ada.uses("/applications")
    await ada.presses("Write to the employer")
    assert ada.sees("You asked for no more messages from Marta Ruiz, so no answer could reach you.")
    await ada.presses("Allow messages again")
    await writes(platform, "marta", "Any day is fine.")
    assert ada.sees("Any day is fine.")
    assert platform.rows(select(Mute)) == []
    assert not marta.sees(CLOSED)


@pytest.mark.soak
async def test_a_button_of_another_closes_or_opens_nothing(stage: Stage) -> None:
    """Only who received a message can close it, and only they can open it again."""
    await writes(stage, "marta", "Which day suits you?")
    for who in ("ben", "marta", "cora"):
        await tell_button(stage, who, "letter-mute:1")
    assert stage.rows(select(Mute)) == []
    await stage.person("ada").presses(MUTE)
    for who in ("ben", "marta", "cora"):
        await tell_button(stage, who, "letter-unmute:1")
    assert len(stage.rows(select(Mute))) == 1


async def test_after_a_refusal_each_side_may_write_for_fourteen_days(platform: AnyStage) -> None:
    """Until then both can; later both read until when it was, and can still write to a coordinator."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "time"})
    await platform.tick(days=13)
    await writes(platform, "marta", "Apply again next year.")
    await ada.presses("Reply")
    await ada.fills({"Your message": "I will."})
    await platform.tick(days=2)
    await ada.presses("Reply")
    assert ada.sees(CLOSED)
    assert ada.sees("each side could write for 14 days")
    await ada.uses("/applications")
    await ada.presses("Talk to a coordinator")
    await ada.presses("Just a question, to all of them")
    await marta.presses("Reply", on="I will.")
    assert marta.sees(CLOSED)


@pytest.mark.soak
async def test_after_an_end_each_side_may_write_for_fourteen_days(stage: Stage) -> None:
    """The clock of a placement begins with its end; a coordinator may write long after."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Accept")
    await stage.tick(days=20)
    await ada.uses("/placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "I found a job."})
    await stage.tick(days=13)
    await writes(stage, "marta", "All the best.")
    assert "All the best." in stage.screen("ada")
    await stage.tick(days=2)
    await tell_button(stage, "marta", "letter-write:1:student")
    assert CLOSED in stage.screen("marta")
    await writes(stage, "cora", "How did it go?")
    assert "How did it go?" in stage.screen("ada")


@pytest.mark.soak
async def test_it_is_listed_with_ones_data_and_goes_with_it(stage: Stage) -> None:
    """Show my data names the people whose messages a person has closed; Forget me deletes it."""
    make_coordinator(stage, "jo")
    await writes(stage, "marta", "Which day suits you?")
    ada = stage.person("ada")
    await ada.presses(MUTE)
    await ada.uses("/profile")
    await ada.presses("Show my data")
    assert "People from whom you want no more messages\n- Marta Ruiz" in stage.screen("ada")
    await ada.presses("Forget me")
    await ada.presses("Yes, forget me")
    assert stage.rows(select(Mute)) == []
