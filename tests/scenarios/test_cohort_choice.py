"""Through which cohort a person applies is decided once: a project in a closed and in an open cohort."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from storage.tables import Application, Cohort, DraftCohort, Member
from tests.support.kept_stage import open_played
from tests.support.projects import DEADLINE, post, statuses
from tests.support.stage import Stage

WHY = "I like logos and I have time in April."


async def _play(stage: Stage) -> None:
    """Play until there is a project in the open cohort and the closed cohort Autumn; ada is in neither."""
    stage.world.add_channel("autumn", "autumn-26")
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    await stage.person("cora").uses("/cohort create Autumn #autumn zone:Berlin open:no")
    await post(stage, title="Logo refresh")


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def begins(stage: Stage, channel: str) -> None:
    """Ada begins in this channel and answers everything."""
    ada = stage.person("ada")
    await ada.uses("/apply logo", channel)
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")


def through(stage: Stage) -> str:
    """The name of the cohort of ada's application."""
    query = select(Cohort.name).join(Application, Application.cohort_id == Cohort.id)
    ((name,),) = stage.rows(query)
    return str(name)


@pytest.mark.soak
async def test_sending_does_not_open_the_gate_of_a_closed_cohort(stage: Stage) -> None:
    """Begun in the closed one's channel it waits for the coordinator, whatever is open elsewhere."""
    await begins(stage, "autumn")
    await stage.person("ada").presses("Send application")
    assert (through(stage), statuses(stage)) == ("Autumn", ["admission"])
    assert stage.rows(select(Member.state)) == [("asked",)]
    await stage.person("cora").uses("/cohort admit")
    await stage.person("cora").presses("Admit")
    assert statuses(stage) == ["submitted"]


async def test_a_no_before_sending_has_its_effect(stage: Stage) -> None:
    """Who is refused while they write reads so at Send, and nothing of theirs goes to the employer."""
    await begins(stage, "autumn")
    cora, ada = stage.person("cora"), stage.person("ada")
    await cora.uses("/cohort admit")
    await cora.presses("Do not admit")
    await ada.presses("Send application")
    assert "If that should be different, ask Cora Lindqvist." in stage.screen("ada")
    assert statuses(stage) == []
    assert stage.rows(select(Member.state)) == [("refused",)]
    await stage.to(DEADLINE - timedelta(hours=1))
    assert "is not sent yet" not in stage.screen("ada")
    await ada.uses("/apply logo")
    assert statuses(stage) == []
    await cora.uses("/cohort admit @ada Autumn")
    await ada.presses("Send application")
    assert (through(stage), statuses(stage)) == ("Autumn", ["submitted"])


@pytest.mark.soak
async def test_who_begins_in_the_open_one_is_in(stage: Stage) -> None:
    """The decision is the open cohort's, and stays it wherever it is sent from."""
    await begins(stage, "spring")
    await stage.person("ada").presses("Send application")
    assert (through(stage), statuses(stage)) == ("Spring 26", ["submitted"])


async def test_apply_pressed_in_the_open_channel_is_a_new_decision(stage: Stage) -> None:
    """A draft that waits for the closed cohort goes on through the open one, in its channel alone."""
    await begins(stage, "autumn")
    decided = select(Cohort.name).join(DraftCohort, DraftCohort.cohort_id == Cohort.id)
    await stage.person("ada").uses("/apply logo")
    assert stage.rows(decided) == [("Autumn",)]
    await stage.person("ada").uses("/apply logo", "spring")
    assert stage.rows(decided) == [("Spring 26",)]
    await stage.person("ada").presses("Send application")
    assert (through(stage), statuses(stage)) == ("Spring 26", ["submitted"])


@pytest.mark.soak
async def test_a_cohort_that_ended_is_no_decision(stage: Stage) -> None:
    """With the closed cohort gone the application goes through what is left."""
    await begins(stage, "autumn")
    cora = stage.person("cora")
    await cora.uses("/cohort end Autumn")
    await cora.presses("End it")
    await stage.person("ada").presses("Send application")
    assert (through(stage), statuses(stage)) == ("Spring 26", ["submitted"])
