"""Quiet hours that change while something waits for their end."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.tables import Programme
from tests.support.projects import posted, statuses
from tests.support.stage import MONDAY, Stage

RELEASED = "your application is closed"


async def _released_at_night(stage: Stage) -> None:
    """Ada was released at 23:00 in Berlin; word of it waits for eight in the morning."""
    sooner = update(Programme).values(release_days=2)
    stage.database.transact_inline(lambda work: work.session.execute(sooner))
    await posted(stage, "ada", "ben", decide_at=MONDAY + timedelta(hours=14))
    await stage.to(MONDAY + timedelta(days=2, hours=15))
    assert statuses(stage) == ["released", "released"]
    assert RELEASED not in stage.screen("ada")


@pytest.mark.soak
async def test_new_quiet_hours_hold_what_waited_for_the_end_of_the_old(stage: Stage) -> None:
    """A person who asks at night for quiet until ten is left alone until ten in that night already."""
    await _released_at_night(stage)
    ada = stage.person("ada")
    await ada.uses("/profile")
    await ada.presses("Change quiet hours")
    await ada.fills({"Quiet from": "22:00", "Quiet until": "10:00"})
    await stage.to(MONDAY + timedelta(days=3, minutes=55))  # 09:55 in Berlin
    assert RELEASED not in stage.screen("ada")
    await stage.tick(minutes=10)
    assert RELEASED in stage.screen("ada")


@pytest.mark.soak
async def test_a_new_zone_holds_what_waited_for_the_morning_of_the_old(stage: Stage) -> None:
    """Eight in Berlin is the night of New York: what waited comes in the morning there."""
    await _released_at_night(stage)
    ada = stage.person("ada")
    await ada.uses("/profile New York")
    await stage.to(MONDAY + timedelta(days=3, hours=3, minutes=55))  # 07:55 in New York
    assert RELEASED not in stage.screen("ada")
    await stage.tick(minutes=10)
    assert RELEASED in stage.screen("ada")


async def test_the_programme_s_new_quiet_hours_hold_what_waits_for_people(stage: Stage) -> None:
    """The hours of the settings count for everybody without hours of their own, at once."""
    await _released_at_night(stage)
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    await cora.presses("Times and memory")
    await cora.fills({"Quiet until": "10:00"})
    await stage.to(MONDAY + timedelta(days=3, minutes=55))  # 09:55 in Berlin
    assert RELEASED not in stage.screen("ada")
    await stage.tick(minutes=10)
    assert RELEASED in stage.screen("ada")
