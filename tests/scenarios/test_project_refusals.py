"""What is said where a command about projects cannot be done, or has nothing to show."""

from datetime import timedelta

import pytest

from bot.programme.core.lifecycle import move
from storage.database import UnitOfWork
from tests.support.projects import post, project_row, publish, turn_of
from tests.support.stage import MONDAY, Stage


def put(stage: Stage, *steps: str) -> None:
    """A project of marta's that went these steps and that no student has seen."""

    def turn(work: UnitOfWork) -> None:
        project = project_row(work, turn_of(work, "marta").person, MONDAY)
        for step in steps:
            move(turn_of(work), project, step)

    stage.database.transact_inline(turn)


@pytest.mark.parametrize(
    ("account", "command", "said"),
    [
        ("ada", "/project list page:two", "Write the page as a number: page:2 is the second one."),
        ("ada", "/project list paid:maybe", "Write paid:yes or paid:no."),
        ("ada", "/project list mine:yes", "You have posted no project yet.\n"),
        ("marta", "/project list mine:yes", "You have posted no project yet. /project post begins one."),
        ("ada", "/project saved", "You have saved no project yet. Press Save on one"),
    ],
)
async def test_what_is_not_there_is_said_with_a_way_on(
    stage: Stage, account: str, command: str, said: str
) -> None:
    """An option that cannot be read, a list without a project, each in its own sentence."""
    await stage.person(account).uses(command)
    assert said in f"{stage.screen(account)}\n"


async def test_a_project_that_is_over_is_not_closed_or_edited(stage: Stage) -> None:
    """The refusal says what has become of it, and what begins another."""
    put(stage, "review", "declined")
    marta = stage.person("marta")
    await marta.uses("/project close 1")
    assert "Market map of repair shops is not open: declined." in stage.screen("marta")
    await marta.uses("/project edit 1")
    assert "This project was declined. /project repeat begins a new one from it." in stage.screen("marta")


async def test_an_older_approve_finds_the_project_taken_back(stage: Stage) -> None:
    """A button of before says what has become of the project, and publishes nothing."""
    put(stage, "review", "changes")
    cora = stage.person("cora")
    await cora.uses("/project edit 1")
    await cora.says("edit Title")
    await cora.says("Market map of bakeries")
    await cora.presses("Save changes")
    await cora.uses("/project close 1")
    await cora.presses("Take it back")
    await cora.presses("Approve")
    assert "Market map of bakeries does not wait for approval any more: closed." in stage.screen("cora")


async def test_a_save_near_the_deadline_promises_no_reminder(stage: Stage) -> None:
    """No reminder can come before a deadline in two hours, so the deadline itself is named."""
    await post(stage, deadline_at=MONDAY + timedelta(hours=2))
    await stage.person("ada").uses("/project save 1")
    assert "Saved: Market map of repair shops. Its deadline is near: " in stage.screen("ada")


async def test_a_page_that_no_button_can_hold_is_typed(stage: Stage) -> None:
    """Filters of many words do not fit into a button, so the option for the next page is named."""
    words = "list the repair shops of the city and what each repairs a table of shops a one-page summary"
    for number in range(6):
        publish(stage, title=f"Market map {number}")
    await stage.settle()
    await stage.person("ada").uses(f"/project list {words}")
    assert "For the next page, add page:2 to what you typed." in stage.screen("ada")


async def test_more_projects_than_a_select_holds_are_found_by_words(stage: Stage) -> None:
    """A select has 25 options; that there are more is said, with what finds them."""
    for _ in range(26):
        publish(stage)
    await stage.settle()
    await stage.person("ada").uses("/project save")
    assert "There are more: add words of the title to what you typed." in stage.screen("ada")
    await stage.person("ada").uses("/apply")
    assert "More are open: /project list shows every one." in stage.screen("ada")
    await stage.person("cora").uses("/applicants")
    assert "There are more: add words of the title, like /applicants market map." in stage.screen("cora")


async def test_suggestions_are_turned_through(stage: Stage) -> None:
    """After the last suggestion of a draft comes the first again, with how many follow it."""
    marta = stage.person("marta")
    await marta.uses("/project post")
    await marta.fills(
        {
            "Title": "E-bike market map",
            "What is wanted": "We rent e-bikes in three cities. Find out who else does.",
            "Deliverables": "A spreadsheet",
            "Estimated hours": "20",
            "Application deadline": "next Friday",
        }
    )
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    assert "1 more suggestion after this one." in stage.screen("marta")
    await marta.presses("Next suggestion")
    await marta.presses("First suggestion")
    assert "No contact for questions is named." in stage.screen("marta").rpartition("Here is how")[2]
