"""A person who wants no more messages is brought no words of that person in any other way either."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from storage.tables import Placement, outbox
from tests.support.every_stage import STAGES
from tests.support.kept_stage import open_played
from tests.support.platform_events import tell_button
from tests.support.projects import posted
from tests.support.stage import Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

CLOSED = "Messages about this are closed"
MUTE = "No more of these messages"
MARKER = "I know where you study."


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with Ada's application to Marta's project of one deliverable."""
    async with STAGES[request.param](tmp_path) as opened:
        life: AnyStage = opened
        await posted(life, "ada", deliverables="A table of shops")
        yield life


async def _play(stage: Stage) -> None:
    """Play the same on the terminal alone."""
    await posted(stage, "ada", deliverables="A table of shops")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def place(platform: AnyStage) -> None:
    """Ada has the place, and the work has begun."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await ada.presses("Accept")


async def mute_marta(platform: AnyStage) -> None:
    """Marta writes to Ada, who wants no more of it."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "Which day suits you?"})
    await ada.presses(MUTE)


async def mute_ada(platform: AnyStage) -> None:
    """Ada writes to Marta, who wants no more of it."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await ada.uses("/applications")
    await ada.presses("Write to the employer")
    await ada.fills({"Your message": "Which day suits you?"})
    await marta.presses(MUTE)


async def edit(stage: Stage, label: str, answer: str) -> None:
    """Marta changes one answer of the project and saves it."""
    marta = stage.person("marta")
    await marta.uses("/project edit 1")
    await marta.says(f"edit {label}")
    await marta.says(answer)
    await marta.presses("Save changes")


async def hand_in(platform: AnyStage, words: str) -> None:
    """Ada hands in the work with these words."""
    ada = platform.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"About the work": words})


async def test_changes_are_asked_for_without_their_words(platform: AnyStage) -> None:
    """A student hears that changes are asked for; what was written is read only by opening the placement."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await place(platform)
    await mute_marta(platform)
    await hand_in(platform, "The table.")
    await platform.tick(days=1)
    await marta.presses("Ask for changes")
    assert marta.sees(f"{CLOSED}: the other side hears that you did this")
    await marta.fills({"What should change": MARKER})
    await platform.tick(days=1)
    assert ada.sees("Changes are asked for A table of shops")
    assert not ada.sees(MARKER)
    await ada.presses("Read it with the placement")
    assert ada.sees(MARKER)


@pytest.mark.soak
async def test_work_is_handed_in_without_their_words(platform: AnyStage) -> None:
    """An employer hears that work is there, and opens it if they want to."""
    marta = platform.person("marta")
    await place(platform)
    await mute_ada(platform)
    await hand_in(platform, MARKER)
    await platform.tick(days=1)
    assert marta.sees("handed in: A table of shops")
    assert not marta.sees(MARKER)
    await marta.presses("Read it with the placement")
    assert marta.sees(MARKER)


async def test_a_date_moves_without_a_reason(platform: AnyStage) -> None:
    """The new date comes; the form takes no reason and says why."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await place(platform)
    await mute_marta(platform)
    await marta.uses("/placement")
    await marta.presses("Move a date")
    assert marta.sees(f"{CLOSED}, so the other side reads the new date and no reason.")
    await marta.fills({"New date": "30 April 2026"})
    await platform.tick(days=1)
    assert ada.sees("The date of A table of shops")
    assert not ada.sees("The reason")


@pytest.mark.soak
async def test_a_reason_that_was_being_written_is_left_out(stage: Stage) -> None:
    """The form was open when the other side closed the messages: its date counts, its reason is not said."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await place(stage)
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "Which day suits you?"})
    await marta.uses("/placement")
    await marta.presses("Move a date")
    await ada.presses(MUTE)
    await marta.fills({"New date": "30 April 2026", "Reason": MARKER})
    await stage.tick(days=1)
    assert "The date of A table of shops" in stage.screen("ada")
    assert MARKER not in stage.screen("ada")


async def test_a_refusal_comes_without_own_words(platform: AnyStage) -> None:
    """The reason that was chosen is said, and what was added to it is not."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await mute_marta(platform)
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "time", "In your own words": MARKER})
    await platform.tick(minutes=3)
    assert ada.sees("The hours or dates of this project do not fit together with yours.")
    assert not ada.sees(MARKER)


async def test_no_closing_line_is_brought(platform: AnyStage) -> None:
    """Neither one that was written before messages were closed, nor one that is written later."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await place(platform)
    await hand_in(platform, "The table.")
    await platform.tick(days=1)
    await marta.presses("Accept")
    await marta.presses("Write a line")
    await marta.fills({"Your line": MARKER})
    await mute_marta(platform)
    await marta.uses("/placement")
    await marta.presses("Write a closing line")
    assert marta.sees(CLOSED)
    await platform.tick(days=4)
    assert ada.sees("Complete: Market map of repair shops")
    assert not ada.sees(MARKER)
    assert marta.sees(f"Acme Maps: {MARKER}")


@pytest.mark.soak
async def test_a_closing_line_ends_with_the_messages(stage: Stage) -> None:
    """Fourteen days after the end no person writes a line, or another one, to the other side any more."""
    marta = stage.person("marta")
    await place(stage)
    await hand_in(stage, "The table.")
    await stage.tick(days=1)
    await marta.presses("Accept")
    await stage.tick(days=15)
    await tell_button(stage, "marta", "closing-line:1")
    assert "each side could write for 14 days" in stage.screen("marta")
    await marta.uses("/placement 1")
    assert "Write a closing line" not in stage.screen("marta").rpartition("Placement #1")[0][-400:]
    assert stage.rows(select(Placement.employer_line)) == [("",)]


async def test_an_edit_says_what_changed_without_its_words(stage: Stage) -> None:
    """A person who applied reads that a deliverable is different, and not what was written there."""
    await mute_marta(stage)
    await edit(stage, "deliverables", MARKER)
    (said,) = [m for (m,) in stage.rows(select(outbox.c.message).where(outbox.c.kind == "project.changed"))]
    assert "different now; the project shows how" in str(said)
    assert MARKER not in str(said)


async def test_a_coordinator_reads_other_terms_first(stage: Stage) -> None:
    """New words in what an intern agreed to reach her only after a coordinator's yes."""
    await place(stage)
    await mute_marta(stage)
    await edit(stage, "location", MARKER)
    await stage.tick(days=1)
    assert MARKER not in stage.screen("ada")
    assert "A coordinator looks at it before I ask Ada Okafor." in stage.screen("marta")
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "Please read it before it is asked." in stage.screen("cora")
    assert MARKER in stage.screen("cora")
    await cora.presses("Let them be asked")
    await stage.tick(days=1)
    assert MARKER in stage.screen("ada")
