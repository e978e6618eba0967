"""Messages that ask something: by when an answer is owed, and what follows where there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot.programme.applications.messages.questions import asks
from storage.tables import Letter, Role, Task, Wait
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_applied_for, is_posted
from tests.support.projects import posted
from tests.support.stage import Stage


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme, on which ada has applied to marta's project."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        await is_applied_for(opened)
        yield opened


def states(stage: Stage | Platform) -> list[str]:
    """The states of all waits for the answer to a message, the oldest first."""
    return [s for (s,) in stage.rows(select(Wait.state).where(Wait.kind == "question").order_by(Wait.id))]


def open_tasks(stage: Stage) -> list[str]:
    """The keys of the open tasks."""
    return [key for (key,) in stage.rows(select(Task.key).where(Task.state == "open"))]


async def writes(stage: Stage | Platform, who: str, to: str, words: str) -> None:
    """A person writes to another side about their application."""
    person = stage.person(who)
    await person.uses("/applications" if who == "ada" else "/applicants 1")
    if who != "ada":
        await person.presses("Read one by one")
    await person.presses(to)
    await person.fills({"Your message": words})


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Could we talk on Thursday?", True),
        ("¿Cuándo? Gracias.", True),
        ("متى؟", True),
        ("何時ですか？", True),
        ("See https://example.org/?page=2&q=maps", False),
        ("Thank you!", False),
    ],
)
def test_what_asks_has_a_question_mark_after_a_word(words: str, asked: bool) -> None:
    """Question marks of several scripts count, and one within an address does not."""
    assert asks(words) is asked


@pytest.mark.soak
async def test_a_question_has_an_answer_or_its_writer_reads_that_there_is_none(platform: Platform) -> None:
    """The rule is said with the receipt; the reader is reminded, then both others read the truth."""
    ada, marta, cora = platform.person("ada"), platform.person("marta"), platform.person("cora")
    await writes(platform, "ada", "Write to the employer", "Which cities do you mean?")
    assert ada.sees("An answer is due two working days after it arrives.")
    assert states(platform) == ["open"]
    await platform.tick(days=2, hours=12)
    assert marta.sees(f"Ada Okafor asked you something about {TITLE} on")
    await platform.tick(days=2)
    assert ada.sees("Marta Ruiz has not answered your message of ")
    await cora.uses("/stint tasks")
    assert cora.sees(f"Ada Okafor asked Marta Ruiz something about {TITLE} on")
    assert not cora.sees("Which cities")
    assert states(platform) == ["settled"]


async def test_any_message_back_is_an_answer(stage: Stage) -> None:
    """A question in the reply is waited for the other way; nothing is asked that was answered."""
    await posted(stage, "ada")
    await writes(stage, "ada", "Write to the employer", "Which cities do you mean?")
    await writes(stage, "ada", "Write to the employer", "And which years?")
    assert states(stage) == ["open"]
    await stage.person("marta").presses("Reply", on="Which cities")
    await stage.person("marta").fills({"Your message": "All three. When can you begin?"})
    assert states(stage) == ["kept", "open"]
    await stage.person("marta").presses("No answer needed", on="Which cities")
    assert "No answer is waited for any more." in stage.screen("marta")
    await writes(stage, "ada", "Write to the employer", "On Monday.")
    assert states(stage) == ["kept", "kept"]
    await stage.tick(days=7)
    assert "asked you something" not in stage.screen("ada") + stage.screen("marta")
    assert open_tasks(stage) == []


async def test_who_owes_an_answer_says_that_none_is_needed(platform: Platform) -> None:
    """One tap ends the wait; its writer reads so, and may need one all the same; it closes a task as well."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await writes(platform, "ada", "Write to the employer", "Who would not like maps?")
    await marta.presses("No answer needed", on="Who would not like maps?")
    assert marta.sees(f"Noted: this message about {TITLE} needs no answer. The writer reads so.")
    assert states(platform) == ["kept"]
    await platform.tick(days=1)
    assert ada.sees(f"about {TITLE} as one that needs no answer. If you need one, say so.")
    await ada.presses("I need an answer", on="needs no answer")
    assert states(platform) == ["kept", "open"]
    await platform.tick(days=3)
    late = select(Task.state).where(Task.kind == "letter.late")
    assert platform.rows(late) == [("open",)]
    await marta.presses("No answer needed", on="asked you something about")
    assert platform.rows(late) == [("done",)]


async def test_a_message_without_a_mark_can_be_said_to_need_an_answer(stage: Stage) -> None:
    """The writer presses a button of the receipt; no other person can."""
    await posted(stage, "ada")
    await writes(stage, "marta", "Write to the student", "Please name a day for a talk.")
    assert states(stage) == []
    marta = stage.person("marta")
    await marta.presses("I need an answer")
    assert "Noted: you need an answer to your message about" in stage.screen("marta")
    assert states(stage) == ["open"]
    ((asked,),) = stage.rows(select(Letter.asks))
    assert asked
    await stage.tick(days=5)
    assert "Marta Ruiz asked you something about" in stage.screen("ada")
    assert "Ada Okafor has not answered your message" in stage.screen("marta")


@pytest.mark.soak
async def test_what_has_not_arrived_is_not_waited_for(stage: Stage) -> None:
    """The time begins when the message has arrived, and not while direct messages are closed."""
    await posted(stage, "ada")
    stage.shut_dms("marta")
    await writes(stage, "ada", "Write to the employer", "Which cities do you mean?")
    await stage.tick(days=5)
    assert states(stage) == []
    stage.shut_dms("marta", shut=False)
    await stage.person("marta").uses("/stint help")
    await stage.tick(minutes=5)
    assert states(stage) == ["open"]
    ((due,),) = stage.rows(select(Wait.due_at).where(Wait.kind == "question"))
    assert due > stage.clock.now() + timedelta(days=1)


@pytest.mark.soak
async def test_no_more_of_these_messages_ends_the_wait(stage: Stage) -> None:
    """A reader who wants no more messages is not reminded of the one they had."""
    await posted(stage, "ada")
    await writes(stage, "marta", "Write to the student", "Can you start on Monday?")
    await stage.person("ada").presses("No more of these messages")
    await stage.tick(days=5)
    assert states(stage) == ["dropped"]
    assert "asked you something" not in stage.screen("ada")


async def test_the_coordinators_are_asked_until_they_answer(stage: Stage) -> None:
    """A question to them is never given up: each time its writer reads who is asked again."""
    await posted(stage, "ada")
    await writes(stage, "marta", "Write to a coordinator", "Is it all right to ask for a fee?")
    assert "I ask the coordinators for an answer every two working days" in stage.screen("marta")
    await stage.tick(days=5)
    assert "has no answer yet. I am asking Cora Lindqvist again." in stage.screen("marta")
    await stage.tick(days=3)
    assert stage.screen("marta").count("I am asking Cora Lindqvist again.") == 3
    await stage.person("cora").presses("Reply", on="Is it all right")
    await stage.person("cora").fills({"Your message": "Yes, of course."})
    assert states(stage) == ["kept"]


async def test_a_question_to_no_coordinator_says_so(stage: Stage) -> None:
    """Where the last coordinator has gone, the writer reads that there is none."""
    await posted(stage, "ada")
    await writes(stage, "marta", "Write to a coordinator", "Is it all right to ask for a fee?")
    gone = delete(Role).where(Role.role == "coordinator")
    stage.database.transact_inline(lambda work: work.session.execute(gone))
    await stage.tick(days=5)
    assert "has no answer yet: there is no coordinator for it now." in stage.screen("marta")
