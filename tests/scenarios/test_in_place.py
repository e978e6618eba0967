"""One preview, one review, one message for each thing: changed in its place, on every platform."""

from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select

from adapters.terminal.adapter import TerminalAdapter
from bot.chat.adapter import Capabilities
from storage.tables import Milestone, outbox
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, fills_project, is_applied_for, is_decided, is_posted
from tests.support.projects import post
from tests.support.slack.stage import open_slack_stage
from tests.support.stage import open_stage


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


def said(platform: Platform) -> list[str]:
    """The keys of what conversations have said in messages of their own, in order."""
    rows = platform.rows(select(outbox.c.key).where(outbox.c.operation == "send").order_by(outbox.c.id))
    return [key for (key,) in rows if key.startswith("talk:")]


@pytest.mark.soak
async def test_a_post_has_one_preview_that_becomes_what_was_done(platform: Platform) -> None:
    """Pages, one-tap fixes and Details change the one message; after Publish it says so, without Publish."""
    marta = platform.person("marta")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta)
    assert marta.sees("$400")
    await marta.presses("I do, twice a week")
    assert marta.view().count("Here is how it will look") == 1
    await marta.presses("Details")
    assert marta.sees("Questions")
    assert not marta.sees("Here is how it will look")
    await marta.presses("Back to the review")
    assert marta.view().count("Here is how it will look") == 1
    await marta.presses("Publish")
    assert marta.sees(f"{TITLE} is published")
    assert not marta.sees("Here is how it will look")
    assert len(said(platform)) == 1


async def test_an_answered_question_has_no_live_buttons(platform: Platform) -> None:
    """What was skipped, pressed or sent keeps its words; only the question that waits can be pressed."""
    await is_posted(platform)
    ada = platform.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.says("I sorted answers for our student paper.")
    await ada.presses("Skip")
    assert ada.sees("You left this out.")
    with pytest.raises(LookupError):
        await ada.presses("Skip")
    await ada.presses("Yes")
    assert ada.sees("Your answer: Yes")
    with pytest.raises(LookupError):
        await ada.presses("Yes")
    await ada.says("edit 1")
    assert ada.sees("The newest version of this is further down.")
    await ada.says("I sorted a thousand answers for our student paper.")
    assert ada.view().count("Review your answers") == 1
    await ada.presses("Send application")
    assert ada.sees(f"Your application to {TITLE} is sent.")
    assert ada.sees("Sent to Acme Maps on ")
    with pytest.raises(LookupError):
        await ada.presses("Send application")
    assert not ada.sees("Review your answers")
    assert set(platform.ledger()) == {"sent"}


async def is_handed_in(platform: Platform) -> None:
    """Ada hands her work in, and marta reads it in her message of the day."""
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    ada = platform.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"Link": "example.org/summary"})
    await platform.tick(days=1)


async def test_what_a_form_answers_loses_the_buttons_that_opened_it(platform: Platform) -> None:
    """In a message of the day too: the answer is where the buttons were, and what was left open stays."""
    await is_handed_in(platform)
    marta, ada = platform.person("marta"), platform.person("ada")
    await marta.presses("Ask for changes")
    await marta.presses("Ask for changes")  # the form that was left leaves its button where it is
    await marta.fills({"What should change": "Please add the opening hours."})
    assert marta.view().count("The new version is due by") == 1
    for label in ("Accept", "Ask for changes"):
        with pytest.raises(LookupError):
            await marta.presses(label, on="handed in")
    await ada.presses("Hand in again", on="Changes are asked")
    await ada.fills({})
    if ada.form is None:  # where a form cannot stay open with its reasons
        await ada.presses("Edit")
    await ada.fills({"About the work": "Opening hours added."})
    assert ada.view().count("(version 2)") == 1
    with pytest.raises(LookupError):
        await ada.presses("Hand in again", on="Changes are asked")
    await ada.presses("Ask for another date", on="Changes are asked")


