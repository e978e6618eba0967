"""Cohorts, from creating one to its end, as coordinators and students live through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Application, Channel, Cohort, Member, timers
from storage.tables.values import CohortRef
from tests.support.projects import post
from tests.support.stage import MONDAY, Stage, open_stage

WHY = "I like logos and I have time in April."


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with the whole programme and a second channel."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_channel("autumn", "autumn-26")
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


async def apply(stage: Stage, account: str, title: str) -> None:
    """Apply from the project's card, answer, and send."""
    student = stage.person(account)
    await student.presses("Apply", on=title)
    await student.says(WHY)
    await student.presses("Skip")
    await student.says("yes")
    await student.presses("Send application")


async def closed_cohort(stage: Stage) -> None:
    """The closed cohort Autumn with one project in its channel."""
    await stage.person("cora").uses("/cohort create Autumn #autumn zone:Berlin open:no")
    (autumn,) = stage.rows(select(Cohort.id).where(Cohort.name == "Autumn"))
    await post(stage, title="Logo refresh", cohorts=[CohortRef(autumn.id)])


async def test_create_says_what_is_set_and_what_is_next(stage: Stage) -> None:
    """One line makes a cohort; days off are read kindly, the channel reads what it is for."""
    cora = stage.person("cora")
    await cora.uses(
        '/cohort create Autumn 26 #autumn zone:Berlin digest:"9:30 am" days_off:"weekends, 24 Dec"'
    )
    screen = stage.screen("cora")
    assert "The cohort Autumn 26 is ready." in screen
    assert "Europe/Berlin, now 09:00" in screen
    assert "Saturday, Sunday and Thu 24 December 2026" in screen
    assert "Next: invite employers" in screen
    assert "one digest a day at 09:30 (Europe/Berlin)" in stage.screen("ada", "autumn")


async def test_a_cohort_without_a_channel_is_not_called_ready(stage: Stage) -> None:
    """Nothing can be announced to it yet: it is created, and its channel comes next."""
    await stage.person("cora").uses("/cohort create Winter 26")
    screen = stage.screen("cora")
    assert "The cohort Winter 26 is created." in screen
    assert "is ready" not in screen
    assert "Next: choose its channel with /cohort channel." in screen


async def test_create_by_form_in_the_channel(stage: Stage) -> None:
    """Without a name a form asks; the channel it was asked in becomes the cohort's."""
    cora = stage.person("cora")
    await cora.uses("/cohort create", "autumn")
    await cora.fills({"Name": "Autumn", "Digest time": "8", "Days off": "sat and sun"})
    (row,) = stage.rows(select(Cohort).where(Cohort.name == "Autumn"))
    assert (row.digest_at, row.days_off) == ("08:00", ["saturday", "sunday"])
    assert "Channel: this channel" in stage.screen("cora", "autumn")


async def test_what_cannot_be_read_changes_nothing(stage: Stage) -> None:
    """Each wrong value is named with an example, and no cohort is made; a name is taken once."""
    cora = stage.person("cora")
    await cora.uses('/cohort create Autumn digest:25 days_off:"blursday"')
    screen = stage.screen("cora")
    assert "Write the time like 09:00" in screen
    assert "I could not read “blursday” as a day" in screen
    assert "Nothing was created." in screen
    await cora.uses("/cohort create spring 26")
    assert "There is a cohort called Spring 26 already" in stage.screen("cora")
    assert len(stage.rows(select(Cohort))) == 1


async def test_only_coordinators_set_up(stage: Stage) -> None:
    """A student who tries reads which people may, and sees the list without other people's numbers."""
    ada = stage.person("ada")
    await ada.uses("/cohort create Mine")
    assert "is for coordinators" in stage.screen("ada")
    await ada.uses("/cohort list")
    screen = stage.screen("ada")
    assert "You are in this cohort." in screen
    assert "3 students" not in screen
    await stage.person("cora").uses("/cohort list")
    assert "3 students" in stage.screen("cora")


async def test_edit_moves_the_digest(stage: Stage) -> None:
    """A new digest time takes the timer along; the form is filled with what is set."""
    cora = stage.person("cora")
    await cora.uses("/cohort edit spring digest:10:15")
    assert "at 10:15" in stage.screen("cora")
    pending = select(timers.c.due_at).where(timers.c.kind == "cohort.digest", timers.c.state == "pending")
    assert [row.due_at for row in stage.rows(pending)] == [MONDAY + timedelta(hours=2, minutes=15)]
    await cora.uses("/cohort edit spring")
    await cora.fills({"Days off": "none"})
    (row,) = stage.rows(select(Cohort))
    assert (row.days_off, row.digest_at, row.zone) == ([], "10:15", "Europe/London")
    assert [row.due_at for row in stage.rows(pending)] == [MONDAY + timedelta(hours=2, minutes=15)]


