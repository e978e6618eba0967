from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import conversations
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


async def test_a_conversation_asks_saves_and_completes(stage: Stage) -> None:
    """Each question follows the answer before; the review is sent by its button; the draft is done."""
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    assert "I sent you a direct message" in stage.screen("ada", "spring")
    await ada.says("crackers")
    await ada.says("about ten")
    await ada.presses("Send")
    assert "Enjoy crackers" in stage.screen("ada")
    assert stage.rows(select(conversations.c.state)) == [("done",)]


async def test_a_restart_in_mid_conversation_loses_nothing(tmp_path: Path) -> None:
    """A new process goes on where the old one stopped, with every answer kept."""
    async with open_stage(tmp_path, routes=TOYS) as stage:
        ada = stage.person("ada")
        await ada.uses("/toy snack")
        await ada.says("crackers")
        now = stage.clock.now()
    async with open_stage(tmp_path, routes=TOYS, start=now) as stage:
        ada = stage.person("ada")
        await ada.says("12")
        assert "crackers" in stage.screen("ada").split("Review")[-1]
        await ada.presses("Send")
        assert "Enjoy crackers" in stage.screen("ada")


async def test_editing_the_message_edits_the_answer(stage: Stage) -> None:
    """Changing the chat message that gave an answer changes it while the draft is open."""
    ada = stage.person("ada")
    await ada.uses("/toy snack")
    await ada.says("crackers")
    await ada.edits("crackers", "nuts")
    await ada.says("12")
    await ada.presses("Send")
    assert "Enjoy nuts" in stage.screen("ada")


async def test_a_reply_to_an_earlier_question_answers_that_one(stage: Stage) -> None:
    """A quoted reply goes to its question, and the conversation stays where it was."""
    ada = stage.person("ada")
    await ada.uses("/toy snack")
    await ada.says("crackers")
    await ada.replies("What is your snack?", "figs")
    await ada.says("12")
    await ada.presses("Send")
    assert "Enjoy figs" in stage.screen("ada")


async def test_what_is_refused_at_the_end_goes_back_to_its_question(stage: Stage) -> None:
    """The domain's refusal names the question; nothing else is lost."""
    ada = stage.person("ada")
    await ada.uses("/toy snack")
    await ada.says("stones")
    await ada.says("12")
    await ada.presses("Send")
    assert "Stones are no snack." in stage.screen("ada")
    await ada.says("edit 1")
    await ada.says("dates")
    await ada.presses("Send")
    assert "Enjoy dates" in stage.screen("ada")


@pytest.mark.soak
async def test_two_drafts_are_distinguished_and_switched(stage: Stage) -> None:
    """The first waits while the second is in front, and a button of the first brings it back."""
    ada = stage.person("ada")
    await ada.uses("/toy snack one")
    await ada.says("crackers")
    await ada.uses("/toy snack two")
    states = dict(stage.rows(select(conversations.c.subject, conversations.c.state)))
    assert states == {"one": "waiting", "two": "open"}
    await ada.uses("/toy snack one")
    states = dict(stage.rows(select(conversations.c.subject, conversations.c.state)))
    assert states == {"one": "open", "two": "waiting"}
    await ada.says("12")
    await ada.presses("Send")
    assert "Enjoy crackers" in stage.screen("ada")


async def test_a_command_in_between_is_answered_and_the_draft_waits(stage: Stage) -> None:
    """Using another command loses nothing of the draft."""
    ada = stage.person("ada")
    await ada.uses("/toy snack")
    await ada.says("crackers")
    await ada.uses("/toy echo hello")
    assert "You said hello" in stage.screen("ada")
    await ada.says("12")
    await ada.presses("Send")
    assert "Enjoy crackers" in stage.screen("ada")


async def test_a_dialog_of_pages_is_saved_page_by_page_and_reviewed(stage: Stage) -> None:
    """The needed page is enough; the review comes in the DM and can reopen each page."""
    ada = stage.person("ada")
    await ada.uses("/toy snackform", "spring")
    await ada.fills({"Snack": "crackers", "Pieces": "12"})
    assert "Review" in stage.screen("ada")
    await ada.presses("More")
    await ada.fills({"Remark": "salted"})
    assert "salted" in stage.screen("ada")
    await ada.presses("Send")
    assert "Enjoy crackers" in stage.screen("ada")


async def test_a_dialog_with_an_error_keeps_what_was_typed(stage: Stage) -> None:
    """The page stays open with the reason; what was understood is already saved."""
    ada = stage.person("ada")
    await ada.uses("/toy snackform", "spring")
    await ada.fills({"Snack": "crackers", "Pieces": "many"})
    assert ada.form is not None
    assert "pieces" in ada.form.errors
    await ada.fills({"Pieces": "3"})
    await ada.presses("Send")
    assert "Enjoy crackers" in stage.screen("ada")


async def test_a_one_page_form_completes_at_once(stage: Stage) -> None:
    """No review comes between a small form and its effect; a refusal stays in the form."""
    ada = stage.person("ada")
    await ada.uses("/toy mood", "spring")
    await ada.fills({"Mood": "bad"})
    assert ada.form is not None
    assert ada.form.errors == {"mood": "Say more than bad."}
    await ada.fills({"Mood": "fine"})
    assert "You feel fine" in stage.screen("ada", "spring")
    assert ada.form is None
