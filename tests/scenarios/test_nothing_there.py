"""Commands and buttons where what they are about is not there: each says so, and what to do next."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from storage.database import UnitOfWork
from storage.tables import Channel, Cohort, DraftCohort, Member, Person, Role
from tests.support.projects import posted
from tests.support.stage import Stage, open_stage


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage without cohorts, and without employers."""

    def clear(work: UnitOfWork) -> None:
        for table in (Channel, Member, DraftCohort, Cohort):
            work.session.execute(delete(table))
        work.session.execute(delete(Role).where(Role.role == "employer"))
        work.session.execute(update(Person).values(company_id=None))

    async with open_stage(tmp_path) as opened:
        opened.database.transact_inline(clear)
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


@pytest.mark.parametrize(
    ("account", "line", "said"),
    [
        ("ada", "/cohort list", "There is no cohort yet."),
        ("cora", "/cohort list", "There is no cohort yet. /cohort create makes the first one."),
        ("cora", "/cohort edit", "Which cohort do you mean?"),
        ("cora", "/cohort channel remove:yes", "That channel belongs to no cohort"),
        ("cora", "/employer list", "No employer is invited yet."),
        ("cora", "/applicants", "You have no published project yet."),
        ("cora", "/project list cohort:spring", "There is no cohort here yet."),
        ("ada", "/apply", "Nothing is open that you have not applied to."),
        ("cora", "/stint roles group:mentors remove:yes", "so there is nothing to take back."),
        ("cora", f"/employer invite @ada company:{'x' * 200}", "A company's name has at most"),
    ],
)
async def test_a_command_says_what_is_missing(stage: Stage, account: str, line: str, said: str) -> None:
    """And what makes it, where the person can."""
    await stage.person(account).uses(line, "spring")
    assert said in stage.screen(account, "spring"), stage.screen(account, "spring")


async def test_a_role_that_means_something_already_is_said(stage: Stage) -> None:
    """The second time nothing is added; a coordinator's role is kept apart from the others."""
    cora = stage.person("cora")
    for _ in range(2):
        await cora.uses("/stint roles group:mentors role:coordinator", "spring")
    said = stage.screen("cora", "spring")
    assert "With that role a person counts as a coordinator from now on." in said
    assert "That is how it is already." in said


@pytest.mark.stage(programme={})
async def test_the_last_channel_of_a_cohort_is_taken_out(stage: Stage) -> None:
    """The coordinator reads that the cohort has none now, and how to choose one."""
    await posted(stage)
    await stage.person("cora").uses("/cohort channel remove:yes", "spring")
    assert "It has no channel now: choose one with /cohort channel." in stage.screen("cora", "spring")
