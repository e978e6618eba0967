"""A reported message: who reads of it and when, how it is repeated, and what ends it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import delete, select

from bot.programme.core.timers import Timer
from storage.tables import Report, Task, outbox, timers
from tests.support.every_stage import STAGES
from tests.support.kept_stage import open_played
from tests.support.platform_events import tell_button
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

RUDE = "Send me a picture of you and the place is yours."
TOLD = "Ada Okafor reported a message that Marta Ruiz wrote on"


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform at 23:20 in London, where Ada has a message of Marta's; Jo is a second coordinator."""
    async with STAGES[request.param](tmp_path) as opened:
        life: AnyStage = opened
        await written(life)
        make_coordinator(life, "jo")
        yield life


async def _play(stage: Stage) -> None:
    """Play the same on the terminal alone, with Cora as the one coordinator."""
    await written(stage)


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def written(platform: AnyStage) -> None:
    """In the evening Marta writes to Ada, and it becomes night."""
    await posted(platform, "ada")
    await platform.tick(hours=12)
    marta = platform.person("marta")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": RUDE})
    await platform.tick(hours=3, minutes=20)


async def answers(platform: AnyStage, who: str, **written: str) -> None:
    """A coordinator answers the report."""
    person = platform.person(who)
    await person.presses("Answer")
    await person.fills({"Your answer": "They will not write to you again.", **written})
    assert person.sees("The report has ended.")
    night = "Ada Okafor has quiet hours now, so my message goes out on"
    assert person.sees("I am bringing Ada Okafor your answer.") or person.sees(night)


async def test_every_coordinator_reads_it_at_once_at_night(platform: AnyStage) -> None:
    """By direct message and through quiet hours; who reported reads who reads it and by when."""
    ada, cora, jo, marta = (platform.person(name) for name in ("ada", "cora", "jo", "marta"))
    await ada.presses("Report")
    for coordinator in (cora, jo):
        assert coordinator.sees(TOLD)
        assert not coordinator.sees(RUDE)
    assert re.search(r"Your report goes to .*Cora.* and .*Jo.*, and not to Acme Maps\.", ada.view())
    assert ada.sees("You need not go on with this meanwhile, nor answer the message.")
    assert ada.sees("I do not let Marta Ruiz know that you reported it.")
    assert not marta.sees("reported")
    (due,) = platform.rows(select(Report.due_at))[0]
    assert due == datetime(2026, 3, 10, 17, tzinfo=UTC)
    await jo.presses("Read it")
    assert jo.sees(RUDE)
    with pytest.raises(LookupError):
        await jo.presses("Read it", on="wrote this to")


async def test_it_is_repeated_every_day_until_it_is_answered(platform: AnyStage) -> None:
    """With its age, to all of them; the answer reaches who reported, and ends it."""
    ada, cora, jo, marta = (platform.person(name) for name in ("ada", "cora", "jo", "marta"))
    await ada.presses("Report")
    await platform.tick(days=1)
    await platform.tick(days=1)
    for coordinator in (cora, jo):
        assert coordinator.sees("It has waited for an answer since yesterday.")
        assert coordinator.sees("It has waited for an answer for 2 days.")
    assert ada.sees("has no answer yet.")
    assert re.search(r"I remind .*Cora.* and .*Jo.* of it every day\.", ada.view())
    await answers(platform, "jo", **{"To the other side": "Please do not write to students about this."})
    await platform.tick(hours=9)  # until the morning
    assert re.search(r"by .*Jo.*, coordinator:", ada.view())
    assert ada.sees("They will not write to you again.")
    assert re.search(r"Jo.*, coordinator, writes to you about", marta.view())
    assert marta.sees("Please do not write to students about this.")
    assert not marta.sees("They will not write to you again.")
    for coordinator in (cora, jo):
        assert re.search(r"Answered by .*Jo.*\.", coordinator.view())
        assert not coordinator.sees("It has waited for an answer for 2 days.")
    sent = len(report_keys(platform))
    await platform.tick(days=3)
    assert len(report_keys(platform)) == sent
    assert platform.rows(select(Task.state).where(Task.kind == "report")) == [("done",)]


def report_keys(platform: AnyStage) -> list[str]:
    """The keys of what was sent about reports."""
    query = select(outbox.c.key).where(outbox.c.key.startswith("report:"))
    return [key for (key,) in platform.rows(query)]


@pytest.mark.soak
async def test_the_other_side_hears_nothing_unless_the_coordinator_writes(stage: Stage) -> None:
    """An answer without words for the other side is for the person who reported alone."""
    before = stage.screen("marta")
    await stage.person("ada").presses("Report")
    await answers(stage, "cora")
    assert stage.screen("marta") == before
    assert "Answered by Cora Lindqvist." in stage.screen("cora")


async def test_only_an_answer_ends_it(stage: Stage) -> None:
    """The item has no Done, a kept Done button says what to do, and a second answer changes nothing."""
    await stage.person("ada").presses("Report")
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "[Done]" not in stage.screen("cora")
    (task_id,) = stage.rows(select(Task.id).where(Task.kind == "report"))[0]
    await tell_button(stage, "cora", f"task-done:{task_id}:0")
    assert "A report ends only with an answer" in stage.screen("cora")
    await answers(stage, "cora")
    await tell_button(stage, "cora", "report-answer:1")
    assert "Cora Lindqvist answered this report already" in stage.screen("cora")
    await cora.uses("/stint tasks")
    assert "Nothing waits for you" in stage.screen("cora")


