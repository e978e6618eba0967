"""The fee share: set for a programme, named by post, offer and terms, counted at an early end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from storage.database import UnitOfWork
from storage.tables import Programme, Terms
from tests.scenarios.test_early_end import ends
from tests.scenarios.test_placement_times import hands_in
from tests.support.cases import at_work
from tests.support.every_stage import STAGES
from tests.support.projects import posted
from tests.support.stage import Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

PART = "As agreed, the fee counts for what was handed in (1 of 2): $200 of $400."


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


async def is_set(stage: AnyStage, label: str) -> None:
    """A coordinator sets what counts of a fee at an early end."""
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    await cora.presses("Name and rules")
    await cora.fills({"Fee if ended early": label})


async def test_both_sides_and_the_coordinators_read_what_counts(platform: AnyStage) -> None:
    """Half of the work handed in is half of the fee, said alike to the three, and kept on the card."""
    ada, cora, marta = (platform.person(name) for name in ("ada", "cora", "marta"))
    await at_work(platform)
    await ada.uses("/placement")
    await ada.presses("What was agreed")
    assert ada.sees("share of work handed in")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": "The first sheet"})
    await ends(platform, "marta", "The project was stopped.")
    assert marta.sees(PART)
    assert ada.sees(PART)
    assert cora.sees(PART)
    await marta.uses("/placement 1")
    assert marta.sees("$200 of $400")


async def test_what_is_accepted_later_counts_with_its_answer(stage: Stage) -> None:
    """By the share of accepted work nothing counts at the end, and half once silence has settled it."""
    await is_set(stage, "share of work accepted or settled")
    await at_work(stage)
    await hands_in(stage)
    await ends(stage, "ada")
    ended = stage.screen("ada")
    assert "what was accepted or settled (0 of 2): $0 of $400." in ended
    assert "Handed in before the end: 1 of 2" in ended
    assert "One deliverable is under review. Once it is accepted or settled it counts too: $200" in ended
    await stage.tick(days=8)
    for account in ("ada", "marta"):
        assert "accepted or settled (1 of 2): $200 of $400." in stage.screen(account)
    before = stage.screen("ada").count("(1 of 2): $200 of $400.")
    await stage.person("marta").presses("Accept", on="is settled, because")
    await stage.tick(days=1)
    assert stage.screen("ada").count("(1 of 2): $200 of $400.") == before


async def test_accepted_work_counts_at_once(stage: Stage) -> None:
    """The employer who accepts it after the end reads the new sum, and so does the student."""
    await is_set(stage, "share of work accepted or settled")
    await at_work(stage)
    await hands_in(stage)
    await ends(stage, "ada")
    await stage.tick(days=1)
    await stage.person("marta").uses("/placement 1")
    await stage.person("marta").presses("Accept")
    await stage.tick(days=1)
    for account in ("ada", "marta"):
        assert "accepted or settled (1 of 2): $200 of $400." in stage.screen(account)


async def test_a_setting_holds_for_what_is_agreed_to_later(stage: Stage) -> None:
    """Terms keep what they named, whatever the programme sets afterwards; none of the fee is none."""
    await is_set(stage, "none")
    await at_work(stage)
    await is_set(stage, "share of work handed in")
    assert [row.fee_share for row in stage.rows(select(Programme))] == ["handed_in"]
    assert [row.fee_share for row in stage.rows(select(Terms))] == ["none"]
    await stage.person("ada").uses("/project show 1")
    await hands_in(stage)
    await ends(stage, "ada")
    assert "As agreed, none of the fee of $400 counts after an early end." in stage.screen("ada")


async def test_terms_of_before_name_no_share(stage: Stage) -> None:
    """Where the terms name no rule, both sides read that the coordinators find a way."""
    await at_work(stage)

    def forget(work: UnitOfWork) -> None:
        for each in work.session.scalars(select(Terms)):
            each.fee_share = ""

    stage.database.transact_inline(forget)
    await hands_in(stage)
    await ends(stage, "ada")
    shown = stage.screen("ada")
    assert "What was agreed does not say what counts of the fee of $400." in shown
    await stage.person("ada").uses("/placement 1")
    assert "Fee after the end" not in stage.screen("ada")


async def test_a_post_with_a_fee_names_the_share(stage: Stage) -> None:
    """Its Details say what counts at an early end; a post without a fee says nothing of it."""
    await at_work(stage)
    ada = stage.person("ada")
    await ada.uses("/project show 1")
    while "Review of work" not in stage.screen("ada"):
        await ada.presses("More")
    assert "Fee if ended early: share of work handed in" in stage.screen("ada")
    await posted(stage, title="Logo refresh", fee_cents=None, unpaid_reason="course credit")
    await ada.uses("/project show 2")
    assert "Review of work" in stage.screen("ada").rpartition("/project show 2")[2]
    assert "Fee if ended early" not in stage.screen("ada").rpartition("/project show 2")[2]