async def test_long_work_and_long_feedback_are_read_to_the_end(tmp_path: Path) -> None:
    """Two thousand characters each: a screen at once, and the rest with the placement, in pages."""
    words = "Every word of this is to be read by them. " * 45
    async with open_stage(tmp_path) as stage:
        await is_posted(stage)
        await is_applied_for(stage)
        await is_decided(stage)
        ada, marta = stage.person("ada"), stage.person("marta")
        await ada.uses("/placement")
        await ada.presses("Hand in")
        await ada.fills({"About the work": words + "That was the work."})
        await stage.tick(days=1)
        await marta.presses("Show the other one")
        assert not marta.sees("That was the work.")
        await marta.presses("Ask for changes")
        await marta.fills({"What should change": words + "That was the answer."})
        assert ada.sees("Every word of this")
        assert not ada.sees("That was the answer.")
        await ada.presses("Read all of it")
        for last in ("That was the work.", "That was the answer."):
            while not ada.sees(last):
                await ada.presses("More")


async def test_a_draft_in_the_direct_messages_settles_what_began_it(tmp_path: Path) -> None:
    """Where no form can open: the buttons stay until the draft is sent, and say then that it was done."""
    async with open_stage(tmp_path) as stage:
        await is_handed_in(stage)
        marta, ada = stage.person("marta"), stage.person("ada")
        await marta.presses("Ask for changes")
        await marta.fills({"What should change": "Please add the opening hours."})
        with patch.object(TerminalAdapter, "capabilities", Capabilities(forms=False)):
            await ada.presses("Hand in again")
            await ada.says("Opening hours added.")
            await ada.presses("Skip")
            await ada.presses("Skip")
            await ada.presses("Hand in again")
            await ada.presses("Hand in", on="Review your answers")
        assert ada.view().count("(version 2)") == 1
        assert ada.sees("This was done on ")
        with pytest.raises(LookupError):
            await ada.presses("Hand in again")
        await ada.presses("Ask for another date", on="Changes are asked")


async def test_a_long_application_is_read_in_pages(tmp_path: Path) -> None:
    """Two thousand characters are written, reviewed and read a screen at a time, to the last word."""
    async with open_stage(tmp_path) as stage:
        await post(stage, title="Logo refresh")
        ada, marta = stage.person("ada"), stage.person("marta")
        await ada.presses("Apply", on="Logo refresh")
        await ada.says("I have drawn logos since school. " * 55 + "This is the end.")
        await ada.presses("Skip")
        await ada.says("yes")
        await ada.presses("Details")
        assert ada.view().count("This is the end.") == 1
        while ada.view().count("This is the end.") < 2:
            await ada.presses("More")
        await ada.presses("Back to the review")
        await ada.presses("Send application")
        await marta.uses("/applicants")
        await marta.presses("Read one by one")
        assert not marta.sees("This is the end.")
        for _ in range(2):
            await marta.presses("More")
        assert marta.sees("This is the end.")
        await marta.presses("Make an offer")


async def test_applicants_are_read_where_their_list_stood(platform: Platform) -> None:
    """The list gives its place to the application that is read, and takes it again; it counts who waits."""
    await is_posted(platform)
    await is_applied_for(platform)
    marta = platform.person("marta")
    await marta.uses("/applicants")
    assert marta.sees("Applicants: 2 · new: 2")
    await marta.presses("Read one by one")
    assert not marta.sees("Applicants: 2")
    await marta.presses("Put on the waiting list")
    await marta.presses("All applicants")
    assert marta.sees("Applicants: 2 · new: 1 · on the waiting list: 1")
    await marta.chooses("Ben Castillo")
    assert not marta.sees("Applicants: 2")


async def test_a_form_opened_from_an_answer_takes_its_place(platform: Platform) -> None:
    """An answer that its asker alone sees loses the button that opened a form: it says what was done."""
    await is_posted(platform)
    await is_applied_for(platform)
    marta = platform.person("marta")
    await marta.uses("/applicants", "spring-26")
    await marta.chooses("Ben Castillo")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "More good applications than places"})
    assert marta.view().count("Your answer goes to Ben Castillo on") == 1
    with pytest.raises(LookupError):
        await marta.presses("Not this time")


async def test_work_handed_in_from_an_answer_takes_its_place(platform: Platform) -> None:
    """In a channel the receipt takes the place of the buttons of `/placement`; a closed form leaves them."""
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    ada = platform.person("ada")
    await ada.uses("/placement", "spring-26")
    await ada.presses("Hand in")
    await ada.presses("Hand in")  # the form that was left leaves its button where it is
    await ada.fills({"Link": "example.org/summary"})
    assert ada.view().count("Handed in: ") == 1
    with pytest.raises(LookupError):
        await ada.presses("Hand in")


