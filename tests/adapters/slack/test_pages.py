"""A form of several pages in Slack's dialog: forwards, back, and nothing lost on the way."""

import pytest
from sqlalchemy import select

from storage.tables import Project, conversations
from tests.support.main_job import PAGE, TITLE, is_applied_for, is_decided, is_posted
from tests.support.slack.person import SlackPerson
from tests.support.slack.stage import SlackStage, open_slack_stage

pytestmark = [
    pytest.mark.stage(opened=open_slack_stage),
    pytest.mark.parametrize("stage", ["socket", "http"], indirect=True),
]


def is_open(person: SlackPerson) -> bool:
    """Whether a dialog is open before them."""
    return person.form is not None


def shown(person: SlackPerson) -> tuple[str, str]:
    """Which page is open, and what its button says."""
    assert person.form
    body = person.form.body
    return body["blocks"][0]["elements"][0]["text"], body["submit"]["text"]


@pytest.mark.soak
async def test_a_poster_meets_every_page(stage: SlackStage) -> None:
    """Fee, skills, own questions and what only interns see are asked for in the dialog, and are kept."""
    marta = stage.person("marta")
    await marta.uses("/project post", "spring-26")
    assert shown(marta) == ("Page 1 of 5", "Next")
    await marta.fills(PAGE)
    assert shown(marta) == ("Page 2 of 5", "Next")
    await marta.fills({"Fee": "$400", "Places": "2"})
    await marta.fills({"Skills": "Excel, maps"})
    await marta.fills({"Only for accepted interns": "Ask for Ida.", "Your own questions": "Why us?"})
    assert shown(marta) == ("Page 5 of 5", "Review")
    await marta.fills({"Countries": "Spain, Portugal"})
    assert not is_open(marta)
    await marta.presses("Publish")
    [project] = stage.rows(select(Project.__table__))
    assert (project.title, project.fee_cents, project.skills) == (TITLE, 40000, ["Excel", "maps"])
    assert (project.private_details, project.countries) == ("Ask for Ida.", ["ES", "PT"])
    assert stage.rows(select(conversations.c.state)) == [("done",)]


async def test_back_leads_to_the_page_before_and_keeps_everything(stage: SlackStage) -> None:
    """What was typed on both pages is shown again, also what is not right yet; it is one draft throughout."""
    marta = stage.person("marta")
    await marta.uses("/project post", "spring-26")
    await marta.fills(PAGE)
    await marta.goes_back({"Fee": "a lot", "Weeks": "3"})
    assert shown(marta) == ("Page 1 of 5", "Next")
    assert marta.sees(TITLE)
    await marta.fills({"Title": "E-bike map"})
    assert shown(marta) == ("Page 2 of 5", "Next")
    assert marta.sees("a lot")
    await marta.fills({})
    assert marta.form
    assert list(marta.form.errors) == ["fee"]
    await marta.fills({"Fee": "$300"})
    await marta.goes_back({"Skills": "maps"})
    await marta.goes_back({})
    assert marta.sees("E-bike map")
    for _ in range(5):
        await marta.fills({})
    await marta.presses("Publish")
    [project] = stage.rows(select(Project.__table__))
    assert (project.title, project.fee_cents, project.weeks) == ("E-bike map", 30000, 3)
    assert project.skills == ["maps"]
    assert stage.rows(select(conversations.c.state)) == [("done",)]


@pytest.mark.soak
async def test_a_page_of_the_review_leads_back_to_the_review(stage: SlackStage) -> None:
    """Opened to change one thing, it is saved by itself: no other page follows, and none is before it."""
    marta = stage.person("marta")
    await marta.uses("/project post", "spring-26")
    for page in (PAGE, {"Fee": "$400"}, {}, {}, {}):
        await marta.fills(page)
    await marta.presses("About the work")
    assert marta.form
    assert marta.form.body["submit"]["text"] == "Save"
    assert "Back" not in str(marta.form.body["blocks"])
    await marta.fills({"Skills": "maps"})
    assert not is_open(marta)
    await marta.presses("Publish")
    assert stage.rows(select(Project.skills)) == [(["maps"],)]


async def test_a_dialog_that_is_closed_on_its_way_is_gone_on_with(stage: SlackStage) -> None:
    """What was sent so far is the draft, and there is no second one."""
    marta = stage.person("marta")
    await marta.uses("/project post", "spring-26")
    await marta.fills(PAGE)
    await marta.dismisses()
    await marta.uses("/project post", "spring-26")
    await marta.presses("Go on with it")
    assert marta.sees(TITLE)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    await marta.presses("Publish")
    assert stage.rows(select(Project.fee_cents)) == [(40000,)]
    assert stage.rows(select(conversations.c.state)) == [("done",)]


@pytest.mark.soak
async def test_an_empty_hand_in_complains_where_it_was_filled_in(stage: SlackStage) -> None:
    """The dialog stays open with the reason beside a field, and what is typed then is handed in."""
    await is_posted(stage)
    await is_applied_for(stage)
    await is_decided(stage)
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({})
    assert ada.form
    assert list(ada.form.errors.values()) == [
        "There is nothing in it yet: give some words, a link or a file."
    ]
    await ada.fills({"Link": "example.org/summary"})
    assert not is_open(ada)
    assert ada.sees("Handed in")
