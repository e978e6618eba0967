"""How the programme works: seen and changed by coordinators, and what follows from a change."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Programme, Role, timers
from storage.tables.values import CohortRef
from tests.support.projects import posted
from tests.support.stage import Stage, open_stage


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with a private staff channel that only Cora is in."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_channel("staff", "staff", frozenset({"cora"}))
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


def programme(stage: Stage) -> Programme:
    """The programme's row."""
    (row,) = stage.rows(select(Programme))
    return row  # type: ignore[no-any-return]  # a row with the table's columns


async def test_settings_are_shown_and_changed_by_group(stage: Stage) -> None:
    """A group's form is filled with what is set; what is left as it is stays."""
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    screen = stage.screen("cora")
    assert "Approval of projects: not needed" in screen
    assert "An offer is open: for 72 hours" in screen
    await cora.presses("More")
    assert "Coordinators: Cora Lindqvist" in stage.screen("cora")
    await cora.presses("Name and rules")
    await cora.fills({"Approval of projects": "yes", "Least fee per hour": "$20"})
    row = programme(stage)
    assert (row.name, row.approval, row.fee_floor_cents, row.currency) == ("Riverside", True, 2000, "USD")
    await cora.presses("Time to answer")
    await cora.fills({"Hours to accept an offer": "48", "Seconds to undo": "0"})
    row = programme(stage)
    assert (row.offer_hours, row.undo_seconds, row.decision_days) == (48, 0, 5)
    assert "An offer is open: for 48 hours" in stage.screen("cora")
    await cora.presses("When no answer comes")
    await cora.fills({"Days for late offers": "0"})
    assert programme(stage).late_offer_days == 0
    assert "A place may come late: never" in stage.screen("cora")


async def test_what_makes_no_sense_is_refused_with_a_reason(stage: Stage) -> None:
    """A fee in another currency, a currency there is not, an hour there is not: nothing is saved."""
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    for group, values in (
        ("Name and rules", {"Least fee per hour": "€20"}),
        ("Name and rules", {"Currency": "shells"}),
        ("Times and memory", {"Daily message": "whenever"}),
        ("Time to answer", {"Days to decide": "0"}),
    ):
        await cora.presses(group)
        await cora.fills(values)
    assert "Saved." not in stage.screen("cora")
    row = programme(stage)
    assert (row.fee_floor_cents, row.currency, row.daily_at, row.decision_days) == (0, "USD", "09:00", 5)


@pytest.mark.soak
async def test_another_hour_takes_the_waiting_messages_along(stage: Stage) -> None:
    """The employer's news comes at the new hour of the daily message."""
    await posted(stage)
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says("I like maps and I have time in April.")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    await cora.presses("Times and memory")
    await cora.fills({"Daily message": "11 am"})
    due = select(timers.c.due_at).where(timers.c.kind == "notices.daily", timers.c.state == "pending")
    assert [row.due_at for row in stage.rows(due)] == [datetime(2026, 3, 9, 10, 0, tzinfo=UTC)]  # in Madrid
    await stage.tick(hours=2)
    assert "Ada Okafor applied" in stage.screen("marta")


async def test_open_items_come_once_a_day_to_the_staff_channel(stage: Stage) -> None:
    """The channel reads what it is for, gets one summary a day, and its button lists the items there."""
    cora = stage.person("cora")
    await cora.uses("/stint settings #staff")
    assert "Once a day I sum up here" in stage.screen("cora", "staff")
    stage.world.add_channel("autumn", "autumn")
    await cora.uses("/cohort create Autumn #autumn open:no")
    await cora.uses("/project list")
    await posted(stage, title="Logo refresh", cohorts=[CohortRef(2)])
    await stage.person("chi").presses("Apply", on="Logo refresh")
    await stage.tick(days=1)
    assert stage.screen("cora", "staff").count("One task waits for a coordinator.") == 1
    await cora.presses("Open the list")
    await cora.presses("Done")
    await stage.tick(days=2)
    assert stage.screen("cora", "staff").count("One task waits for a coordinator.") == 1
    await cora.uses("/stint settings", "staff")
    await cora.presses("No staff channel")
    assert programme(stage).staff_place is None


@pytest.mark.soak
async def test_without_a_staff_channel_the_coordinator_hears_in_the_daily_message(stage: Stage) -> None:
    """The first task sets the day's summary; it is in the coordinator's own morning message."""
    stage.world.add_channel("autumn", "autumn")
    await stage.person("cora").uses("/cohort create Autumn #autumn open:no")
    await posted(stage, title="Logo refresh", cohorts=[CohortRef(2)])
    await stage.person("cora").uses("/stint settings #staff", "staff")
    await stage.person("cora").presses("No staff channel")
    await stage.person("chi").presses("Apply", on="Logo refresh")
    await stage.tick(days=1, hours=2)
    assert stage.screen("cora").count("One task waits for a coordinator.") == 1


async def test_coordinators_are_made_and_unmade_but_never_none(stage: Stage) -> None:
    """The new coordinator reads what to do; the last one stays."""
    cora = stage.person("cora")
    await cora.uses("/stint coordinator @ada")
    assert "Cora Lindqvist made you a coordinator of Riverside." in stage.screen("ada")
    await stage.person("ada").presses("Tasks")
    assert "Nothing waits for you." in stage.screen("ada")
    await cora.uses("/stint coordinator @ada")
    assert "Ada Okafor is a coordinator already." in stage.screen("cora")
    await cora.uses("/stint coordinator @ada remove:yes")
    await cora.uses("/stint coordinator @ada remove:yes")
    assert "is not a coordinator" in stage.screen("cora")
    await cora.uses("/stint coordinator @cora remove:yes")
    assert "The programme needs a coordinator." in stage.screen("cora")
    held = stage.rows(select(Role).where(Role.role == "coordinator"))
    assert len(held) == 1


async def test_only_coordinators_see_settings(stage: Stage) -> None:
    """A student is refused, by command and by button alike."""
    ada = stage.person("ada")
    await ada.uses("/stint settings")
    assert "is for coordinators" in stage.screen("ada")