@pytest.mark.soak
async def test_undo_goes_when_its_minute_is_over(platform: Platform) -> None:
    """The message that carried Undo says what is now so, and cannot be pressed any more."""
    await is_posted(platform)
    await is_applied_for(platform)
    marta = platform.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ben Castillo")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "More good applications than places"})
    await platform.tick(minutes=2)
    assert marta.sees(f"The answer to Ben Castillo for {TITLE} is final now: not this time.")
    assert not marta.sees("Your answer goes to Ben Castillo in 1 minute")
    await marta.presses("Next application")
    await marta.presses("Make an offer")
    assert marta.sees(f"An offer for {TITLE} goes to Ada Okafor in 1 minute.")
    await platform.tick(minutes=2)
    assert marta.sees(f"The offer for {TITLE} to Ada Okafor is made, and can no longer be undone.")
    owed = platform.rows(select(outbox.c.destination))
    assert not [to for (to,) in owed if "/dm/" in to]  # a conversation has one lane, that of its account
    assert not marta.sees("goes to Ada Okafor in 1 minute")
    with pytest.raises(LookupError):
        await marta.presses("Undo")


async def test_a_message_that_moved_on_is_left_alone(platform: Platform) -> None:
    """An employer who reads the next application within the minute goes on reading it after that."""
    await is_posted(platform)
    await is_applied_for(platform)
    marta = platform.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await marta.presses("Next application")
    await platform.tick(minutes=2)
    assert marta.sees("I ride one every day.")
    await marta.presses("Not this time")


async def test_a_form_that_was_open_for_long_is_answered_beside(tmp_path: Path) -> None:
    """Slack's address of a message is good for half an hour: after that the receipt is beside it."""
    async with open_slack_stage(tmp_path) as stage:
        await is_posted(stage)
        await is_applied_for(stage)
        await is_decided(stage)
        ada = stage.person("ada")
        for place in ("spring-26", ""):
            await ada.uses("/placement", place)
            await ada.presses("Hand in")
            await stage.tick(minutes=40)
            await ada.fills({"Link": "example.org/summary"})
        assert ada.view().count("Handed in: ") == 2


async def test_a_version_that_was_not_read_is_not_accepted(platform: Platform) -> None:
    """Accept under an older version shows the newer one in its place, and asks again."""
    await is_handed_in(platform)
    marta, ada = platform.person("marta"), platform.person("ada")
    for version, label in ((2, "Accept"), (3, "Ask for changes")):
        await ada.uses("/placement")
        await ada.presses("Hand in")
        await ada.fills({"Link": f"example.org/version-{version}"})
        await marta.presses(label, on="handed in")
        assert marta.view().count(f"This is version {version}:") == 1
        assert marta.sees(f"example.org/version-{version}")
    assert platform.rows(select(Milestone.status)) == [("handed_in",)]
    await marta.presses("Accept", on="handed in")
    assert platform.rows(select(Milestone.status)) == [("accepted",)]


async def test_undo_that_comes_too_late_is_pressed_once(platform: Platform) -> None:
    """An answer in a channel cannot lose it in time: a press says what is so, in its place."""
    await is_posted(platform)
    await is_applied_for(platform)
    marta = platform.person("marta")
    await marta.uses("/applicants", "spring-26")
    await marta.chooses("Ben Castillo")
    await marta.presses("Make an offer")
    await platform.tick(minutes=2)
    await marta.presses("Undo")
    assert marta.sees("It has taken effect already, so it cannot be undone.")
    with pytest.raises(LookupError):
        await marta.presses("Undo")
    await marta.presses("Back to the application")
    assert marta.sees("I ride one every day.")


async def test_undo_of_an_application_that_was_withdrawn_says_so(platform: Platform) -> None:
    """Nothing was said to a student who withdrew within the minute, and nothing claims that it was."""
    await is_posted(platform)
    await is_applied_for(platform)
    marta, ben = platform.person("marta"), platform.person("ben")
    await marta.uses("/applicants")
    await marta.chooses("Ben Castillo")
    await ben.uses("/applications")
    await ben.presses("Withdraw")
    await marta.presses("Make an offer")
    await ben.presses("Withdraw it")
    await platform.tick(minutes=2)
    await marta.presses("Undo")
    assert marta.sees("The application was withdrawn meanwhile")
