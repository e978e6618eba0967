"""Words in a DM: to which draft they go, and what happens when that is in doubt."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.forms import Form
from bot.chat.routes import Declined
from bot.chat.values import replace
from storage.tables import conversations
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


def newest(stage: Stage) -> str:
    """The bot's last message to Ada."""
    return stage.screen("ada").split("bot: ")[-1]


@pytest.mark.parametrize("words", ["resume", "Resume.", "/resume", "continue", "edit 1", "review"])
async def test_the_only_draft_that_waits_is_meant(stage: Stage, words: str) -> None:
    """After a pause, a word that steers goes to the only draft; its person is not asked which."""
    ada = stage.person("ada")
    await ada.uses("/toy snack")
    await ada.says("crackers")
    await ada.says("pause")
    await ada.says(words)
    assert "crackers" in newest(stage) or "How many pieces?" in newest(stage)
    assert stage.rows(select(conversations.c.state)) == [("open",)]


@pytest.mark.parametrize(("words", "end"), [("yes", "Deleted."), ("no", "Good, nothing was deleted.")])
async def test_a_paused_draft_can_be_deleted(stage: Stage, words: str, end: str) -> None:
    """`cancel` asks first, and the answer finds the draft though it was paused."""
    ada = stage.person("ada")
    await ada.uses("/toy snack")
    await ada.says("crackers")
    await ada.says("pause")
    await ada.says("cancel")
    assert "Your answer so far goes with it." in newest(stage)
    await ada.says(words)
    assert end in newest(stage)


async def test_of_several_drafts_one_is_picked(stage: Stage) -> None:
    """With two that wait, a word that steers asks which; a button goes on with it."""
    ada = stage.person("ada")
    await ada.uses("/toy snack one")
    await ada.uses("/toy snack two")
    await ada.says("pause")
    await ada.says("resume")
    assert newest(stage).count("[Snack]") == 2
    await ada.presses("Snack")
    assert "What is your snack?" in newest(stage)


async def test_without_a_draft_the_words_are_about_something_else(stage: Stage) -> None:
    """Nothing waits: `resume` says so, and `cancel` is answered like any words."""
    ada = stage.person("ada")
    await ada.says("resume")
    assert "You have no draft waiting." in newest(stage)
    await ada.says("cancel")
    assert "I heard cancel" in newest(stage)


async def test_a_draft_put_aside_says_so(stage: Stage) -> None:
    """Beginning another says that the first waits, with a way back, and that says the same in turn."""
    ada = stage.person("ada")
    await ada.uses("/toy snack one")
    await ada.says("crackers")
    await ada.uses("/toy snack two")
    assert "“Snack” waits meanwhile, with everything you wrote." in stage.screen("ada")
    assert "What is your snack?" in newest(stage)
    await ada.presses("Back to “Snack”")
    assert "How many pieces?" in newest(stage)
    assert dict(stage.rows(select(conversations.c.subject, conversations.c.state))) == {
        "one": "open",
        "two": "waiting",
    }


async def test_a_command_typed_as_words_is_a_command(stage: Stage) -> None:
    """Where the platform takes a command for a message it is answered as one, and the draft waits."""
    ada = stage.person("ada")
    await ada.uses("/toy snack")
    await ada.write("/toy echo hello there", ada.dm)
    assert "You said hello there" in newest(stage)
    await ada.write("/toy wrong", ada.dm)
    assert "Which one do you mean" in newest(stage)
    await ada.write("/shrug", ada.dm)
    await ada.says("12")
    await ada.presses("Send")
    assert "Enjoy /shrug" in stage.screen("ada")


async def test_an_answer_that_was_sent_no_longer_changes(stage: Stage) -> None:
    """Editing the message, or replying to the question, after the draft was sent says so."""
    ada = stage.person("ada")
    await ada.uses("/toy snack one")
    await ada.says("crackers")
    await ada.says("12")
    await ada.presses("Send")
    await ada.edits("crackers", "figs")
    assert "That answer is sent already" in newest(stage)
    await ada.uses("/toy snack two")
    await ada.replies("How many pieces?", "99")
    assert "That belongs to a draft that was sent. Nothing was changed." in newest(stage)


async def test_mending_an_answer_does_not_turn_to_its_draft(stage: Stage) -> None:
    """An edited message changes its answer in the draft that waits; words still go to the one in front."""
    ada = stage.person("ada")
    await ada.uses("/toy snack one")
    await ada.says("crackers")
    await ada.uses("/toy snack two")
    await ada.edits("crackers", "figs")
    assert "Updated: Snack: figs" in newest(stage)
    await ada.says("plums")
    await ada.says("12")
    await ada.presses("Send")
    assert "Enjoy plums" in stage.screen("ada")


async def test_a_draft_that_cannot_go_on_blocks_nothing(tmp_path: Path) -> None:
    """While its form is refused (a role was lost) other words, and other drafts, are answered."""
    lost = False

    def form(turn: object, subject: str) -> Form:
        if lost and subject == "one":
            raise Declined("That is not yours any more.")
        return TOYS.forms["snack"].form(turn, subject)

    routes = replace(TOYS, forms={**TOYS.forms, "snack": replace(TOYS.forms["snack"], form=form)})
    async with open_stage(tmp_path, routes=routes) as stage:
        ada = stage.person("ada")
        await ada.uses("/toy snack one")
        lost = True
        await ada.says("hello")
        assert "I heard hello" in newest(stage)
        await ada.says("resume")
        assert "That is not yours any more." in newest(stage)
        await ada.uses("/toy snack two")
        assert "What is your snack?" in newest(stage)
