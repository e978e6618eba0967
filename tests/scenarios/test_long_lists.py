"""Long messages and lists fit a phone's screen and are read to their end (tests/support/phone.py)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.database import UnitOfWork
from storage.tables import Cohort, Company, Person, Role
from tests.support.projects import posted
from tests.support.stage import Stage, open_stage

LONG = " ".join(f"This is sentence {number} of a long letter." for number in range(1, 50))


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which ada has applied to marta's project."""
    async with open_stage(tmp_path) as opened:
        await posted(opened, "ada")
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


async def test_a_long_message_is_read_to_its_end(stage: Stage) -> None:
    """Its beginning comes, the rest is a press away; the first message is a page back."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": LONG})
    assert "sentence 5 of" in stage.screen("ada")
    assert "sentence 49 of" not in stage.screen("ada")
    await ada.presses("All messages")
    assert "sentence 49 of" in stage.screen("ada")
    await ada.presses("Back")
    assert "sentence 49 of" not in stage.screen("ada").rpartition("bot: ")[2]


async def test_many_cohorts_and_companies_are_lists_of_pages(stage: Stage) -> None:
    """Ten cohorts and thirty companies: each page fits, and the last one has the last of them."""

    def grow(work: UnitOfWork) -> None:
        mine = {"programme_id": 1, "created_at": stage.clock.now()}
        for number in range(10):
            zone = {"zone": "Europe/London", "digest_at": "08:30", "days_off": []}
            work.session.add(Cohort(**mine, **zone, name=f"Cohort {number}"))
        for number in range(30):
            company = Company(**mine, name=f"Company {number:02}")
            work.session.add(company)
            work.session.flush()
            person = Person(**mine, name=f"Person {number}", company_id=company.id)
            work.session.add(person)
            work.session.flush()
            work.session.add(Role(**mine, person_id=person.id, role="employer"))

    stage.database.transact_inline(grow)
    cora = stage.person("cora")
    for line, last in (("/cohort list", "Cohort 9"), ("/employer list", "Company 29")):
        await cora.uses(line)
        assert last not in stage.screen("cora")
        for _ in range(8):
            if last in stage.screen("cora"):
                break
            await cora.presses("More")
        assert last in stage.screen("cora")
    await cora.uses("/employer remove")
    assert "Others were invited before: name the person, like /employer remove @marta." in stage.screen(
        "cora"
    )
