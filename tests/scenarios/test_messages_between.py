"""Student and employer write to each other through the bot."""

import pytest
from sqlalchemy import select, update

from adapters.terminal.client import NotOnScreen
from bot.programme.core import verbs
from storage.tables import Application, Letter, Person
from tests.support.kept_stage import open_played
from tests.support.platform_events import tell_button
from tests.support.projects import posted
from tests.support.stage import Stage


async def _play(stage: Stage) -> None:
    """Play until Ada and Ben have applied to a project of Marta's."""
    await posted(stage, "ada", "ben")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def write(stage: Stage, words: str) -> None:
    """Ada writes to the employer."""
    ada = stage.person("ada")
    await ada.uses("/applications")
    await ada.presses("Write to the employer")
    await ada.fills({"Your message": words})


async def test_a_message_goes_over_and_comes_back(stage: Stage) -> None:
    """A relayed message names sender and project, Reply goes back to its writer, both sides have it all."""
    await write(stage, "Is *remote* fine on <@marta>?")
    marta = stage.screen("marta")
    assert (
        "Ada Okafor writes to you about Market map of repair shops:\nIs *remote* fine on <@marta>?" in marta
    )
    await stage.person("marta").presses("Reply")
    await stage.person("marta").fills({"Your message": "Yes, it is."})
    ada = stage.screen("ada")
    assert "Marta Ruiz (Acme Maps) writes to you about Market map of repair shops:\nYes, it is." in ada
    await stage.person("ada").presses("All messages")
    assert "Ada Okafor, Mon 9 March 2026" in stage.screen("ada")
    await stage.person("marta").presses("All messages")
    assert stage.screen("marta").rpartition("Messages about")[2].count("Yes, it is.") == 1
    assert [text for (text,) in stage.rows(select(Letter.text).order_by(Letter.id))] == [
        "Is *remote* fine on <@marta>?",
        "Yes, it is.",
    ]


async def test_a_message_that_was_not_reported_is_not_shown_to_a_coordinator(stage: Stage) -> None:
    """A made-up button of a report says that the message stays between the two."""
    await write(stage, "Is remote fine?")
    await tell_button(stage, "cora", str(verbs.MESSAGE_READ(1)))
    assert "This message was not reported, so it stays between the two who wrote." in stage.screen("cora")
    assert "Is remote fine?" not in stage.screen("cora")


@pytest.mark.soak
async def test_the_employer_may_write_first(stage: Stage) -> None:
    """From an application the employer writes to its student, and to no other person."""
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ben Castillo")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "Which day suits you?"})
    assert "Which day suits you?" in stage.screen("ben")
    assert "Which day suits you?" not in stage.screen("ada")


async def test_who_writes_to_a_person_who_has_left_reads_the_people_to_ask(stage: Stage) -> None:
    """The refusal names who has left, and the coordinator who may know more."""
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ben Castillo")
    gone = update(Person).where(Person.name == "Ben Castillo").values(left_at=stage.clock.now())
    stage.database.transact_inline(lambda work: work.connection.execute(gone))
    await marta.presses("Write to the student")
    said = stage.screen("marta")
    assert (
        "Ben Castillo has left the programme, so I cannot bring messages there.\nTo learn more, ask Cora"
        in said
    )


@pytest.mark.soak
async def test_a_colleague_is_answered_personally(stage: Stage) -> None:
    """A reply goes to the writer, here a coordinator, not to the project's owner."""
    cora = stage.person("cora")
    (application_id,) = stage.rows(select(Application.id).order_by(Application.id))[0]
    await cora.uses("/applicants 1")
    await cora.chooses("Ada Okafor")
    await cora.presses("Write to the student")
    await cora.fills({"Your message": "Do you need a visa letter?"})
    assert "Cora Lindqvist (coordinator) writes to you" in stage.screen("ada")
    await stage.person("ada").presses("Reply")
    await stage.person("ada").fills({"Your message": "Yes please."})
    assert "Yes please." in stage.screen("cora")
    assert "Yes please." not in stage.screen("marta")
    assert application_id


async def test_a_reported_message_is_for_coordinators_only(stage: Stage) -> None:
    """The item has no word of the message; a coordinator reads it by a button; the writer hears nothing."""
    await write(stage, "Something rude.")
    marta = stage.person("marta")
    before = stage.screen("ada")
    await marta.presses("Report")
    assert "I do not let Ada Okafor know that you reported it" in stage.screen("marta")
    await marta.presses("Report")
    assert "You have reported this message already." in stage.screen("marta")
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "Something rude." not in stage.screen("cora")
    await cora.presses("Read it")
    assert "Ada Okafor wrote this to Marta Ruiz about Market map of repair shops" in stage.screen("cora")
    assert "Something rude." in stage.screen("cora")
    assert stage.screen("ada") == before


async def test_messages_are_between_the_two_sides(stage: Stage) -> None:
    """Another student has no button to them, and a coordinator reads only what is reported."""
    await write(stage, "Between us.")
    with pytest.raises(NotOnScreen):
        await stage.person("ben").presses("Reply")
    assert "Between us." not in stage.screen("ben")
    assert "Between us." not in stage.screen("cora")


@pytest.mark.soak
async def test_quoting_a_message_answers_it(stage: Stage) -> None:
    """Words written as a reply to the relayed message go to its writer, as by the Reply button."""
    await write(stage, "Is remote fine?")
    await stage.person("marta").replies("Is remote fine?", "Yes, it is.")
    assert "On its way to Ada Okafor" in stage.screen("marta")
    assert "Marta Ruiz (Acme Maps) writes to you about" in stage.screen("ada")
    assert "Yes, it is." in stage.screen("ada")