@pytest.mark.soak
async def test_it_is_due_by_the_next_working_day(stage: Stage) -> None:
    """A report of a Friday night is due on Monday, and one of a Sunday, too."""
    await stage.tick(days=4)
    await stage.person("ada").presses("Report")
    assert "You will have an answer by Mon 16 March (London)." in stage.screen("ada")
    (due,) = stage.rows(select(Report.due_at))[0]
    assert due == datetime(2026, 3, 16, 17, tzinfo=UTC)


@pytest.mark.soak
async def test_the_person_it_is_about_does_not_learn_of_it_as_a_coordinator(tmp_path: Path) -> None:
    """Neither a message, nor the list, the home page's count, the staff channel or a button tells them."""
    staff = {"staff_place": "terminal/channel/riverside/staff"}
    async with open_stage(tmp_path, programme=staff) as stage:
        stage.world.add_channel("staff", "staff", frozenset({"cora", "marta"}))
        await written(stage)
        make_coordinator(stage, "marta")
        await stage.person("ada").presses("Report")
        assert "Your report goes to Cora Lindqvist, and not to Acme Maps." in stage.screen("ada")
        assert TOLD in stage.screen("cora")
        await stage.person("marta").uses("/stint tasks")
        for forged in ("letter-read:1", "report-answer:1", "task-done:1:0"):
            await tell_button(stage, "marta", forged)
        await stage.tick(days=2)
        assert stage.person("marta").form is None
        for place in ("", "staff"):
            assert "reported" not in stage.screen("marta", place)
        assert stage.rows(select(Task.state).where(Task.kind == "report")) == [("open",)]


async def test_where_no_coordinator_may_read_it_the_truth_is_said(stage: Stage) -> None:
    """It is kept for the first who may read it, who reads of it the next morning."""
    make_coordinator(stage, "marta")
    await stage.person("marta").uses("/stint coordinator @cora remove:yes")
    await stage.person("ada").presses("Report")
    assert "There is no coordinator here who could read this in confidence" in stage.screen("ada")
    assert "I keep your report for the first coordinator who may read it." in stage.screen("ada")
    await stage.person("marta").uses("/stint coordinator @jo")
    await stage.tick(days=1)
    assert TOLD in stage.screen("jo")
    assert TOLD not in stage.screen("marta")


@pytest.mark.soak
async def test_an_employer_can_report_and_a_coordinators_message_can_be_reported(stage: Stage) -> None:
    """A person who receives a message may; one of a coordinator goes to the others."""
    make_coordinator(stage, "jo")
    ada, cora, marta = (stage.person(name) for name in ("ada", "cora", "marta"))
    await ada.presses("Reply")
    await ada.fills({"Your message": "Something rude."})
    await marta.presses("Report")
    assert "Marta Ruiz reported a message that Ada Okafor wrote on" in stage.screen("cora")
    await cora.uses("/applicants 1")
    await cora.chooses("Ada Okafor")
    await cora.presses("Write to the student")
    await cora.fills({"Your message": "You are the problem."})
    await ada.presses("Report", on="You are the problem.")
    assert "Ada Okafor reported a message that Cora Lindqvist wrote on" in stage.screen("jo")
    assert "reported a message that Cora Lindqvist wrote on" not in stage.screen("cora")


@pytest.mark.soak
async def test_no_button_of_another_reads_or_answers(stage: Stage) -> None:
    """Students and employers are refused, and so is a coordinator with a number that is none."""
    await stage.person("ada").presses("Report")
    for who in ("marta", "ben"):
        for forged in ("letter-read:1", "report-answer:1", "letter-report:1"):
            await tell_button(stage, who, forged)
        assert stage.person(who).form is None
        assert "reported" not in stage.screen(who)
    await tell_button(stage, "cora", "report-answer:99999999999999999999")
    assert "That button no longer works." in stage.screen("cora")


async def test_a_new_hour_of_the_daily_message_moves_it(stage: Stage) -> None:
    """When the programme's hour changes, what is repeated every day comes at the new one, once."""
    await stage.person("ada").presses("Report")
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    await cora.presses("Times and memory")
    await cora.fills({"Daily message": "11:00"})
    await stage.to(datetime(2026, 3, 10, 10, tzinfo=UTC))
    assert "It has waited" not in stage.screen("cora")
    await stage.tick(hours=2)
    assert stage.screen("cora").count("It has waited") == 1


async def test_the_words_of_an_answer_are_erased_after_two_years(stage: Stage) -> None:
    """That it was answered stays. What else would come in all those days is left out."""
    await stage.person("ada").presses("Report")
    await answers(stage, "cora")
    others = delete(timers).where(timers.c.kind != Timer.REPORT_FORGET)
    await stage.database.transact(lambda work: work.connection.execute(others))
    await stage.to(stage.clock.now() + timedelta(days=731))
    assert stage.rows(select(Report.answer).where(Report.ended_at.is_not(None))) == [("",)]
