"""An account in two programmes: a DM that is in no space belongs to the one that is meant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.database import UnitOfWork
from storage.queries import conversations as drafts
from storage.tables import Identity, Person, conversations
from tests.support.actor import Actor
from tests.support.projects import post
from tests.support.second_programme import NUMBERS, WORD, move_in
from tests.support.stage import MONDAY, Stage, open_stage

_QUESTION = "Which one is this about?"


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage where ada's account is a student of a second programme too, with a project in each."""
    async with open_stage(tmp_path) as opened:
        await post(opened, title="Market map")
        opened.database.transact_inline(move_in)
        opened.database.transact_inline(_ada_joins)
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


def _ada_joins(work: UnitOfWork) -> None:
    account = Identity(
        programme_id=2, person_id=NUMBERS[1], platform="terminal", user_id="ada", seen_at=MONDAY
    )
    work.session.add(account)
    drafts.put_behind(work.connection, 2, NUMBERS[1], other_than=0)


def newest(stage: Stage) -> str:
    """What the bot said last in ada's DM."""
    return stage.screen("ada").rpartition("bot: ")[2]


async def turns_away(ada: Actor) -> None:
    """Ada goes on with the neighbour's programme."""
    await ada.uses("/stint help")
    await ada.presses("Another programme")
    await ada.presses(WORD)


async def test_the_bot_asks_once_and_does_what_was_said(stage: Stage) -> None:
    """Asked which programme, the person chooses; what they had typed is answered, and it stays chosen."""
    ada = stage.person("ada")
    await ada.uses("/project list")
    assert _QUESTION in newest(stage)
    await ada.presses("Riverside")
    assert "Market map" in newest(stage)
    assert "Riverside" in newest(stage)
    assert WORD not in newest(stage)
    await ada.says("show me the projects")
    assert _QUESTION not in newest(stage)
    await turns_away(ada)
    await ada.uses("/project list")
    assert f"{WORD} open" in newest(stage)
    assert "Market map" not in newest(stage)


async def test_words_are_asked_about_too_and_are_not_lost(stage: Stage) -> None:
    """Words that could be for either programme are answered once it is known which; unasked ones wait."""
    ada = stage.person("ada")
    await ada.says("open projects please")
    assert _QUESTION in newest(stage)
    await ada.presses(WORD)
    assert "project list" in newest(stage)
    assert _QUESTION not in newest(stage)


@pytest.mark.soak
async def test_what_is_pressed_reaches_its_own_programme(stage: Stage) -> None:
    """A button of an answer given for one programme works there after the other was chosen."""
    ada = stage.person("ada")
    await ada.uses("/project list")
    await ada.presses("Riverside")
    await turns_away(ada)
    await ada.chooses("Market map")
    assert "List the repair shops" in newest(stage)


@pytest.mark.soak
async def test_a_form_goes_where_it_was_opened(stage: Stage) -> None:
    """A form opened from an answer of one programme is that programme's, whichever was chosen since."""
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Riverside")
    await turns_away(ada)
    await ada.presses("Change time zone")
    await ada.fills({"Time zone": "Tokyo"})
    mine: Any = select(Person.programme_id, Person.zone).join(Identity, Identity.person_id == Person.id)
    zones = dict(stage.rows(mine.where(Identity.user_id == "ada")))
    assert zones == {1: "Asia/Tokyo", 2: "Europe/Berlin"}


async def test_an_edited_answer_is_found_in_its_programme(stage: Stage) -> None:
    """An edit changes the answer that the message gave, in the programme whose draft holds it."""
    ada = stage.person("ada")
    await ada.presses("Apply", on="Market map")
    await ada.says("I know some shops in town.")
    await turns_away(ada)
    await ada.edits("I know some shops", "I know every shop in town.")
    rows = stage.rows(select(conversations.c.draft).where(conversations.c.programme_id == 1))
    assert "I know every shop in town." in str(rows)


@pytest.mark.soak
async def test_an_open_conversation_keeps_the_words(stage: Stage) -> None:
    """While a draft is open the DM belongs to it, whatever was chosen; choosing another lets it wait."""
    ada = stage.person("ada")
    await ada.presses("Apply", on="Market map")
    assert _QUESTION not in newest(stage)
    await ada.says("I know every repair shop in town.")
    rows = stage.rows(select(conversations.c.draft).where(conversations.c.programme_id == 1))
    assert "I know every repair shop" in str(rows)
    await turns_away(ada)
    await ada.says("hello")
    states = stage.rows(select(conversations.c.state).where(conversations.c.programme_id == 1))
    assert [state for (state,) in states] == ["waiting"]
