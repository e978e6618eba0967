"""Dialogs on platforms that can do less: nothing typed is lost, and every question can be answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.chat.adapter import Capabilities, Refusal
from bot.chat.content import Message
from bot.chat.events import MessageRef, Place, UserRef
from bot.chat.values import replace
from storage.tables import Identity, conversations
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose platform closes every dialog that is submitted, as Discord does."""
    async with open_stage(tmp_path, routes=TOYS) as opened:
        can = Capabilities(form_after_form=False, form_errors=False)
        opened.adapter.capabilities = can
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


@pytest.mark.soak
async def test_a_refused_page_opens_again_as_it_was_filled_in(stage: Stage) -> None:
    """The reasons come as a message with a button; behind it is everything that was typed."""
    ada = stage.person("ada")
    await ada.uses("/toy snackform", "spring")
    await ada.fills({"Snack": "crackers", "Pieces": "many"})
    assert "== form" not in ada.view()
    said = stage.screen("ada", "spring").split("bot: ")[-1]
    assert "This is not saved yet. What you typed is kept." in said
    assert "Pieces: " in said
    await ada.presses("Edit")
    assert ada.open_dialog().opened.values == {"name": "crackers", "pieces": "many"}
    await ada.fills({"Pieces": "12"})
    await ada.presses("Send")
    assert "Enjoy crackers" in stage.screen("ada")


async def test_a_small_form_keeps_what_was_refused_at_the_end(stage: Stage) -> None:
    """What the programme refuses opens again too, and then completes without a review."""
    ada = stage.person("ada")
    await ada.uses("/toy mood", "spring")
    await ada.fills({"Mood": "bad"})
    assert "Mood: Say more than bad." in stage.screen("ada", "spring")
    await ada.presses("Edit")
    assert ada.open_dialog().opened.values == {"mood": "bad"}
    await ada.fills({"Mood": "fine"})
    assert "You feel fine" in stage.screen("ada", "spring")
    assert stage.rows(select(conversations.c.state)) == [("done",)]
    await ada.uses("/toy mood", "spring")
    assert ada.open_dialog().opened.values == {}


async def test_a_button_comes_between_two_pages(tmp_path: Path) -> None:
    """Where no dialog can follow a dialog, the next page waits behind a button; the first is saved."""
    snack = TOYS.forms["snack"]
    form = snack.form(None, "")
    needed = tuple(replace(q, required=True, default=None) for q in form.questions)
    longer = replace(snack, form=lambda _turn, _subject: replace(form, questions=needed))
    routes = replace(TOYS, forms={**TOYS.forms, "snack": longer})
    async with open_stage(tmp_path, routes=routes) as stage:
        can = Capabilities(form_after_form=False, form_errors=False)
        stage.adapter.capabilities = can
        ada = stage.person("ada")
        await ada.uses("/toy snackform", "spring")
        await ada.fills({"Snack": "crackers", "Pieces": "12"})
        assert "== form" not in ada.view()
        await ada.presses("Continue")
        await ada.fills({"Remark": "salted"})
        await ada.presses("Send")
        assert "Enjoy crackers" in stage.screen("ada")


async def close_dms(stage: Stage) -> None:
    """Let Ada's DM be closed, and let it be known."""
    shut = update(Identity).where(Identity.user_id == "ada").values(reachable=False)
    stage.database.transact_inline(lambda work: work.connection.execute(shut))
    usual = stage.adapter.send

    async def send(to: Place | UserRef, message: Message, *, key: str, **tried: Any) -> MessageRef:  # noqa: ANN401 - the other arguments
        if isinstance(to, Place) and to.kind == "channel":  # what tells of the loss
            return await usual(to, message, key=key, **tried)
        raise Refusal("50007", lost="destination")

    stage.adapter.send = send  # type: ignore[method-assign] # a test's platform


async def test_with_closed_dms_each_question_comes_where_one_is(stage: Stage) -> None:
    """Each question is for the person's eyes in the channel, its answer a dialog with one field."""
    await close_dms(stage)
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    screen = stage.screen("ada", "spring")
    assert "What is your snack?" in screen
    assert screen.count("we go on here") == 1
    assert "What is your snack?" not in stage.screen("ben", "spring")
    await ada.presses("Answer")
    await ada.fills({"Snack": "crackers"})
    assert "How many pieces?" in stage.screen("ada", "spring")
    await ada.presses("Answer")
    await ada.fills({"Pieces": "many"})
    await ada.presses("Edit")
    await ada.fills({"Pieces": "12"})
    assert "Review your answers" in stage.screen("ada", "spring")
    assert stage.screen("ada", "spring").count("we go on here") == 1
    await ada.presses("Send")
    assert stage.rows(select(conversations.c.state)) == [("done",)]
    assert stage.screen("ada") == ""


@pytest.mark.soak
async def test_what_is_not_on_the_page_is_asked_next(stage: Stage) -> None:
    """A dialog that was open while the form grew is saved; the new question is asked, not missed."""
    ada = stage.person("ada")
    await ada.uses("/toy snackform", "spring")
    dialog = ada.open_dialog()
    fewer = replace(dialog.opened.form, questions=dialog.opened.form.questions[:1])
    stage.world.open_dialog(replace(dialog, opened=replace(dialog.opened, form=fewer)))
    await ada.fills({"Snack": "crackers"})
    await ada.presses("Continue")
    await ada.fills({"Pieces": "12"})
    await ada.presses("Send")
    assert "Enjoy crackers" in stage.screen("ada")
