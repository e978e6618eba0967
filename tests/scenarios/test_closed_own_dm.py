"""Commands and presses in the bot's own direct messages, where its messages to their person are refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Application, Identity, Person, Submission
from tests.support.actor import Actor, Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, WHY, fills_project, heard, is_applied, is_posted

ALONE = sorted(set(STAGES) - {"slack and discord"})
CLOSED = "I cannot send you direct messages: they are closed to me. So we go on in my answers."


@pytest.fixture(params=ALONE)
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform by itself, with the whole programme and one project."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        yield opened


async def has_an_offer(platform: Staged) -> tuple[Actor, Actor]:
    """The student has applied and has an offer; return the student and the employer."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied(ada)
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    return ada, marta


@pytest.mark.soak
async def test_an_application_is_begun_and_sent_in_answers(platform: Staged) -> None:
    """The answer to a command carries the question with its button, and so on until it is all sent."""
    ada, cora = platform.person("ada"), platform.person("cora")
    await ada.uses("/stint help")
    platform.shut_dms("ada")
    await ada.uses("/apply project:1")
    assert CLOSED in heard(ada)
    assert "Why this project?" in heard(ada)
    assert "You can type" not in heard(ada)
    await ada.presses("Answer")
    await ada.fills({"Why this project": WHY})
    assert "Why this project?" not in heard(ada)
    await ada.presses("Skip")
    await ada.presses("Yes")
    await ada.presses("Send application")
    assert f"Your application to {TITLE} is sent." in heard(ada)
    assert platform.rows(select(Application.status)) == [("submitted",)]
    await platform.tick(minutes=5)
    assert not ada.sees("There is a message for you")
    await cora.uses("/stint tasks")
    assert cora.sees("Nothing waits for you")


async def test_what_follows_an_acceptance_is_below_it(platform: Staged) -> None:
    """A press on Accept is answered, and what comes next is shown below that: the first refusal included."""
    ada, _ = await has_an_offer(platform)
    platform.shut_dms("ada")
    await ada.presses("Accept")
    read = heard(ada)
    assert read.count("Everything you need comes next.") == 1
    assert read.count("You start: E-bike market map") == 1
    assert read.index("Everything you need comes next.") < read.index("You start: E-bike market map")
    assert CLOSED in read
    await platform.tick(minutes=5)
    assert not ada.sees("There is a message for you")
    await ada.uses("/placement")
    await ada.presses("Hand in", on="Placement #")
    await ada.fills({"Link": "example.org/summary"})
    assert platform.rows(select(Submission.version)) == [(1,)]
    assert "Handed in" in heard(ada)


async def test_open_direct_messages_are_as_ever(platform: Staged) -> None:
    """Where messages arrive nothing is said of that, each comes once, and the receipt is read first."""
    ada, _ = await has_an_offer(platform)
    await ada.presses("Accept")
    read = heard(ada)
    assert read.count("Everything you need comes next.") == 1
    assert read.count("You start: E-bike market map") == 1
    assert read.index("Everything you need comes next.") < read.index("You start: E-bike market map")
    await ada.uses("/profile")
    assert CLOSED not in heard(ada)
    assert "I sent you a direct message" not in heard(ada).partition("You start")[2]


@pytest.mark.soak
async def test_who_opens_their_messages_goes_on_there(platform: Staged) -> None:
    """An account counts as reachable once something has arrived; then questions come as messages again."""
    ada = platform.person("ada")
    reachable = select(Identity.reachable).join(Person).where(Person.name == "Ada Okafor")
    await ada.uses("/stint help")
    platform.shut_dms("ada")
    await ada.uses("/apply project:1")
    await ada.says("hello")
    assert platform.rows(reachable) == [(False,)]
    await ada.uses("/stint help")
    assert platform.rows(reachable) == [(False,)]
    platform.shut_dms("ada", shut=False)
    await ada.presses("Apply", on=TITLE)
    assert platform.rows(reachable) == [(True,)]
    assert ada.sees("I sent you a direct message; we go on there.")


async def test_a_form_that_a_message_opened_is_answered(platform: Staged) -> None:
    """A form of a message that came before they were closed has its receipt, also in Slack."""
    ada, _ = await has_an_offer(platform)
    await ada.presses("Accept")
    platform.shut_dms("ada")
    await ada.presses("Write to the employer", on="You start: E-bike market map")
    await ada.fills({"Your message": "Could I start on Monday?"})
    assert "On its way to" in heard(ada)
    await platform.tick(minutes=5)
    assert not ada.sees("There is a message for you")


async def test_a_form_that_a_command_opened_is_answered(platform: Staged) -> None:
    """A project's form that a command opened leads to its review in the answer."""
    marta = platform.person("marta")
    await marta.uses("/stint help")
    platform.shut_dms("marta")
    await marta.uses("/project post")
    await fills_project(marta)
    assert "Publish" in heard(marta)
