"""Projects to which no student applies: the employer is informed in time, a coordinator at the end."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from storage.tables import Task, Wait
from tests.support.projects import post, posted
from tests.support.stage import Stage

TITLE = "Market map of repair shops"
NOTE = f"No student has applied for {TITLE} yet. Applications close on Mon 30 March"
DEADLINE = datetime(2026, 3, 29, 20, tzinfo=UTC)
"""Three weeks after the clock begins."""


def states(stage: Stage) -> list[str]:
    """The states of all waits for a first applicant."""
    return [s for (s,) in stage.rows(select(Wait.state).where(Wait.kind == "applicants").order_by(Wait.id))]


async def test_the_employer_is_informed_in_time_and_a_coordinator_at_the_end(stage: Stage) -> None:
    """At half time, three days before the deadline, and when it has closed."""
    await post(stage, title=TITLE, deadline_at=datetime(2026, 3, 30, 10, tzinfo=UTC))
    await stage.to(datetime(2026, 3, 18, 12, tzinfo=UTC))
    assert stage.screen("marta").count("No student has applied for") == 0
    await stage.to(datetime(2026, 3, 21, 12, tzinfo=UTC))
    assert stage.screen("marta").count(NOTE) == 1
    await stage.to(datetime(2026, 3, 28, 12, tzinfo=UTC))
    last = f"Applications for {TITLE} close soon, on Mon 30 March 2026"
    assert (stage.screen("marta").count(NOTE), stage.screen("marta").count(last)) == (1, 1)
    await stage.to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert f"{TITLE} has closed, and no student applied. With a later deadline" in stage.screen("marta")
    assert [key for (key,) in stage.rows(select(Task.key).where(Task.state == "open"))] == ["no-applicants:1"]
    await stage.person("cora").uses("/stint tasks")
    assert "and no student applied. The employer is informed as well." in stage.screen("cora")
    assert states(stage) == ["settled"]


@pytest.mark.soak
async def test_an_applicant_ends_it(stage: Stage) -> None:
    """Nothing is said of a project that has an applicant, or was closed early."""
    await posted(stage, "ada", title=TITLE)
    await post(stage, title="Another")
    await stage.person("marta").uses("/project close Another")
    await stage.person("marta").presses("Close it")
    await stage.tick(days=20)
    assert states(stage) == ["kept", "dropped"]
    assert "no student applied" not in stage.screen("marta")
    assert "No student has applied" not in stage.screen("marta")
