"""An absence: until when, who covers, where it is shown, and that it ends by itself."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from bot.chat.adapter import Capabilities
from bot.programme.accounts import merge
from storage.database import UnitOfWork
from storage.tables import Identity, Person
from tests.scenarios.test_links import code_in
from tests.support.every_stage import STAGES
from tests.support.main_job import is_posted
from tests.support.projects import make_coordinator, posted, turn_of
from tests.support.second_platform import Account, open_elsewhere
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform; ada has applied to marta's project, and ben is an owner of the company too."""
    async with STAGES[request.param](tmp_path) as stage:
        opened: AnyStage = stage
        await posted(opened, "ada")
        await opened.person("marta").uses("/employer invite @ben")
        yield opened


async def goes_away(platform: AnyStage, who: str, until: str = "Friday 13 March", **cover: str) -> None:
    """A person notes an absence by the form."""
    person = platform.person(who)
    await person.uses("/away")
    await person.fills({"Away until": until, **cover})


async def writes(platform: AnyStage, to: str = "Write to the employer") -> None:
    """Ada writes about her application."""
    ada = platform.person("ada")
    await ada.uses("/applications")
    await ada.presses(to)
    await ada.fills({"Your message": "Which day suits you?"})


async def test_the_cover_gets_what_would_wait_and_the_writer_reads_so(platform: AnyStage) -> None:
    """A colleague covers: they read it at once, messages go there, and the student reads who reads them."""
    marta, ben, ada = (platform.person(each) for each in ("marta", "ben", "ada"))
    await goes_away(platform, "marta", Cover="@ben")
    assert marta.sees("You are away until Fri 13 March")
    assert marta.sees("covers for you: what would wait for you goes there, and says so.")
    await platform.tick(hours=10)
    assert ben.sees("and you cover: what would wait for")
    await writes(platform)
    assert ada.sees("Marta Ruiz is away until Fri 13 March")
    assert ada.sees("Ben Castillo reads this.")
    assert ben.sees("Which day suits you?")
    assert not marta.sees("Which day suits you?")
    await marta.uses("/profile")
    assert marta.sees("Away until")


async def test_it_ends_by_itself(platform: AnyStage) -> None:
    """After the last day, messages go to the owner again, and no one has to say so."""
    await goes_away(platform, "marta", Cover="@ben")
    await platform.tick(days=5)
    await writes(platform)
    assert platform.person("marta").sees("Which day suits you?")
    assert not platform.person("ben").sees("Which day suits you?")


async def test_who_is_back_earlier_says_so(platform: AnyStage) -> None:
    """The absence is shown on asking, changed, and ended by one press."""
    marta = platform.person("marta")
    await goes_away(platform, "marta")
    await marta.uses("/away")
    await marta.presses("Change it")
    await marta.fills({"Away until": "Monday 16 March"})
    assert marta.sees("You are away until Mon 16 March")
    await marta.presses("I am back")
    assert marta.sees("Welcome back. What is new comes to you again.")
    assert platform.rows(select(Person.away_until).where(Person.name == "Marta Ruiz")) == [(None,)]
    await writes(platform)
    assert marta.sees("Which day suits you?")


async def test_a_cover_decides_for_the_same_company(platform: AnyStage) -> None:
    """A person of another company is refused, and nothing is noted."""
    marta = platform.person("marta")
    await goes_away(platform, "marta", Cover="@jo")
    assert marta.sees("Name a colleague who decides for your company, or another coordinator.")
    assert platform.rows(select(Person.away_until).where(Person.name == "Marta Ruiz")) == [(None,)]


async def test_where_no_one_covers_who_writes_reads_the_truth(platform: AnyStage) -> None:
    """The only person of a company is away: they read what follows, and so does the student who writes."""
    marta, ada = platform.person("marta"), platform.person("ada")
    await platform.person("cora").uses("/employer remove @ben")
    await goes_away(platform, "marta")
    assert marta.sees("No one covers for you: what comes waits until you are back")
    assert marta.sees("`/employer invite` invites a colleague") or marta.sees("/employer invite invites")
    await writes(platform)
    assert ada.sees("and no one covers: no one reads it before.")