@pytest.mark.soak
async def test_in_an_open_cohort_apply_joins_and_goes_straight_on(stage: Stage) -> None:
    """A person new who presses Apply in an open cohort's channel is a student in it, and is asked at once."""
    stage.world.add_account("dan", "Dan Novak", "Europe/Prague", frozenset())
    await post(stage, title="Logo refresh")
    await apply(stage, "dan", "Logo refresh")
    assert [row.status for row in stage.rows(select(Application.status))] == ["submitted"]
    assert len(stage.rows(select(Member).where(Member.state == "admitted"))) == 4


@pytest.mark.soak
async def test_in_a_closed_cohort_the_draft_is_sent_once_admitted(stage: Stage) -> None:
    """The student can answer meanwhile; the coordinator's one press admits and sends, and both read of it."""
    await closed_cohort(stage)
    await apply(stage, "chi", "Logo refresh")
    assert [row.status for row in stage.rows(select(Application.status))] == ["admission"]
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "Chi Nakamura would like to join the cohort Autumn." in stage.screen("cora")
    await cora.presses("Admit")
    assert [row.status for row in stage.rows(select(Application.status))] == ["submitted"]
    assert "Your application to Logo refresh is sent now that you are admitted." in stage.screen("chi")
    assert "Chi Nakamura is in Autumn now, and gets a message about it." in stage.screen("cora")
    await cora.uses("/stint tasks")
    assert "Nothing waits for you." in stage.screen("cora")


async def test_who_is_not_admitted_hears_it_kindly_and_may_be_admitted_after_all(stage: Stage) -> None:
    """A no comes with the person to ask; the coordinator can change their mind."""
    await closed_cohort(stage)
    await stage.person("chi").presses("Apply", on="Logo refresh")
    cora = stage.person("cora")
    await cora.uses("/cohort list")
    assert "One student waits to be admitted: /cohort admit" in stage.screen("cora")
    await cora.uses("/cohort edit Autumn open:yes")
    assert "One student still waits to be admitted: /cohort admit." in stage.screen("cora")
    await cora.uses("/cohort admit")
    await cora.presses("Do not admit")
    assert "You were not admitted to the cohort Autumn this time." in stage.screen("chi")
    assert "ask Cora Lindqvist" in stage.screen("chi")
    await cora.presses("Admit after all")
    assert "You are in: a coordinator has admitted you" in stage.screen("chi")
    await cora.uses("/cohort admit")
    assert "No student is waiting to be admitted." in stage.screen("cora")


async def test_a_student_is_admitted_by_name(stage: Stage) -> None:
    """A coordinator puts a student into a closed cohort without their asking; twice says so."""
    await closed_cohort(stage)
    cora = stage.person("cora")
    await cora.uses("/cohort admit @ben Autumn")
    assert "Ben Castillo is in Autumn now" in stage.screen("cora")
    await stage.tick(hours=5)  # it is night in New York
    assert "admitted you to the cohort Autumn" in stage.screen("ben")
    await cora.uses("/cohort admit @ben Autumn")
    assert "Ben Castillo is in Autumn already." in stage.screen("cora")
    await cora.uses("/cohort admit @ben Spring")
    assert "Ben Castillo is in Spring 26 already." in stage.screen("cora")


async def test_a_new_channel_can_get_the_open_projects(stage: Stage) -> None:
    """A second channel is offered what is open; cards that are there already are not repeated."""
    await post(stage, title="Logo refresh")
    cora = stage.person("cora")
    await cora.uses("/cohort channel", "autumn")
    assert "One project of this cohort is open and not announced there yet." in stage.screen("cora", "autumn")
    await cora.presses("Announce it there")
    await stage.tick(minutes=1)
    assert stage.screen("ada", "autumn").count("Logo refresh") == 1
    await cora.uses("/cohort channel #autumn Spring 26")
    assert "belongs to Spring 26 already" in stage.screen("cora")
    await cora.uses("/cohort channel remove:yes", "autumn")
    assert "I no longer write to that channel for Spring 26." in stage.screen("cora", "autumn")
    assert len(stage.rows(select(Channel))) == 1


async def test_a_channel_belongs_to_one_cohort(stage: Stage) -> None:
    """Another cohort's channel is refused with what can be done."""
    cora = stage.person("cora")
    await cora.uses("/cohort create Autumn", "spring")
    assert "That channel belongs to the cohort Spring 26." in stage.screen("cora", "spring")
    assert len(stage.rows(select(Cohort))) == 1


@pytest.mark.soak
async def test_the_end_asks_first_and_can_be_taken_back(stage: Stage) -> None:
    """The end stops digests and joining, answers who waits, and is undone by a press."""
    await closed_cohort(stage)
    await apply(stage, "chi", "Logo refresh")
    cora = stage.person("cora")
    await cora.uses("/cohort end Autumn")
    await cora.presses("Keep it")
    assert "Autumn goes on." in stage.screen("cora")
    await cora.uses("/cohort end Autumn")
    await cora.presses("End it")
    assert "Autumn has ended." in stage.screen("cora")
    assert "could not be sent" in stage.screen("chi")
    pending = select(timers.c.subject).where(timers.c.kind == "cohort.digest", timers.c.state == "pending")
    assert stage.rows(pending) == []
    await cora.presses("Go on with it after all")
    assert len(stage.rows(pending)) == 1
