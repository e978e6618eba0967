"""What becomes of a project that is changed, taken back or published late, and who reads of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from adapters.terminal.scripted_user import ScriptedUser
from bot.programme.core.lifecycle import move
from storage.database import UnitOfWork
from storage.tables import Announcement, Project, Task, outbox
from tests.support.projects import DEADLINE, posted, project_row, publish, turn_of
from tests.support.stage import MONDAY, Stage

TITLE = "Market map of repair shops"


def put(stage: Stage, status: str, **columns: object) -> None:
    """A project of marta's that no student has seen yet, in this status."""

    def turn(work: UnitOfWork) -> None:
        project = project_row(work, turn_of(work, "marta").person, MONDAY, **columns)
        for step in {"draft": (), "review": ("review",), "changes": ("review", "changes")}[status]:
            move(turn_of(work), project, step)

    stage.database.transact_inline(turn)


async def edit(person: ScriptedUser, label: str, answer: str) -> None:
    """Change one answer of the first project and save it."""
    await person.uses("/project edit 1")
    await person.says(f"edit {label}")
    await person.says(answer)
    await person.presses("Save changes")


def statuses(stage: Stage) -> list[str]:
    """Every project's status, oldest first."""
    return [status for (status,) in stage.rows(select(Project.status).order_by(Project.id))]


async def test_a_project_that_is_not_published_has_no_versions(stage: Stage) -> None:
    """An imported project says so in the place of its versions."""
    put(stage, "draft")
    marta = stage.person("marta")
    await marta.uses("/project versions 1")
    assert "It is not published, so it has no versions yet." in stage.screen("marta")


async def test_an_imported_project_is_changed_without_being_published(stage: Stage) -> None:
    """Saving changes shows it to no other person; Publish does."""
    put(stage, "draft")
    marta = stage.person("marta")
    await edit(marta, "Title", "Market map of bakeries")
    assert statuses(stage) == ["draft"]
    await marta.presses("Publish")
    assert statuses(stage) == ["open"]
    assert "Market map of bakeries" in stage.screen("ada", "spring")


@pytest.mark.soak
async def test_a_project_whose_deadline_has_passed_is_not_published(stage: Stage) -> None:
    """Publish says to set a later deadline first, and leads there."""
    put(stage, "draft", deadline_at=MONDAY - timedelta(days=1))
    marta = stage.person("marta")
    await marta.uses("/project show 1")
    await marta.presses("Publish")
    assert f"The application deadline for {TITLE} has passed" in stage.screen("marta")
    assert statuses(stage) == ["draft"]


@pytest.mark.soak
async def test_a_coordinators_change_leaves_the_approval_to_a_press(stage: Stage) -> None:
    """Saving a change to a project that waits publishes nothing; Approve does, and its poster hears."""
    put(stage, "changes")
    cora = stage.person("cora")
    await edit(cora, "Title", "Market map of bakeries")
    assert statuses(stage) == ["review"]
    assert "It still waits for approval" in stage.screen("cora")
    await cora.presses("Approve")
    assert statuses(stage) == ["open"]
    assert "Market map of bakeries is published" in stage.screen("marta")


@pytest.mark.soak
async def test_what_a_coordinator_asked_to_change_goes_back_to_them(stage: Stage) -> None:
    """That approval has been turned off meanwhile does not publish it over their head."""
    put(stage, "changes")
    await edit(stage.person("marta"), "Title", "Market map of bakeries")
    assert statuses(stage) == ["review"]
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Approve")
    assert statuses(stage) == ["open"]


@pytest.mark.parametrize("status", ["review", "changes"])
async def test_a_project_that_waits_for_approval_is_taken_back(stage: Stage, status: str) -> None:
    """Its poster gives it up before anybody saw it; nothing waits for the coordinators any more."""
    put(stage, status)
    marta = stage.person("marta")
    await marta.uses("/project close 1")
    await marta.presses("Take it back")
    assert statuses(stage) == ["closed"]
    assert stage.rows(select(Task.key).where(Task.state == "open")) == []
    await marta.uses("/project edit 1")
    assert "was taken back" in stage.screen("marta")
    await stage.person("ada").uses("/project show 1")
    assert "I cannot find that project" in stage.screen("ada")


async def accepted(stage: Stage) -> None:
    """Ada works in marta's project; chi waits for an answer."""
    await posted(stage, "ada", "chi", places=2)
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await stage.person("ada").presses("Accept")