async def test_the_only_coordinator_is_asked_for_a_second_one(platform: AnyStage) -> None:
    """Doctor and an absence ask for one; the student who writes to the coordinators reads the truth."""
    cora, ada = platform.person("cora"), platform.person("ada")
    await cora.uses("/stint doctor")
    assert cora.sees("has one coordinator: while they are away, no one answers.")
    await goes_away(platform, "cora")
    assert cora.sees("No one covers for you")
    await ada.uses("/applications")
    await ada.presses("Talk to a coordinator")
    await ada.presses("Just a question, to all of them")
    await ada.fills({"Your message": "Which day suits you?"})
    assert ada.sees("Cora Lindqvist is away until Fri 13 March")
    assert ada.sees("If it cannot wait, turn to a person you trust outside this programme.")


@pytest.mark.soak
async def test_a_second_coordinator_covers(tmp_path: Path) -> None:
    """The doctor is content with two, setup asks for none, and the other covers without being named."""
    async with open_stage(tmp_path) as stage:
        await is_posted(stage)
        cora = stage.person("cora")
        await cora.uses("/stint setup", "spring-26")
        assert cora.sees("You are the only coordinator: while you are away, no one answers.")
        make_coordinator(stage, "jo")
        await cora.uses("/stint doctor")
        assert not cora.sees("has one coordinator")
        await goes_away(stage, "cora", Cover="@jo")
        assert cora.sees("Jo Park covers for you")
        await stage.tick(hours=10)
        assert stage.person("jo").sees("Cora Lindqvist is away until")


async def test_news_that_waits_goes_to_the_cover_and_says_why(tmp_path: Path) -> None:
    """An application from before the absence, and one that comes in it, are the cover's, with the reason."""
    async with open_stage(tmp_path) as stage:
        await is_posted(stage)
        marta, ben, ada, chi = (stage.person(each) for each in ("marta", "ben", "ada", "chi"))
        await marta.uses("/employer invite @ben")
        for student in (ada, chi):
            if student is chi:
                await goes_away(stage, "marta", Cover="@ben")
            await student.uses("/apply e-bike")
            await student.says("I like maps and I have time in April.")
            await student.says("skip")
            await student.says("yes")
            await student.presses("Send application")
        await stage.tick(days=1)
        assert ben.sees("Ada Okafor")
        assert ben.sees("Chi Nakamura")
        assert ben.sees("Marta Ruiz is away until Fri 13 March (Madrid), so this comes to you.")
        assert not marta.sees("Chi Nakamura applied")


async def test_an_absence_that_is_over_or_none_is_refused_kindly(tmp_path: Path) -> None:
    """A day that has passed is refused in the form, a press of an old button in words."""
    async with open_stage(tmp_path) as stage:
        marta = stage.person("marta")
        await goes_away(stage, "marta")
        await stage.tick(days=6)
        await marta.presses("I am back")
        assert marta.sees("You are not away, so there is nothing to end.")
        await marta.uses("/away cover:@jo")
        assert stage.rows(select(Person.cover_id).where(Person.name == "Marta Ruiz")) == [(None,)]


