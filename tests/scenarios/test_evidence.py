"""What a report is about is kept as it was until the report has its answer, and erased then."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from bot.programme.people import files as people_files
from bot.runtime import files
from storage.database import UnitOfWork
from storage.tables import (
    Application,
    CheckIn,
    Erasure,
    Identity,
    Letter,
    Milestone,
    Person,
    Placement,
    Report,
    StoredFile,
    Submission,
)
from storage.tables.values import GivenAnswer
from tests.support.every_stage import STAGES
from tests.support.kept_stage import open_played
from tests.support.projects import post, posted, turn_of
from tests.support.second_platform import Account, open_elsewhere
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

RUDE = "Send me a picture of you and the place is yours."
WAITS = "The coordinators are still looking into something about:"
GONE = "A person who left"
WHY = "I like maps and I have time in April."


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, where Ada has reported a message of Marta's."""
    async with STAGES[request.param](tmp_path) as opened:
        life: AnyStage = opened
        await posted(life, "ada")
        await reported(life)
        yield life


async def _play(stage: Stage) -> None:
    """Play the same on the terminal, in a programme that keeps answers for a week."""
    await posted(stage, "ada")


pytestmark = pytest.mark.stage(opened=open_played, play=_play, programme={"retention_days": 7})


async def reported(platform: AnyStage) -> None:
    """Marta writes to Ada, who reports it."""
    marta, ada = platform.person("marta"), platform.person("ada")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": RUDE})
    await ada.presses("Report", on=RUDE)


async def is_forgotten(platform: AnyStage, who: str) -> None:
    """A person asks to be forgotten."""
    person = platform.person(who)
    await person.uses("/profile")
    await person.presses("Forget me")
    await person.presses("Yes, forget me")


async def is_answered(platform: AnyStage) -> None:
    """Cora answers the report."""
    cora = platform.person("cora")
    await cora.presses("Answer")
    await cora.fills({"Your answer": "They will not write to you again."})


def words(platform: AnyStage) -> list[str]:
    """What is in the messages."""
    return [text for (text,) in platform.rows(select(Letter.text).order_by(Letter.id))]


def names(platform: AnyStage) -> set[str]:
    """What people are called."""
    return {name for (name,) in platform.rows(select(Person.name))}


async def test_its_writer_cannot_erase_a_reported_message(platform: AnyStage) -> None:
    """She reads that something waits and why, not who reported; the coordinator reads it whole."""
    cora, marta = platform.person("cora"), platform.person("marta")
    await is_forgotten(platform, "marta")
    assert marta.sees(WAITS)
    assert marta.sees("Then I erase that too. You need not ask again.")
    for word in ("report", "Ada Okafor reported"):
        assert not marta.sees(word)
    await cora.presses("Read it")
    assert cora.sees("Marta Ruiz wrote this to Ada Okafor")
    assert cora.sees(RUDE)
    await is_answered(platform)
    assert words(platform) == [""]
    assert GONE in names(platform)
    assert "Marta Ruiz" not in names(platform)
    assert platform.rows(select(Erasure.id).where(Erasure.done_at.is_(None))) == []


async def test_who_reported_is_answered_before_they_are_forgotten(platform: AnyStage) -> None:
    """Her account stays until the answer has gone to it; then she is forgotten, with what she wrote."""
    ada = platform.person("ada")
    await is_forgotten(platform, "ada")
    assert ada.sees(WAITS)
    assert platform.rows(select(Application.answers))[0][0][0].shown == "Why ada"
    await is_answered(platform)
    assert ada.sees("They will not write to you again.")
    assert platform.rows(select(Application.answers))[0][0][0].shown == ""
    assert words(platform) == [""]
    assert "Ada Okafor" not in names(platform)


@pytest.mark.soak
async def test_retention_waits_for_the_answer(tmp_path: Path) -> None:
    """Long after the time for which answers are kept all of it is there; the answer erases it."""
    async with open_stage(tmp_path, programme={"retention_days": 7}) as stage:
        await post(stage)
        await stage.person("ada").presses("Apply", on="Market map")
        await applies(stage)
        await reported(stage)
        await stage.tick(days=45)
        waits = select(Erasure.what).where(Erasure.done_at.is_(None))
        assert words(stage) == [RUDE]
        assert stage.rows(select(Application.answers))[0][0][0].shown == WHY
        assert stage.rows(waits) == [("application",)]
        await is_answered(stage)
        assert words(stage) == [""]
        assert stage.rows(select(Application.answers))[0][0][0].shown == ""
        assert stage.rows(waits) == []


async def applies(stage: Stage) -> None:
    """Ada answers the questions of an application, and sends it."""
    ada = stage.person("ada")
    for answer in (WHY, "skip", "yes"):
        await ada.says(answer)
    await ada.presses("Send application")


async def test_a_withdrawn_application_keeps_its_answers_until_then(stage: Stage) -> None:
    """The student reads so, and cannot write over them by applying again."""
    await reported(stage)
    ada = stage.person("ada")
    await ada.uses("/applications")
    await ada.presses("Withdraw")
    await ada.presses("Withdraw it")
    assert "your answers are kept until they are done, and deleted then" in stage.screen("ada")
    await ada.presses("Apply", on="Market map")
    assert "You can apply again when they are done." in stage.screen("ada", "spring")
    assert stage.rows(select(Application.answers))[0][0][0].shown == "Why ada"
    await is_answered(stage)
    assert stage.rows(select(Application.answers))[0][0][0].shown == ""