async def test_an_intern_reads_what_still_matters_to_them(stage: Stage) -> None:
    """A new fee is asked of who works and shown to who waits; a new deadline reaches only who waits."""
    await accepted(stage)
    marta = stage.person("marta")
    await edit(marta, "Fee", "$500")
    assert "would like to change what you agreed on" in stage.screen("ada")
    assert "which you applied to, has changed:\nFee: $500" in stage.screen("chi")
    assert "you can withdraw it" not in stage.screen("ada")
    await edit(marta, "Application deadline", "20 March 2026")
    assert "Apply by" not in stage.screen("ada").rpartition("would like to change")[2]
    await edit(marta, "Only for accepted interns", "The door code is 1234.")
    assert "There are new details for interns in" in stage.screen("ada")
    assert "1234" not in stage.screen("chi")
    assert "Apply by: Fri 20 March" in stage.screen("chi").rpartition("has changed")[2]


@pytest.mark.soak
async def test_an_intern_whose_placement_is_over_hears_nothing(stage: Stage) -> None:
    """The project may change; it is theirs no more."""
    await accepted(stage)
    ada = stage.person("ada")
    await ada.presses("See the placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "I found a job."})
    await edit(stage.person("marta"), "Fee", "$500")
    assert "would like to change" not in stage.screen("ada")


@pytest.mark.soak
async def test_an_ended_cohort_gets_no_card_and_its_project_leaves_the_list(stage: Stage) -> None:
    """After its end nothing new is announced there, and students do not find what they cannot apply to."""
    await stage.person("cora").uses("/cohort end Spring 26")
    await stage.person("cora").presses("End it")
    publish(stage)
    await stage.settle()
    assert stage.rows(select(Announcement.id)) == []
    ada = stage.person("ada")
    await ada.uses("/project list")
    assert "No project is open just now" in stage.screen("ada")


async def saves(stage: Stage) -> None:
    """Ada saves a project whose reminder waits for her message of the day before the deadline."""
    publish(stage, deadline_at=DEADLINE + timedelta(hours=15))
    await stage.settle()
    await stage.person("ada").presses("Save")
    await stage.to(datetime(2026, 3, 18, 1, tzinfo=UTC))


@pytest.mark.sampled("forgets", "moved")
@pytest.mark.parametrize("way", ["forgets", "applies", "closed", "moved"])
async def test_a_saved_projects_reminder_is_not_sent_when_it_is_no_longer_true(
    stage: Stage, way: str
) -> None:
    """Waiting for the day's message it is dropped: forgotten, applied to, closed, or due another day."""
    await saves(stage)
    ada, marta = stage.person("ada"), stage.person("marta")
    if way == "forgets":
        await ada.presses("Forget it")
    elif way == "applies":
        await ada.presses("Apply")
        await ada.says("I know most of these shops and would like to list them all.")
        await ada.says("skip")
        await ada.says("yes")
        await ada.presses("Send application")
    elif way == "closed":
        await marta.uses("/project close 1")
        await marta.presses("Close it")
    else:
        await edit(marta, "Application deadline", "27 March 2026")
    await stage.tick(hours=20)
    assert f"You saved {TITLE}" not in stage.screen("ada")
    if way == "moved":
        await stage.to(datetime(2026, 3, 28, tzinfo=UTC))
        assert stage.screen("ada").count(f"You saved {TITLE}. Apply by Fri 27 March") == 1


async def test_a_forged_button_of_another_companys_project_says_nothing_of_it(stage: Stage) -> None:
    """A project that was never shown has no title for a student, in no answer that was stored."""
    put(stage, "review", title="Not seen yet")
    await stage.person("ada").uses("/project save 1")
    said = [message for (message,) in stage.rows(select(outbox.c.message))]
    assert "Not seen yet" not in str(said) + stage.screen("ada")


@pytest.mark.soak
async def test_a_second_repeat_goes_on_with_the_copy_that_is_under_way(stage: Stage) -> None:
    """A double press makes one draft and loses nothing of it; after publishing another copy begins."""
    await posted(stage)
    marta = stage.person("marta")
    await marta.uses("/project repeat 1")
    await marta.says("in two weeks")
    await marta.says("edit title")
    await marta.says("Market map of bakeries")
    await marta.uses("/project repeat 1")
    assert "Market map of bakeries" in stage.screen("marta").rpartition("Here is how it will look")[2]
    await marta.presses("Publish")
    await marta.uses("/project repeat 1")
    assert "I copied Market map of repair shops" in stage.screen("marta").rpartition("It is announced to")[2]
    assert statuses(stage) == ["open", "open"]