async def test_a_cover_who_is_forgotten_covers_no_one(tmp_path: Path) -> None:
    """Forget me takes the cover out of the absence; the owner's own export names its day."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada")
        marta, ben = stage.person("marta"), stage.person("ben")
        await marta.uses("/employer invite @ben")
        await goes_away(stage, "marta", Cover="@ben")
        await ben.uses("/profile")
        await ben.presses("Forget me")
        await ben.presses("Yes, forget me")
        assert stage.rows(select(Person.cover_id).where(Person.name == "Marta Ruiz")) == [(None,)]


@pytest.mark.parametrize("joins", ["marta", "ben"])
async def test_an_absence_goes_on_when_accounts_are_joined(tmp_path: Path, joins: str) -> None:
    """The account that is left is away, or is the cover, as the one before was."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada")
        await stage.person("marta").uses("/employer invite @ben")
        await goes_away(stage, "marta", Cover="@ben")
        before = person_id(stage, joins)
        twin = Account(stage, open_elsewhere(stage), "twin")
        await twin.uses("stint", "link")
        await stage.person(joins).uses(f"/stint link {code_in(twin.screen())}")
        await stage.person(joins).presses("Join")
        assert person_id(stage, joins) != before
        assert absences(stage) == [(person_id(stage, "marta"), date(2026, 3, 13), person_id(stage, "ben"))]


async def test_a_cover_who_is_the_same_person_covers_no_one(tmp_path: Path) -> None:
    """Joined with their own cover, a person is away without one."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada")
        await stage.person("marta").uses("/employer invite @ben")
        await goes_away(stage, "marta", Cover="@ben")
        marta_id, ben_id = person_id(stage, "marta"), person_id(stage, "ben")
        stage.database.transact_inline(lambda work: _join(work, stage.clock.now(), ben_id, marta_id))
        assert absences(stage) == [(ben_id, date(2026, 3, 13), None)]


def _join(work: UnitOfWork, now: datetime, first: int, second: int) -> None:
    """Make the second person's account the first one's."""
    one, other = (work.session.get_one(Person, each) for each in (first, second))
    merge.join(turn_of(work, "ben", now), one, other)


def person_id(stage: AnyStage, account: str) -> int:
    """Return the id of the person whose account this is."""
    ((number,),) = stage.rows(select(Identity.person_id).where(Identity.user_id == account))
    return int(number)


def absences(stage: AnyStage) -> list[tuple[int, date, int | None]]:
    """Return who is away, until when, and who covers."""
    away: Any = select(Person.id, Person.away_until, Person.cover_id)
    return [tuple(row) for row in stage.rows(away.where(Person.away_until.is_not(None)))]


@pytest.mark.soak
async def test_a_day_that_passes_while_its_draft_waits_is_no_absence(stage: Stage) -> None:
    """Where questions come one by one, the review says that the day has passed, and nothing is noted."""
    elsewhere = open_elsewhere(stage)
    elsewhere.capabilities = Capabilities(forms=False)
    there, cora = Account(stage, elsewhere, "cora2"), stage.person("cora")
    await cora.uses("/stint link")
    await there.uses("stint", "link", code=stage.screen("cora").rpartition("/stint link ")[2][:14])
    await there.presses("Join")
    await there.uses("away")
    await there.says("today")
    await stage.tick(days=1)
    await there.says("skip")
    await there.says("skip")
    assert "1. Away until: That has already passed: Mon 9 March." in there.screen()
    assert stage.rows(select(Person.away_until).where(Person.name == "Cora Lindqvist")) == [(None,)]


async def test_the_reason_of_an_absence_is_its_writers_and_the_coordinators(stage: Stage) -> None:
    """The history of the company has the day and the reason for these two, and for no colleague."""
    cora, marta, ben = (stage.person(each) for each in ("cora", "marta", "ben"))
    await marta.uses("/employer invite @ben part:reviewer")
    await marta.uses("/away")
    await marta.fills({"Away until": "20 March 2026", "For the programme": "Illness"})
    for who, name in ((cora, "Marta Ruiz"), (marta, "you")):
        await who.uses("/stint history acme maps")
        assert who.sees(f"{name}: Away until Fri 20 March")
        assert who.sees("The reason: Illness.")
    await ben.uses("/stint history acme maps")
    assert ben.sees("you: The part in the company is: reviewer")
    assert not ben.sees("Away until")
    assert not ben.sees("Illness")
    await marta.uses("/away")
    await marta.presses("I am back")
    await marta.uses("/stint history acme maps")
    assert marta.sees("you: Back before the day that was named: Fri 20 March")