async def test_everything_of_a_placement_is_kept(stage: Stage) -> None:
    """Work, check-ins, the reason of its end: all of it stays until the answer, and goes then."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Accept")
    stage.database.transact_inline(_has_worked)
    await reported(stage)
    await ada.uses("/placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "He made remarks."})
    await is_forgotten(stage, "ada")
    kept_words = (Submission.text, CheckIn.line, Placement.reason)
    assert [stage.rows(select(each)) for each in kept_words] == [
        [("Forty shops.",)],
        [("The data came late.",)],
        [("He made remarks.",)],
    ]
    await is_answered(stage)
    assert [stage.rows(select(each)) for each in kept_words] == [[("",)]] * 3


def _has_worked(work: UnitOfWork) -> None:
    """A version of some work, and a line of a check-in."""
    placement = work.session.scalars(select(Placement)).one()
    milestone = work.session.scalars(select(Milestone).order_by(Milestone.id)).first()
    assert milestone is not None
    mine = {"programme_id": placement.programme_id}
    at = placement.created_at
    version = {"version": 1, "text": "Forty shops.", "files": [], "status": "handed_in", "created_at": at}
    work.session.add(Submission(**mine, milestone_id=milestone.id, **version))
    line = {"step": 1, "side": "student", "line": "The data came late.", "asked_at": at, "answered_at": at}
    work.session.add(CheckIn(**mine, placement_id=placement.id, person_id=placement.person_id, **line))
    work.session.flush()


@pytest.mark.soak
async def test_a_second_report_keeps_it_longer(stage: Stage) -> None:
    """What waits is erased with the last answer about the application, not with the first."""
    await reported(stage)
    await stage.person("ada").presses("Reply")
    await stage.person("ada").fills({"Your message": "Stop it."})
    await stage.person("marta").presses("Report", on="Stop it.")
    await is_forgotten(stage, "marta")
    await is_answered(stage)
    assert words(stage) == [RUDE, "Stop it."]
    await stage.person("cora").uses("/stint tasks")
    await is_answered(stage)
    assert words(stage)[0] == ""
    assert "Marta Ruiz" not in names(stage)


async def test_who_came_back_meanwhile_stays(stage: Stage) -> None:
    """Only what waited is erased for a person who has applied again since."""
    await reported(stage)
    await is_forgotten(stage, "ada")
    await posted(stage, title="Another project")
    await stage.person("ada").presses("Apply", on="Another project")
    await applies(stage)
    await is_answered(stage)
    assert "Ada Okafor" in names(stage)
    assert words(stage) == [""]
    shown = [answers[0].shown for (answers,) in stage.rows(select(Application.answers))]
    assert shown == ["", WHY]
    assert stage.rows(select(Identity.id).where(Identity.user_id == "ada")) != []


@pytest.mark.soak
async def test_an_account_that_is_joined_to_another_takes_its_report_along(stage: Stage) -> None:
    """The message, the answers of the application that is let go of, and who reported: all of it stays."""
    there = Account(stage, open_elsewhere(stage), "ada2")
    await reported(stage)
    await there.uses("apply", project="1")
    for answer in (WHY, "skip", "yes"):
        await there.says(answer)
    await there.presses("Send application")
    await there.uses("stint", "link")
    code = there.screen().rpartition("/stint link ")[2][:14]
    ada = stage.person("ada")
    await ada.uses(f"/stint link {code}")
    await ada.presses("Join")
    assert "one person now" in stage.screen("ada")
    ((reporter,),) = stage.rows(select(Report.reporter_id))
    assert stage.rows(select(Person.erased_at).where(Person.id == reporter)) == [(None,)]
    assert words(stage) == [RUDE]
    (answers,) = stage.rows(select(Application.answers).order_by(Application.id))[0]
    assert answers[0].shown == "Why ada"
    await is_answered(stage)
    assert "They will not write to you again." in stage.screen("ada") + there.screen()


@pytest.mark.soak
async def test_files_of_it_are_kept(stage: Stage) -> None:
    """Neither Forget me nor the sweep of old files takes what a report is about."""

    def sent(work: UnitOfWork) -> None:
        application = work.session.scalars(select(Application)).one()
        at = stage.clock.now()
        for number in (1, 2):
            work.session.add(
                StoredFile(
                    programme_id=application.programme_id,
                    person_id=application.person_id,
                    platform="terminal",
                    external_id=str(number),
                    name=f"{number}.pdf",
                    size=1,
                    media_type="application/pdf",
                    content=b"x",
                    created_at=at,
                )
            )
        file = {"id": "kept:1", "name": "1.pdf", "size": 1, "media_type": "application/pdf"}
        sketch = GivenAnswer("sketch", "Sketch", "file", file, "1.pdf", "x")
        application.answers = [*application.answers, sketch]
        work.session.flush()
        held = people_files.kept_in([answer.value for answer in application.answers])
        people_files.hold(turn_of(work), "application", application.id, held)

    def swept(work: UnitOfWork) -> None:
        files.sweep(work, stage.clock.now() + timedelta(days=1), 10)
        work.session.expire_all()

    stage.database.transact_inline(sent)
    await reported(stage)
    stage.database.transact_inline(swept)
    assert stage.rows(select(StoredFile.name)) == [("1.pdf",)]
    await is_forgotten(stage, "ada")
    assert stage.rows(select(StoredFile.name)) == [("1.pdf",)]
    await is_answered(stage)
    assert stage.rows(select(StoredFile.name)) == []
